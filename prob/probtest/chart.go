package probtest

import (
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/prob"
)

// chart maps coordinates u of R^dim to the events of a support, centred and
// scaled by draws: v = m + L·sinh(u), and then to the support.
type chart struct {
	sup      prob.Support
	event    int
	dim      int
	m        []float64
	l        *mat.TriDense
	logScale float64 // log det L
}

func newChart(sup prob.Support, event int, draws []float64) (*chart, error) {
	c := &chart{sup: sup, event: event, dim: event}
	switch sup.Kind {
	case prob.Simplex, prob.LogSimplex:
		c.dim--
	case prob.Reals, prob.Interval, prob.Ordered:
	default:
		return nil, notApplicable("no coordinates for support " + sup.String())
	}
	n := len(draws) / event
	vs := make([][]float64, 0, n)
	for i := range n {
		v := c.flat(draws[i*event : (i+1)*event])
		if !slices.ContainsFunc(v, func(x float64) bool { return !finite(x) || math.Abs(x) > 1e100 }) {
			vs = append(vs, v)
		}
	}
	c.m = make([]float64, c.dim)
	cov := mat.NewSymDense(c.dim, nil)
	for i := range c.dim {
		cov.SetSym(i, i, 1)
	}
	if len(vs) > 10 && c.dim == 1 {
		var x []float64
		for _, v := range vs {
			x = append(x, v[0])
		}
		slices.Sort(x)
		c.m[0] = x[len(x)/2]
		if scale := (x[len(x)*3/4] - x[len(x)/4]) / 1.35; scale > 0 {
			cov.SetSym(0, 0, scale*scale)
		}
	} else if len(vs) > 10 {
		for _, v := range vs {
			for i := range v {
				c.m[i] += v[i] / float64(len(vs))
			}
		}
		for i := range c.dim {
			for j := range i + 1 {
				sum := 0.0
				for _, v := range vs {
					sum += (v[i] - c.m[i]) * (v[j] - c.m[j]) / float64(len(vs))
				}
				cov.SetSym(i, j, sum)
			}
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(cov) {
		return nil, errors.Errorf("draws %v… do not vary in every direction", draws[:min(len(draws), 2*event)])
	}
	c.l = mat.NewTriDense(c.dim, mat.Lower, nil)
	chol.LTo(c.l)
	if event == 1 && sup.Kind == prob.Interval { // lines keep their own scale there
		c.l.SetTri(0, 0, 1)
	}
	for i := range c.dim {
		c.logScale += math.Log(c.l.At(i, i))
	}
	return c, nil
}

// flat returns the unbounded coordinates v of an event.
func (c *chart) flat(x []float64) []float64 {
	v := make([]float64, c.dim)
	last := x[len(x)-1]
	for i := range v {
		switch c.sup.Kind {
		case prob.Reals:
			v[i] = x[i]
		case prob.Interval:
			lo, hi := c.sup.Lo, c.sup.Hi
			switch {
			case math.IsInf(hi, 1) && math.IsInf(lo, -1):
				v[i] = x[i]
			case math.IsInf(hi, 1):
				v[i] = math.Log(x[i] - lo)
			case math.IsInf(lo, -1):
				v[i] = -math.Log(hi - x[i])
			default:
				v[i] = math.Log(x[i]-lo) - math.Log(hi-x[i])
			}
		case prob.Simplex:
			v[i] = math.Log(x[i]) - math.Log(last)
		case prob.LogSimplex:
			v[i] = x[i] - last
		case prob.Ordered:
			if v[i] = x[i]; i > 0 {
				v[i] = math.Log(x[i] - x[i-1])
			}
		}
	}
	return v
}

// round is the inverse of flat and the logarithm of the volume it stretches
// by: densities on a simplex are over all but the last number, those on a log
// simplex over the differences to the last.
func (c *chart) round(v []float64) (x []float64, logjac float64) {
	x = make([]float64, c.event)
	switch c.sup.Kind {
	case prob.Reals:
		copy(x, v)
	case prob.Interval:
		lo, hi := c.sup.Lo, c.sup.Hi
		for i, t := range v {
			switch {
			case math.IsInf(hi, 1) && math.IsInf(lo, -1):
				x[i] = t
			case math.IsInf(hi, 1):
				x[i] = lo + math.Exp(t)
				logjac += t
			case math.IsInf(lo, -1):
				x[i] = hi - math.Exp(-t)
				logjac -= t
			default:
				if t < 0 {
					x[i] = lo + (hi-lo)*math.Exp(t)/(1+math.Exp(t))
				} else {
					x[i] = hi - (hi-lo)*math.Exp(-t)/(1+math.Exp(-t))
				}
				logjac += math.Log(hi-lo) - math.Abs(t) - 2*math.Log1p(math.Exp(-math.Abs(t)))
			}
		}
	case prob.Simplex, prob.LogSimplex:
		top := 0.0
		for _, t := range v {
			top = max(top, t)
		}
		sum := math.Exp(-top)
		for _, t := range v {
			sum += math.Exp(t - top)
		}
		norm := top + math.Log(sum)
		for i := range x {
			y := -norm
			if i < len(v) {
				y += v[i]
			}
			if x[i] = y; c.sup.Kind == prob.Simplex {
				x[i] = math.Exp(y)
				logjac += y
			}
		}
	case prob.Ordered:
		for i, t := range v {
			if x[i] = t; i > 0 {
				x[i] = x[i-1] + math.Exp(t)
				logjac += t
			}
		}
	}
	return x, logjac
}

// linear maps standardised coordinates: v = m + L·e.
func (c *chart) linear(e []float64) (x []float64, logjac float64) {
	v := slices.Clone(c.m)
	for i := range v {
		for j := range i + 1 {
			v[i] += c.l.At(i, j) * e[j]
		}
	}
	x, logjac = c.round(v)
	return x, logjac + c.logScale
}

// point maps u to an event and the volume it stretches by.
func (c *chart) point(u []float64) (x []float64, jac float64) {
	e, logcosh := make([]float64, c.dim), 0.0
	for i, t := range u {
		e[i] = math.Sinh(t)
		logcosh += math.Abs(t) + math.Log1p(math.Exp(-2*math.Abs(t))) - math.Ln2
	}
	x, logjac := c.linear(e)
	return x, math.Exp(logjac + logcosh)
}

// inverse is the u of an event.
func (c *chart) inverse(x []float64) []float64 {
	e := c.flat(x)
	for i := range e {
		e[i] -= c.m[i]
		for j := range i {
			e[i] -= c.l.At(i, j) * e[j]
		}
		e[i] /= c.l.At(i, i)
	}
	for i := range e {
		e[i] = math.Asinh(e[i])
	}
	return e
}

// On the line an interval's own coordinate is already as long as can be, so
// only the reals take the hyperbolic sine.
func (c *chart) sinh() bool {
	return c.sup.Kind == prob.Reals || math.IsInf(c.sup.Lo, -1) && math.IsInf(c.sup.Hi, 1)
}

func (c *chart) point1(u float64) (x, jac float64) {
	if c.sinh() {
		x, jac := c.point([]float64{u})
		return x[0], jac
	}
	y, logjac := c.round([]float64{c.m[0] + u})
	return y[0], math.Exp(logjac)
}

func (c *chart) coordinate(x float64) float64 {
	if c.sinh() {
		return c.inverse([]float64{x})[0]
	}
	return c.flat([]float64{x})[0] - c.m[0]
}

// limits keeps panels where numbers of the support can be told from its edges.
func (c *chart) limits() (lo, hi float64) {
	if c.sinh() {
		return -660, 660
	}
	lo, hi = -660-c.m[0], 660-c.m[0]
	room := func(edge float64) float64 { return math.Log(1e-300 + math.Abs(edge)*1e-16) }
	if !math.IsInf(c.sup.Lo, -1) {
		lo = max(lo, room(c.sup.Lo)-c.m[0])
		if !math.IsInf(c.sup.Hi, 1) {
			lo = max(lo, room(c.sup.Lo)-math.Log(c.sup.Hi-c.sup.Lo)-c.m[0])
		}
	}
	if !math.IsInf(c.sup.Hi, 1) {
		hi = min(hi, -room(c.sup.Hi)-c.m[0])
		if !math.IsInf(c.sup.Lo, -1) {
			hi = min(hi, math.Log(c.sup.Hi-c.sup.Lo)-room(c.sup.Hi)-c.m[0])
		}
	}
	return lo, hi
}
