package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// byLaw sums a gradient by a site's logits over what these do not have.
func (g *gradient) byLaw(l latent, d *graph.Node) *graph.Node {
	logits := g.r.padded(lawLogits(l), 1)
	small := logits.Shape()
	for i, n := range d.Shape() {
		small[i] = min(small[i], n)
	}
	return graph.SumTo(d, small...)
}

func lawLogits(l latent) *graph.Node {
	if d, ok := l.law().(prob.OneHot); ok {
		return d.Logits
	}
	return l.law().(prob.Bernoulli).Logits
}

// square is the squared norm of a gradient by a site's logits, times the number of
// rows.
func (g *gradient) square(l latent, d *graph.Node) *graph.Node {
	return graph.Sum(g.byLaw(l, d).Square()).Scale(float64(g.r.Rows))
}

// regressed returns the c of least mean ‖plain + Σ c_i·line_i‖² by the averages of past
// training steps, and makes this one count in them; start where there was none. Lines
// are one or two. The averages are states, so that no c depends on the draws that it
// multiplies.
func (g *gradient) regressed(l latent, scope *graph.Scope, start []float64, plain *graph.Node, lines ...*graph.Node) []*graph.Node {
	const decay = .99
	rows := float64(g.r.Rows)
	average := func(name string, a, b *graph.Node) *graph.Node {
		state := scope.State(name, graph.Constant(0))
		scope.Assign(state, state.Scale(decay).Add(graph.StopGrad(graph.Sum(a.Mul(b))).Scale((1-decay)*rows)))
		return state
	}
	zero, one := g.r.Scope.Const(0), g.r.Scope.Const(1)
	by := make([]*graph.Node, len(lines))
	for i, line := range lines {
		by[i] = g.byLaw(l, line)
	}
	a := g.byLaw(l, plain)
	product, square := average("product", a, by[0]), average("square", by[0], by[0])
	ratio := func(up, down *graph.Node, start float64) *graph.Node {
		some := down.Gt(zero)
		return graph.Where(some, up.Div(graph.Where(some, down, one)), g.r.Scope.Const(start))
	}
	if len(lines) == 1 {
		return []*graph.Node{ratio(product.Neg(), square, start[0])}
	}
	product2, square2, mixed := average("product2", a, by[1]), average("square2", by[1], by[1]), average("mixed", by[0], by[1])
	square, square2 = square.Scale(1+1e-3), square2.Scale(1+1e-3) // where the lines are one
	det := square.Mul(square2).Sub(mixed.Square())
	return []*graph.Node{
		ratio(mixed.Mul(product2).Sub(square2.Mul(product)), det, start[0]),
		ratio(mixed.Mul(product).Sub(square.Mul(product2)), det, start[1]),
	}
}
