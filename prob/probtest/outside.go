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
		for r, e := range edge {
			l := out[0][r]
			if math.IsNaN(l) {
				found.add("LogProb(%v) is NaN", e)
			}
			if s.event == 1 && math.IsInf(e[0], 0) && !math.IsInf(l, -1) {
				found.add("LogProb(%v) is %v", e, l)
			}
			for g, v := range out[1:] {
				n := len(v) / len(edge)
				for _, x := range v[r*n : (r+1)*n] {
					if finite(l) && !finite(x) {
						found.add("LogProb(%v) is %v, its gradient %d is %v", e, l, g, x)
					}
				}
			}
		}
		return found.err()
	})
}
