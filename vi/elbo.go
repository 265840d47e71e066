package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// ELBO is the evidence lower bound
//
//	L(x) = E_q[Σ log p(x|…)] − Σ_z KL(q(z|…) ‖ p(z|…)) ≤ log p(x)
//
// (Kingma and Welling, arXiv 1312.6114, eq. 2 and 3): with closed-form
// divergences the estimator of eq. 7, with Monte Carlo that of eq. 6. The K draws
// for each datum are averaged over.
//
// A closed form replaces an expectation over z alone. It is legal only if
// every latent that p(z|…) depends on was drawn before z by the guide: a
// bottom-up guide with closed forms everywhere is silently not a bound. STL and
// DReG sites are estimated by Monte Carlo, which is what gives their gradients
// no variance at the posterior.
//
// The divergences of globals are divided by Total. With a Capacity C the
// divergences D of all sites, averaged over the rows, count as β·|D − C|
// (Burgess et al., arXiv 1804.03599), which has no parts by row.
//
// Terms: "elbo" (with β = 1), "reconstruction" (Σ log p of the observed sites
// and of what is summed out), "kl" (of all sites), and "kl/NAME" for each latent
// site of the guide. Where p(z) depends on a site summed out, its log p is in
// "reconstruction".
type ELBO struct {
	Config
	KL       KL          // the way of the divergences
	Beta     *graph.Node // weight of the divergences, a scalar, for annealing or a β-VAE; nil means 1
	Capacity *graph.Node // what the divergences are held to, a scalar; nil means 0, that is ELBO
}

var _ Objective = ELBO{}

// Estimate implements Objective.
func (o ELBO) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	which := elbo
	if o.Capacity != nil {
		which = capacity
	}
	r := trace(s, m, d, o.Config)
	r.observes(which)
	o.KL.check(which)
	scalar(which, "Beta", o.Beta)
	scalar(which, "Capacity", o.Capacity)
	ls := assign(r, which)

	e := newEstimate(r)
	recon, kl := zeros(r), zeros(r)
	b := averaged{r: r, latents: ls, local: o.terms(r, ls), shared: r.shared(ls, o.KL), beta: o.Beta}
	b.of = func(r *Record) (local, shared []term) {
		ls := ls.in(r)
		return o.terms(r, ls), r.shared(ls, o.KL)
	}
	b.coefficient = b.byDraw
	for _, t := range b.local {
		row := r.perRow(t.node)
		if t.kl {
			e.divergence(t.site, graph.Mean(row), t.draw != nil)
			kl = kl.Add(row)
		} else {
			recon = recon.Add(row)
		}
	}
	for _, t := range b.shared {
		if !t.kl {
			recon = recon.Add(t.node)
			continue
		}
		e.divergence(t.site, t.node, t.draw != nil)
		kl = kl.Add(t.node)
	}
	e.Terms["reconstruction"] = graph.Mean(recon)
	e.Terms["kl"] = graph.Mean(kl)
	e.Terms["elbo"] = graph.Mean(recon.Sub(kl))
	if o.Capacity != nil {
		e.Value = graph.Mean(recon).Sub(times(graph.Abs(graph.Mean(kl).Sub(o.Capacity)), o.Beta))
	} else {
		e.PerRow = recon.Sub(times(kl, o.Beta))
		e.Value = graph.Mean(e.PerRow)
	}
	e.Costs = (&gradient{r: r, latents: ls, name: which.name, value: e.Value, lower: true, bound: b}).costs()
	return e
}

// terms returns the summands of the bound that belong to single rows.
func (o ELBO) terms(r *Record, ls latents) []term {
	var ts []term
	out, among := r.summedOut()
	if out != nil {
		ts = append(ts, term{node: out})
	}
	for _, s := range r.observed() {
		if !among[s] {
			ts = append(ts, term{node: s.LogP})
		}
	}
	for _, l := range ls {
		if l.Q == nil || l.Global {
			continue
		}
		t := term{site: l.Name, kl: true}
		switch {
		case among[l.Site]:
			t.node, t.draw = l.guideScore(), l.Site
		case l.Enumerated && l.subset == nil:
			t.node = l.LogQ.Sub(l.LogP)
		default:
			if t.node = o.KL.closed(r, l); t.node == nil {
				t.node, t.draw = l.guideScore().Sub(l.LogP), l.Site
			}
		}
		ts = append(ts, t)
	}
	return ts
}

// byDraw is the coefficient of log q in terms that say whose draw they have: 1, of
// a global 1/Total.
func (a averaged) byDraw(l latent) *graph.Node {
	for _, t := range slices.Concat(a.local, a.shared) {
		switch {
		case t.draw != l.Site:
		case l.Global:
			return a.r.Scope.Const(1 / float64(a.r.Total))
		default:
			return a.r.constant(1)
		}
	}
	return nil
}
