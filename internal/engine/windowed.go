package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// convCode is the instruction of a convolution or of one of its derivatives.
type convCode[T kernel.Float] struct {
	kernel.Conv[T]
	parts int
}

func (c *convCode[T]) count() int   { return c.parts }
func (c *convCode[T]) before()      {}
func (c *convCode[T]) after() error { c.Finish(); return nil }

// poolCode is the instruction of a pooling.
type poolCode[T kernel.Float] struct {
	kernel.Pooling[T]
	parts int
}

func (c *poolCode[T]) count() int   { return c.parts }
func (c *poolCode[T]) before()      {}
func (c *poolCode[T]) after() error { return nil }

// windowed returns the instruction of a rule that slides a window over pictures,
// nil if v has another.
func (b *binder[T]) windowed(v *value) runner {
	in := b.in[v.id]
	mem := func(i int) []T { return b.memory(b.base(in[i]))[:in[i].size] }
	switch r := v.rule.(type) {
	case op.Conv:
		c := &convCode[T]{Conv: kernel.Conv[T]{Part: r.Part, Groups: r.Groups, H: r.H, W: r.W}}
		c.N, c.C, c.O = convSizes(r, shapes(in), v.shape)
		switch r.Part {
		case kernel.ConvResult:
			c.X, c.Weights, c.Y = mem(0), mem(1), b.memory(v)
		case kernel.ConvInput:
			c.X, c.Weights, c.Y = b.memory(v), mem(1), mem(0)
		default:
			c.X, c.Weights, c.Y = mem(0), b.memory(v), mem(1)
		}
		c.parts = c.Prepare(b.pool)
		return c
	case op.Pooling:
		s := v.shape
		c := &poolCode[T]{Pooling: kernel.Pooling[T]{Part: r.Part, H: r.H, W: r.W, N: op.Size(s[:len(s)-3]), C: s[len(s)-1]}}
		switch r.Part {
		case kernel.PoolSpread:
			c.X, c.Y = b.memory(v), mem(0)
		case kernel.PoolMaxSpread:
			c.X, c.Y, c.Z = mem(0), mem(1), b.memory(v)
		case kernel.PoolMaxPick:
			c.X, c.Z, c.Y = mem(0), mem(1), b.memory(v)
		default:
			c.X, c.Y = mem(0), b.memory(v)
		}
		c.parts = c.Prepare()
		return c
	}
	return nil
}
