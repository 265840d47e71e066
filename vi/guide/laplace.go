package guide

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Laplace is Laplace's approximation: u is normal around the maximum of
// log p(x, u), Jacobian included, with the inverse of its negative Hessian there
// for covariance. trainers.Laplace finds both; before, as training sees it, the
// guide is the point μ.
//
// Latents of single rows are refused: their noise would be in the Hessian.
type Laplace struct{}

func (Laplace) law(_ *making, l *site) prob.Dist {
	graph.Fail("guide: site %s is drawn for each row, and Laplace is of globals: make it a vi.Trace.Global with a leading axis of rows, or use another Family", l.Name)
	return nil
}

func (Laplace) globals(g *making, all []*site) {
	at, mean, d := g.means(all)
	l := g.s.In(g.Name).State("cholesky", graph.Constant(0), d, d)
	g.block(curved{mean, l, at}, all)
}

// curved is N(mean, L·Lᵀ), and the point mean with density 1 where L is 0.
type curved struct {
	mean, l *graph.Node
	at      []*graph.Node
}

var _ prob.Pathwise = curved{}

// Curvature returns the parameters that make up the mean and the state of L.
func (d curved) Curvature() (means []*graph.Node, cholesky *graph.Node) {
	return slices.Clone(d.at), d.l
}

// LogProb implements prob.Dist.
func (d curved) LogProb(x *graph.Node) *graph.Node {
	n := d.l.Shape()[0]
	unit := graph.Diag(graph.BroadcastTo(graph.Const(1), n))
	none := graph.Slice(graph.Slice(d.l, 0, 0, 1), 1, 0, 1).Eq(graph.Const(0)) // [1, 1]
	l := prob.MultivariateNormal{Mean: d.mean, Cholesky: graph.Where(none, unit, d.l)}.LogProb(x)
	return graph.Where(graph.Reshape(none), graph.Const(0), l)
}

// Sample implements prob.Sampler.
func (d curved) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return prob.MultivariateNormal{Mean: d.mean, Cholesky: d.l}.Sample(s, lead...)
}

// Pathwise marks Sample as reparameterised.
func (curved) Pathwise() {}
