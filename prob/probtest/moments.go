package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkMoments(s *subject) error {
	if err := as[prob.Moments](s, "Moments"); err != nil {
		return err
	}
	p, err := s.build(graph.Float64, nil, []int{1}, func(e env) {
		mean, variance := e.d.(prob.Moments).Moments()
		e.s.Output("mean", graph.BroadcastTo(mean, 1, s.event))
		e.s.Output("variance", graph.BroadcastTo(variance, 1, s.event))
	})
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		out, err := p.eval(nil, params)
		if err != nil {
			return err
		}
		found := &findings{}
		exact := func(what string, want float64, h func(e []float64) float64) {
			l, err := s.law(i)
			if err != nil {
				return
			}
			got, tol := l.mean(func(e []float64, _ float64) float64 { return h(e) })
			if !(math.Abs(got-want) <= tol+1e-5*math.Abs(want)) {
				found.add("%s: Moments says %v, the density %v", what, want, got)
			}
		}
		drawn := func(what string, want float64, h func(e []float64) float64) {
			x, err := s.sampled(i)
			if err != nil {
				return
			}
			n, sum := float64(len(x)/s.event), 0.0
			for e := range slices.Chunk(x, s.event) {
				sum += h(e) / n
			}
			sq := 0.0
			for e := range slices.Chunk(x, s.event) {
				d := h(e) - sum
				sq += d * d / n
			}
			if tol := 5*math.Sqrt(sq/n) + 1e-9*(1+math.Abs(want)); !(math.Abs(sum-want) <= tol) {
				found.add("%s: Moments says %v, %v draws %v, expected within %.2g", what, want, n, sum, tol)
			}
		}
		for k := range s.event {
			mean, variance := out[0][k], out[1][k]
			if finite(mean) {
				h := func(e []float64) float64 { return e[k] }
				exact("mean", mean, h)
				drawn("mean", mean, h)
				if finite(variance) {
					h := func(e []float64) float64 { return (e[k] - mean) * (e[k] - mean) }
					exact("variance", variance, h)
					drawn("variance", variance, h)
				}
			}
		}
		return found.err()
	})
}
