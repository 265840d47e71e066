// Package latents finds the latent variables of a joint and lets a vector of real
// numbers stand for them, so that what works on the reals, such as a sampler, works
// on any joint:
//
//	log p(x, z(u)) + log |det ∂z/∂u|
//
// Find says what latents it has, Run scores it at values of their reals.
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
// rows is the number of data where there are none. Discrete latents of single data
// with finitely many values are to be summed out; whatever else vi.Site.Reals
// refuses is refused.
func Find(s *graph.Scope, joint vi.Func, d vi.Data, rows int) *Space {
	sp := &Space{}
	r := vi.Run(s.In("find"), vi.Model{Joint: joint}, d, vi.Config{Rows: rows})
	for _, site := range r.Latents() {
		if _, finite := site.P.(prob.Finite); finite && !site.Global {
			sp.Enumerated = append(sp.Enumerated, site.Name)
		}
	}
	if len(sp.Enumerated) > 0 {
		r = vi.Run(s.In("enumerate"), vi.Model{Joint: joint}, d, vi.Config{Rows: rows, Enumerate: sp.Enumerated})
	}
	sp.Rows = r.Rows
	for _, site := range r.Latents() {
		at := Site{Name: site.Name, Global: site.Global, Support: site.Reals(), From: sp.Size}
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
