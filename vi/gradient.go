package vi

import "github.com/latentgo/latent/graph"

// gradient makes the costs of a value whose latents have estimators.
type gradient struct {
	r       *Record
	latents latents
	name    string      // of the main cost
	value   *graph.Node // scalar, to be differentiated by what is not held
	lower   bool        // the value is raised, else lowered
	bound   bound       // nil where every estimator differentiates the draws
	// guide is a scalar whose gradient by the parameters of the guide, with all
	// draws held, is that of the value. If it is not nil, the costs train the guide
	// alone.
	guide *graph.Node
	// slopes are the derivatives of the value by the draws whose gradient is scaled, with
	// all draws held and no scale.
	slopes map[*Site]*graph.Node
	// replayed are values of other runs that no gradient may pass.
	replayed []*graph.Node
}

// down returns what makes the value better when it is made smaller.
func (g *gradient) down(x *graph.Node) *graph.Node {
	if g.lower {
		return x.Neg()
	}
	return x
}

// costs returns the cost of the value itself and those of its latents.
//
// Held draws are constant in every cost; the other draws stay live. A latent
// whose estimator drops the score has log q constant in the value, so that the
// gradient which passes log q by its draw needs a cost of its own,
//
//	−⟨stop(∂log q/∂z), z⟩
//
// Where the gradient by the draws is scaled, as by DReG, the main cost takes
// these draws as constant too, and their whole gradient, scaled, is a cost. A
// cost of the guide alone takes all draws as constant, and the value's gradient
// by them is a cost beside it.
func (g *gradient) costs() []Cost {
	hold := g.latents.held()
	var live, scaled, global []*Site // whose draws pass gradients; global: those that drop the score
	var scale *graph.Node
	dropped := false // by a local site
	for _, l := range g.latents {
		if l.Value == nil || l.Enumerated || l.held {
			continue
		}
		dropped = dropped || l.drops && !l.Global
		if l.drops && l.Global {
			global = append(global, l.Site)
		}
		if l.scaled && scale == nil {
			scale = g.bound.scale()
		}
		if l.scaled && scale != nil {
			scaled = append(scaled, l.Site)
		} else {
			live = append(live, l.Site)
		}
	}
	draws := append(append(valuesOf(live), valuesOf(scaled)...), hold...)
	main := Cost{Name: g.name, Node: g.down(g.value), Hold: hold}
	whole := main.Node // with all scores
	if dropped {
		whole = main.Node.Add(g.down(g.bound.dropped(false).Neg()))
	}
	var costs []Cost
	switch {
	case g.guide != nil:
		costs = append(costs, Cost{Name: main.Name, Node: g.down(g.guide), Hold: draws})
		if len(live) > 0 {
			costs = append(costs, Cost{Name: "draws", Node: along(live, whole, draws, nil), Hold: hold})
		}
	case len(scaled) > 0:
		main.Hold = append(valuesOf(scaled), hold...)
		costs = append(costs, main)
	case dropped:
		costs = append(costs, main, Cost{Name: "stl", Node: along(live, g.down(g.bound.dropped(false).Neg()), draws, nil), Hold: hold})
	default:
		costs = append(costs, main)
	}
	if len(scaled) > 0 { // of the main cost's own node, so that the two share a backward pass
		g.slopes = map[*Site]*graph.Node{}
		for i, by := range graph.Grad(whole, valuesOf(scaled), draws...) {
			g.slopes[scaled[i]] = g.down(by)
		}
		costs = append(costs, Cost{Name: "dreg", Node: along(scaled, whole, draws, scale), Hold: hold})
	}
	if len(global) > 0 {
		costs = append(costs, Cost{Name: "stl global", Node: along(global, g.down(g.bound.dropped(true).Neg()), draws, nil), Hold: hold})
	}
	for _, l := range g.latents {
		if l.costs == nil {
			continue
		}
		cs := append(l.costs(g, l), g.centre(l)...)
		for _, c := range cs {
			c.Hold = append(c.Hold, hold...)
			costs = append(costs, c)
		}
	}
	for i := range costs { // the same of all, so that they share a backward pass
		costs[i].Hold = append(costs[i].Hold[:len(costs[i].Hold):len(costs[i].Hold)], g.replayed...)
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
func (g *gradient) centre(l latent) []Cost {
	c := g.centred(l)
	if c == nil {
		return nil
	}
	return []Cost{{Name: "centre/" + l.Name, Node: g.down(graph.Sum(graph.StopGrad(c).Mul(l.LogQ)))}}
}

// centred returns the weight of the score that centre takes out; nil where it takes none.
func (g *gradient) centred(l latent) *graph.Node {
	if l.costs == nil || l.scaled {
		return nil
	}
	return g.bound.own(l)
}

// signal returns what the score of every draw of a latent is multiplied by,
// constant.
func (g *gradient) signal(l latent) *graph.Node {
	return graph.StopGrad(g.bound.signal(g.r, l.Site))
}

// score returns the cost whose gradient is that of the score function.
func (g *gradient) score(l latent, f *graph.Node) Cost {
	return Cost{Name: "score/" + l.Name, Node: g.down(graph.Sum(graph.StopGrad(f).Mul(l.logq())))}
}

// at returns what another value of a latent is judged by, of the shape of its
// score; the result can be differentiated.
func (g *gradient) at(l latent, value *graph.Node) *graph.Node {
	r := g.r.With(Data{l.Name: value})
	return g.bound.signal(r, r.Site(l.Name))
}

// toward returns the cost whose gradient by a node is the derivative d.
func (g *gradient) toward(l latent, name string, d, by *graph.Node) Cost {
	return Cost{Name: name + "/" + l.Name, Node: g.down(graph.Sum(graph.StopGrad(d).Mul(by)))}
}

// learn returns the cost whose gradient by the parameters is that of a loss, with
// nothing else trained by it.
func (g *gradient) learn(l latent, name string, loss *graph.Node, params []*graph.Node) Cost {
	var sum []*graph.Node
	for i, by := range graph.Grad(loss, params, g.latents.held()...) {
		sum = append(sum, graph.Sum(graph.StopGrad(by).Mul(params[i])))
	}
	return Cost{Name: name + "/" + l.Name, Node: graph.AddN(sum...)}
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
