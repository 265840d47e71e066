package vi

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
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
	// MonteCarlo takes log q − log p of the draw at every site that has one: a
	// weight whose noise is Local has none, and keeps the closed form.
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
// bottom-up guide with closed forms everywhere is silently not a bound. STL and
// DReG sites are estimated by Monte Carlo, which is what gives their gradients
// no variance at the posterior.
//
// The divergences of globals are divided by Total. With a Capacity C the
// divergences D of all sites, averaged over the rows, count as β·|D − C|
// (Burgess et al., arXiv 1804.03599), which has no parts by row.
//
// Terms: "elbo" (with β = 1), "reconstruction" (Σ log p of the observed sites
// and of what is summed out), "kl" (of all sites), and for each latent site
// "kl/NAME", or "kl-mc/NAME" where it was estimated by Monte Carlo. Where p(z)
// depends on a site summed out, its log p is in "reconstruction".
type ELBO struct {
	K         int                  // draws for each datum, averaged over; 0 means 1
	Total     int                  // as in Config
	Enumerate []string             // as in Config
	Default   Estimator            // as in Config
	Sites     map[string]Estimator // as in Config
	KL        KL                   // the way of the divergences
	Beta      *graph.Node          // weight of the divergences, a scalar, for annealing or a β-VAE; nil means 1
	Capacity  *graph.Node          // what the divergences are held to, a scalar; nil means 0, that is ELBO
}

var _ Objective = ELBO{}

func (o ELBO) config() Config {
	return Config{K: o.K, Total: o.Total, Enumerate: o.Enumerate, Default: o.Default, Sites: o.Sites}
}

// Estimate implements Objective.
func (o ELBO) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	which := elbo
	if o.Capacity != nil {
		which = capacity
	}
	r := run(s, m, d, o.config())
	r.observes(which)
	o.KL.check(which)
	scalar(which, "Beta", o.Beta)
	scalar(which, "Capacity", o.Capacity)
	r.choose(which)

	e := &Estimate{Terms: map[string]*graph.Node{}, Record: r}
	recon, kl := zeros(r), zeros(r)
	parts := elboParts{o: o, r: r, local: o.terms(r), shared: r.shared(o.KL, sticks)}
	for _, t := range parts.local {
		row := r.perRow(t.node)
		if t.kl {
			e.Terms[t.name] = graph.Mean(row)
			kl = kl.Add(row)
		} else {
			recon = recon.Add(row)
		}
	}
	for _, t := range parts.shared {
		e.Terms[t.name] = t.node
		kl = kl.Add(t.node)
	}
	e.Terms["reconstruction"] = graph.Mean(recon)
	e.Terms["kl"] = graph.Mean(kl)
	e.Terms["elbo"] = graph.Mean(recon.Sub(kl))
	if o.Capacity != nil {
		e.Value = graph.Mean(recon).Sub(o.weigh(graph.Abs(graph.Mean(kl).Sub(o.Capacity))))
	} else {
		e.Rows = recon.Sub(o.weigh(kl))
		e.Value = graph.Mean(e.Rows)
	}
	b := &bound{r: r, of: which, value: e.Value, lower: true, parts: parts}
	e.Costs = b.costs()
	return e
}

// weigh multiplies a divergence by β.
func (o ELBO) weigh(kl *graph.Node) *graph.Node {
	if o.Beta == nil {
		return kl
	}
	return kl.Mul(o.Beta)
}

