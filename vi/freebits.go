package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// FreeBits is ELBO without pressure on divergences below a level λ,
//
//	L = E[Σ log p(x|…)] − Σ_j max(λ, mean_batch KL_j)
//
// (Kingma et al., arXiv 1606.04934). The maximum comes after the mean
// over the batch; j runs over groups of event elements of each local latent. A
// group below λ has no gradient. It has no parts by row. Divergences of globals
// are outside of it.
//
// Terms: "reconstruction", "kl" and "kl/NAME" as they are, "elbo" with them, and
// "free" (what the maxima add).
type FreeBits struct {
	Config
	Lambda float64 // nats a group
	Group  int     // event elements a group; 0 means 1, below 0 the whole site
	KL     KL      // as in ELBO
}

var _ Objective = FreeBits{}

// Estimate implements Objective.
func (o FreeBits) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	r := trace(s, m, d, o.Config)
	r.observes(freeBits)
	o.KL.check(freeBits)
	if !(o.Lambda >= 0) || math.IsInf(o.Lambda, 1) {
		graph.Fail("vi: FreeBits with a Lambda of %v, want a finite number not below 0", o.Lambda)
	}
	ls := assign(r, freeBits)

	e := newEstimate(r)
	recon, kl, floored := graph.Const(0), graph.Const(0), graph.Const(0)
	for _, s := range r.observed() {
		recon = recon.Add(graph.Mean(r.perRow(s.LogP)))
	}
	for _, l := range ls {
		if l.Q == nil || l.Global {
			continue
		}
		kls, monteCarlo := o.each(r, l)
		e.divergence(l.Name, graph.Sum(kls), monteCarlo)
		kl = kl.Add(graph.Sum(kls))
		floored = floored.Add(graph.Sum(graph.Max(kls, graph.Const(o.Lambda))))
	}
	for _, t := range r.shared(ls, o.KL) {
		if !t.kl {
			recon = recon.Add(t.node)
			continue
		}
		e.divergence(t.site, t.node, t.draw != nil)
		kl, floored = kl.Add(t.node), floored.Add(t.node)
	}
	e.Terms["reconstruction"], e.Terms["kl"] = recon, kl
	e.Terms["elbo"] = recon.Sub(kl)
	e.Terms["free"] = floored.Sub(kl)
	e.Value = recon.Sub(floored)
	e.Costs = (&gradient{r: r, latents: ls, name: freeBits.name, value: e.Value, lower: true}).costs()
	return e
}

// each returns the divergences of a latent's groups, averaged over draws and
// rows, [groups], and whether they are by Monte Carlo.
func (o FreeBits) each(r *Record, l latent) (kls *graph.Node, monteCarlo bool) {
	kls, monteCarlo = o.KL.elements(r, l)
	n, group := eventOf(kls), o.Group
	if whole := eventOf(l.Value); n != whole && group >= 0 && whole > 1 {
		graph.Fail("vi: FreeBits: the divergence of site %s does not split by event element; set Group to −1", l.Name)
	}
	kls = meanOver(kls)
	switch {
	case group == 0:
		group = 1
	case group < 0:
		group = n
	}
	if n%group != 0 {
		graph.Fail("vi: FreeBits with groups of %d, which do not divide the %d elements of site %s", group, n, l.Name)
	}
	return graph.Sum(graph.Reshape(kls, n/group, group), -1), monteCarlo
}
