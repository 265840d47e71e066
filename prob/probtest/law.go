package probtest

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// law is a distribution at one setting by brute force: the integral of a
// function h over it is Σ w·exp(logp)·h(x) over the nodes.
type law struct {
	event      int
	x, w, logp []float64
	random     bool  // importance sampling: integrals have a standard error
	cell       []int // of each node in the plane, for χ²; else nil
	chart      *chart

	// in one dimension: the panels' upper ends, in order, the mass up to them
	// and the nodes up to them
	ends, cdf []float64
	upto      []int
}

// mean returns the integral of h over the law and how far it may be off.
func (l *law) mean(h func(x []float64, logp float64) float64) (v, tol float64) {
	n := len(l.w)
	sum, sq, abs := 0.0, 0.0, 0.0
	for i, w := range l.w {
		m := w * math.Exp(l.logp[i])
		if m == 0 {
			continue // where h may be infinite
		}
		t := m * h(l.x[i*l.event:(i+1)*l.event], l.logp[i])
		sum, sq, abs = sum+t, sq+t*t, abs+math.Abs(t)
	}
	if l.random {
		return sum, 5*math.Sqrt(max(sq-sum*sum/float64(n), 0)) + 1e-9
	}
	return sum, 1e-5 * (1 + abs)
}

// law returns the law at a setting of the case, made once.
func (s *subject) law(i int) (*law, error) {
	if _, err := s.distribution(); err != nil {
		return nil, err
	}
	draws, err := s.some(i, 2000)
	if err != nil && !errors.As(err, new(notApplicable)) {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.laws[i]; l != nil {
		return l, nil
	}
	l, err := s.newLaw(s.Params[i], draws)
	if err == nil {
		s.laws[i] = l
	}
	return l, err
}

func (s *subject) newLaw(params, draws []float64) (*law, error) {
	switch {
	case s.Improper:
		return nil, notApplicable("the density is improper")
	case s.discrete(params):
		return s.sum(params)
	}
	c, err := newChart(s.support(params), s.event, draws)
	if err != nil {
		return nil, err
	}
	switch {
	case s.event == 1:
		return s.line(params, c, nil)
	case c.dim <= 2:
		return s.plane(params, c)
	}
	return s.importance(params, c)
}

// evaluator returns LogProb at a setting for any number of rows.
func (s *subject) evaluator(params []float64, batch int) (func(x []float64) ([]float64, error), error) {
	p, err := s.score(graph.Float64, batch)
	if err != nil {
		return nil, err
	}
	if err := p.set(params); err != nil {
		return nil, err
	}
	return func(x []float64) ([]float64, error) {
		out := make([]float64, 0, len(x)/s.event)
		for part := range slices.Chunk(x, batch*s.event) {
			v, err := p.eval(part)
			if err != nil {
				return nil, err
			}
			n := len(part) / s.event
			for j, l := range v[0][:n] {
				if math.IsNaN(l) {
					return nil, errors.Errorf("LogProb(%v) is NaN", part[j*s.event:(j+1)*s.event])
				}
			}
			out = append(out, v[0][:n]...)
		}
		return out, nil
	}, nil
}

// fill computes LogProb at the nodes.
func (s *subject) fill(l *law, params []float64) error {
	eval, err := s.evaluator(params, min(4096, len(l.w)))
	if err != nil {
		return err
	}
	l.logp, err = eval(l.x)
	for i, v := range l.logp {
		if math.IsInf(v, 1) { // an end of the support, which rounding reached, has no mass
			l.logp[i] = math.Inf(-1)
		}
	}
	return err
}
