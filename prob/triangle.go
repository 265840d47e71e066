package prob

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// LowerCholesky maps N(N+1)/2 numbers to the rows of a lower-triangular matrix
// with a positive diagonal, row by row: exp on the diagonal, the rest as it
// is. Triangle makes the matrix.
type LowerCholesky struct{}

func (LowerCholesky) inner(x *graph.Node) *graph.Node { return onDiagonal(x, boundLog) }

// Forward implements Bijector.
func (LowerCholesky) Forward(x *graph.Node) *graph.Node { return onDiagonal(x, Exp{}.Forward) }

// Inverse implements Inverter.
func (LowerCholesky) Inverse(y *graph.Node) *graph.Node { return onDiagonal(y, graph.Log) }

// LogDet returns the sum of x over the diagonal.
func (LowerCholesky) LogDet(x *graph.Node) *graph.Node {
	return total(graph.Take(x, -1, diagonal(triangleSize(x))))
}

// Range returns Cholesky factors.
func (LowerCholesky) Range() Support { return Support{Kind: CholeskyRow} }

// Triangle returns the lower-triangular matrices […, N, N] of rows
// […, N(N+1)/2].
func Triangle(rows *graph.Node) *graph.Node {
	n := triangleSize(rows)
	m := n * (n + 1) / 2
	index := make([]int, n*n)
	for i := range n {
		for j := range n {
			index[i*n+j] = m // the zero
			if j <= i {
				index[i*n+j] = i*(i+1)/2 + j
			}
		}
	}
	flat := graph.Take(graph.Pad(rows, -1, 0, 1), -1, index)
	lead := rows.Shape()[:len(rows.Shape())-1]
	return graph.Reshape(flat, append(slices.Clone(lead), n, n)...)
}

// CholeskyFactor returns Triangle of LowerCholesky: a Cholesky factor
// […, N, N] from any numbers […, N(N+1)/2], such as the output of a layer.
func CholeskyFactor(x *graph.Node) *graph.Node { return Triangle(LowerCholesky{}.Forward(x)) }

// triangleSize returns N of rows […, N(N+1)/2].
func triangleSize(x *graph.Node) int {
	eventSize("rows of a triangle", x)
	sh := x.Shape()
	if len(sh) > 0 {
		m := sh[len(sh)-1]
		n := 0
		for n*(n+1)/2 < m {
			n++
		}
		if m > 0 && n*(n+1)/2 == m {
			return n
		}
	}
	graph.Fail("prob: rows of a triangle of shape %v, want [… N(N+1)/2]", sh)
	return 0
}

// diagonal lists the places of the diagonal in the rows of a triangle.
func diagonal(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i*(i+1)/2 + i
	}
	return at
}

// onDiagonal applies f to the diagonal in the rows of a triangle.
func onDiagonal(x *graph.Node, f func(*graph.Node) *graph.Node) *graph.Node {
	n := triangleSize(x)
	mask := make([]float64, n*(n+1)/2)
	for _, i := range diagonal(n) {
		mask[i] = 1
	}
	m := graph.Tensor(mask, len(mask))
	return graph.Where(m, f(graph.Where(m, x, graph.Const(1))), x)
}
