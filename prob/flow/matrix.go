package flow

import "github.com/latentgo/latent/graph"

// onVectors applies matrices […, n, m] to the vectors x […, n] as rows: x·M.
func onVectors(x, m *graph.Node, product func(x, m *graph.Node) *graph.Node) *graph.Node {
	if len(m.Shape()) == 2 {
		return product(x, m)
	}
	return graph.Squeeze(product(graph.ExpandDims(x, -2), m), -2)
}

// onColumns applies f(M, columns) to vectors x […, D]: all as the columns of one
// matrix where there is one M, else one by one.
func onColumns(m, x *graph.Node, f func(m, columns *graph.Node) *graph.Node) *graph.Node {
	sh := x.Shape()
	if len(m.Shape()) == 2 {
		y := f(m, graph.Transpose(graph.Reshape(x, -1, sh[len(sh)-1]), 1, 0))
		return graph.Reshape(graph.Transpose(y, 1, 0), sh...)
	}
	return graph.Squeeze(f(m, graph.ExpandDims(x, -1)), -1)
}

func identity(n int) *graph.Node {
	m := make([]float64, n*n)
	for i := range n {
		m[i*n+i] = 1
	}
	return graph.Tensor(m, n, n)
}
