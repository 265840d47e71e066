package lanes

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// product returns the lanes of a matrix product n = a·b. Where one of the operands
// is a matrix that all lanes share, it is one product with the rows of all lanes, by
// a·b = (bᵀ·aᵀ)ᵀ if the shared one is a:
//
//	[K, m, k]·[k, n] as [K·m, k]·[k, n]
func (l *lanes) product(r op.MatMul, n, a, b *graph.Node) *graph.Node {
	if w := l.shared(b); w != nil {
		x := turned(l.matrices(a), r.TransA)
		return op.Reshaped(l.rows(x, op.MatMul{TransB: r.TransB}, w), l.shape(n.Shape()))
	}
	if w := l.shared(a); w != nil {
		x := turned(l.matrices(b), !r.TransB)
		y := l.rows(x, op.MatMul{TransB: !r.TransA}, w)
		return op.Reshaped(turned(y, true), l.shape(n.Shape()))
	}
	return op.Apply(r, l.wide(a), l.wide(b))
}

// solve returns the lanes of L⁻¹·B; those of an L that they share are one with the
// columns of all lanes.
func (l *lanes) solve(r op.SolveLower, n, low, b *graph.Node) *graph.Node {
	w := l.shared(low)
	if w == nil {
		return op.Apply(r, l.wide(low), l.wide(b))
	}
	x := turned(l.matrices(b), true) // [K, columns, n]
	sh := x.Shape()
	y := op.Apply(r, w, turned(op.Reshaped(x, []int{sh[0] * sh[1], sh[2]}), true))
	return op.Reshaped(turned(op.Reshaped(turned(y, true), sh), true), l.shape(n.Shape()))
}

// shared returns a matrix that all lanes share; nil if x is not one.
func (l *lanes) shared(x *graph.Node) *graph.Node {
	sh := x.Shape()
	if l.of[x] != nil || op.Size(sh[:len(sh)-2]) != 1 {
		return nil
	}
	return op.Reshaped(x, sh[len(sh)-2:])
}

// matrices returns the lanes of x, whose leading axes are 1, as [K, m, n].
func (l *lanes) matrices(x *graph.Node) *graph.Node {
	sh := x.Shape()
	return op.Reshaped(l.wide(x), l.shape(sh[len(sh)-2:]))
}

// rows applies a product with a matrix w to [K, m, k].
func (l *lanes) rows(x *graph.Node, r op.MatMul, w *graph.Node) *graph.Node {
	sh := x.Shape()
	y := op.Apply(r, op.Reshaped(x, []int{sh[0] * sh[1], sh[2]}), w)
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
