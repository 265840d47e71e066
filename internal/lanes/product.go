package lanes

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// product returns the lanes of a matrix product. Where one of the operands is a
// matrix that all lanes share, it is one product with the rows of all lanes, by
// a·b = (bᵀ·aᵀ)ᵀ if the shared one is a:
//
//	[K, m, k]·[k, n] as [K·m, k]·[k, n]
func (l *lanes) product(r op.MatMul, a, b *graph.Node) *graph.Node {
	la, lb := l.of[a], l.of[b]
	switch {
	case lb == nil && len(b.Shape()) == 2:
		return l.rows(turned(la, r.TransA), b, r.TransB)
	case la == nil && len(a.Shape()) == 2:
		return turned(l.rows(turned(lb, !r.TransB), a, !r.TransA), true)
	}
	return op.Apply(r, l.wide(a), l.wide(b))
}

// rows is x·w for x [K, m, k] and w [k, n], transposed if trans.
func (l *lanes) rows(x, w *graph.Node, trans bool) *graph.Node {
	sh := x.Shape()
	y := op.Apply(op.MatMul{TransB: trans}, op.Reshaped(x, []int{sh[0] * sh[1], sh[2]}), w)
	return op.Reshaped(y, []int{sh[0], sh[1], y.Shape()[1]})
}

// turned transposes the matrices on the last two axes if by says so; rows and
// columns need no moving.
func turned(x *graph.Node, by bool) *graph.Node {
	if !by {
		return x
	}
	sh := x.Shape()
	n := len(sh)
	to := slices.Clone(sh)
	to[n-2], to[n-1] = sh[n-1], sh[n-2]
	if sh[n-2] == 1 || sh[n-1] == 1 {
		return op.Reshaped(x, to)
	}
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	perm[n-2], perm[n-1] = n-1, n-2
	return op.Apply(op.Transpose{Perm: perm}, x)
}
