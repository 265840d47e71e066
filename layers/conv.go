package layers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// ConvConfig says how a convolution is made. Fields for the axes of pictures,
// height and width, have a number for each, or one for both; those of sequences
// have one.
type ConvConfig struct {
	Config // without an Activation, which stands behind the layer in a Stack

	Inputs   int   // channels of the input
	Outputs  int   // and of the result
	Window   []int // the size of the window
	Stride   []int // places from a step of the window to the next; nil means 1
	Dilation []int // places from an element of the window to the next; nil means 1
	Pad      []int // places of zeros on both sides; nil means none
	Groups   int   // of channels, which are not mixed with each other; 0 means 1

	// Same pads so that n places become ⌈n/Stride⌉ and, transposed, n become
	// n·Stride: with an odd number of places one more behind than in front. It is refused beside Pad.
	Same bool

	// Size is that of the result of a transposed convolution; nil means the least
	// that has no step more, or n·Stride with Same. Others have none.
	Size []int
}

// Conv is a convolution of pictures […, H, W, C] or sequences […, T, C], channels
// last, or a transposed one; see graph.Conv2D and graph.ConvTranspose2D.
type Conv struct {
	W *graph.Node // [height, width, in/groups, out], of sequences without height
	B *graph.Node // [out], or nil

	s          *graph.Scope
	c          ConvConfig
	norm       *weightNorm // what W is made of; nil: it is a parameter
	transposed bool
}

// NewConv2D declares a convolution of pictures: weights "w" [height, width,
// Inputs/Groups, Outputs], or "v" and "g" with WeightNorm, and biases "b". What
// initialises them sees the fans of an element of a group: Inputs/Groups and
// Outputs/Groups, each times the size of the window.
func NewConv2D(s *graph.Scope, c ConvConfig) Conv { return c.conv(s, 2, false) }

// NewConv1D declares a convolution of sequences; see NewConv2D.
func NewConv1D(s *graph.Scope, c ConvConfig) Conv { return c.conv(s, 1, false) }

// NewConvTranspose2D declares a transposed convolution of pictures, which spreads
// each place over a window; see NewConv2D.
func NewConvTranspose2D(s *graph.Scope, c ConvConfig) Conv { return c.conv(s, 2, true) }

// NewConvTranspose1D declares a transposed convolution of sequences.
func NewConvTranspose1D(s *graph.Scope, c ConvConfig) Conv { return c.conv(s, 1, true) }

func (c ConvConfig) conv(s *graph.Scope, axes int, transposed bool) Conv {
	const what = "convolution"
	c.Config = c.linear(what, s)
	c.Groups = cmp.Or(c.Groups, 1)
	switch {
	case c.NoBias && c.Biases != nil:
		graph.Fail("layers: %s: NoBias and Biases: choose one", named(what, s.Path()))
	case c.Inputs < 1 || c.Outputs < 1 || c.Groups < 1 || c.Inputs%c.Groups != 0 || c.Outputs%c.Groups != 0:
		graph.Fail("layers: %s: %d to %d channels in %d groups, want 1 or more that the groups divide", named(what, s.Path()), c.Inputs, c.Outputs, c.Groups)
	case c.Same && c.Pad != nil:
		graph.Fail("layers: %s: Same and Pad: choose one", named(what, s.Path()))
	case c.Size != nil && !transposed:
		graph.Fail("layers: %s: a Size, which only a transposed convolution has", named(what, s.Path()))
	}
	c.Window = perAxis(what, s, "Window", c.Window, axes, 0, 1)
	c.Stride = perAxis(what, s, "Stride", c.Stride, axes, 1, 1)
	c.Dilation = perAxis(what, s, "Dilation", c.Dilation, axes, 1, 1)
	c.Pad = perAxis(what, s, "Pad", c.Pad, axes, 0, 0)
	if c.Size != nil {
		c.Size = perAxis(what, s, "Size", c.Size, axes, 0, 1)
	}
	if c.Weights == nil {
		c.Weights = graph.Glorot{}
	}
	if c.Biases == nil {
		c.Biases = graph.Constant(0)
	}
	l := Conv{s: s, c: c, transposed: transposed}
	name := "w"
	if c.WeightNorm {
		name = "v"
	}
	init := firstWeights{columnBlocks{c.Weights, c.Groups}, nil, c.WeightNorm}
	l.W = s.Param(name, init, append(slices.Clone(c.Window), c.Inputs/c.Groups, c.Outputs)...)
	if c.WeightNorm {
		l.norm = newWeightNorm(s, graph.Reshape(l.W, graph.Size(l.W.Shape())/c.Outputs, c.Outputs), nil)
		l.W = graph.Reshape(l.norm.weights, l.W.Shape()...)
	}
	if !c.NoBias {
		l.B = s.Param("b", c.Biases, c.Outputs)
	}
	return l
}

