package vi

import "github.com/latentgo/latent/graph"

// bound is a value and what the estimators of its sites need to know about it.
type bound struct {
	r     *Record
	of    objective
	value *graph.Node // scalar, live: to be differentiated by what is not held
	lower bool        // the bound is raised, else lowered

	// full returns the part of the value that a draw is judged by, in the run
	// or in one with other values: [E…, K, B].
	full func(r *Record, s *Site) *graph.Node
	// draws is how often full counts the value, added up: once where it splits
	// into draws, K times where every draw is judged by the whole.
	draws int
	// without returns full with draw k's own part replaced by what the other
	// draws say; nil where full splits into draws.
	without func() *graph.Node
	// scores returns log q of the local or the global sites that stick, weighted
	// as in the value: a scalar.
	scores func(global bool) *graph.Node
	// twice scales the gradient that passes the draws of DReG sites, given the
	// site, [E…, K, B, 1]; nil means 1.
	twice *graph.Node
}

// down returns what makes the bound better when it is made smaller.
func (b *bound) down(x *graph.Node) *graph.Node {
	if b.lower {
		return graph.Neg(x)
	}
	return x
}

// costs returns the cost of the bound itself and those of its sites.
//
// Draws stay live, except those of holding estimators, which every cost holds.
// Sites that stick have log q constant in the value; what passes their draws,
// −⟨stop(g), z⟩ with g = ∂log q/∂z, is a cost beside it. Under DReG the value's
// gradient by z is scaled too, so the value's cost holds z.
func (b *bound) costs() []Cost {
	r := b.r
	hold := r.held()
	main := Cost{Name: b.of.String(), Node: b.down(b.value), Hold: hold}
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
	costs := []Cost{main}
	stop := append(append(valuesOf(live), valuesOf(doubled)...), hold...)
	switch {
	case len(doubled) > 0:
		costs[0].Hold = append(valuesOf(doubled), hold...)
		// The main cost's own node, so that the two share a backward pass.
		both := graph.Add(main.Node, b.down(graph.Neg(b.scores(false))))
		costs = append(costs, Cost{Name: "dreg", Node: along(doubled, both, stop, b.twice), Hold: hold})
	case stuck:
		costs = append(costs, Cost{Name: "stl", Node: along(live, b.down(graph.Neg(b.scores(false))), stop, nil), Hold: hold})
	}
	if len(global) > 0 {
		costs = append(costs, Cost{Name: "stl global", Node: along(global, b.down(graph.Neg(b.scores(true))), stop, nil), Hold: hold})
	}
	for _, s := range r.latents() {
		if h, ok := s.estimator.(holding); ok {
			for _, c := range h.cost(b, s) {
				c.Hold = append(c.Hold, hold...)
				costs = append(costs, c)
			}
		}
	}
	return costs
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
			g = graph.Mul(s, g)
		}
		sum = append(sum, graph.Sum(graph.Mul(graph.StopGrad(g), sites[i].Value)))
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

// signal returns, for every draw of a local site, what its score is multiplied
// by, constant, of the shape of its log q; for a global, a scalar.
func (b *bound) signal(s *Site) *graph.Node {
	if s.Global {
		return graph.StopGrad(b.value)
	}
	return graph.StopGrad(b.fold(b.full(b.r, s), s))
}

// share returns the weight that a baseline of the value has at every draw, of
// the shape of signal.
func (b *bound) share(s *Site) *graph.Node {
	if s.Global {
		return b.r.Scope.Const(1)
	}
	one := b.r.wide(b.r.Scope.Tensor([]float64{1}, ones(len(b.r.enum)+2)...))
	one = graph.Scale(b.r.weighted(one), float64(b.draws)/float64(b.r.K*b.r.Rows))
	return graph.StopGrad(b.fold(one, s))
}

// fold sums [E…, K, B] over the enumerations that a site's score does not
// depend on.
func (b *bound) fold(x *graph.Node, s *Site) *graph.Node {
	shape := s.logq().Shape()
	e := len(b.r.enum)
	shape[e], shape[e+1] = b.r.K, b.r.Rows
	return graph.SumTo(x, shape...)
}
