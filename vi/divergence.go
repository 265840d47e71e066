package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// KL says how a divergence KL(q(z) ‖ p(z)) inside a bound is computed.
type KL uint8

// The ways.
const (
	// Auto takes the closed form wherever there is one and it keeps the bound
	// a bound, Monte Carlo elsewhere. The zero value.
	Auto KL = iota
	// ClosedForm takes the closed form at every site, or refuses.
	ClosedForm
	// MonteCarlo takes log q − log p of the draw at every site that has one. A
	// weight whose product has noise of its own has none: it keeps the closed form
	// or, where there is none, has a draw that nothing else sees.
	MonteCarlo
)

func (k KL) check(o objective) {
	if k > MonteCarlo {
		graph.Fail("vi: %s with the KL %d, want vi.Auto, vi.ClosedForm or vi.MonteCarlo", o.name, k)
	}
}

// closed returns the divergence of a latent in closed form where the way, its
// estimator and the guide allow that; else nil, unless the way is ClosedForm.
func (k KL) closed(r *Record, l latent) *graph.Node {
	if k == MonteCarlo && l.Value != nil {
		return nil
	}
	var div *graph.Node
	why := l.name + " estimates it by Monte Carlo"
	if !l.drops {
		div, why = r.divergence(l.Site)
	}
	if div == nil && k == ClosedForm {
		graph.Fail("vi: closed-form KL at %s: %s; use vi.Auto or vi.MonteCarlo", l.Name, why)
	}
	return div
}

// divergence returns KL(q ‖ p) of a latent in closed form, or nil and the
// reason why not. It is legal only if every latent that p depends on was drawn
// before it.
func (r *Record) divergence(s *Site) (kl *graph.Node, why string) {
	if !prob.HasKL(s.Q, s.P) {
		return nil, "it has none for these distributions"
	}
	if s.Global {
		kls, shape := prob.KLs(s.Q, s.P), []int(s.shape)
		ks := kls.Shape()
		if n := len(ks); n > 0 && ks[n-1] == 1 {
			shape = append(append([]int(nil), shape[:len(shape)-1]...), 1)
		}
		kl = graph.Sum(graph.BroadcastTo(kls, shape...))
	} else {
		kl = r.padded(prob.KL(s.Q, s.P), 0)
	}
	if at := r.dependence().Last(kl); at >= s.order {
		return nil, "p(" + s.Name + ") depends on " + r.valued()[at].Name + ", which the guide does not draw before it, so the sum would be no bound"
	}
	return kl, ""
}

// elements returns the divergences of a local latent's event elements, [… D],
// where they split, and whether by Monte Carlo.
func (k KL) elements(r *Record, l latent) (kls *graph.Node, monteCarlo bool) {
	if k.closed(r, l) != nil {
		return prob.KLs(l.Q, l.P), false
	}
	q, okQ := l.Q.(prob.Factored)
	p, okP := l.P.(prob.Factored)
	if okQ && okP && !l.Site.soft {
		return q.LogProbs(l.Value).Sub(p.LogProbs(l.Value)), true
	}
	return graph.ExpandDims(l.LogQ.Sub(l.LogP), -1), true
}

// shared returns the divergences of the globals and the scores of those that are
// given, divided by the size of the data set: scalars.
func (r *Record) shared(ls latents, k KL) []term {
	var ts []term
	for _, s := range r.filter(func(s *Site) bool { return s.Global && s.Observed && s.P != nil }) {
		if r.Total == 0 {
			graph.Fail("vi: the global site %s is given: set Total, the size of the data set, by which its score is divided", s.Name)
		}
		ts = append(ts, term{node: s.LogP.Scale(1 / float64(r.Total))})
	}
	for _, l := range ls {
		if !l.Global || l.Q == nil {
			continue
		}
		t := term{site: l.Name, kl: true}
		div := k.closed(r, l)
		if div == nil {
			t.draw, div = l.Site, l.guideScore().Sub(l.LogP)
		}
		t.node = div.Scale(1 / float64(r.Total))
		ts = append(ts, t)
	}
	return ts
}
