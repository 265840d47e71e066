package probtest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// KL tests the closed form of KL(q ‖ p) at every pair of settings of two
// cases with events of one size: it drops the event axis, is never negative,
// and agrees with the expectation of log q − log p under q.
func KL(t *testing.T, q, p Case) {
	t.Helper()
	if err := CheckKL(q, p); err != nil {
		t.Errorf("rule: KL is E_q[log q − log p] and never negative\n%v", err)
	}
}

// CheckKL is KL that returns what is wrong.
func CheckKL(q, p Case) error {
	err := checkKL(newSubject(q), newSubject(p), false)
	if errors.As(err, new(notApplicable)) {
		return errors.Errorf("cannot be tested: %v", err)
	}
	return err
}

func checkSelfKL(s *subject) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	if !prob.HasKL(s.dist, s.dist) {
		return notApplicable("no closed form is registered for two of the type")
	}
	return checkKL(s, s, true)
}

// divergence compiles KL(q ‖ p), or −log p at given values if there are any.
func divergence(q, p *subject) (*program, error) {
	var missing error
	both := &subject{Case: q.Case, shapes: slices.Concat(q.shapes, p.shapes), event: q.event}
	both.New = func(s *graph.Scope, ps []*graph.Node) prob.Dist { return q.New(s, ps[:len(q.shapes)]) }
	d, err := both.build(graph.Float64, nil, []int{1}, func(e env) {
		other := p.New(e.s.In("other"), e.p[len(q.shapes):])
		if !prob.HasKL(e.d, other) {
			missing = notApplicable(fmt.Sprintf("no closed form is registered for KL(%T ‖ %T)", e.d, other))
			e.s.Output("none", e.s.Const(0))
			return
		}
		kl := prob.KL(e.d, other)
		if len(both.shapes) > 0 && !slices.Equal(kl.Shape(), []int{1}) {
			graph.Fail("KL with parameters of one leading axis [1] has shape %v", kl.Shape())
		}
		e.s.Output("kl", kl)
	})
	if missing != nil {
		return nil, missing
	}
	return d, err
}

func checkKL(q, p *subject, same bool) error {
	if _, err := q.distribution(); err != nil {
		return err
	}
	if _, err := p.distribution(); err != nil {
		return err
	}
	d, err := divergence(q, p)
	if err != nil {
		return err
	}
	return q.each(func(i int, qs []float64) error {
		l, err := q.law(i)
		if err != nil {
			return err
		}
		found := &findings{}
		for j, ps := range p.Params {
			out, err := d.eval(nil, slices.Concat(qs, ps))
			if err != nil {
				return err
			}
			got := out[0][0]
			if same && i == j && !(math.Abs(got) <= 1e-9) {
				found.add("KL to itself is %v", got)
			}
			if !(got >= -1e-9) {
				found.add("KL to params %v is %v", ps, got)
				continue
			}
			want, tol, err := expectedKL(l, p, ps)
			if err != nil {
				return err
			}
			if got != want && !(math.Abs(got-want) <= tol) {
				found.add("KL to params %v is %v, E[log q − log p] is %v", ps, got, want)
			}
		}
		return found.err()
	})
}

// expectedKL integrates log q − log p over the law of q.
func expectedKL(l *law, p *subject, ps []float64) (v, tol float64, err error) {
	eval, err := p.evaluator(ps, min(4096, len(l.w)))
	if err != nil {
		return 0, 0, err
	}
	logp, err := eval(l.x)
	if err != nil {
		return 0, 0, err
	}
	missed := 0.0 // probability under q where p has none
	for i, w := range l.w {
		if m := w * math.Exp(l.logp[i]); math.IsInf(logp[i], -1) && m > 0 {
			missed += m
		}
	}
	if missed > 1e-6 {
		return math.Inf(1), 0, nil
	}
	shifted := *l
	shifted.x, shifted.event = logp, 1 // the nodes carry log p
	v, tol = shifted.mean(func(x []float64, logq float64) float64 {
		if math.IsInf(x[0], -1) {
			return 0
		}
		return logq - x[0]
	})
	if p.Improper {
		tol = 1e-3 // its poles are not those that the nodes were laid out for
	}
	return v, tol, nil
}
