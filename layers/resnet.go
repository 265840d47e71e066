package layers

import (
	"fmt"

	"github.com/latentgo/latent/graph"
)

// ResNetConfig says how a ResNet is made. Its Config reaches all layers.
type ResNetConfig struct {
	Config

	Inputs  int // the width of the input
	Outputs int // and of the result
	Context int // and of the context; 0 means none
	Width   int // of the blocks
	Blocks  int // their number; 0 means 2

	Gated     bool    // the context gates blocks instead of being added; wants a Context
	BatchNorm bool    // batch normalisation before each activation of a block
	Dropout   float64 // the rate at which units are dropped within blocks; 0 means none

	// OutputWeights are the first weights of the last layer; nil means those of
	// Config. graph.Constant(0) makes a coupling flow start at the identity.
	// Given, they have no WeightNorm.
	OutputWeights graph.Init
}

// ResNet is a residual network of pre-activation blocks (He, Zhang, Ren and Sun,
// arXiv 1603.05027), as the conditioners of spline flows are (Durkan, Bekasov,
// Murray and Papamakarios, arXiv 1906.04032). With the activation
// f and the maps W and U of input and context,
//
//	h = W·x + U·c
//	h ← h + W₂·f(W₁·f(h) + U₁·c)        for every block
//	h ← h + (W₂·f(W₁·f(h)))·sigmoid(V·c)  if Gated
//	y = W·f(h)
//
// and biases in every W and in V. BatchNorm goes before each f of a block, and
// Dropout behind its second.
type ResNet struct {
	path        string
	width       int // of the context
	act         Func
	first, last Dense
	context     *Dense // of first
	blocks      []block
}

// block is one residual block.
type block struct {
	in, out       Dense
	context, gate *Dense
	norms         [2]*BatchNorm
	dropout       *Dropout
}

// NewResNet declares a residual network. Its parts live in the scopes first,
// 0, 1, … and last; those of a block below it in in, out, context, gate, norm0,
// norm1 and dropout.
func NewResNet(s *graph.Scope, c ResNetConfig) ResNet {
	if c.Blocks == 0 {
		c.Blocks = 2
	}
	switch {
	case c.Inputs < 1 || c.Outputs < 1 || c.Width < 1 || c.Context < 0 || c.Blocks < 0:
		graph.Fail("layers: %s: Inputs %d, Outputs %d, Width %d, Context %d, Blocks %d, want 1 or more, and no negative Context",
			named("ResNet", s.Path()), c.Inputs, c.Outputs, c.Width, c.Context, c.Blocks)
	case c.Blocks > mostUnits:
		graph.Fail("layers: %s: %d blocks, want %d at most", named("ResNet", s.Path()), c.Blocks, mostUnits)
	case c.Gated && c.Context == 0:
		graph.Fail("layers: %s: Gated without a Context", named("ResNet", s.Path()))
	}
	last := c.Config
	if c.OutputWeights != nil {
		last.Weights, last.WeightNorm = c.OutputWeights, false
	}
	r := ResNet{path: s.Path(), width: c.Context, act: c.activation()}
	r.first, r.context = c.dense(s.In("first"), c.Inputs, c.Width, nil), c.contextMap(s.In("first"), c.Context, c.Width)
	for i := range c.Blocks {
		at := s.In(fmt.Sprint(i))
		b := block{in: c.dense(at.In("in"), c.Width, c.Width, nil), out: c.dense(at.In("out"), c.Width, c.Width, nil)}
		if c.Gated {
			gate := Config{Weights: c.Weights, Biases: c.Biases, NoBias: c.NoBias}.dense(at.In("gate"), c.Context, c.Width, nil)
			b.gate = &gate
		} else {
			b.context = c.contextMap(at, c.Context, c.Width)
		}
		if c.BatchNorm {
			for k := range b.norms {
				n := NewBatchNorm(at.In(fmt.Sprint("norm", k)), c.Width)
				b.norms[k] = &n
			}
		}
		if c.Dropout != 0 {
			d := NewDropout(at.In("dropout"), DropoutConfig{Rate: c.Dropout})
			b.dropout = &d
		}
		r.blocks = append(r.blocks, b)
	}
	r.last = last.dense(s.In("last"), c.Width, c.Outputs, nil)
	return r
}

// Apply implements Conditional: x is [… Inputs] and context [… Context], or nil
// if there is none; leading axes broadcast. The result is [… Outputs].
func (r ResNet) Apply(x, context *graph.Node) *graph.Node {
	if r.blocks == nil {
		graph.Fail("layers: ResNet without layers; layers.NewResNet declares them")
	}
	checkContext("ResNet", r.path, context, r.width)
	h := r.first.apply(x, r.context.maps(context)...)
	for _, b := range r.blocks {
		y := b.in.apply(r.act(b.normed(0, h)), b.context.maps(context)...)
		y = r.act(b.normed(1, y))
		if b.dropout != nil {
			y = b.dropout.Apply(y)
		}
		y = b.out.Apply(y)
		if b.gate != nil {
			y = y.Mul(graph.Sigmoid(b.gate.Apply(context)))
		}
		h = h.Add(y)
	}
	return r.last.Apply(r.act(h))
}

func (b block) normed(k int, x *graph.Node) *graph.Node {
	if b.norms[k] == nil {
		return x
	}
	return b.norms[k].Apply(x)
}
