package probtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// checkInside looks at draws in both precisions. Params and Extremes must have
// finite derivatives there, at Degenerate settings only the draws are looked at.
func checkInside(s *subject) error {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return err
	}
	found := &findings{}
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		n := max(s.Draws/50, 1)
		p, err := s.looking(dt, n)
		if err != nil {
			return err
		}
		degenerate := len(s.Params) + len(s.Extremes)
		for i, params := range slices.Concat(s.Params, s.Extremes, s.Degenerate) {
			if dt == graph.Float32 {
				params = round32(params)
			}
			out, err := p.eval(nil, params)
			if err != nil {
				return err
			}
			bad := &findings{}
			s.looked(bad, p.Outputs(), out, params, i >= degenerate)
			if bad.n > 0 {
				found.add("%v, params %v: %d findings in %d draws, such as\n%v", dt, params, bad.n, n, bad.first())
			}
		}
	}
	return found.err()
}

// looking compiles n draws with parameters of their own, the score at each,
// its gradient by the value, and the derivatives of the draw.
func (s *subject) looking(dt graph.Dtype, n int) (*program, error) {
	return s.build(dt, nil, rows(n), func(e env) {
		x := e.d.(prob.Sampler).Sample(e.s.In("draw"), n)
		e.s.Output("draw", x)
		score := e.d.LogProb(x)
		e.s.Output("LogProb", score)
		if both, ok := e.d.(prob.SampleScorer); ok {
			_, l := both.SampleScore(e.s.In("both"), n)
			e.s.Output("the_score_of_SampleScore", l)
		}
		if !is[prob.Pathwise](s) {
			return
		}
		e.s.Output("the_gradient_of_LogProb", graph.Grad(graph.Sum(score), []*graph.Node{x})[0])
		for i, g := range graph.Grad(graph.Sum(x), s.trained(e)) {
			e.s.Output(fmt.Sprint("the_derivative_by_trained_parameter_", i), g)
		}
	})
}

// looked collects what is wrong with draws.
func (s *subject) looked(found *findings, names []string, out [][]float64, params []float64, degenerate bool) {
	sup := s.support(params)
	open := !s.discrete(params) && !degenerate
	n := len(out[0]) / s.event
	for r := range n {
		e := out[0][r*s.event : (r+1)*s.event]
		if !contains(sup, e, 1e-5) || slices.ContainsFunc(e, func(v float64) bool { return !finite(v) }) || open && atEnd(sup, e) {
			found.add("draw %v, of support %v", e, sup)
		}
		for k := 1; k < len(out) && !degenerate; k++ {
			m := len(out[k]) / n
			if v := out[k][r*m : (r+1)*m]; slices.ContainsFunc(v, func(v float64) bool { return !finite(v) }) {
				found.add("draw %v: %s is %v", e, strings.ReplaceAll(names[k], "_", " "), v)
			}
		}
	}
}

// atEnd tells whether an event of a closed support is not of the open one.
func atEnd(sup prob.Support, e []float64) bool {
	for i, v := range e {
		switch sup.Kind {
		case prob.Interval:
			if v <= sup.Lo || v >= sup.Hi {
				return true
			}
		case prob.Simplex:
			if v == 0 {
				return true
			}
		case prob.Ordered:
			if i > 0 && v <= e[i-1] {
				return true
			}
		}
	}
	return false
}

// checkBroadcast draws with the parameters of two settings side by side, on an
// axis on which the draws asked for have size 1.
func checkBroadcast(s *subject) error {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return err
	}
	if len(s.shapes) == 0 {
		return notApplicable("no parameters")
	}
	build := func(plead ...int) (*program, error) {
		p, err := s.build(graph.Float64, nil, plead, func(e env) {
			e.s.Output("draws", e.d.(prob.Sampler).Sample(e.s.In("draw"), 1, 3))
		})
		want := []int{size(plead), 3, s.event}
		if err == nil && !slices.Equal(p.Shape("draws"), want) {
			err = errors.Errorf("Sample(s, 1, 3) with parameters of leading axes %v has shape %v, want %v", plead, p.Shape("draws"), want)
		}
		return p, err
	}
	alone, err := build(1, 1)
	if err != nil {
		return err
	}
	both, err := build(2, 1)
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		other := s.Params[(i+1)%len(s.Params)]
		got, err := both.eval(nil, params, other)
		if err != nil {
			return err
		}
		x := slices.Clone(got[0])
		for k, params := range [][]float64{params, other} {
			want, err := alone.eval(nil, params)
			if err != nil {
				return err
			}
			for j, v := range want[0] {
				if g := x[k*len(want[0])+j]; !near(g, v, 1e-12) {
					return errors.Errorf("number %d drawn is %v beside another setting, %v alone", j, g, v)
				}
			}
		}
		return nil
	})
}
