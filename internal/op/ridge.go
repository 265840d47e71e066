package op

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Ridge is one of the maps that solve the ridge regression of E on the columns
// of W […, D, R], the least |E − Wu|² + |u|²: with C = I + WᵀW
//
//	RidgeRest    E − Wu = (I + WWᵀ)⁻¹·E   […, D, M] to […, D, M]
//	RidgeFit     u = C⁻¹·Wᵀ·E             […, D, M] to […, R, M]
//	RidgeSpread  W·C⁻¹·H                  […, R, M] to […, D, M]
//	RidgeCore    C⁻¹·H                    […, R, M] to […, R, M]
//
// The leading axes of both operands are equal. It goes by the singular values of
// W in float64: C itself, rounded, is singular where columns of W are large and
// nearly the same.
type Ridge struct{ Map RidgeMap }

// RidgeMap names a map of Ridge.
type RidgeMap uint8

// The maps.
const (
	RidgeRest RidgeMap = iota
	RidgeFit
	RidgeSpread
	RidgeCore
)

func (r Ridge) String() string {
	return [...]string{"ridgerest", "ridgefit", "ridgespread", "ridgecore"}[r.Map]
}

// Shape has the rows that the map leads to.
func (r Ridge) Shape(in [][]int) ([]int, error) {
	w, x := in[0], in[1]
	n := len(w)
	if n < 2 || len(x) != n || !slices.Equal(w[:n-2], x[:n-2]) {
		return nil, errors.Errorf("matrix of shape %v and columns of shape %v", w, x)
	}
	from, to := w[n-2], w[n-2]
	if r.Map >= RidgeSpread {
		from = w[n-1]
	}
	if r.Map == RidgeFit || r.Map == RidgeCore {
		to = w[n-1]
	}
	if x[n-2] != from {
		return nil, errors.Errorf("matrix of shape %v and columns of shape %v", w, x)
	}
	s := slices.Clone(x)
	s[n-2] = to
	return s, nil
}

// Eval applies W = Σ σ·u·vᵀ, of which RidgeRest takes E − Σ u·(uᵀE)·σ²/(1+σ²).
func (r Ridge) Eval(out Array, in []Array) error {
	n := len(in[0].Shape)
	rows, cols, m := in[0].Shape[n-2], in[0].Shape[n-1], in[1].Shape[n-1]
	from, to := in[1].Shape[n-2], out.Shape[n-2]
	x, y := make([]float64, from), make([]float64, to)
	for b := range Size(in[0].Shape[:n-2]) {
		d := decompose(in[0], b*rows*cols, rows, cols)
		for c := range m {
			for i := range x {
				x[i] = in[1].At((b*from+i)*m + c)
			}
			r.apply(d, x, y)
			for i, v := range y {
				out.Set((b*to+i)*m+c, v)
			}
		}
	}
	return nil
}

func (r Ridge) apply(d svd, x, y []float64) {
	clear(y)
	left, right := d.u, d.u // of the sum of left·factor·(rightᵀx)
	switch r.Map {
	case RidgeFit:
		left = d.v
	case RidgeSpread:
		right = d.v
	case RidgeCore:
		left, right = d.v, d.v
	}
	if r.Map == RidgeRest {
		copy(y, x)
		for _, u := range d.u { // what lies in the span of W, taken out before it is weighed
			axpy(-dot(u, y), u, y)
		}
	}
	for k, s := range d.s {
		f := 1 / (1 + s*s)
		if r.Map == RidgeFit || r.Map == RidgeSpread {
			f = s / (1 + s*s)
		}
		axpy(f*dot(right[k], x), left[k], y)
	}
}

// Diff: with p the transposed map of g, whose map is its own but for RidgeFit
// and RidgeSpread, the adjoint of W is
//
//	RidgeRest    −(p·uᵀ + y·qᵀ),  u and q the fits of E and g
//	RidgeFit     E′·(C⁻¹g)ᵀ − p·yᵀ,  E′ the rest of E
//	RidgeSpread  g′·(C⁻¹H)ᵀ − y·pᵀ,  g′ the rest of g
//	RidgeCore    −(WC⁻¹g·yᵀ + WC⁻¹H·pᵀ)
func (r Ridge) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	w, x := in[0], in[1]
	of := func(m RidgeMap, x *Node) *Node { return Apply(Ridge{m}, w, x) }
	outer := func(a, b *Node) *Node { return Apply(MatMul{TransB: true}, a, b) }
	add := func(a, b *Node) *Node { return a.Add(b) }
	minus := func(a, b *Node) *Node { return a.Sub(b) }
	back := [...]RidgeMap{RidgeRest, RidgeSpread, RidgeFit, RidgeCore}[r.Map]
	p := of(back, g)
	d := []*Node{nil, p}
	if need[0] {
		switch r.Map {
		case RidgeRest:
			d[0] = add(outer(p, of(RidgeFit, x)), outer(y, of(RidgeFit, g))).Neg()
		case RidgeFit:
			d[0] = minus(outer(of(RidgeRest, x), of(RidgeCore, g)), outer(p, y))
		case RidgeSpread:
			d[0] = minus(outer(of(RidgeRest, g), of(RidgeCore, x)), outer(y, p))
		case RidgeCore:
			d[0] = add(outer(of(RidgeSpread, g), y), outer(of(RidgeSpread, x), p)).Neg()
		}
	}
	return d
}