// perAxis returns a number for each axis, of at least a least one; none given means
// a usual one, which may not be enough.
func perAxis(what string, s *graph.Scope, field string, given []int, axes, usual, least int) []int {
	all := slices.Clone(given)
	switch len(given) {
	case 0:
		all = slices.Repeat([]int{usual}, axes)
	case 1:
		all = slices.Repeat(given, axes)
	}
	if len(all) != axes || slices.Min(all) < least {
		if s != nil {
			what = named(what, s.Path())
		}
		graph.Fail("layers: %s: %s %v, want %d or more for each of %d axes, or for all", what, field, given, least, axes)
	}
	return all
}

// Apply implements Layer: […, H, W, Inputs] to […, H′, W′, Outputs], or
// […, T, Inputs] to […, T′, Outputs].
func (l Conv) Apply(x *graph.Node) *graph.Node {
	if l.W == nil || l.s == nil {
		graph.Fail("layers: convolution without weights; layers.NewConv2D declares them")
	}
	checkPictures(x, len(l.c.Window), l.c.Inputs, "convolution", l.s.Path())
	defer graph.Enter("layer " + l.s.Path())()
	w, normed := l.W, l.norm != nil
	if normed {
		w = graph.Reshape(l.norm.direction, l.W.Shape()...)
	}
	y := l.product(x, w)
	switch {
	case normed:
		return Standardise(l.norm.s, y, l.norm.length, l.B)
	case l.B != nil:
		return y.Add(l.B)
	}
	return y
}

// product convolves.
func (l Conv) product(x, w *graph.Node) *graph.Node {
	axes := len(l.c.Window)
	sizes := x.Shape()[len(x.Shape())-1-axes:]
	slides, results := make([]graph.Slide, axes), make([]int, axes)
	for i := range slides {
		slides[i], results[i] = l.c.slide(i, sizes[i], l.transposed)
	}
	switch {
	case axes == 2 && l.transposed:
		return graph.ConvTranspose2D(x, w, l.c.Groups, results[0], results[1], slides[0], slides[1])
	case axes == 2:
		return graph.Conv2D(x, w, l.c.Groups, slides[0], slides[1])
	case l.transposed:
		return graph.ConvTranspose1D(x, w, l.c.Groups, results[0], slides[0])
	}
	return graph.Conv1D(x, w, l.c.Groups, slides[0])
}

// slide returns how the window moves along axis i of n places and, transposed, the
// size of the result, 0 for the least.
func (c ConvConfig) slide(i, n int, transposed bool) (s graph.Slide, result int) {
	s = graph.Slide{Stride: c.Stride[i], Dilation: c.Dilation[i], Before: c.Pad[i], After: c.Pad[i]}
	if c.Size != nil {
		result = c.Size[i]
	}
	if !c.Same {
		return s, result
	}
	if transposed {
		result = cmp.Or(result, n*c.Stride[i])
		n = result
	}
	s.Before, s.After = samePadding(n, c.Window[i], c.Stride[i], c.Dilation[i])
	return s, result
}

// samePadding returns the padding with which a window makes ⌈n/stride⌉ steps.
func samePadding(n, window, stride, dilation int) (before, after int) {
	steps := (n + stride - 1) / stride
	all := max((steps-1)*stride+dilation*(window-1)+1-n, 0)
	return all / 2, all - all/2
}

// checkPictures refuses an input that is not [… channels] with some axes of places
// and, before them, a batch axis; of none, that has no places.
func checkPictures(x *graph.Node, axes, channels int, what, path string) {
	if x == nil {
		graph.Fail("layers: %s: input is nil", named(what, path))
	}
	sh := x.Shape()
	if len(sh) >= axes+2 && (channels == 0 || sh[len(sh)-1] == channels) {
		return
	}
	want, width := [...]string{"[… places", "[… length", "[… height width"}[axes], "channels"
	if channels > 0 {
		width = fmt.Sprint(channels)
	}
	graph.Fail("layers: %s: input %v, want %s %s] with a batch axis", named(what, path), sh, want, width)
}

// columnBlocks initialises each of some blocks of columns, such as the weights of
// a group or a gate, as a matrix of its own.
type columnBlocks struct {
	init   graph.Init
	blocks int
}

// Fill implements graph.Init.
func (b columnBlocks) Fill(dst []float64, shape graph.Shape, r graph.Random) error {
	if op.Nil(b.init) {
		return errors.New("no initialiser")
	}
	last := len(shape) - 1
	cols := shape[last] / b.blocks
	if b.blocks == 1 {
		return b.init.Fill(dst, shape, r)
	}
	one := append(slices.Clone(shape[:last]), cols)
	own := make([]float64, graph.Size(one))
	for k := range b.blocks {
		if err := b.init.Fill(own, one, r); err != nil {
			return err
		}
		for i, v := range own {
			dst[i/cols*shape[last]+k*cols+i%cols] = v
		}
	}
	return nil
}
