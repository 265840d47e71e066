package op

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Cholesky is the lower-triangular L with positive diagonal and L·Lᵀ = A for
// the symmetric matrices A on the last two axes, of which it reads the lower
// triangle. A matrix that is not positive definite gives NaN.
type Cholesky struct{}

// Shape is the operand's.
func (Cholesky) Shape(in [][]int) ([]int, error) {
	if _, err := (DiagPart{}).Shape(in); err != nil {
		return nil, err
	}
	return slices.Clone(in[0]), nil
}

// Eval factors row by row.
func (Cholesky) Eval(out Array, in []Array) error {
	n := out.Shape[len(out.Shape)-1]
	l := make([]float64, n*n)
	for m := 0; m < out.Len(); m += n * n {
		for i := range n {
			for j := range i + 1 {
				s := in[0].At(m + i*n + j)
				for k := range j {
					s -= l[i*n+k] * l[j*n+k]
				}
				switch {
				case j < i:
					s /= l[j*n+j]
				case s > 0:
					s = math.Sqrt(s)
				default:
					s = math.NaN()
				}
				l[i*n+j] = s
			}
		}
		for i, v := range l {
			out.Set(m+i, v)
		}
	}
	return nil
}

// Diff is ½(S+Sᵀ) with S = L⁻ᵀ·P·L⁻¹ and P the lower triangle of Lᵀ·g with
// half its diagonal (Murray, Differentiation of the Cholesky decomposition,
// arXiv 1602.07527, eq. 10).
func (Cholesky) Diff(in []*Node, l, g *Node, _ []bool) []*Node {
	p := Apply(Tril{}, Apply(MatMul{TransA: true}, l, g))
	half := Apply(Diag{}, Apply(DiagPart{}, p)).Scale(-.5)
	x := Apply(SolveLower{Trans: true}, l, p.Add(half))
	s := Apply(SolveLower{Trans: true}, l, transposed(x))
	return []*Node{s.Add(transposed(s)).Scale(.5)}
}

// transposed swaps the last two axes.
func transposed(x *Node) *Node {
	perm := make([]int, len(x.Shape()))
	for i := range perm {
		perm[i] = i
	}
	n := len(perm)
	perm[n-1], perm[n-2] = n-2, n-1
	return Apply(Transpose{perm}, x)
}

// SolveLower is the solution X of L·X = B, or of Lᵀ·X = B, for the
// lower-triangular matrices L […, n, n], of which it reads no more, and
// B […, n, k]; the leading axes must be equal.
type SolveLower struct{ Trans bool }

// Shape is B's.
func (SolveLower) Shape(in [][]int) ([]int, error) {
	l, b := in[0], in[1]
	if len(l) < 2 || len(l) != len(b) || !slices.Equal(l[:len(l)-1], b[:len(b)-1]) || l[len(l)-1] != l[len(l)-2] {
		return nil, errors.Errorf("matrix of shape %v and right side of shape %v", l, b)
	}
	return slices.Clone(b), nil
}

// Eval substitutes.
func (r SolveLower) Eval(out Array, in []Array) error {
	n, k := rows(in[1].Shape, false)
	x := make([]float64, n*k)
	for m := range Size(out.Shape[:len(out.Shape)-2]) {
		at := func(i, j int) float64 { return in[0].At(m*n*n + i*n + j) }
		for step := range n {
			i, from, to := step, 0, step
			if r.Trans {
				i, from, to = n-1-step, n-step, n
			}
			for c := range k {
				s := in[1].At(m*n*k + i*k + c)
				for j := from; j < to; j++ {
					if r.Trans {
						s -= at(j, i) * x[j*k+c]
					} else {
						s -= at(i, j) * x[j*k+c]
					}
				}
				x[i*k+c] = s / at(i, i)
			}
		}
		for i, v := range x {
			out.Set(m*n*k+i, v)
		}
	}
	return nil
}

// Diff solves with the other transpose; by L it is minus the lower triangle of
// that times Xᵀ.
func (r SolveLower) Diff(in []*Node, x, g *Node, need []bool) []*Node {
	b := Apply(SolveLower{!r.Trans}, in[0], g)
	d := []*Node{nil, b}
	if need[0] {
		u, v := b, x
		if r.Trans {
			u, v = x, b
		}
		d[0] = Apply(Tril{}, Apply(MatMul{TransB: true}, u, v)).Neg()
	}
	return d
}