// RidgeLogDet is ½·log|I + WᵀW| of matrices W […, D, R], by their singular
// values.
type RidgeLogDet struct{}

func (RidgeLogDet) String() string { return "ridgelogdet" }

// Shape drops the matrices.
func (RidgeLogDet) Shape(in [][]int) ([]int, error) {
	if len(in[0]) < 2 {
		return nil, errors.Errorf("matrix of shape %v", in[0])
	}
	return slices.Clone(in[0][:len(in[0])-2]), nil
}

// Eval adds ½·log(1+σ²).
func (RidgeLogDet) Eval(out Array, in []Array) error {
	n := len(in[0].Shape)
	rows, cols := in[0].Shape[n-2], in[0].Shape[n-1]
	for b := range out.Len() {
		sum := 0.0
		for _, s := range decompose(in[0], b*rows*cols, rows, cols).s {
			sum += math.Log(math.Hypot(1, s))
			if s < 1 {
				sum += math.Log1p(s*s)/2 - math.Log(math.Hypot(1, s))
			}
		}
		out.Set(b, sum)
	}
	return nil
}

// Diff is g·W·C⁻¹.
func (RidgeLogDet) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	w := in[0]
	sh := w.Shape()
	n := len(sh)
	unit := append(slices.Clone(sh[:n-2:n-2]), sh[n-1], sh[n-1])
	eye := Apply(BroadcastTo{To: unit}, Apply(Diag{}, Apply(BroadcastTo{To: []int{sh[n-1]}}, Current().Const(1))))
	g = Apply(Reshape{To: append(slices.Clone(g.Shape()), 1, 1)}, g)
	return []*Node{Apply(Ridge{RidgeSpread}, w, eye).Mul(g)}
}

// svd is W = Σ s·u·vᵀ.
type svd struct {
	s    []float64
	u, v [][]float64
}

// decompose turns the columns of a matrix until all are orthogonal, which keeps
// small singular values beside large ones (one-sided Jacobi method; Demmel and
// Veselić, Jacobi's method is more accurate than QR, 1992).
func decompose(in Array, at, rows, cols int) svd {
	d := svd{make([]float64, cols), make([][]float64, cols), make([][]float64, cols)}
	for j := range cols {
		d.u[j], d.v[j] = make([]float64, rows), make([]float64, cols)
		d.v[j][j] = 1
		for i := range rows {
			d.u[j][i] = in.At(at + i*cols + j)
		}
	}
	for turned, sweep := true, 0; turned && sweep < 60; sweep++ {
		turned = false
		for p := range cols {
			for q := p + 1; q < cols; q++ {
				a, b, c := dot(d.u[p], d.u[p]), dot(d.u[q], d.u[q]), dot(d.u[p], d.u[q])
				if !(math.Abs(c) > 0x1p-52*math.Sqrt(a)*math.Sqrt(b)) {
					continue
				}
				turned = true
				zeta := (b - a) / (2 * c)
				t := math.Copysign(1, zeta) / (math.Abs(zeta) + math.Hypot(1, zeta))
				cos := 1 / math.Hypot(1, t)
				rotate(d.u[p], d.u[q], cos, cos*t)
				rotate(d.v[p], d.v[q], cos, cos*t)
			}
		}
	}
	for j, u := range d.u {
		d.s[j] = math.Sqrt(dot(u, u))
	}
	noise := 0x1p-50 * slices.Max(append(d.s, 0)) // of a column that is a sum of others
	for j, u := range d.u {
		if !(d.s[j] <= noise) {
			for i := range u {
				u[i] /= d.s[j]
			}
			continue
		}
		d.s[j] = 0
		clear(u)
	}
	return d
}

func rotate(a, b []float64, cos, sin float64) {
	for i, x := range a {
		a[i], b[i] = cos*x-sin*b[i], sin*x+cos*b[i]
	}
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

func axpy(k float64, x, y []float64) {
	for i, v := range x {
		y[i] += k * v
	}
}
