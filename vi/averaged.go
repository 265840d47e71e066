package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// averaged is a bound whose draws are averaged outside of any logarithm,
//
//	L = E_q[(1/K·B) Σ_k Σ_b Σ_i f_i(z_kb)] + Σ_j g_j
//
// where the terms f_i belong to single draws and rows and the g_j, scalars, to
// globals. A draw is judged by the terms that depend on it.
type averaged struct {
	r       *Record
	latents latents
	local   []term                                 // f_i, of r
	shared  []term                                 // g_j
	beta    *graph.Node                            // weight of the terms that are divergences; nil means 1
	of      func(r *Record) (local, shared []term) // the terms of a replay
	// coefficient returns that of −log q of a latent in the sum of its terms before
	// they are weighed: of a local one [E…, K or 1, B or 1], of a global a scalar.
	// It does not depend on the draw; nil where log q is not among them, or has none.
	coefficient func(l latent) *graph.Node
}

// signal returns the terms that depend on a draw, with the probability of the
// enumerated values and the share of the draw and the row in the mean.
func (a averaged) signal(r *Record, s *Site) *graph.Node {
	local, shared, below := a.local, a.shared, r.dependence()
	if r != a.r {
		local, shared = a.of(r)
	}
	local = slices.DeleteFunc(slices.Clone(local), func(t term) bool { return !below.On(t.node, s.Value) })
	// The terms of late draws first: in a chain the sums of the sites are then
	// sums of one another.
	slices.SortStableFunc(local, func(a, b term) int { return below.Last(b.node) - below.Last(a.node) })
	x := r.average(r.sum(local, a.beta))
	if !s.Global {
		return r.fold(x, s.logq().Shape())
	}
	x = graph.Sum(x)
	for _, t := range shared {
		if below.On(t.node, s.Value) {
			x = t.addTo(x, a.beta)
		}
	}
	return x
}

// whole is signal with the terms that do not depend on the draw.
func (a averaged) whole(s *Site) *graph.Node {
	return a.r.fold(a.r.average(a.r.sum(a.local, a.beta)), s.logq().Shape())
}

func (a averaged) share(s *Site) (*graph.Node, float64) {
	if s.Global {
		return a.r.Scope.Const(1), 1
	}
	return a.r.drawShare(s, nil), a.r.repeats(s.logq().Shape())
}

func (a averaged) own(l latent) *graph.Node {
	c := a.coefficient(l)
	if c == nil {
		return nil
	}
	return times(a.weight(l, c), a.beta)
}

// weight returns the weight of log q in the value from its coefficient in the
// sum of the terms.
func (a averaged) weight(l latent, c *graph.Node) *graph.Node {
	if l.Global {
		return c
	}
	return a.r.drawShare(l.Site, c)
}

// without is nil: each draw is judged by terms of its own.
func (a averaged) without(*Site) *graph.Node { return nil }

// scale is nil: the gradient by the draws is that of the value.
func (a averaged) scale() *graph.Node { return nil }

func (a averaged) dropped(global bool) *graph.Node {
	var sum []*graph.Node
	for _, l := range a.latents {
		if l.drops && l.Global == global {
			if c := a.coefficient(l); c != nil {
				sum = append(sum, graph.Sum(a.weight(l, c).Mul(l.LogQ)))
			}
		}
	}
	if sum == nil {
		return a.r.Scope.Const(0)
	}
	return times(graph.AddN(sum...), a.beta)
}

// average weighs [E…, K, B] by the probability of the enumerated values and the
// share of each draw and row in their mean.
func (r *Record) average(x *graph.Node) *graph.Node {
	return r.weighted(x).Scale(1 / float64(r.K*r.Rows))
}

// drawShare returns the part that each draw of a site has in a mean over draws
// and rows of c, constant; nil is 1.
func (r *Record) drawShare(s *Site, c *graph.Node) *graph.Node {
	if c == nil {
		c = r.constant(1)
	}
	return graph.StopGrad(r.fold(r.average(r.wide(c)), s.logq().Shape()))
}
