// Package latents finds the latent variables of a joint and lets a vector of real
// numbers stand for them, so that what works on the reals, such as a sampler, works
// on any joint:
//
//	log p(x, z(u)) + log |det ∂z/∂u|
//
// Find runs the joint once and says what latents it has. Run scores the joint at
// values of their reals.
package latents

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Site is a latent of a joint.
type Site struct {
	Name    string
	Global  bool
	Shape   []int        // of its value: [B, event…], of a global [lead…, event]
	Support prob.Support // of its law
	Free    []int        // the shape of the reals that stand for it: Shape, but for the last axis
	From    int          // place of their first among those of all sites
}

// Size is the number of reals that stand for the site.
func (s Site) Size() int { return graph.Size(s.Free) }

// Space is what latents a joint has.
type Space struct {
	Sites      []Site   // those that are continuous, in the order drawn
	Enumerated []string // the discrete ones, which Run sums out
	Rows       int      // data
	Size       int      // number of reals
}

// Find runs a joint, which draws its latents from their priors, and returns them.
// rows is the number of data where there are none. It refuses, naming the site:
// latents that cannot be drawn, discrete ones that cannot be enumerated, laws that
// do not say their support, and ends of a support that are no constants.
func Find(s *graph.Scope, joint vi.Func, d vi.Data, rows int) *Space {
	sp := &Space{}
	first := vi.Run(s.In("find"), vi.Model{Joint: joint}, d, vi.Config{Rows: rows})
	for _, site := range first.Sites() {
		if !site.Observed && discrete(site) {
			sp.Enumerated = append(sp.Enumerated, site.Name)
		}
	}
	r := first
	if len(sp.Enumerated) > 0 {
		r = vi.Run(s.In("enumerate"), vi.Model{Joint: joint}, d, vi.Config{Rows: rows, Enumerate: sp.Enumerated})
	}
	sp.Rows = r.Rows
	for _, site := range r.Sites() {
		if site.Observed || site.Enumerated {
			continue
		}
		at := Site{Name: site.Name, Global: site.Global, Support: support(site), From: sp.Size}
		at.Shape = site.Value.Shape()
		if !site.Global {
			at.Shape = at.Shape[len(sp.Enumerated)+1:]
		}
		free := prob.Constrain(at.Support).Inverse(site.Value).Shape()
		at.Free = append(slices.Clone(at.Shape[:len(at.Shape)-1]), free[len(free)-1])
		sp.Sites = append(sp.Sites, at)
		sp.Size += at.Size()
	}
	return sp
}

// discrete tells whether a latent is to be summed out, and refuses it where it
// cannot be.
func discrete(site *vi.Site) bool {
	set, _ := prob.SupportOf(site.P)
	switch set.Kind {
	case prob.Integers, prob.OneHotRows, prob.Counts:
	default:
		return false
	}
	if _, ok := site.P.(prob.Finite); !ok {
		graph.Fail("latents: site %s is discrete, and %s cannot be gone through value by value (prob.Finite): sum it out in the joint, as by a prob.Mixture, or write the model with a continuous latent", site.Name, prob.NameOf(site.P))
	}
	if site.Global {
		graph.Fail("latents: site %s is discrete and Global, and only discrete latents of single data are summed out: take the model once for each of its values, or a prob.Mixture", site.Name)
	}
	return true
}

// support returns that of a continuous latent.
func support(site *vi.Site) prob.Support {
	set, says := prob.SupportOf(site.P)
	switch law := site.P.(type) {
	case prob.Delta:
		graph.Fail("latents: site %s has no density, its law is prob.Delta: use its value, or a law with some width", site.Name)
	case prob.Uniform:
		if set.Kind == prob.Reals {
			graph.Fail("latents: site %s is Uniform between ends that are not constants of one number: draw u from prob.Uniform between 0 and 1 and use low + (high − low)·u", site.Name)
		}
	case prob.Transformed:
		if !says {
			graph.Fail("latents: site %s: the range of %T on %s is not known: draw from the law itself and apply the bijector to the draw", site.Name, law.Bijector, prob.NameOf(law.Base))
		}
	default:
		if !says {
			graph.Fail("latents: site %s: %s does not say what values it takes: give it a method Support() prob.Support", site.Name, prob.NameOf(site.P))
		}
	}
	return set
}
