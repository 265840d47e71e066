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
// Terms: "reconstruction", "kl" and "kl/NAME" or "kl-mc/NAME" as they are,
// "elbo" with them, and "free" (what the maxima add).
type FreeBits struct {
	Lambda  float64              // nats a group
	Group   int                  // event elements a group; 0 means 1, below 0 the whole site
	K       int                  // draws for each datum; 0 means 1
	Total   int                  // as in Config
	Default Estimator            // as in Config
	Sites   map[string]Estimator // as in Config
	KL      KL                   // as in ELBO
}

var _ Objective = FreeBits{}

// Estimate implements Objective.
func (o FreeBits) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	plain := ELBO{KL: o.KL}
	r := run(s, m, d, Config{K: o.K, Total: o.Total, Default: o.Default, Sites: o.Sites})
	r.observes(freeBits)
	o.KL.check(freeBits)
	if !(o.Lambda >= 0) || math.IsInf(o.Lambda, 1) {
		graph.Fail("vi: FreeBits with a Lambda of %v, want a finite number not below 0", o.Lambda)
	}
	r.choose(freeBits)

	e := &Estimate{Terms: map[string]*graph.Node{}, Record: r}
	recon, kl, floored := graph.Const(0), graph.Const(0), graph.Const(0)
	for _, s := range r.observed() {
		recon = recon.Add(graph.Mean(r.perRow(s.LogP)))
	}
	for _, s := range r.latents() {
		if s.Q == nil || s.Global {
			continue
		}
		kls, name := o.each(plain, r, s)
		e.Terms[name+s.Name] = graph.Sum(kls)
		kl = kl.Add(graph.Sum(kls))
		floored = floored.Add(graph.Sum(graph.Max(kls, graph.Const(o.Lambda))))
	}
	for _, t := range r.shared(o.KL, sticks) {
		e.Terms[t.name] = t.node
		kl, floored = kl.Add(t.node), floored.Add(t.node)
	}
	e.Terms["reconstruction"], e.Terms["kl"] = recon, kl
	e.Terms["elbo"] = recon.Sub(kl)
	e.Terms["free"] = floored.Sub(kl)
	e.Value = recon.Sub(floored)
	b := &bound{r: r, of: freeBits, value: e.Value, lower: true}
	e.Costs = b.costs()
	return e
}

// each returns the divergences of a site's groups, averaged over draws and
// rows: [groups].
func (o FreeBits) each(plain ELBO, r *Record, s *Site) (kls *graph.Node, name string) {
	kls, name = r.elements(plain, s)
	n, group := eventOf(kls), o.Group
	if whole := eventOf(s.Value); n != whole && group >= 0 && whole > 1 {
		graph.Fail("vi: FreeBits: the divergence of site %s does not split by event element; set Group to −1", s.Name)
	}
	kls = meanOver(kls)
	switch {
	case group == 0:
		group = 1
	case group < 0:
		group = n
	}
	if n%group != 0 {
		graph.Fail("vi: FreeBits with groups of %d, which do not divide the %d elements of site %s", group, n, s.Name)
	}
	return graph.Sum(graph.Reshape(kls, n/group, group), -1), name
}
