package probtest

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// huge is where float32 may say infinity: squares and products of it overflow
// on the way.
const huge = 1e30

func checkFloat32(s *subject) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	const n = 64
	single, double, err := s.precisions(n)
	if err != nil {
		return err
	}
	var sampler *program
	if is[prob.Sampler](s) {
		if sampler, err = s.sampler(graph.Float32, 200); err != nil {
			return err
		}
	}
	summary, err := s.ofItself(graph.Float32)
	if err != nil {
		return err
	}
	found := &findings{}
	for _, params := range slices.Concat(s.Params, s.Extremes) {
		params = round32(params)
		sup := s.support(params)
		x := s.extremeValues(sup)
		if sampler != nil {
			out, err := sampler.eval(nil, params)
			if err != nil {
				return err
			}
			for e := range slices.Chunk(out[0], s.event) {
				if !contains(sup, e, 1e-5) {
					found.add("params %v: draw %v is outside of the support %v", params, e, sup)
					break
				}
			}
			for e := range slices.Chunk(out[0], s.event) {
				if !slices.ContainsFunc(e, func(v float64) bool { return !finite(v) }) && len(x) < n*s.event {
					x = append(x, e...)
				}
			}
		}
		for part := range slices.Chunk(x, n*s.event) {
			if err := s.compare(found, single, double, params, part); err != nil {
				return err
			}
		}
		if summary != nil {
			out, err := summary.eval(nil, params)
			if err != nil {
				return err
			}
			for k, name := range summary.Outputs() {
				if slices.ContainsFunc(out[k], math.IsNaN) {
					found.add("params %v: %s is NaN", params, name)
				}
			}
		}
	}
	return found.err()
}

// precisions compiles derived in both.
func (s *subject) precisions(n int) (single, double *program, err error) {
	if single, err = s.derived(graph.Float32, n); err == nil {
		double, err = s.derived(graph.Float64, n)
	}
	return single, double, err
}

// compare looks at scores and gradients of some events in both precisions.
func (s *subject) compare(found *findings, single, double *program, params, x []float64) error {
	a, err := single.eval(x, params)
	if err != nil {
		return err
	}
	b, err := double.eval(x, params)
	if err != nil {
		return err
	}
	n := len(a[0])
	for r := range len(x) / s.event {
		e := x[r*s.event : (r+1)*s.event]
		got, want := a[0][r], b[0][r]
		switch {
		case math.IsNaN(got):
			found.add("params %v: LogProb(%v) is NaN, in float64 %v", params, e, want)
		case math.Abs(want) < huge && !finite(got):
			found.add("params %v: LogProb(%v) is %v, in float64 %v", params, e, got, want)
		case math.IsInf(want, 0) && !(math.Abs(got) > huge && math.Signbit(got) == math.Signbit(want)):
			found.add("params %v: LogProb(%v) is %v, in float64 %v", params, e, got, want)
		}
		if !finite(got) {
			continue
		}
		for k := 1; k < len(a); k++ {
			m := len(a[k]) / n
			for j := r * m; j < (r+1)*m; j++ {
				if v := a[k][j]; math.IsNaN(v) || !finite(v) && math.Abs(b[k][j]) < huge {
					found.add("params %v: LogProb(%v) is %v, its gradient %d is %v, in float64 %v", params, e, got, k-1, v, b[k][j])
				}
			}
		}
	}
	return nil
}

// extremeValues lists events of the support from tiny to huge.
func (s *subject) extremeValues(sup prob.Support) []float64 {
	if s.Values != nil {
		return round32(slices.Concat(s.Values...))
	}
	if s.event != 1 {
		return nil
	}
	var x []float64
	for _, v := range []float64{0, 1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1, 2, 10, 100, 1e3, 1e6} {
		for _, v := range []float64{v, -v} {
			if contains(sup, []float64{v}, 0) {
				x = append(x, v)
			}
		}
	}
	return round32(x)
}

func round32(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(float32(v))
	}
	return y
}
