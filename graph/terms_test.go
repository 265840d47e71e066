package graph_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

// The terms of entropies and divergences and their derivatives; the values are
// those of internal/op/testdata/terms.csv.
func TestTermGradients(t *testing.T) {
	a, row, far := gradcheck.Between(-2, 3, 4, 3), gradcheck.Between(-1, 2, 1, 3), gradcheck.Between(-4, 4, 4, 3)
	inputs := map[int][]gradcheck.Input{1: {a}, 2: {a, row}, 3: {gradcheck.Between(-1, 1, 4, 3), row, far}}
	for f := op.BernoulliEntropy; ; f++ {
		term := op.Term{Fn: f}
		n := term.Arity()
		if n == 0 {
			break
		}
		t.Run(term.String(), func(t *testing.T) {
			g := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(term, in...) }
			if f != op.ContinuousEntropySlope {
				gradcheck.Check(t, g, inputs[n]...)
			}
			if f < op.ContinuousEntropy { // of those after, only the first
				gradcheck.CheckSecond(t, g, inputs[n]...)
			}
		})
	}
}

// Functions whose derivative is not that of the formula they are computed by.
func TestOwnDerivatives(t *testing.T) {
	a, row, above := gradcheck.Between(-2, 3, 4, 3), gradcheck.Between(-1, 2, 1, 3), gradcheck.Between(0.2, 3, 4, 3)
	for _, f := range []op.Fn{op.LogLogistic, op.ExpRest} {
		g := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Map(f, in[0]) }
		gradcheck.Check(t, g, a)
		gradcheck.CheckSecond(t, g, a)
	}
	for f, in := range map[op.Fn2][]gradcheck.Input{op.MulExp: {a, row}, op.LogBernoulli: {a, row}, op.LogisticBin: {row, above}} {
		g := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(op.Binary{Fn: f}, in...) }
		gradcheck.Check(t, g, in...)
		gradcheck.CheckSecond(t, g, in...)
	}
}

// The maps of the ridge regression and the logarithm of its determinant.
func TestRidgeGradients(t *testing.T) {
	w := gradcheck.Between(-2, 2, 2, 4, 3)
	for m := op.RidgeRest; m <= op.RidgeCore; m++ {
		x := gradcheck.Between(-1, 2, 2, 4, 2)
		if m >= op.RidgeSpread {
			x = gradcheck.Between(-1, 2, 2, 3, 2)
		}
		t.Run(fmt.Sprint(op.Ridge{Map: m}), func(t *testing.T) {
			f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(op.Ridge{Map: m}, in...) }
			gradcheck.Check(t, f, w, x)
			gradcheck.CheckSecond(t, f, w, x)
		})
	}
	f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return op.Apply(op.RidgeLogDet{}, in[0]) }
	gradcheck.Check(t, f, w)
	gradcheck.CheckSecond(t, f, w)
}
