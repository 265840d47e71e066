package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// checkValueGradient moves along directions in which the support is open.
func checkValueGradient(s *subject) error {
	const n = 8
	return s.each(func(i int, params []float64) error {
		sup := s.support(params)
		if s.discrete(params) {
			return notApplicable("values are discrete")
		}
		x, err := s.events(i, n)
		if err != nil {
			return err
		}
		x = slices.Clone(x)
		n := len(x) / s.event
		p, err := s.derived(graph.Float64, n)
		if err != nil {
			return err
		}
		out, err := p.eval(x, params)
		if err != nil {
			return err
		}
		found := &findings{}
		width := spread(x, s.event)
		for k := range s.event {
			// moved row r by t along direction k; and the slope there at t = 0
			steps := make([]float64, n)
			slope := make([]float64, n)
			for r := range n {
				e, g := x[r*s.event:(r+1)*s.event], out[1][r*s.event:(r+1)*s.event]
				for j := range e {
					slope[r] += g[j] * direction(sup, e, k, j)
				}
				steps[r] = 1e-3 * min(width, room(sup, e, k))
			}
			f := func(t float64) ([]float64, error) {
				moved := make([]float64, len(x))
				for r := range n {
					move(moved[r*s.event:(r+1)*s.event], sup, x[r*s.event:(r+1)*s.event], k, t*steps[r])
				}
				v, err := p.eval(moved)
				if err != nil {
					return nil, err
				}
				return v[0], nil
			}
			want, doubt, err := differences(f, steps)
			if err != nil {
				return err
			}
			for r := range n {
				if finite(out[0][r]) && !(math.Abs(slope[r]-want[r]) <= 1e-6*(1+math.Abs(want[r]))+10*doubt[r]) {
					found.add("at %v, direction %d: %v, differences give %v", x[r*s.event:(r+1)*s.event], k, slope[r], want[r])
				}
			}
		}
		return found.err()
	})
}

// differences returns central differences of fourth order for all rows and how
// far they are from those of half the step. f moves every row by a number of
// its steps.
func differences(f func(t float64) ([]float64, error), steps []float64) (d, doubt []float64, err error) {
	at := func(h float64) ([]float64, error) {
		var v [4][]float64
		for i, t := range []float64{-2 * h, -h, h, 2 * h} {
			var err error
			if v[i], err = f(t); err != nil {
				return nil, err
			}
		}
		d := make([]float64, len(steps))
		for r := range d {
			d[r] = (8*(v[2][r]-v[1][r]) - (v[3][r] - v[0][r])) / (12 * h * steps[r])
		}
		return d, nil
	}
	if d, err = at(1); err != nil {
		return nil, nil, err
	}
	half, err := at(0.5)
	if err != nil {
		return nil, nil, err
	}
	for r := range d {
		doubt = append(doubt, math.Abs(d[r]-half[r]))
	}
	return d, doubt, nil
}

// spread is a typical distance between values, at most 1.
func spread(x []float64, event int) float64 {
	w := 1.0
	for k := range event {
		var column []float64
		for i := k; i < len(x); i += event {
			column = append(column, x[i])
		}
		slices.Sort(column)
		n := len(column)
		if d := column[n*3/4] - column[n/4]; d > 0 {
			w = min(w, d)
		}
	}
	return w
}

// direction is coordinate j of the derivative of move at t = 0.
func direction(sup prob.Support, e []float64, k, j int) float64 {
	d := 0.0
	if j == k {
		d = 1
	}
	switch last := len(e) - 1; sup.Kind {
	case prob.Simplex:
		if k == last {
			return 0
		}
		if j == last {
			return -1
		}
	case prob.LogSimplex:
		return d - math.Exp(e[k])
	}
	return d
}

// move writes to the event e, moved by t along direction k of its support: on
// a simplex at the cost of the last number, on a log simplex of all.
func move(to []float64, sup prob.Support, e []float64, k int, t float64) {
	copy(to, e)
	last := len(e) - 1
	switch sup.Kind {
	case prob.Simplex:
		if k != last {
			to[k] += t
			to[last] -= t
		}
	case prob.LogSimplex:
		norm := math.Log1p(math.Exp(e[k]) * math.Expm1(t))
		for j := range to {
			to[j] -= norm
		}
		to[k] += t
	default:
		to[k] += t
	}
}

// room is how far an event can move along direction k within its support.
func room(sup prob.Support, e []float64, k int) float64 {
	r := math.Inf(1)
	switch sup.Kind {
	case prob.Interval:
		r = min(e[k]-sup.Lo, sup.Hi-e[k])
	case prob.Simplex:
		r = min(e[k], e[len(e)-1])
	case prob.Ordered:
		if k > 0 {
			r = min(r, e[k]-e[k-1])
		}
		if k < len(e)-1 {
			r = min(r, e[k+1]-e[k])
		}
	}
	return r
}

func checkParamGradient(s *subject) error {
	const n = 8
	return s.each(func(i int, params []float64) error {
		x, err := s.events(i, n)
		if err != nil {
			return err
		}
		n := len(x) / s.event
		p, err := s.derived(graph.Float64, n)
		if err != nil {
			return err
		}
		if len(p.Outputs()) < 3 {
			return notApplicable("no parameters")
		}
		out, err := p.eval(x, params)
		if err != nil {
			return err
		}
		found := &findings{}
		width, at, g := spread(x, s.event), 0, 2
		for k, sh := range s.shapes {
			if slices.Contains(s.Constant, k) {
				at += size(sh)
				continue
			}
			for j := range size(sh) {
				h := 3e-4 * min(1, width)
				if v := math.Abs(params[at+j]); v != 0 {
					h = min(h, 3e-4*v)
				}
				moved := slices.Clone(params)
				f := func(t float64) ([]float64, error) {
					moved[at+j] = params[at+j] + t*h
					v, err := p.eval(nil, moved)
					if err != nil {
						return nil, err
					}
					return v[0], nil
				}
				want, doubt, err := differences(f, slices.Repeat([]float64{h}, n))
				if err != nil {
					return err
				}
				for r := range n {
					got := out[g][r*size(sh)+j]
					if finite(out[0][r]) && !(math.Abs(got-want[r]) <= 1e-5*(1+math.Abs(want[r]))+10*doubt[r]) {
						found.add("by element %d of parameter %d at %v: %v, differences give %v", j, k, x[r*s.event:(r+1)*s.event], got, want[r])
					}
				}
			}
			at, g = at+size(sh), g+1
		}
		return found.err()
	})
}
