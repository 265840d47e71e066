package probtest

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkDegenerate(s *subject) error {
	if len(s.Degenerate) == 0 {
		return notApplicable("the case names no degenerate parameters")
	}
	if _, err := s.distribution(); err != nil {
		return err
	}
	found := &findings{}
	for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
		closed, err := s.ofItself(dt)
		if err != nil {
			return err
		}
		for _, params := range s.Degenerate {
			if err := s.degenerate(found, dt, closed, params); err != nil {
				return err
			}
		}
	}
	return found.err()
}

// ofItself compiles the entropy and the divergence of a distribution from
// itself, with their gradients; nil where it has neither.
func (s *subject) ofItself(dt graph.Dtype) (*program, error) {
	if !is[prob.Entropic](s) && !prob.HasKL(s.dist, s.dist) {
		return nil, nil
	}
	return s.build(dt, nil, []int{1}, func(e env) {
		output := func(name string, y *graph.Node) {
			e.s.Output(name, y)
			for i, g := range graph.Grad(graph.Sum(y), s.trained(e)) {
				e.s.Output("gradient_"+strconv.Itoa(i)+"_of_"+name, g)
			}
		}
		if d, ok := e.d.(prob.Entropic); ok {
			output("Entropy", d.Entropy())
		}
		if prob.HasKL(e.d, e.d) {
			output("KL_to_itself", prob.KL(e.d, e.d))
		}
	})
}

// degenerate looks at one setting in one precision.
func (s *subject) degenerate(found *findings, dt graph.Dtype, closed *program, params []float64) error {
	x := s.extremeValues(s.support(params))
	if s.discrete(params) {
		if events, err := list(s.support(params), s.event); err == nil {
			x = slices.Concat(events...)
		}
	}
	if s.Discrete != nil {
		x = slices.Concat(s.Discrete...)
	}
	n := len(x) / s.event
	p, err := s.derived(dt, n)
	if err != nil {
		return err
	}
	out, err := p.eval(x, params)
	if err != nil {
		return err
	}
	mass := 0.0
	for r := range n {
		e := x[r*s.event : (r+1)*s.event]
		l := out[0][r]
		if !math.Signbit(e[0]) { // 0 once
			mass += math.Exp(l)
		}
		if math.IsNaN(l) {
			found.add("%v, params %v: LogProb(%v) is NaN", dt, params, e)
		}
		for k, v := range out[1:] {
			w := len(v) / n
			if k == 0 && s.discrete(params) { // nothing is between its values
				continue
			}
			if slices.ContainsFunc(v[r*w:(r+1)*w], math.IsNaN) {
				found.add("%v, params %v: LogProb(%v) is %v, its gradient %d is NaN", dt, params, e, l, k)
			}
		}
	}
	if s.discrete(params) && mass > 1+1e-5 {
		found.add("%v, params %v: the probabilities of some values add up to %v", dt, params, mass)
	}
	if closed == nil {
		return nil
	}
	if out, err = closed.eval(nil, params); err != nil {
		return err
	}
	for k, name := range closed.Outputs() {
		name = strings.ReplaceAll(name, "_", " ")
		for _, v := range out[k] {
			switch {
			case math.IsNaN(v):
				found.add("%v, params %v: %s is NaN", dt, params, name)
			case name == "KL to itself" && v != 0, name == "Entropy" && s.discrete(params) && !(v >= 0):
				found.add("%v, params %v: %s is %v", dt, params, name, v)
			}
		}
	}
	return nil
}

func checkSame(s *subject) error {
	if len(s.Same) == 0 {
		return notApplicable("the case names no other distribution of the same law")
	}
	return s.each(func(i int, params []float64) error {
		x := s.extremeValues(s.support(params))
		if d, err := s.some(i, 16); err == nil {
			x = append(x, d...)
		}
		n := len(x) / s.event
		found := &findings{}
		for k, other := range s.Same {
			t := &subject{Case: s.Case, shapes: s.shapes, event: s.event}
			t.New = other
			a, err := s.derived(graph.Float64, n)
			if err != nil {
				return err
			}
			b, err := t.derived(graph.Float64, n)
			if err != nil {
				return err
			}
			l, err := a.eval(x, params)
			if err != nil {
				return err
			}
			m, err := b.eval(x, params)
			if err != nil {
				return err
			}
			for o, v := range l {
				w := len(v) / n
				if o == 1 && s.discrete(params) {
					continue
				}
				for r := range n {
					e := x[r*s.event : (r+1)*s.event]
					for j := r * w; j < (r+1)*w; j++ {
						if near(v[j], m[o][j], 1e-8) || math.IsInf(l[0][r], 0) && l[0][r] == m[0][r] {
							continue
						}
						what := strings.Replace("gradient "+strconv.Itoa(o-1)+" of LogProb", "gradient -1 of ", "", 1)
						found.add("%s(%v) is %v, of distribution %d of the same law %v", what, e, v[j], k, m[o][j])
					}
				}
			}
		}
		return found.err()
	})
}
