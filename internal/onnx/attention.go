package onnx

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// attention writes attention as its products and softmax, with an axis for the heads.
func (w *writer) attention(r op.Attention, in []value, shapes [][]int) value {
	s := shapes[0]
	n := len(s)
	if op.Size(shapes[1]) == 0 {
		return w.full(s, 0)
	}
	each := s[n-1] / r.Heads
	perm := make([]int, n+1)
	for i := range perm {
		perm[i] = i
	}
	perm[n-2], perm[n-1] = n-1, n-2
	heads := func(i int) value {
		return in[i].reshape(append(slices.Clone(shapes[i][:n-1]), r.Heads, each)).transpose(perm)
	}
	across := slices.Clone(perm) // of the keys
	across[n-2], across[n-1], across[n] = n-1, n, n-2
	keys := in[1].reshape(append(slices.Clone(shapes[1][:n-1]), r.Heads, each)).transpose(across)
	scores := heads(0).op("MatMul", keys).scale(1 / math.Sqrt(float64(each)))
	seen := func(x value, _ float64) value { return x }
	if len(in) > 3 {
		m := shapes[3]
		mask := in[3].reshape(append(append(slices.Clone(m[:n-2]), 1), m[n-2:]...))
		seen = func(x value, other float64) value { return w.where(mask.is(0), w.num(other), x) }
	}
	weights := seen(w.apply("Softmax", []value{seen(scores, -1e30)}, attribute{"axis", n}), 0)
	return weights.op("MatMul", heads(2)).transpose(perm).reshape(s)
}
