package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkCDF(s *subject) error {
	if err := as[prob.Cumulative](s, "CDF"); err != nil {
		return err
	}
	if s.event != 1 {
		return notApplicable("events of more than one element")
	}
	return s.each(func(i int, params []float64) error {
		l, err := s.law(i)
		if err != nil {
			return err
		}
		var x, want []float64
		if l.ends != nil {
			step := 0.0
			for j, e := range l.ends { // ends of panels, where the mass is known
				if l.cdf[j] >= step && finite(e) {
					x, want = append(x, e), append(want, l.cdf[j])
					step = l.cdf[j] + 0.01
				}
			}
		} else {
			sum, step := 0.0, 0.0
			for j, v := range l.x {
				if sum += math.Exp(l.logp[j]); sum >= step {
					x, want = append(x, v), append(want, sum)
					if !s.Grey {
						x, want = append(x, v+0.5), append(want, sum)
					}
					step = sum + 0.01
				}
			}
		}
		sup := s.support(params)
		for _, v := range []float64{-1e9, sup.Lo - 1, sup.Hi + 1, 1e9, math.Inf(-1), math.Inf(1)} {
			if (sup.Kind == prob.Interval || sup.Kind == prob.Integers) && v < sup.Lo || v == math.Inf(-1) {
				x, want = append(x, v), append(want, 0)
			} else if (sup.Kind == prob.Interval || sup.Kind == prob.Integers) && v > sup.Hi || v == math.Inf(1) {
				x, want = append(x, v), append(want, 1)
			}
		}
		p, err := s.build(graph.Float64, rows(len(x)), nil, func(e env) {
			c := e.d.(prob.Cumulative).CDF(e.x)
			if !slices.Equal(c.Shape(), e.x.Shape()) {
				graph.Fail("CDF of a value %v has shape %v", e.x.Shape(), c.Shape())
			}
			e.s.Output("cdf", c)
		})
		if err != nil {
			return err
		}
		out, err := p.eval(x, params)
		if err != nil {
			return err
		}
		found := &findings{}
		for j, v := range out[0] {
			if !(math.Abs(v-want[j]) <= 1e-6) {
				found.add("CDF(%v) is %v, the density up to there has %v", x[j], v, want[j])
			}
		}
		return found.err()
	})
}
