package vi

import "github.com/latentgo/latent/graph"

// shared returns the divergences of the globals, divided by the size of the
// data set: scalars.
func (r *Record) shared(mode KL, logq func(*Site) *graph.Node) []term {
	var ts []term
	for _, s := range r.globals() {
		if s.Q == nil {
			continue
		}
		t := term{name: "kl/" + s.Name, kl: true}
		div, why := r.divergence(s)
		if s.sticky() {
			div, why = nil, Name(s.estimator)+" estimates it by Monte Carlo"
		}
		switch {
		case s.Value == nil && div == nil:
			graph.Fail("vi: product %s: %s noise leaves the weight without a value, so its divergence must have a closed form: %s; use vi.Single", s.Name, Name(s.estimator), why)
		case s.Value != nil && mode == MonteCarlo:
			div = nil
		case div == nil && mode == ClosedForm:
			graph.Fail("vi: closed-form KL at %s: %s; use vi.Auto or vi.MonteCarlo", s.Name, why)
		}
		if div == nil {
			t.name, t.draw, div = "kl-mc/"+s.Name, s, logq(s).Sub(s.LogP)
		}
		t.node = div.Scale(1 / float64(r.Total))
		ts = append(ts, t)
	}
	return ts
}

// observes refuses a model without data to explain.
func (r *Record) observes(o objective) {
	if len(r.observed()) == 0 {
		graph.Fail("vi: %s of a model without an observed site; its sites are %v: the joint draws each array that it explains, by the name that it has among the data", o, r.names(nil))
	}
}

func (k KL) check(o objective) {
	if k > MonteCarlo {
		graph.Fail("vi: %s with the KL %d, want vi.Auto, vi.ClosedForm or vi.MonteCarlo", o, k)
	}
}

func scalar(o objective, what string, n *graph.Node) {
	if n != nil && len(n.Shape()) != 0 {
		graph.Fail("vi: %s with a %s of shape %v, want a scalar", o, what, n.Shape())
	}
}

func zeros(r *Record) *graph.Node { return graph.BroadcastTo(r.Scope.Const(0), r.Rows) }
