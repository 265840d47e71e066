package graph

import "github.com/latentgo/latent/internal/op"

// Cholesky returns the lower-triangular L with L·Lᵀ = A for the symmetric
// matrices A on the last two axes; NaN for one that is not positive definite.
func Cholesky(a *Node) *Node { return op.Apply(op.Cholesky{}, a) }

// SolveLower returns L⁻¹·B for lower-triangular matrices L […, n, n] and
// B […, n, k]. Leading axes broadcast as in MatMul.
func SolveLower(l, b *Node) *Node { return solve(l, b, false) }

// SolveLowerT returns L⁻ᵀ·B.
func SolveLowerT(l, b *Node) *Node { return solve(l, b, true) }

func solve(l, b *Node, trans bool) *Node {
	ls, bs := dims(l), dims(b)
	if len(ls) < 2 || len(bs) < 2 {
		Fail("graph: solve: shapes %v and %v, want rank 2 or more", ls, bs)
	}
	lead, err := op.Broadcast(batch(ls, len(bs)), batch(bs, len(ls)))
	if err != nil {
		Fail("graph: solve: shapes %v and %v: leading axes do not broadcast", ls, bs)
	}
	return op.Apply(op.SolveLower{Trans: trans}, leading(l, lead), leading(b, lead))
}
