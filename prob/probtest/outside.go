package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// beyond lists events outside of the support and far enough from it.
func (s *subject) beyond(params []float64) [][]float64 {
	sup, d := s.support(params), s.event
	out := slices.Clone(s.Outside)
	fill := func(v float64) { out = append(out, slices.Repeat([]float64{v}, d)) }
	first := func(v, rest float64) {
		e := slices.Repeat([]float64{rest}, d)
		e[0] = v
		out = append(out, e)
	}
	switch sup.Kind {
	case prob.Interval, prob.Integers:
		if finite(sup.Lo) {
			fill(sup.Lo - 1)
			fill(sup.Lo - 1e6)
			if sup.Kind == prob.Integers {
				first(sup.Lo-1, sup.Lo)
			}
		}
		if finite(sup.Hi) {
			fill(sup.Hi + 1)
			fill(sup.Hi + 1e6)
		}
		if sup.Kind == prob.Integers && !s.Grey {
			lo := sup.Lo
			if !finite(lo) {
				lo = 0
			}
			first(lo+0.5, lo)
		}
	case prob.Simplex:
		fill(2)
		first(-0.5, 1.5/float64(d-1))
	case prob.LogSimplex:
		fill(0)
	case prob.OneHotRows:
		fill(0)
		fill(1)
		first(-1, 1)
	case prob.Counts:
		fill(sup.Hi + 1)
		fill(-1)
		first(-1, 1)
		if !s.Grey {
			fill(0.5)
		}
	case prob.Ordered:
		first(1, 0)
	}
	return out
}

func checkOutside(s *subject) error {
	return s.each(func(i int, params []float64) error {
		outside := s.beyond(params)
		if len(outside) == 0 {
			return notApplicable("every value is in the support")
		}
		x, err := s.events(i, 1)
		if err != nil {
			return err
		}
		p, err := s.derived(graph.Float64, len(outside)+1)
		if err != nil {
			return err
		}
		out, err := p.eval(append(slices.Clone(x), slices.Concat(outside...)...), params)
		if err != nil {
			return err
		}
		// elements that are independent keep their own gradients
		partly := func(e []float64) bool {
			return is[prob.Factored](s) && slices.ContainsFunc(e, func(v float64) bool { return contains(s.support(params), []float64{v}, 0) })
		}
		found := &findings{}
		if !finite(out[0][0]) {
			found.add("LogProb(%v) beside values outside is %v", x, out[0][0])
		}
		for r, e := range outside {
			if out[0][r+1] != math.Inf(-1) {
				found.add("LogProb(%v) is %v outside of the support %v", e, out[0][r+1], s.support(params))
			}
			for k, v := range out[1:] {
				n := len(v) / (len(outside) + 1)
				g := v[(r+1)*n : (r+2)*n]
				if slices.ContainsFunc(g, func(x float64) bool { return math.IsNaN(x) || x != 0 && !partly(e) }) {
					found.add("a gradient at %v, outside of the support, is %v", e, g)
				}
				if v := v[:n]; slices.ContainsFunc(v, func(x float64) bool { return !finite(x) }) {
					found.add("gradient %d at %v beside values outside is %v", k, x, v)
				}
			}
		}
		return found.err()
	})
}

func checkEdges(s *subject) error {
	return s.each(func(i int, params []float64) error {
		var edge [][]float64
		sup := s.support(params)
		fill := func(v float64) { edge = append(edge, slices.Repeat([]float64{v}, s.event)) }
		switch sup.Kind {
		case prob.Reals, prob.Interval, prob.Integers:
			if sup.Kind == prob.Reals {
				sup.Lo, sup.Hi = math.Inf(-1), math.Inf(1)
			}
			for _, v := range []float64{sup.Lo, sup.Hi} {
				if finite(v) || s.event == 1 {
					fill(v)
				}
			}
			if len(edge) == 0 {
				return notApplicable("the support has no edge")
			}
		case prob.Simplex:
			for k := range s.event {
				e := make([]float64, s.event)
				e[k] = 1
				edge = append(edge, e)
			}
		default:
			return notApplicable("the support has no edge")
		}
		p, err := s.derived(graph.Float64, len(edge))
		if err != nil {
			return err
		}
		out, err := p.eval(slices.Concat(edge...), params)
		if err != nil {
			return err
		}
		found := &findings{}
		limits, err := s.limits(params, sup, edge)
		if err != nil {
			return err
		}
		for r, e := range edge {
			l := out[0][r]
			if math.IsNaN(l) {
				found.add("LogProb(%v) is NaN", e)
			}
			if s.event == 1 && math.IsInf(e[0], 0) && !math.IsInf(l, -1) {
				found.add("LogProb(%v) is %v", e, l)
			}
			if want := limits[r]; !math.IsNaN(want) && l != want && !(math.Abs(l-want) <= 1e-5*(1+math.Abs(want))) {
				found.add("LogProb(%v) is %v, its limit from inside %v", e, l, want)
			}
			for g, v := range out[1:] {
				n := len(v) / len(edge)
				for _, x := range v[r*n : (r+1)*n] {
					if math.IsNaN(x) && finite(e[0]) {
						found.add("LogProb(%v) is %v, its gradient %d is %v", e, l, g, x)
					}
				}
			}
		}
		return found.err()
	})
}

// limits returns for each end of an interval the limit of LogProb from inside,
// by how it changes from one to the next of three values close to the end; NaN
// where that says nothing.
func (s *subject) limits(params []float64, sup prob.Support, edge [][]float64) ([]float64, error) {
	v := slices.Repeat([]float64{math.NaN()}, len(edge))
	if sup.Kind != prob.Interval || s.event != 1 {
		return v, nil
	}
	p, err := s.score(graph.Float64, 3)
	if err != nil {
		return nil, err
	}
	for r, e := range edge {
		if !finite(e[0]) {
			continue
		}
		width := 1.0
		if finite(sup.Lo) && finite(sup.Hi) {
			width = sup.Hi - sup.Lo
		}
		if e[0] == sup.Hi {
			width = -width
		}
		near := []float64{e[0] + width*0x1p-20, e[0] + width*0x1p-30, e[0] + width*0x1p-40}
		out, err := p.eval(near, params)
		if err != nil {
			return nil, err
		}
		a, b := out[0][1]-out[0][0], out[0][2]-out[0][1]
		switch l := out[0][2]; {
		case math.Abs(b) < 1e-6 && math.Abs(a) < 1e-4:
			v[r] = l
		case math.IsInf(l, -1), math.Abs(a) > 0.1 && b < 0.9*min(a, 0): // no slower than a power
			v[r] = math.Inf(-1)
		case math.Abs(a) > 0.1 && b > 0.9*max(a, 0):
			v[r] = math.Inf(1)
		}
	}
	return v, nil
}
