package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Attention is scaled dot-product attention in heads (Vaswani et al., arXiv
// 1706.03762): of queries […, M, W], keys […, N, W] and values […, N, W], whose columns
// are cut into as many heads of D = W/Heads, for each head
//
//	softmax(q·kᵀ/√D)·v   […, M, D].
//
// A fourth operand, if there is one, is a mask: 1 where a query sees a key and 0
// elsewhere, [… or 1…, M or 1, N] with the axes of the queries. A query that sees none gets
// zeros.
type Attention struct{ Heads int }

func (r Attention) String() string { return fmt.Sprintf("attention of %d heads", r.Heads) }

// Shape is that of the queries.
func (r Attention) Shape(in [][]int) ([]int, error) {
	q, k, v := in[0], in[1], in[2]
	n := len(q)
	if n < 2 || len(k) != n || !slices.Equal(k, v) || !slices.Equal(q[:n-2], k[:n-2]) || q[n-1] != k[n-1] {
		return nil, errors.Errorf("queries %v, keys %v and values %v, want [… M W], [… N W] and [… N W]", q, k, v)
	}
	if r.Heads < 1 || q[n-1] < 1 || q[n-1]%r.Heads != 0 {
		return nil, errors.Errorf("%d heads of width %d", r.Heads, q[n-1])
	}
	if len(in) > 3 {
		one, all := slices.Repeat([]int{1}, n-2), q[:n-2]
		m := in[3]
		if len(m) != n || !slices.Equal(m[:n-2], one) && !slices.Equal(m[:n-2], all) || m[n-2] != 1 && m[n-2] != q[n-2] || m[n-1] != k[n-2] {
			return nil, errors.Errorf("mask %v of queries %v and keys %v, want [… or 1…, M or 1, N]", m, q, k)
		}
	}
	return slices.Clone(q), nil
}

// Eval goes through the definition, row by row of the queries.
func (r Attention) Eval(out Array, in []Array) error {
	y := make([]float64, out.Len())
	r.each(in, func(q, k, v, d int, p []float64) {
		for j, w := range p {
			for e := range d {
				y[q+e] += w * in[2].At(v+j*r.width(in)+e)
			}
		}
	})
	for i, x := range y {
		out.Set(i, x)
	}
	return nil
}

func (Attention) width(in []Array) int { s := in[0].Shape; return s[len(s)-1] }

// each calls f for every query of every head with its place, those of the first key and
// value, the width of the head and the weights of the keys.
func (r Attention) each(in []Array, f func(q, k, v, d int, weights []float64)) {
	s, width := in[0].Shape, r.width(in)
	m, n, d := s[len(s)-2], in[1].Shape[len(s)-2], width/r.Heads
	seen := func(i, j int) bool { return true }
	if len(in) > 3 {
		item, row := MaskStrides(s, in[3].Shape)
		seen = func(i, j int) bool { return in[3].At(i/m*item+i%m*row+j) != 0 }
	}
	p := make([]float64, n)
	for i := range Size(s[:len(s)-2]) * m {
		for h := range r.Heads {
			q, k := i*width+h*d, i/m*n*width+h*d
			most, sum := math.Inf(-1), 0.0
			for j := range p {
				p[j] = 0
				for e := range d {
					p[j] += in[0].At(q+e) * in[1].At(k+j*width+e)
				}
				if p[j] /= math.Sqrt(float64(d)); seen(i, j) {
					most = math.Max(most, p[j])
				}
			}
			for j, x := range p {
				if p[j] = 0; seen(i, j) {
					p[j] = math.Exp(x - most)
					sum += p[j]
				}
			}
			for j := range p {
				if seen(i, j) {
					p[j] /= sum
				}
			}
			f(q, k, k, d, p)
		}
	}
}

// Diff cuts what AttentionGrad makes.
func (r Attention) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	mask := in[3:]
	d := AttentionGrad(r).parts(Apply(AttentionGrad(r), append([]*Node{in[0], in[1], in[2], g}, mask...)...), in)
	return append(d, make([]*Node, len(mask))...)
}

// MaskStrides returns how far the masks of items lie apart, and their rows: 0 where all
// have the same.
func MaskStrides(queries, mask []int) (item, row int) {
	n := len(mask)
	if mask[n-2] > 1 {
		row = mask[n-1]
	}
	if Size(mask[:n-2]) > 1 {
		item = mask[n-2] * mask[n-1]
	}
	return item, row
}

// AttentionGrad is the derivatives of Σ g·Attention(q, k, v) by q, k and v, one after
// the other as a vector. The weights of the keys are computed again.
// A fifth operand is the mask.
type AttentionGrad struct{ Heads int }

func (r AttentionGrad) String() string { return fmt.Sprintf("attention of %d heads′", r.Heads) }

// Shape is [M·W + 2·N·W] times the leading axes.
func (r AttentionGrad) Shape(in [][]int) ([]int, error) {
	y, err := Attention(r).Shape(withMask(in))
	if err == nil && !slices.Equal(y, in[3]) {
		err = errors.Errorf("gradient %v of a result %v", in[3], y)
	}
	return []int{Size(in[0]) + 2*Size(in[1])}, err
}

