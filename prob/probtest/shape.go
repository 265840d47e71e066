package probtest

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// events returns some values of the case at a setting: draws, or nodes of its
// law where there is no sampler.
func (s *subject) events(i, n int) ([]float64, error) {
	if is[prob.Sampler](s) {
		return s.some(i, n)
	}
	if s.Values != nil {
		x := slices.Concat(s.Values...)
		return x[:min(n*s.event, len(x))], nil
	}
	l, err := s.law(i)
	if err != nil {
		return nil, err
	}
	var x []float64
	mass := 0.0
	for j, w := range l.w { // nodes at even steps of probability
		mass += w * math.Exp(l.logp[j])
		if mass > (float64(len(x)/s.event)+0.5)/float64(n) && len(x) < n*s.event {
			x = append(x, l.x[j*s.event:(j+1)*s.event]...)
		}
	}
	if len(x) == 0 {
		return nil, errors.New("no values found that have a density")
	}
	return x, nil
}

func checkShapes(s *subject) error {
	return s.each(func(i int, params []float64) error {
		const n = 6
		x, err := s.events(i, n)
		if err != nil {
			return err
		}
		for len(x) < n*s.event {
			x = append(x, x[:s.event]...)
		}
		x = x[:n*s.event]
		var want []float64
		for _, c := range []struct{ lead, plead []int }{
			{[]int{6}, nil},
			{[]int{}, nil},
			{[]int{2, 3}, nil},
			{[]int{1, 2, 3}, nil},
			{[]int{6}, []int{6}},
			{[]int{6}, []int{1}},
			{[]int{2, 3}, []int{3}},
			{[]int{2, 3}, []int{2, 1}},
			{[]int{2, 3}, []int{1, 3}},
			{[]int{3, 2, 1}, []int{1, 1, 1}},
		} {
			p, err := s.build(graph.Float64, c.lead, c.plead, func(e env) { e.s.Output("score", e.d.LogProb(e.x)) })
			if err != nil {
				return errors.Errorf("value of leading axes %v, parameters of %v: %v", c.lead, c.plead, err)
			}
			if got := p.Shape("score"); !slices.Equal([]int(got), c.lead) {
				return errors.Errorf("value of leading axes %v, parameters of %v: LogProb has shape %v", c.lead, c.plead, got)
			}
			out, err := p.eval(x[:size(c.lead)*s.event], params)
			if err != nil {
				return err
			}
			if want == nil {
				want = out[0]
			}
			for j, v := range out[0] {
				if !near(v, want[j], 1e-12) {
					return errors.Errorf("value of leading axes %v, parameters of %v: row %d scores %v, with axes [6] and none %v", c.lead, c.plead, j, v, want[j])
				}
			}
		}
		if err := s.settings(i); err != nil {
			return err
		}
		if s.event != 1 || s.Shapes != nil || len(s.shapes) == 0 {
			return nil
		}
		_, err = graph.Build(&graph.Params{Dtype: graph.Float64}, func(sc *graph.Scope) {
			var ps []*graph.Node
			for _, v := range params {
				ps = append(ps, sc.Tensor(slices.Repeat([]float64{v}, 4), 4))
			}
			sc.Output("score", s.New(sc, ps).LogProb(sc.Input("x", 4, 1)))
		})
		if err == nil {
			return errors.New("a value [4 1] under parameters [4] builds: a silent outer product")
		}
		return nil
	})
}

// settings tests that parameters with rows of their own score like each alone.
func (s *subject) settings(i int) error {
	j := (i + 1) % len(s.Params)
	x, err := s.events(i, 1)
	if err != nil {
		return err
	}
	y, err := s.events(j, 1)
	if err != nil {
		return err
	}
	both := append(slices.Clone(x), y...)
	alone, err := s.score(graph.Float64, 2)
	if err != nil {
		return err
	}
	p, err := s.build(graph.Float64, []int{2, 2}, []int{2, 1}, func(e env) { e.s.Output("score", e.d.LogProb(e.x)) })
	if err != nil {
		return err
	}
	got, err := p.eval(append(slices.Clone(both), both...), s.Params[i], s.Params[j])
	if err != nil {
		return err
	}
	for k, params := range [][]float64{s.Params[i], s.Params[j]} {
		want, err := alone.eval(both, params)
		if err != nil {
			return err
		}
		for r, v := range want[0] {
			if !near(got[0][2*k+r], v, 1e-12) {
				return errors.Errorf("in a batch of settings, params %v score %v at %v, alone %v", params, got[0][2*k+r], both[r*s.event:(r+1)*s.event], v)
			}
		}
	}
	return nil
}

func checkElements(s *subject) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	if s.event != 1 || s.Shapes != nil {
		if is[prob.Factored](s) {
			return s.each(s.factored)
		}
		return notApplicable("an event is no list of like numbers")
	}
	n := len(s.Params)
	var x, want []float64
	alone, err := s.score(graph.Float64, 1)
	if err != nil {
		return err
	}
	wide := make([][]float64, len(s.shapes))
	for i, params := range s.Params {
		v, err := s.events(i, 1)
		if err != nil {
			return err
		}
		l, err := alone.eval(v, params)
		if err != nil {
			return err
		}
		x, want = append(x, v...), append(want, l[0]...)
		for k := range wide {
			wide[k] = append(wide[k], params[k])
		}
	}
	hasEach := is[prob.Factored](s)
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(sc *graph.Scope) {
		var ps []*graph.Node
		for _, v := range wide {
			ps = append(ps, sc.Tensor(v, n))
		}
		d := s.New(sc, ps)
		xs := sc.Tensor(x, 1, n)
		sc.Output("score", d.LogProb(xs))
		if hasEach {
			sc.Output("scores", d.(prob.Factored).LogProbs(xs))
		}
	})
	if err != nil {
		return errors.Errorf("an event of %d elements, one at each of Params: %v", n, err)
	}
	out, err := (&program{Program: p, sub: s}).eval(nil)
	if err != nil {
		return err
	}
	sum := 0.0
	for _, v := range want {
		sum += v
	}
	if len(out[0]) != 1 || !near(out[0][0], sum, 1e-12) {
		return errors.Errorf("an event of %d elements scores %v, its elements one by one %v", n, out[0], want)
	}
	if hasEach {
		if !slices.Equal(p.Shape("scores"), []int{1, n}) {
			return errors.Errorf("LogProbs of a value [1 %d] has shape %v", n, p.Shape("scores"))
		}
		for i, v := range out[1] {
			if !near(v, want[i], 1e-12) {
				return errors.Errorf("LogProbs of element %d is %v, alone it scores %v", i, v, want[i])
			}
		}
	}
	return nil
}

// factored tests that LogProbs adds up to LogProb.
func (s *subject) factored(i int, params []float64) error {
	const n = 4
	x, err := s.events(i, n)
	if err != nil {
		return err
	}
	p, err := s.build(graph.Float64, rows(n), nil, func(e env) {
		l := e.d.(prob.Factored).LogProbs(e.x)
		if !slices.Equal(l.Shape(), e.x.Shape()) {
			graph.Fail("LogProbs of a value %v has shape %v", e.x.Shape(), l.Shape())
		}
		e.s.Output("score", e.d.LogProb(e.x))
		e.s.Output("sum", graph.Sum(l, -1))
	})
	if err != nil {
		return err
	}
	out, err := p.eval(x, params)
	if err != nil {
		return err
	}
	for j, v := range out[0] {
		if !near(out[1][j], v, 1e-12) {
			return errors.Errorf("LogProbs add up to %v, LogProb is %v", out[1][j], v)
		}
	}
	return nil
}
