package probtest

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkDraws(s *subject) error {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return err
	}
	for _, c := range []struct{ lead, plead []int }{
		{[]int{}, nil}, {[]int{3}, nil}, {[]int{2, 3}, nil}, {[]int{2, 3}, []int{3}}, {[]int{2, 3}, []int{2, 3}}, {[]int{2, 1, 3}, []int{3}},
	} {
		_, err := s.build(graph.Float64, nil, c.plead, func(e env) {
			x := e.d.(prob.Sampler).Sample(e.s.In("draw"), c.lead...)
			if want := append(slices.Clone(c.lead), s.event); !slices.Equal(x.Shape(), want) {
				graph.Fail("Sample(s, %v) with parameters of leading axes %v has shape %v", c.lead, c.plead, x.Shape())
			}
			e.s.Output("draws", x)
		})
		if err != nil {
			return err
		}
	}
	few, err := s.ahead(3)
	if err != nil {
		return err
	}
	many, err := s.ahead(40)
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		a, err := few.eval(nil, params)
		if err != nil {
			return err
		}
		b, err := many.eval(nil, params)
		if err != nil {
			return err
		}
		for j, v := range a[0] {
			if v != b[0][j] {
				return errors.Errorf("number %d of 3 samples of 2 rows is %v, of 40 samples %v", j, v, b[0][j])
			}
		}
		x, err := s.some(i, 5000)
		if err != nil {
			return err
		}
		found := &findings{}
		for j := 0; j < len(x); j += s.event {
			if e := x[j : j+s.event]; !contains(s.support(params), e, 1e-9) {
				found.add("draw %v is outside of the support %v", e, s.support(params))
			}
		}
		return found.err()
	})
}

// ahead compiles k samples of two rows.
func (s *subject) ahead(k int) (*program, error) {
	return s.build(graph.Float64, nil, nil, func(e env) {
		e.s.Output("draws", e.d.(prob.Sampler).Sample(e.s.In("draw"), k, 2))
	})
}

// contains tells whether an event lies in a closed support, with a tolerance
// for sums.
func contains(sup prob.Support, e []float64, tol float64) bool {
	sum, ones := 0.0, 0
	for i, v := range e {
		if math.IsNaN(v) {
			return false
		}
		sum += v
		if v == 1 {
			ones++
		}
		switch sup.Kind {
		case prob.Interval:
			if v < sup.Lo || v > sup.Hi {
				return false
			}
		case prob.Integers:
			if v < sup.Lo || v > sup.Hi || v != math.Floor(v) {
				return false
			}
		case prob.Simplex:
			if v < 0 {
				return false
			}
		case prob.OneHotRows:
			if v != 0 && v != 1 {
				return false
			}
		case prob.Counts:
			if v < 0 || v != math.Floor(v) {
				return false
			}
		case prob.Ordered:
			if i > 0 && v < e[i-1] {
				return false
			}
		}
	}
	switch sup.Kind {
	case prob.Simplex:
		return math.Abs(sum-1) <= tol
	case prob.LogSimplex:
		sum = 0
		for _, v := range e {
			sum += math.Exp(v)
		}
		return math.Abs(sum-1) <= tol
	case prob.OneHotRows:
		return ones == 1
	case prob.Counts:
		return sum == sup.Hi
	}
	return true
}

func checkSampleScore(s *subject) error {
	if err := as[prob.SampleScorer](s, "SampleScore"); err != nil {
		return err
	}
	const n = 50
	p, err := s.build(graph.Float64, nil, nil, func(e env) {
		x, l := e.d.(prob.SampleScorer).SampleScore(e.s.In("draw"), n)
		e.s.Output("draws", x)
		e.s.Output("score", l)
		e.s.Output("want", e.d.LogProb(x))
	})
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		out, err := p.eval(nil, params)
		if err != nil {
			return err
		}
		for j, v := range out[1] {
			if !near(v, out[2][j], 1e-9) {
				return errors.Errorf("the draw %v comes with score %v, LogProb is %v", out[0][j*s.event:(j+1)*s.event], v, out[2][j])
			}
		}
		return nil
	})
}

func checkValues(s *subject) error {
	if err := as[prob.Finite](s, "Values"); err != nil {
		return err
	}
	values := s.dist.(prob.Finite).Values()
	seen := map[string]bool{}
	for _, v := range values {
		if len(v) != s.event {
			return errors.Errorf("value %v, want events of %d", v, s.event)
		}
		if seen[key(v)] {
			return errors.Errorf("value %v is listed twice", v)
		}
		seen[key(v)] = true
	}
	return s.each(func(i int, params []float64) error {
		eval, err := s.evaluator(params, len(values))
		if err != nil {
			return err
		}
		logp, err := eval(slices.Concat(values...))
		if err != nil {
			return err
		}
		sum := 0.0
		for _, v := range logp {
			sum += math.Exp(v)
		}
		if !near(sum, 1, 1e-9) {
			return errors.Errorf("the listed values have probability %v", sum)
		}
		if !is[prob.Sampler](s) {
			return nil
		}
		x, err := s.some(i, 1000)
		if err != nil {
			return err
		}
		for e := range slices.Chunk(x, s.event) {
			if !seen[key(e)] {
				return errors.Errorf("draw %v is not listed", e)
			}
		}
		return nil
	})
}
