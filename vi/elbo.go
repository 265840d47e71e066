package vi

import (
	"fmt"
	"slices"

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
	// MonteCarlo takes log q − log p of the draw at every site.
	MonteCarlo
)

// ELBO is the evidence lower bound
//
//	L(x) = E_q[Σ log p(x|…)] − Σ_z KL(q(z|…) ‖ p(z|…)) ≤ log p(x)
//
// (Kingma and Welling, arXiv 1312.6114, eq. 2 and 3): with closed-form
// divergences the estimator of eq. 7, with Monte Carlo that of eq. 6.
//
// A closed form replaces an expectation over z alone. It is legal only if
// every latent that p(z|…) depends on was drawn before z by the guide: a
// bottom-up guide with closed forms everywhere is silently not a bound.
//
// Terms: "elbo" (with β = 1), "reconstruction" (Σ log p of the observed
// sites), "kl" (of all sites), and for each latent site "kl/NAME", or
// "kl-mc/NAME" where it was estimated by Monte Carlo.
type ELBO struct {
	K    int         // draws for each datum, averaged over; 0 means 1
	KL   KL          // the way of the divergences
	Beta *graph.Node // weight of the divergences, a scalar, for annealing or a β-VAE; nil means 1
}

var _ Objective = ELBO{}

// Estimate implements Objective. The gradient is pathwise (reparameterised),
// so every latent site needs a distribution marked prob.Pathwise.
func (o ELBO) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	r := Run(s, m, d, Config{K: o.K})
	if len(r.observed()) == 0 {
		graph.Fail("vi: ELBO of a model without an observed site; its sites are %v", r.names(nil))
	}
	if o.Beta != nil && len(o.Beta.Shape()) != 0 {
		graph.Fail("vi: ELBO with a Beta of shape %v, want a scalar", []int(o.Beta.Shape()))
	}
	requirePathwise(r)

	e := &Estimate{Terms: map[string]*graph.Node{}, Record: r}
	recon := zeros(r)
	for _, site := range r.observed() {
		recon = graph.Add(recon, r.perRow(site.LogP))
	}
	kl := zeros(r)
	for i, site := range r.latents() {
		name := "kl/" + site.Name
		div := o.closedForm(r, i)
		if div == nil {
			name = "kl-mc/" + site.Name
			div = graph.Sub(site.LogQ, site.LogP)
		}
		row := r.perRow(div)
		e.Terms[name] = graph.Mean(row)
		kl = graph.Add(kl, row)
	}
	e.Terms["reconstruction"] = graph.Mean(recon)
	e.Terms["kl"] = graph.Mean(kl)
	e.Terms["elbo"] = graph.Mean(graph.Sub(recon, kl))
	if o.Beta != nil {
		kl = graph.Mul(kl, o.Beta)
	}
	e.Rows = graph.Sub(recon, kl)
	e.Value = graph.Mean(e.Rows)
	e.Costs = []Cost{{Name: "elbo", Node: graph.Neg(e.Value)}}
	return e
}

// closedForm returns the divergence of latent site i where the mode and the
// rule allow it, else nil.
func (o ELBO) closedForm(r *Record, i int) *graph.Node {
	if o.KL == MonteCarlo {
		return nil
	}
	latents := r.latents()
	site := latents[i]
	why := fmt.Sprintf("KL(%T ‖ %T) has none", site.Q, site.P)
	if prob.HasKL(site.Q, site.P) {
		div := prob.KL(site.Q, site.P)
		late := lastReached(div, latents[i:])
		if late == nil {
			return div
		}
		why = fmt.Sprintf("p(%s) depends on %s, which the guide does not draw before it, so the sum would be no bound", site.Name, late.Name)
	}
	if o.KL == ClosedForm {
		graph.Fail("vi: closed-form KL at %s: %s; use vi.Auto or vi.MonteCarlo", site.Name, why)
	}
	return nil
}

// lastReached returns the last of the sites whose value n depends on.
func lastReached(n *graph.Node, sites []*Site) *Site {
	for _, s := range slices.Backward(sites) {
		if graph.DependsOn(n, s.Value) {
			return s
		}
	}
	return nil
}

// requirePathwise refuses latent sites through whose draws no derivative passes.
func requirePathwise(r *Record) {
	for _, s := range r.latents() {
		if _, ok := s.Q.(prob.Pathwise); !ok {
			graph.Fail("vi: site %s is drawn from %T, whose draws have no pathwise derivative; draw it from a reparameterised distribution (prob.Pathwise), give it as data, or relax it to a continuous one", s.Name, s.Q)
		}
	}
}

// perRow averages a score [K or 1, B or 1] over the draws: [B].
func (r *Record) perRow(score *graph.Node) *graph.Node {
	return graph.BroadcastTo(graph.Mean(score, 0), r.Rows)
}

func zeros(r *Record) *graph.Node { return graph.BroadcastTo(r.Scope.Const(0), r.Rows) }
