package layers

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// PoolConfig says which places a pooling folds: of pictures […, H, W, C], or of
// sequences […, T, C] if Axes is 1. The other fields have a number for each axis or
// one for all.
type PoolConfig struct {
	Axes   int   // 1 or 2; 0 means 2
	Window []int // the size of the window
	Stride []int // places from a step to the next; nil means those of the window
	Pad    []int // places on both sides; nil means none
}

// MaxPool takes the largest of each channel over windows. Padding is left out, and
// equal ones share the derivative equally.
type MaxPool struct{ PoolConfig }

// Apply implements Layer.
func (l MaxPool) Apply(x *graph.Node) *graph.Node { return l.pool("max pooling", x, graph.MaxPool2D) }

// AvgPool takes the mean of each channel over windows.
type AvgPool struct {
	PoolConfig
	Inside bool // divide by the places that are no padding; else padding counts as zeros
}

// Apply implements Layer.
func (l AvgPool) Apply(x *graph.Node) *graph.Node {
	y := l.pool("average pooling", x, graph.AvgPool2D)
	if !l.Inside {
		return y
	}
	ones := x.Shape()
	for i := range len(ones) - 1 - l.axes("average pooling") {
		ones[i] = 1
	}
	ones[len(ones)-1] = 1
	return y.Div(l.pool("average pooling", graph.BroadcastTo(graph.Const(1), ones...), graph.AvgPool2D))
}

func (c PoolConfig) axes(what string) int {
	switch c.Axes {
	case 0:
		return 2
	case 1, 2:
		return c.Axes
	}
	graph.Fail("layers: %s: Axes %d, want 1 or 2", what, c.Axes)
	return 0
}

// pool folds windows of pictures, which sequences are of height 1.
func (c PoolConfig) pool(what string, x *graph.Node, fold func(x *graph.Node, h, w int, down, across graph.Slide) *graph.Node) *graph.Node {
	axes := c.axes(what)
	window := perAxis(what, nil, "Window", c.Window, axes, 0, 1)
	stride := window
	if c.Stride != nil {
		stride = perAxis(what, nil, "Stride", c.Stride, axes, 0, 1)
	}
	pad := perAxis(what, nil, "Pad", c.Pad, axes, 0, 0)
	checkPictures(x, axes, 0, what, "")
	slides := make([]graph.Slide, axes)
	for i := range slides {
		slides[i] = graph.Slide{Stride: stride[i], Before: pad[i], After: pad[i]}
	}
	if axes == 1 {
		return graph.Squeeze(fold(graph.ExpandDims(x, -3), 1, window[0], graph.Slide{}, slides[0]), -3)
	}
	return fold(x, window[0], window[1], slides[0], slides[1])
}

// GlobalAvgPool takes the mean of each channel over all places of a picture:
// […, H, W, C] to […, C]. Func(GlobalAvgPool) is a layer.
func GlobalAvgPool(x *graph.Node) *graph.Node {
	checkPictures(x, 2, 0, "global pooling", "")
	return graph.Mean(x, -3, -2)
}

// GlobalMaxPool takes the largest of each channel over all places of a picture:
// […, H, W, C] to […, C]. Func(GlobalMaxPool) is a layer.
func GlobalMaxPool(x *graph.Node) *graph.Node {
	checkPictures(x, 2, 0, "global pooling", "")
	return graph.MaxOver(x, -3, -2)
}

// Flatten makes vectors of the last axes, elements in order: […, H, W, C] to
// […, H·W·C].
type Flatten struct {
	Axes int // their number; 0 means 3
}

// Apply implements Layer.
func (f Flatten) Apply(x *graph.Node) *graph.Node {
	if f.Axes == 0 {
		f.Axes = 3
	}
	if x == nil {
		graph.Fail("layers: flatten: input is nil")
	}
	sh := x.Shape()
	if f.Axes < 1 || f.Axes >= len(sh) {
		graph.Fail("layers: flatten: %d axes of input %v, want 1 or more behind a batch axis", f.Axes, sh)
	}
	lead := len(sh) - f.Axes
	return graph.Reshape(x, append(slices.Clone(sh[:lead]), graph.Size(sh[lead:]))...)
}

// Unflatten gives the elements of vectors, in order, a shape: […, H·W·C] to
// […, H, W, C].
type Unflatten struct{ Shape []int }

// Apply implements Layer.
func (u Unflatten) Apply(x *graph.Node) *graph.Node {
	for _, d := range u.Shape {
		if d < 1 {
			graph.Fail("layers: unflatten: shape %v", u.Shape)
		}
	}
	width := graph.Size(u.Shape)
	checkInput(x, width, "unflatten", "")
	sh := x.Shape()
	return graph.Reshape(x, append(sh[:len(sh)-1], u.Shape...)...)
}
