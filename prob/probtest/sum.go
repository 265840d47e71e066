package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/prob"
)

// sum lists the values of a discrete distribution.
func (s *subject) sum(params []float64) (*law, error) {
	sup := s.support(params)
	l := &law{event: s.event}
	if sup.Kind == prob.Integers && s.event == 1 && math.IsInf(sup.Hi, 1) {
		const block = 2048
		eval, err := s.evaluator(params, block)
		if err != nil {
			return nil, err
		}
		total := 0.0
		for from := sup.Lo; len(l.x) < 1<<20; from += block {
			x, mass := make([]float64, block), 0.0
			for i := range x {
				x[i] = from + float64(i)
			}
			logp, err := eval(x)
			if err != nil {
				return nil, err
			}
			for _, v := range logp {
				mass += math.Exp(v)
			}
			l.x, l.logp = append(l.x, x...), append(l.logp, logp...)
			if total += mass; mass < 1e-13 && total > 0.5 {
				break
			}
		}
		l.w = slices.Repeat([]float64{1}, len(l.x))
		return l, nil
	}
	events := s.Discrete
	if events == nil {
		var err error
		if events, err = list(sup, s.event); err != nil {
			return nil, err
		}
	}
	for _, e := range events {
		l.x, l.w = append(l.x, e...), append(l.w, 1)
	}
	return l, s.fill(l, params)
}

// list lists the events of a discrete support.
func list(sup prob.Support, d int) ([][]float64, error) {
	const limit = 1 << 17
	switch {
	case sup.Kind == prob.OneHotRows:
		events := make([][]float64, d)
		for i := range events {
			events[i] = make([]float64, d)
			events[i][i] = 1
		}
		return events, nil
	case sup.Kind == prob.Integers && !math.IsInf(sup.Hi-sup.Lo, 0) && math.Pow(sup.Hi-sup.Lo+1, float64(d)) <= limit:
		events := [][]float64{nil}
		for range d {
			var longer [][]float64
			for _, e := range events {
				for v := sup.Lo; v <= sup.Hi; v++ {
					longer = append(longer, append(slices.Clone(e), v))
				}
			}
			events = longer
		}
		return events, nil
	case sup.Kind == prob.Counts && math.Pow(sup.Hi+1, float64(d-1)) <= limit:
		var events [][]float64
		var put func(head []float64, rest float64)
		put = func(head []float64, rest float64) {
			if len(head) == d-1 {
				events = append(events, append(slices.Clone(head), rest))
				return
			}
			for v := 0.0; v <= rest; v++ {
				put(append(head, v), rest-v)
			}
		}
		put(nil, sup.Hi)
		return events, nil
	}
	return nil, notApplicable("values of support " + sup.String() + " are not listed")
}
