package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Part is a global of the joint as a function of a piece of a vector.
type Part struct {
	Site     string
	Shape    []int         // of the piece: [lead…, D]
	Bijector prob.Bijector // from the last axis of the piece to the support of the site; nil means prob.Identity
}

// block is a vector u that the guide draws at once for several globals.
type block struct {
	site  *Site // of the vector
	parts []*Site
	det   *graph.Node // Σ log|det ∂θ_i/∂u_i|
}

// isPart tells whether a site is a function of a vector that the guide draws.
func (s *Site) isPart() bool { return s.block != nil && s.block.site != s }

// isBlock tells whether a site is such a vector.
func (s *Site) isBlock() bool { return s.block != nil && s.block.site == s }

// Block names a vector u [D] of the guide, drawn at once from d for several
// globals of the joint, θ_i = f_i(u_i) with u_i the pieces of u one after the
// other: a law under which they depend on each other. The vector is the latent,
// with estimator and divergence by its name, and
//
//	log p(u) = Σ_i [log p(θ_i|…) + log|det ∂f_i/∂u_i|]
//
// its density under the joint, which names the θ_i as its Globals and knows
// nothing of u. Block returns u; Given returns the θ_i.
func (t *Trace) Block(name string, d prob.Dist, parts ...Part) *graph.Node {
	t.outsideSteps("Block of " + name)
	defer graph.Enter("block " + name)()
	switch {
	case t.joint:
		graph.Fail("vi: the block %s is in the joint; only the guide draws globals together", name)
	case op.Nil(d):
		graph.Fail("vi: %s is drawn from no distribution", name)
	case len(parts) == 0:
		graph.Fail("vi: the block %s has no parts", name)
	case t.r.of.data[name] != nil || t.r.of.given[name] != nil:
		graph.Fail("vi: the block %s is given: give its parts", name)
	}
	s := t.site(name)
	b := &block{site: s, det: t.r.Scope.Const(0)}
	s.Global, s.block = true, b
	u, logq := t.r.over[name], (*graph.Node)(nil)
	if u == nil {
		u, logq = t.r.drawGlobal(s, d, nil)
	}
	size := 0
	for _, p := range parts {
		if n := graph.Size(p.Shape); len(p.Shape) == 0 || n < 1 {
			graph.Fail("vi: block %s: part %s of shape %v, want [lead…, D]", name, p.Site, p.Shape)
		} else {
			size += n
		}
	}
	if !slices.Equal(u.Shape(), []int{size}) {
		graph.Fail("vi: block %s: %s draws shape %v, the parts want [%d]", name, prob.NameOf(d), u.Shape(), size)
	}
	if logq == nil {
		logq = d.LogProb(u)
	}
	s.Value, s.shape = u, u.Shape()
	t.record(s, d, graph.Sum(logq))
	at := 0
	for _, p := range parts {
		n := graph.Size(p.Shape)
		b.add(t, p, graph.Reshape(graph.Slice(u, 0, at, at+n), p.Shape...))
		at += n
	}
	return u
}

// add makes a site of a piece of the vector.
func (b *block) add(t *Trace, p Part, piece *graph.Node) {
	if t.r.of.data[p.Site] != nil || t.r.of.given[p.Site] != nil {
		graph.Fail("vi: block %s: %s is given", b.site.Name, p.Site)
	}
	s := t.site(p.Site)
	s.Global, s.block, s.Value = true, b, piece
	if p.Bijector != nil {
		s.Value = p.Bijector.Forward(piece)
		b.det = b.det.Add(graph.Sum(p.Bijector.LogDet(piece)))
	}
	s.shape = s.Value.Shape()
	b.parts = append(b.parts, s)
}

// closeBlocks gives every vector its score under the joint, where that has all
// of its parts.
func (r *run) closeBlocks() {
	for _, s := range r.filter((*Site).isBlock) {
		score, whole := s.block.det, true
		for _, part := range s.block.parts {
			if whole = whole && part.P != nil; whole {
				score = score.Add(part.LogP)
			}
		}
		if whole {
			s.P, s.LogP = blockLaw{}, score
		}
	}
}

// blockLaw stands for the law of a vector under the joint.
type blockLaw struct{}

// LogProb aborts: the density is known at the vector's own value only.
func (blockLaw) LogProb(*graph.Node) *graph.Node {
	graph.Fail("vi: the density of a vector of globals under the joint is known at its own value only")
	return nil
}
