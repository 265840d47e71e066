package layers

import (
	"cmp"
	"math"

	"github.com/latentgo/latent/graph"
)

// Attention is scaled dot-product attention (Vaswani et al., arXiv 1706.03762,
// eq. 1): of queries […, M, D], keys […, N, D] and values […, N, E] the means of the
// values […, M, E] with the weights
//
//	softmax(q·kᵀ/√D).
//
// Leading axes broadcast. A mask […, M, N], which may be stretched, is 1 where a
// query may see a key and 0 elsewhere; nil means all are seen. A query that sees
// nothing gets zeros.
func Attention(q, k, v, mask *graph.Node) *graph.Node {
	for _, x := range []*graph.Node{q, k, v} {
		checkPictures(x, 0, 0, "attention", "")
	}
	qs, ks, vs := q.Shape(), k.Shape(), v.Shape()
	d, n := qs[len(qs)-1], ks[len(ks)-2]
	if ks[len(ks)-1] != d || vs[len(vs)-2] != n || d == 0 {
		graph.Fail("layers: attention: queries %v, keys %v and values %v, want [… M D], [… N D] and [… N E]", qs, ks, vs)
	}
	switch {
	case vs[len(vs)-1] != d:
	case mask == nil:
		return graph.Attention(q, k, v, 1)
	default:
		return graph.MaskedAttention(q, k, v, checkMask(mask, qs, ks), 1)
	}
	scores := graph.MatMulT(q, k).Scale(1 / math.Sqrt(float64(d)))
	if mask == nil {
		return graph.MatMul(graph.Softmax(scores), v)
	}
	checkMask(mask, qs, ks)
	// So low that e to it is 0, and finite, so that a row of nothing else has no NaN.
	scores = graph.Where(mask, scores, graph.Const(-1e30))
	return graph.MatMul(graph.Where(mask, graph.Softmax(scores), graph.Const(0)), v)
}

// checkMask returns a mask, after a look at its queries and keys.
func checkMask(mask *graph.Node, qs, ks []int) *graph.Node {
	m, n := qs[len(qs)-2], ks[len(ks)-2]
	if ms := mask.Shape(); len(ms) < 2 || !fits(ms[len(ms)-1], n) || !fits(ms[len(ms)-2], m) {
		graph.Fail("layers: attention: mask %v of %d queries and %d keys", ms, m, n)
	}
	return mask
}

// fits tells whether an axis can be stretched to a size.
func fits(d, size int) bool { return d == 1 || d == size }

// CausalMask returns the mask [n, n] by which a place sees itself and those before it.
func CausalMask(n int) *graph.Node {
	if n < 0 || n > mostUnits || n > 0 && n > mostUnits/n {
		graph.Fail("layers: causal mask of %d places", n)
	}
	return graph.Tril(graph.BroadcastTo(graph.Const(1), n, n), 0)
}

// MultiHeadConfig says how a MultiHead is made. Its Config, which has no Activation,
// reaches all its maps.
type MultiHeadConfig struct {
	Config

	Inputs  int // the width of what asks
	Context int // of what is looked at; 0 means Inputs
	Heads   int // that the maps are cut into
	Width   int // of all heads together, which Heads divides; 0 means Inputs
	Outputs int // 0 means Inputs
}

// MultiHead is attention with several heads (Vaswani et al., arXiv 1706.03762,
// section 3.2.2): linear maps make queries of the inputs, and keys and values of a
// context; each head attends with its part of them, and a linear map joins the
// results.
type MultiHead struct {
	path                   string
	c                      MultiHeadConfig
	query, key, value, out Dense
}

// NewMultiHead declares attention with several heads. Its maps live in the scopes
// query, key, value and out.
func NewMultiHead(s *graph.Scope, c MultiHeadConfig) MultiHead {
	c.Config = c.linear("multi-head attention", s)
	c.Context, c.Width, c.Outputs = cmp.Or(c.Context, c.Inputs), cmp.Or(c.Width, c.Inputs), cmp.Or(c.Outputs, c.Inputs)
	if c.Inputs < 1 || c.Context < 1 || c.Outputs < 1 || c.Heads < 1 || c.Width < 1 || c.Width%c.Heads != 0 {
		graph.Fail("layers: %s: Inputs %d, Context %d, Width %d, Outputs %d, Heads %d, want 1 or more, and heads that divide the width",
			named("multi-head attention", s.Path()), c.Inputs, c.Context, c.Width, c.Outputs, c.Heads)
	}
	return MultiHead{s.Path(), c,
		c.dense(s.In("query"), c.Inputs, c.Width, nil), c.dense(s.In("key"), c.Context, c.Width, nil),
		c.dense(s.In("value"), c.Context, c.Width, nil), c.dense(s.In("out"), c.Width, c.Outputs, nil)}
}

// Apply implements Layer: every place of […, N, Inputs] looks at all.
func (m MultiHead) Apply(x *graph.Node) *graph.Node { return m.Attend(x, x, nil) }

// Attend returns […, M, Outputs], of inputs […, M, Inputs] that look at a context
// […, N, Context]. The mask […, M, N] is that of Attention, for all heads.
func (m MultiHead) Attend(x, context, mask *graph.Node) *graph.Node {
	if m.c.Heads == 0 {
		graph.Fail("layers: multi-head attention without maps; layers.NewMultiHead declares them")
	}
	const what = "multi-head attention"
	checkPictures(x, 0, m.c.Inputs, what, m.path)
	checkPictures(context, 0, m.c.Context, what+" context", m.path)
	if mask != nil {
		if len(mask.Shape()) < 2 {
			graph.Fail("layers: %s: mask %v, want [… M N]", named(what, m.path), mask.Shape())
		}
	}
	q, k, v := m.query.Apply(x), m.key.Apply(context), m.value.Apply(context)
	if mask == nil {
		return m.out.Apply(graph.Attention(q, k, v, m.c.Heads))
	}
	return m.out.Apply(graph.MaskedAttention(q, k, v, checkMask(mask, q.Shape(), k.Shape()), m.c.Heads))
}
