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
	mem := func(i int) []T { return b.mem(v.in[i].view().base)[:v.in[i].size] }
	switch r := v.rule.(type) {
	case op.Conv:
		c := &convCode[T]{Conv: kernel.Conv[T]{Part: r.Part, Groups: r.Groups, H: r.H, W: r.W}}
		c.N, c.C, c.O = convSizes(r, v)
		switch r.Part {
		case kernel.ConvResult:
			c.X, c.Weights, c.Y = mem(0), mem(1), b.mem(v)
		case kernel.ConvInput:
			c.X, c.Weights, c.Y = b.mem(v), mem(1), mem(0)
		default:
			c.X, c.Weights, c.Y = mem(0), b.mem(v), mem(1)
		}
		c.parts = c.Prepare(b.pool)
		return c
	case op.Pooling:
		s := v.shape
		c := &poolCode[T]{Pooling: kernel.Pooling[T]{Part: r.Part, H: r.H, W: r.W, N: op.Size(s[:len(s)-3]), C: s[len(s)-1]}}
		switch r.Part {
		case kernel.PoolSpread:
			c.X, c.Y = b.mem(v), mem(0)
		case kernel.PoolMaxSpread:
			c.X, c.Y, c.Z = mem(0), mem(1), b.mem(v)
		case kernel.PoolMaxPick:
			c.X, c.Z, c.Y = mem(0), mem(1), b.mem(v)
		default:
			c.X, c.Y = mem(0), b.mem(v)
		}
		c.parts = c.Prepare()
		return c
	}
	return nil
}

// convSizes returns the pictures of a convolution and the channels of its input and
// its result.
func convSizes(r op.Conv, v *value) (n, in, out int) {
	last := func(s []int) int { return s[len(s)-1] }
	a, b := v.in[0].shape, v.in[1].shape
	n = op.Size(a[:len(a)-3])
	switch r.Part {
	case kernel.ConvResult:
		return n, last(a), last(b)
	case kernel.ConvInput:
		return n, last(v.shape), last(a)
	}
	return n, last(a), last(b)
}

// convFLOPs returns the multiplications and additions of a convolution, 0 of any
// other value.
func convFLOPs(v *value) float64 {
	r, ok := v.rule.(op.Conv)
	if !ok {
		return 0
	}
	n, in, out := convSizes(r, v)
	return kernel.ConvFLOPs(n, in, out, r.Groups, r.H, r.W)
}

// windowCost returns the estimated nanoseconds of such a value on one worker, 0 of
// any other.
func windowCost(v *value) float64 {
	switch r := v.rule.(type) {
	case op.Conv:
		return convFLOPs(v)/25 + 500
	case op.Pooling:
		return float64(v.size*r.H.Size*r.W.Size) + 100
	}
	return 0
}
