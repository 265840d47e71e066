package probtest

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkEntropy(s *subject) error {
	if err := as[prob.Entropic](s, "Entropy"); err != nil {
		return err
	}
	p, err := s.build(graph.Float64, nil, []int{1}, func(e env) {
		h := e.d.(prob.Entropic).Entropy()
		if len(s.shapes) > 0 && !slices.Equal(h.Shape(), []int{1}) {
			graph.Fail("Entropy with parameters of one leading axis [1] has shape %v", h.Shape())
		}
		e.s.Output("entropy", h)
	})
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		out, err := p.eval(nil, params)
		if err != nil {
			return err
		}
		l, err := s.law(i)
		if err != nil {
			return err
		}
		want, tol := l.mean(func(_ []float64, logp float64) float64 { return -logp })
		if !(math.Abs(out[0][0]-want) <= tol) {
			return errors.Errorf("Entropy is %v, E[−LogProb] %v", out[0][0], want)
		}
		return nil
	})
}

func checkMode(s *subject) error {
	if err := as[prob.Moder](s, "Mode"); err != nil {
		return err
	}
	p, err := s.build(graph.Float64, nil, []int{1}, func(e env) {
		mode := graph.BroadcastTo(e.d.(prob.Moder).Mode(), 1, s.event)
		e.s.Output("mode", mode)
		e.s.Output("score", e.d.LogProb(mode))
	})
	if err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		out, err := p.eval(nil, params)
		if err != nil {
			return err
		}
		x, err := s.events(i, 2000)
		if err != nil {
			return err
		}
		eval, err := s.evaluator(params, 2000)
		if err != nil {
			return err
		}
		logp, err := eval(x)
		if err != nil {
			return err
		}
		best, at := math.Inf(-1), 0
		for j, v := range logp {
			if v > best {
				best, at = v, j
			}
		}
		if !contains(s.support(params), out[0], 1e-9) {
			return errors.Errorf("Mode %v is outside of the support", out[0])
		}
		edge := s.event == 1 && (out[0][0] == s.support(params).Lo || out[0][0] == s.support(params).Hi) // where the density may be left out
		if !(out[1][0] >= best-1e-9) && !(edge && !s.discrete(params) && math.IsInf(out[1][0], -1)) {
			return errors.Errorf("Mode %v scores %v, %v scores %v", out[0], out[1][0], x[at*s.event:(at+1)*s.event], best)
		}
		return nil
	})
}
