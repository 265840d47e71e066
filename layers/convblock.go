package layers

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// ConvBlockConfig says how a ConvBlock is made. Its Config reaches all
// convolutions.
type ConvBlockConfig struct {
	Config

	Inputs  int // channels of the input
	Outputs int // and of the result; 0 means Inputs
	Hidden  int // and between; 0 means Outputs
	Window  int // height and width of the windows, which is odd; 0 means 3

	Down int // the result has ⌈n/Down⌉ of n places along each axis; 0 means 1
	Up   int // the result has Up·n places; 0 means 1; refused beside a Down above 1

	// Size is that of the result where Up leaves it open, height and width: any that
	// a stride of Up takes back to the input. nil means Up·n.
	Size []int

	BatchNorm bool    // batch normalisation before each activation
	Scale     float64 // the factor of what is added; 0 means 1
}

// ConvBlock is a residual block of pictures with the activation first (He, Zhang, Ren
// and Sun, arXiv 1603.05027). With the activation f and convolutions W,
//
//	y = x + Scale·W₂·f(W₁·f(x))
//
// where W₁ moves by Down, or is transposed and moves by Up, and the x that is added
// goes through a convolution of its own, moved alike, where it has another shape
// than the result: of single places, or of windows of Up by Up. As in the ResNet VAE (Kingma, Salimans, Jozefowicz,
// Chen, Sutskever and Welling, arXiv 1606.04934, appendix C), with WeightNorm, Scale
// 0.1 and the activation Elu.
type ConvBlock struct {
	path     string
	inputs   int
	scale    float64
	act      Func
	in, out  Conv
	shortcut *Conv
	norms    [2]*BatchNorm
}

// NewConvBlock declares a residual block. Its parts live in the scopes in, out,
// shortcut, norm0 and norm1.
func NewConvBlock(s *graph.Scope, c ConvBlockConfig) ConvBlock {
	for _, f := range []struct {
		v     *int
		usual int
	}{{&c.Outputs, c.Inputs}, {&c.Hidden, 0}, {&c.Window, 3}, {&c.Down, 1}, {&c.Up, 1}} {
		if *f.v == 0 {
			*f.v = f.usual
		}
	}
	if c.Hidden == 0 {
		c.Hidden = c.Outputs
	}
	if c.Scale == 0 {
		c.Scale = 1
	}
	switch {
	case c.Inputs < 1 || c.Outputs < 1 || c.Hidden < 1 || c.Window < 1 || c.Window%2 == 0 || c.Down < 1 || c.Up < 1:
		graph.Fail("layers: %s: Inputs %d, Outputs %d, Hidden %d, Window %d, Down %d, Up %d, want 1 or more and an odd window",
			named("convolution block", s.Path()), c.Inputs, c.Outputs, c.Hidden, c.Window, c.Down, c.Up)
	case c.Down > 1 && c.Up > 1:
		graph.Fail("layers: %s: Down and Up: choose one", named("convolution block", s.Path()))
	case c.Size != nil && c.Up == 1:
		graph.Fail("layers: %s: a Size without Up", named("convolution block", s.Path()))
	}
	b := ConvBlock{path: s.Path(), inputs: c.Inputs, scale: c.Scale, act: c.activation()}
	moved := func(at string, in, out, window int) Conv {
		k := ConvConfig{Config: c.Config, Inputs: in, Outputs: out, Window: []int{window}, Stride: []int{c.Down * c.Up}, Same: true}
		k.Activation = nil
		if c.Up > 1 {
			k.Size = slices.Clone(c.Size)
			return NewConvTranspose2D(s.In(at), k)
		}
		return NewConv2D(s.In(at), k)
	}
	b.in = moved("in", c.Inputs, c.Hidden, c.Window)
	last := ConvConfig{Config: c.Config, Inputs: c.Hidden, Outputs: c.Outputs, Window: []int{c.Window}, Same: true}
	last.Activation = nil
	b.out = NewConv2D(s.In("out"), last)
	if c.Inputs != c.Outputs || c.Down > 1 || c.Up > 1 {
		window := 1
		if c.Up > 1 {
			window = c.Up // else places between those of the input would get nothing
		}
		k := moved("shortcut", c.Inputs, c.Outputs, window)
		b.shortcut = &k
	}
	for i, width := range [2]int{c.Inputs, c.Hidden} {
		if c.BatchNorm {
			n := NewBatchNorm(s.In([...]string{"norm0", "norm1"}[i]), width)
			b.norms[i] = &n
		}
	}
	return b
}

// Apply implements Layer: […, H, W, Inputs] to […, H′, W′, Outputs].
func (b ConvBlock) Apply(x *graph.Node) *graph.Node {
	if b.act == nil {
		graph.Fail("layers: convolution block without layers; layers.NewConvBlock declares them")
	}
	checkPictures(x, 2, b.inputs, "convolution block", b.path)
	y := b.in.Apply(b.act(b.normed(0, x)))
	y = b.out.Apply(b.act(b.normed(1, y)))
	if b.shortcut != nil {
		x = b.shortcut.Apply(x)
	}
	return x.Add(y.Scale(b.scale))
}

func (b ConvBlock) normed(k int, x *graph.Node) *graph.Node {
	if b.norms[k] == nil {
		return x
	}
	return b.norms[k].Apply(x)
}
