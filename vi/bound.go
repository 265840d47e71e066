package vi

import "github.com/latentgo/latent/graph"

// bound is a value and what the estimators of its sites need to know about it.
type bound struct {
	r     *Record
	of    objective
	value *graph.Node // scalar, live: to be differentiated by what is not held
	lower bool        // the bound is raised, else lowered
	parts             // nil where every estimator differentiates the draws
	// twice scales the gradient that passes the draws of DReG sites, given the
	// site, [E…, K, B, 1]; nil means 1.
	twice *graph.Node
	// guide is a scalar whose gradient, with all draws held, is the value's by
	// the parameters of the guide. Where it is given, the costs train the guide
	// alone.
	guide *graph.Node
}

// parts is a bound as its draws see it. What belongs to the draws of a local
// site has the shape of its score with all draws and rows; of a global it is a
// scalar.
type parts interface {
	// part returns what a draw of the site is judged by, in the run or in one
	// with other values: the value without what does not depend on the draw.
	part(r *Record, s *Site) *graph.Node
	// share returns the part where the value is 1, constant, and what that adds
	// up to over all draws and rows.
	share(s *Site) (part *graph.Node, total float64)
	// own returns the weight of −log q of the site's draw in the value where all
	// importance weights are the same, independent of the draw; nil if it is not
	// there.
	own(s *Site) *graph.Node
	// without returns part with a draw's own importance weight replaced by what
	// the others say; nil where part has no other draw's in it.
	without(s *Site) *graph.Node
	// scores returns log q of the local or the global sites that stick, weighted
	// as in the value: a scalar.
	scores(global bool) *graph.Node
}

// down returns what makes the bound better when it is made smaller.
func (b *bound) down(x *graph.Node) *graph.Node {
	if b.lower {
		return x.Neg()
	}
	return x
}

// costs returns the cost of the bound itself and those of its sites.
//
// Draws stay live, except those of holding estimators, which every cost holds.
// Sites that stick have log q constant in the value; what passes their draws,
// −⟨stop(g), z⟩ with g = ∂log q/∂z, is a cost beside it. Under DReG the value's
// gradient by z is scaled too, so the value's cost holds z. A cost of the guide
// alone holds all draws, with the value's gradient by them beside it.
func (b *bound) costs() []Cost {
	r := b.r
	hold := r.held()
	var live, doubled, global []*Site // whose draws pass gradients; global: those that stick
	stuck := false
	for _, s := range r.latents() {
		_, held := s.estimator.(holding)
		if s.Value == nil || s.Enumerated || held {
			continue
		}
		stuck = stuck || s.sticky() && !s.Global
		if s.sticky() && s.Global {
			global = append(global, s)
		}
		if _, ok := s.estimator.(DReG); ok && b.twice != nil {
			doubled = append(doubled, s)
		} else {
			live = append(live, s)
		}
	}
	draws := append(append(valuesOf(live), valuesOf(doubled)...), hold...)
	main := Cost{Name: b.of.String(), Node: b.down(b.value), Hold: hold}
	whole := main.Node // with all scores
	if stuck {
		whole = main.Node.Add(b.down(b.scores(false).Neg()))
	}
	var costs []Cost
	switch {
	case b.guide != nil:
		costs = append(costs, Cost{Name: main.Name, Node: b.down(b.guide), Hold: draws})
		if len(live) > 0 {
			costs = append(costs, Cost{Name: "draws", Node: along(live, whole, draws, nil), Hold: hold})
		}
	case len(doubled) > 0:
		main.Hold = append(valuesOf(doubled), hold...)
		costs = append(costs, main)
	case stuck:
		costs = append(costs, main, Cost{Name: "stl", Node: along(live, b.down(b.scores(false).Neg()), draws, nil), Hold: hold})
	default:
		costs = append(costs, main)
	}
	if len(doubled) > 0 { // of the main cost's own node, so that the two share a backward pass
		costs = append(costs, Cost{Name: "dreg", Node: along(doubled, whole, draws, b.twice), Hold: hold})
	}
	if len(global) > 0 {
		costs = append(costs, Cost{Name: "stl global", Node: along(global, b.down(b.scores(true).Neg()), draws, nil), Hold: hold})
	}
	for _, s := range r.latents() {
		if h, ok := s.estimator.(holding); ok {
			for _, c := range append(h.cost(b, s), b.centre(s)...) {
				c.Hold = append(c.Hold, hold...)
				costs = append(costs, c)
			}
		}
	}
	return costs
}

// centre returns the cost that takes out of the value's gradient the mean of
// its score term,
//
//	Σ_k (c − w̃_k)·∂log q(z_k),  E[c·∂log q(z_k)] = 0
//
// with w̃_k the derivative of the bound by log w_k and c what that is where all
// weights are the same. In the ELBO that is the whole term; at the exact
// posterior it is in all bounds (Liévin, Dittadi, Christensen and Winther, arXiv
// 2008.01998).
func (b *bound) centre(s *Site) []Cost {
	c := b.own(s)
	if c == nil {
		return nil
	}
	return []Cost{{Name: "centre/" + s.Name, Node: b.down(graph.Sum(graph.StopGrad(c).Mul(s.LogQ)))}}
}

// along returns Σ ⟨stop(scale·∂cost/∂z), z⟩ with all draws held in the
// derivative.
func along(sites []*Site, cost *graph.Node, hold []*graph.Node, scale *graph.Node) *graph.Node {
	var sum []*graph.Node
	for i, g := range graph.Grad(cost, valuesOf(sites), hold...) {
		if scale != nil {
			s := scale
			for len(s.Shape()) < len(g.Shape()) {
				s = graph.ExpandDims(s, -1)
			}
			g = s.Mul(g)
		}
		sum = append(sum, graph.Sum(graph.StopGrad(g).Mul(sites[i].Value)))
	}
	return graph.AddN(sum...)
}

func valuesOf(sites []*Site) []*graph.Node {
	var vs []*graph.Node
	for _, s := range sites {
		vs = append(vs, s.Value)
	}
	return vs
}

// signal returns what the score of every draw of a site is multiplied by,
// constant.
func (b *bound) signal(s *Site) *graph.Node { return graph.StopGrad(b.part(b.r, s)) }