// Eval adds up what each weight of each query gives.
func (r AttentionGrad) Eval(out Array, in []Array) error {
	y := make([]float64, out.Len())
	dk, dv := y[in[0].Len():], y[in[0].Len()+in[1].Len():]
	a := Attention(r)
	width := a.width(in)
	a.each(withMask(in), func(q, k, v, d int, p []float64) {
		dp, mean := make([]float64, len(p)), 0.0
		for j, w := range p {
			for e := range d {
				dp[j] += in[3].At(q+e) * in[2].At(v+j*width+e)
				dv[v+j*width+e] += w * in[3].At(q+e)
			}
			mean += w * dp[j]
		}
		for j, w := range p {
			ds := w * (dp[j] - mean) / math.Sqrt(float64(d))
			for e := range d {
				y[q+e] += ds * in[1].At(k+j*width+e)
				dk[k+j*width+e] += ds * in[0].At(q+e)
			}
		}
	})
	for i, x := range y {
		out.Set(i, x)
	}
	return nil
}

// withMask is the operands of the attention that those of its derivative begin with.
func withMask[T any](in []T) []T { return append(slices.Clone(in[:3]), in[4:]...) }

// parts cuts a vector into arrays of the shapes of q, k and v.
func (AttentionGrad) parts(y *Node, in []*Node) []*Node {
	all, at := make([]*Node, 3), 0
	for i, x := range in[:3] {
		n := Size(x.Shape())
		all[i] = Reshaped(Apply(Slice{From: at, To: at + n}, y), x.Shape())
		at += n
	}
	return all
}

// Diff goes back through the formulas of the first derivatives, which have heads as
// an axis of their own: with s = 1/√D, P the weights, and a, b and c the derivatives by
// those by q, k and v,
//
//	R = g·vᵀ, δ = Σ P∘R, dq = S·k, dk = Sᵀ·q, dv = Pᵀ·g   where S = s·P∘(R − δ).
func (r AttentionGrad) Diff(in []*Node, _, gy *Node, _ []bool) []*Node {
	sum := func(x *Node) *Node {
		s := x.Shape()
		kept := append(slices.Clone(s[:len(s)-1]), 1)
		return Reshaped(Apply(Reduce{Sum, []int{len(s) - 1}}, x), kept)
	}
	mul := func(transA, transB bool, x, y *Node) *Node { return Apply(MatMul{transA, transB}, x, y) }
	q, k, v, g := r.heads(in[0]), r.heads(in[1]), r.heads(in[2]), r.heads(in[3])
	cot := r.parts(gy, in)
	a, b, c := r.heads(cot[0]), r.heads(cot[1]), r.heads(cot[2])
	shape := q.Shape()
	s := 1 / math.Sqrt(float64(shape[len(shape)-1]))

	scores := mul(false, true, q, k).Scale(s)
	last := len(shape) - 1
	lse := scores.Shape()
	lse[last] = 1
	seen := func(x *Node, _ float64) *Node { return x }
	if len(in) > 4 {
		m := in[4].Shape()
		mask := Reshaped(in[4], append(append(slices.Clone(m[:last-2]), 1), m[last-2:]...))
		seen = func(x *Node, other float64) *Node { return Apply(Where{}, mask, x, Current().Const(other)) }
	}
	scores = seen(scores, -1e30)
	p := seen(Map(Exp, scores.Sub(Reshaped(Apply(Reduce{LogSumExp, []int{last}}, scores), lse))), 0)
	R := mul(false, true, g, v)
	centred := R.Sub(sum(p.Mul(R)))
	S := p.Mul(centred).Scale(s)

	u := mul(false, true, a, k).Add(mul(false, true, q, b)).Scale(s) // by S/s
	uP := u.Mul(p)
	mean := sum(uP)
	byR := uP.Sub(mean.Mul(p))
	byP := mul(false, true, g, c).Add(u.Mul(centred)).Sub(mean.Mul(R))
	byScores := p.Mul(byP.Sub(sum(p.Mul(byP)))).Scale(s)
	return append([]*Node{
		r.joined(mul(false, false, S, b).Add(mul(false, false, byScores, k))),
		r.joined(mul(true, false, S, a).Add(mul(true, false, byScores, q))),
		r.joined(mul(true, false, byR, g)),
		r.joined(mul(false, false, p, c).Add(mul(false, false, byR, v))),
	}, make([]*Node, len(in)-4)...)
}

// heads makes […, Heads, N, D] of […, N, W], joined the other way.
func (r AttentionGrad) heads(x *Node) *Node {
	s := x.Shape()
	n := len(s)
	return swap(Reshaped(x, append(slices.Clone(s[:n-1]), r.Heads, s[n-1]/r.Heads)), n-2)
}

func (AttentionGrad) joined(x *Node) *Node {
	x = swap(x, len(x.Shape())-3)
	s := x.Shape()
	n := len(s)
	return Reshaped(x, append(slices.Clone(s[:n-2]), s[n-2]*s[n-1]))
}

// swap exchanges an axis with the next.
func swap(x *Node, a int) *Node {
	perm := make([]int, len(x.Shape()))
	for i := range perm {
		perm[i] = i
	}
	perm[a], perm[a+1] = a+1, a
	return Apply(Transpose{Perm: perm}, x)
}
