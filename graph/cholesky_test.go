package graph_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// posdef makes symmetric matrices with a heavy diagonal of any.
func posdef(x *graph.Node) *graph.Node {
	eye := graph.Diag(graph.BroadcastTo(graph.Const(.5), x.Shape()[:len(x.Shape())-1]...))
	return graph.MatMulT(x, x).Add(eye)
}

func TestCholeskyGradients(t *testing.T) {
	gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.Cholesky(posdef(in[0]))
	}, gradcheck.Between(-1, 1, 2, 3, 3))
	gradcheck.CheckSecond(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.Cholesky(posdef(in[0]))
	}, gradcheck.Between(-1, 1, 2, 2))
	for _, solve := range []func(l, b *graph.Node) *graph.Node{graph.SolveLower, graph.SolveLowerT} {
		f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return solve(in[0], in[1]) }
		gradcheck.Check(t, f, gradcheck.Between(.5, 1.5, 2, 3, 3), gradcheck.Between(-1, 1, 2, 3, 2))
		gradcheck.Check(t, f, gradcheck.Between(.5, 1.5, 3, 3), gradcheck.Between(-1, 1, 2, 3, 1))
		gradcheck.CheckSecond(t, f, gradcheck.Between(.5, 1.5, 2, 2), gradcheck.Between(-1, 1, 2, 1))
	}
}

func TestCholeskyInverts(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		a := posdef(s.Tensor([]float64{1, -2, .5, 3, .25, -1, 2, 1, 4}, 3, 3))
		l := graph.Cholesky(a)
		s.Output("product", graph.MatMulT(l, l).Sub(a))
		s.Output("solve", graph.MatMul(l, graph.SolveLower(l, a)).Sub(a))
		s.Output("solve-transposed", graph.MatMul(transpose(l), graph.SolveLowerT(l, a)).Sub(a))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, _ := p.Value(name)
		for i, d := range v {
			if !(math.Abs(d) < 1e-13) {
				t.Errorf("%s: element %d is off by %v", name, i, d)
			}
		}
	}
}

func transpose(x *graph.Node) *graph.Node { return graph.Transpose(x, 1, 0) }
