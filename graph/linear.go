package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// MatMul returns the matrix product a·b over the last two axes. Leading axes
// broadcast: either operand may have fewer, or axes of size 1.
func MatMul(a, b *Node) *Node { return matMul(a, b, false, false) }

// MatMulT returns a·bᵀ, the transpose over the last two axes.
func MatMulT(a, b *Node) *Node { return matMul(a, b, false, true) }

// TMatMul returns aᵀ·b, the transpose over the last two axes.
func TMatMul(a, b *Node) *Node { return matMul(a, b, true, false) }

func matMul(a, b *Node, transA, transB bool) *Node {
	as, bs := dims(a), dims(b)
	if len(as) < 2 || len(bs) < 2 {
		Fail("graph: matmul: shapes %v and %v, want rank 2 or more", as, bs)
	}
	r := op.MatMul{TransA: transA, TransB: transB}
	if _, err := r.Shape([]Shape{as[len(as)-2:], bs[len(bs)-2:]}); err != nil {
		Fail("graph: %v: shapes %v and %v: inner sizes differ", r, as, bs)
	}
	if len(bs) == 2 && len(as) > 2 && !transA { // one matrix for all rows
		k := as[len(as)-1]
		y := op.Apply(r, op.Reshaped(a, Shape{op.Size(as[:len(as)-1]), k}), b)
		return op.Reshaped(y, append(slices.Clone(as[:len(as)-1]), y.Shape()[1]))
	}
	lead, err := op.Broadcast(batch(as, len(bs)), batch(bs, len(as)))
	if err != nil {
		Fail("graph: %v: shapes %v and %v: leading axes do not broadcast", r, as, bs)
	}
	return op.Apply(r, leading(a, lead), leading(b, lead))
}

// batch returns the axes before the last two, with 1s in front up to a rank.
func batch(s Shape, rank int) Shape {
	return append(slices.Repeat(Shape{1}, max(rank-len(s), 0)), s[:len(s)-2]...)
}

// leading stretches the axes before the last two.
func leading(x *Node, lead Shape) *Node {
	s := x.Shape()
	return op.Stretch(x, append(slices.Clone(lead), s[len(s)-2:]...))
}

// Linear returns x·w + bias for x […,in], w [in,out] and bias [out], which may
// be nil.
func Linear(x, w, bias *Node) *Node {
	y := MatMul(x, w)
	if bias != nil {
		y = y.Add(bias)
	}
	return y
}

// Attention is scaled dot-product attention in heads (Vaswani et al., arXiv 1706.03762,
// section 3.2): of queries […, M, W], keys […, N, W] and values […, N, W], whose columns
// are cut into heads of D = W/heads columns each, the means of the values […, M, W] with
// the weights softmax(q·kᵀ/√D) of each head. Leading axes broadcast. The weights, M×N for
// each head, are never stored: the derivatives make them again (Dao et al., arXiv
// 2205.14135).
func Attention(q, k, v *Node, heads int) *Node { return attention(q, k, v, nil, heads) }

// MaskedAttention is Attention with a mask […, M, N], which may be stretched, for all
// heads: 1 where a query sees a key and 0 elsewhere. A query that sees none gets zeros.
// The mask has no derivative.
func MaskedAttention(q, k, v, mask *Node, heads int) *Node {
	op.Check(mask, "mask of attention")
	return attention(q, k, v, mask, heads)
}

func attention(q, k, v, mask *Node, heads int) *Node {
	qs, ks, vs := dims(q), dims(k), dims(v)
	if len(qs) < 2 || len(ks) < 2 || len(vs) < 2 {
		Fail("graph: attention: queries %v, keys %v and values %v, want rank 2 or more", qs, ks, vs)
	}
	all := []Shape{qs, ks, vs}
	if mask != nil {
		all = append(all, maskShape(mask, ks[len(ks)-2]))
	}
	rank := 0
	for _, s := range all {
		rank = max(rank, len(s))
	}
	lead := batch(qs, rank)
	for _, s := range all[1:] {
		var err error
		if lead, err = op.Broadcast(lead, batch(s, rank)); err != nil {
			Fail("graph: attention: queries %v, keys %v and values %v: leading axes do not broadcast", qs, ks, vs)
		}
	}
	in := []*Node{leading(q, lead), leading(k, lead), leading(v, lead)}
	shapes := []Shape{in[0].Shape(), in[1].Shape(), in[2].Shape()}
	if mask != nil {
		own := all[3]
		if to := slices.Repeat(Shape{1}, rank-2); !slices.Equal(batch(own, rank), to) {
			own = append(slices.Clone(lead), own[len(own)-2:]...)
		} else {
			own = append(to, own[len(own)-2:]...) // one for all
		}
		in, shapes = append(in, op.Stretch(mask, own)), append(shapes, own)
	}
	if _, err := (op.Attention{Heads: heads}).Shape(shapes); err != nil {
		Fail("graph: attention: %v", err)
	}
	return op.Apply(op.Attention{Heads: heads}, in...)
}

// maskShape is that of a mask stretched over n keys.
func maskShape(mask *Node, n int) Shape {
	s := slices.Clone(dims(mask))
	if len(s) < 2 || s[len(s)-1] != 1 && s[len(s)-1] != n {
		Fail("graph: attention: mask %v of %d keys", s, n)
	}
	s[len(s)-1] = n
	return s
}
