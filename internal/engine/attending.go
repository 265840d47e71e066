package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// attentionCode is the instruction of attention or of its derivatives.
type attentionCode[T kernel.Float] struct {
	kernel.Attention[T]
	parts int
}

func (c *attentionCode[T]) count() int   { return c.parts }
func (c *attentionCode[T]) before()      {}
func (c *attentionCode[T]) after() error { return nil }

// attention returns the instruction of attention, nil if v has another rule.
func (b *binder[T]) attention(v *value) runner {
	in := b.in[v.id]
	mem := func(i int) []T { return b.memory(b.base(in[i]))[:in[i].size] }
	heads, grad := 0, false
	switch r := v.rule.(type) {
	case op.Attention:
		heads = r.Heads
	case op.AttentionGrad:
		heads, grad = r.Heads, true
	default:
		return nil
	}
	q, k := in[0].shape, in[1].shape
	n := len(q)
	c := &attentionCode[T]{Attention: kernel.Attention[T]{Items: op.Size(q[:n-2]), M: q[n-2], N: k[n-2], W: q[n-1], Heads: heads,
		Q: mem(0), K: mem(1), V: mem(2), Y: b.memory(v)}}
	mask := 3
	if grad {
		c.G, mask = mem(3), 4
	}
	if len(in) > mask {
		c.Mask = mem(mask)
		c.MaskItem, c.MaskRow = op.MaskStrides(q, in[mask].shape)
	}
	c.parts = c.Prepare(b.pool)
	return c
}
