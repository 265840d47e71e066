package prob

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Delta is a value […, D] that is certain. As a guide with a parameter for its
// value it makes the evidence lower bound log p(x, z) at that value: maximum a
// posteriori.
//
// It is scored by a unit mass at its value: log 1 there and −Inf elsewhere, and
// its entropy is taken as 0. Against a density that leaves out the infinite
// constant of a true point mass, which has no derivative.
type Delta struct {
	Value *graph.Node
}

var (
	_ Pathwise = Delta{}
	_ Factored = Delta{}
	_ Moments  = Delta{}
	_ Entropic = Delta{}
	_ Moder    = Delta{}
)

// LogProbs returns 0 where x is the value and −Inf elsewhere.
func (d Delta) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Delta", x, d.Value)
	off := x.Lt(d.Value).Add(x.Gt(d.Value))
	zero := graph.Where(x.Eq(d.Value), graph.Const(0), graph.StopGrad(x)) // NaN
	return graph.Where(off, graph.Const(math.Inf(-1)), zero)
}

// LogProb implements Dist.
func (d Delta) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns the value.
func (d Delta) Sample(_ *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	sh := d.Value.Shape()
	if len(sh) == 0 {
		graph.Fail("prob: Delta: value of rank 0, want an event axis")
	}
	all, err := op.Broadcast(append(slices.Clone(lead), sh[len(sh)-1]), sh)
	if err != nil {
		graph.Fail("prob: Delta: value of shape %v does not fit draws %v", sh, lead)
	}
	return graph.BroadcastTo(d.Value, all...)
}

// Pathwise marks Sample as differentiable by the value.
func (Delta) Pathwise() {}

// Moments returns the value and 0.
func (d Delta) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Value, graph.BroadcastTo(graph.Const(0), d.Value.Shape()...)
}

// Mode returns the value.
func (d Delta) Mode() *graph.Node {
	complete(d)
	return d.Value
}

// Entropy returns 0.
func (d Delta) Entropy() *graph.Node {
	complete(d)
	return noChange(d.Value)
}

func init() {
	// −log p(value), with the entropy of Delta taken as 0.
	RegisterKL(func(q Delta, p Dist) *graph.Node {
		if f, ok := p.(Factored); ok {
			return f.LogProbs(q.Value).Neg()
		}
		return graph.ExpandDims(p.LogProb(q.Value).Neg(), -1)
	})
}