// terms returns the summands of the bound that belong to single rows.
func (o ELBO) terms(r *Record) []term {
	var ts []term
	out, among := r.summedOut()
	if out != nil {
		ts = append(ts, term{name: "summed out", node: out})
	}
	for _, s := range r.observed() {
		if !among[s] {
			ts = append(ts, term{name: s.Name, node: s.LogP})
		}
	}
	for _, s := range r.latents() {
		if s.Q == nil || s.Global {
			continue
		}
		t := term{name: "kl/" + s.Name, node: o.closedForm(r, s), kl: true}
		switch {
		case among[s]:
			t = term{name: "kl-mc/" + s.Name, node: sticks(s), kl: true, draw: s}
		case s.Enumerated:
			t.node = s.LogQ.Sub(s.LogP)
		case t.node == nil:
			t = term{name: "kl-mc/" + s.Name, node: sticks(s).Sub(s.LogP), kl: true, draw: s}
		}
		ts = append(ts, t)
	}
	return ts
}

// closedForm returns the divergence of a latent site where the mode, its
// estimator and the rule allow it, else nil.
func (o ELBO) closedForm(r *Record, s *Site) *graph.Node {
	if o.KL == MonteCarlo || s.Enumerated {
		return nil
	}
	div, why := r.divergence(s)
	if s.sticky() {
		div, why = nil, fmt.Sprintf("%s estimates it by Monte Carlo", Name(s.estimator))
	}
	if div == nil && o.KL == ClosedForm {
		graph.Fail("vi: closed-form KL at %s: %s; use vi.Auto or vi.MonteCarlo", s.Name, why)
	}
	return div
}

// elboParts are the parts of an ELBO by sites.
type elboParts struct {
	o      ELBO
	r      *Record
	local  []term // of r
	shared []term
}

// part returns the terms of the bound that depend on a draw, with the
// probability of the enumerated values and the share of the draw and the row in
// the mean.
func (p elboParts) part(r *Record, s *Site) *graph.Node {
	local, below := p.local, r.dependence()
	if r != p.r {
		local = p.o.terms(r)
	}
	local = slices.DeleteFunc(slices.Clone(local), func(t term) bool { return !below.On(t.node, s.Value) })
	// The terms of late draws first: in a chain the sums of the sites are then
	// sums of one another.
	slices.SortStableFunc(local, func(a, b term) int { return below.Last(b.node) - below.Last(a.node) })
	sum := r.Scope.Tensor([]float64{0}, ones(len(r.enum)+2)...)
	for _, t := range local {
		if t.kl {
			sum = sum.Sub(p.o.weigh(t.node))
		} else {
			sum = sum.Add(t.node)
		}
	}
	x := r.weighted(r.wide(sum)).Scale(1 / float64(r.K*r.Rows))
	if !s.Global {
		return r.fold(x, s)
	}
	x = graph.Sum(x)
	for _, t := range p.shared {
		if below.On(t.node, s.Value) {
			x = x.Sub(p.o.weigh(t.node))
		}
	}
	return x
}

func (p elboParts) share(s *Site) (*graph.Node, float64) {
	if s.Global {
		return p.r.Scope.Const(1), 1
	}
	repeats := 1.
	for i, n := range p.r.scored(s)[:len(p.r.enum)] {
		if p.r.sumsOut(i) {
			repeats *= float64(n)
		}
	}
	return p.r.drawShare(s), repeats
}

func (p elboParts) own(s *Site) *graph.Node {
	for _, t := range slices.Concat(p.local, p.shared) {
		switch {
		case t.draw != s:
		case s.Global:
			return p.o.weigh(p.r.Scope.Const(1 / float64(p.r.Total)))
		default:
			return p.o.weigh(p.r.drawShare(s))
		}
	}
	return nil
}

// without is nil: each draw is judged by its own part.
func (p elboParts) without(*Site) *graph.Node { return nil }

func (p elboParts) scores(global bool) *graph.Node {
	r := p.r
	var sum []*graph.Node
	for _, s := range r.latents() {
		switch {
		case !s.sticky() || s.Global != global:
		case s.Global:
			sum = append(sum, s.LogQ.Scale(1/float64(r.Total)))
		default:
			sum = append(sum, graph.Sum(r.drawShare(s).Mul(s.LogQ)))
		}
	}
	return p.o.weigh(graph.AddN(sum...))
}
