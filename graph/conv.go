package graph

import (
	"cmp"
	"slices"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Slide says how a window moves along an axis: at step t its element k is at
// place t·Stride + k·Dilation − Before. The zero value moves by one, without
// padding.
type Slide struct {
	Stride        int // places from a step to the next; 0 means 1
	Dilation      int // places from an element of the window to the next; 0 means 1
	Before, After int // places of padding around the axis
}

// window returns the window of a size over an axis.
func (s Slide) window(in, size int) op.Window {
	return op.Window{In: in, Size: size, Stride: cmp.Or(s.Stride, 1), Dilation: cmp.Or(s.Dilation, 1), Before: s.Before, After: s.After}
}

// still is the window over the one row that sequences have as pictures.
var still = Slide{}.window(1, 1)

// Conv2D returns the convolution of pictures x […, H, W, C] with weights w
// [KH, KW, C/groups, O], without turning the window over (a cross-correlation):
//
//	y[…, i, j, o] = Σ x[…, i·stride+a·dilation−before, j·stride+b·dilation−before, first+c]·w[a, b, c, o]
//
// over a, b and c, with strides and dilations of each axis, zeros as padding, and
// the first channel of the group of o. The result is […, H′, W′, O] with
// H′ = ⌊(H + before + after − dilation·(KH−1) − 1)/stride⌋ + 1. Inputs and outputs
// are cut into groups one after the other; with as many groups as channels it is
// depthwise.
func Conv2D(x, w *Node, groups int, down, across Slide) *Node {
	h, wd := pictures(x)
	k := weightsOf(w, 4)
	return op.Apply(op.Conv{Part: kernel.ConvResult, H: down.window(h, k[0]), W: across.window(wd, k[1]), Groups: groups}, x, w)
}

// Conv1D is Conv2D of sequences: x […, T, C] with w [K, C/groups, O] to
// […, T′, O].
func Conv1D(x, w *Node, groups int, along Slide) *Node {
	t, _ := sequences(x)
	k := weightsOf(w, 3)
	r := op.Conv{Part: kernel.ConvResult, H: still, W: along.window(t, k[0]), Groups: groups}
	return Squeeze(op.Apply(r, ExpandDims(x, -3), ExpandDims(w, 0)), -3)
}

// ConvTranspose2D returns pictures […, height, width, O] of x […, H, W, C] and w
// [KH, KW, C/groups, O]: every element of x adds its window of weights where Conv2D
// with the same strides, dilations and padding of a picture height×width would read
// it,
//
//	y[…, i·stride+a·dilation−before, j·stride+b·dilation−before, o] += x[…, i, j, first+c]·w[a, b, c, o],
//
// and what falls on padding is lost. A height or width of 0 is the least that
// has no step more: (H−1)·stride + dilation·(KH−1) + 1 − before − after.
func ConvTranspose2D(x, w *Node, groups, height, width int, down, across Slide) *Node {
	h, wd := pictures(x)
	k := weightsOf(w, 4)
	r := op.Conv{Part: kernel.ConvInput, H: down.transposed(h, height, k[0]), W: across.transposed(wd, width, k[1]), Groups: groups}
	return op.Apply(r, x, turned(w, groups))
}

// ConvTranspose1D is ConvTranspose2D of sequences: x […, T, C] with
// w [K, C/groups, O] to […, length, O].
func ConvTranspose1D(x, w *Node, groups, length int, along Slide) *Node {
	t, _ := sequences(x)
	k := weightsOf(w, 3)
	r := op.Conv{Part: kernel.ConvInput, H: still, W: along.transposed(t, length, k[0]), Groups: groups}
	return Squeeze(op.Apply(r, ExpandDims(x, -3), turned(ExpandDims(w, 0), groups)), -3)
}

// transposed returns the window of a size over an axis that makes steps of it;
// a length of 0 is the least.
func (s Slide) transposed(steps, length, size int) op.Window {
	w := s.window(length, size)
	if length != 0 {
		return w
	}
	const most = 1 << 24 // of every number, which a window refuses beyond it
	for _, n := range []int{steps, size, w.Stride, w.Dilation, w.Before, w.After} {
		if n < 0 || n > most {
			return w
		}
	}
	least := int64(steps-1)*int64(w.Stride) + int64(w.Dilation)*int64(size-1) + 1 - int64(w.Before) - int64(w.After)
	w.In = int(min(max(least, -1), most+1))
	return w
}

// turned exchanges inputs and outputs of weights [KH, KW, C/groups, O] within each
// group: [KH, KW, O/groups, C].
func turned(w *Node, groups int) *Node {
	s := w.Shape()
	in, out := s[2], s[3]
	if groups < 1 || out%groups != 0 {
		Fail("graph: %s: weights %v in %d groups", called(), s, groups)
	}
	w = op.Reshaped(w, Shape{s[0], s[1], in, groups, out / groups})
	return op.Reshaped(Transpose(w, 0, 1, 4, 3, 2), Shape{s[0], s[1], out / groups, groups * in})
}

// pictures returns the height and the width of […, H, W, C].
func pictures(x *Node) (h, w int) {
	s := dims(x)
	if len(s) < 3 {
		Fail("graph: %s: shape %v, want [… height width channels]", called(), s)
	}
	return s[len(s)-3], s[len(s)-2]
}

// sequences returns the length and the channels of […, T, C].
func sequences(x *Node) (t, c int) {
	s := dims(x)
	if len(s) < 2 {
		Fail("graph: %s: shape %v, want [… length channels]", called(), s)
	}
	return s[len(s)-2], s[len(s)-1]
}

// weightsOf returns the shape of weights of a rank.
func weightsOf(w *Node, rank int) Shape {
	s := dims(w)
	if len(s) != rank {
		Fail("graph: %s: weights %v, want %v", called(), s, [...]string{3: "[size in out]", 4: "[height width in out]"}[rank])
	}
	return s
}

// SumPool2D sums each channel of pictures […, H, W, C] over windows of a height and
// a width; padding counts as zeros.
func SumPool2D(x *Node, height, width int, down, across Slide) *Node {
	return pool(kernel.PoolSum, x, height, width, down, across)
}

// AvgPool2D is SumPool2D divided by the places of a window, those in the padding
// included.
func AvgPool2D(x *Node, height, width int, down, across Slide) *Node {
	y := SumPool2D(x, height, width, down, across)
	return y.Scale(1 / (float64(height) * float64(width)))
}

// MaxPool2D takes the largest of each channel of pictures […, H, W, C] over windows
// of a height and a width. Padding is left out, and no window may be in it
// altogether; equal ones share the derivative equally.
func MaxPool2D(x *Node, height, width int, down, across Slide) *Node {
	return pool(kernel.PoolMax, x, height, width, down, across)
}

func pool(part kernel.PoolPart, x *Node, height, width int, down, across Slide) *Node {
	h, w := pictures(x)
	return op.Apply(op.Pooling{Part: part, H: down.window(h, height), W: across.window(w, width)}, x)
}

// Split cuts an axis into parts of the given sizes, which add up to its own.
func Split(x *Node, a int, sizes ...int) []*Node {
	a = axis(x, a)
	parts, at, n := make([]*Node, len(sizes)), 0, x.Shape()[a]
	for i, size := range sizes {
		if size < 0 || size > n-at {
			Fail("graph: split of axis %d of shape %v into %v", a, x.Shape(), slices.Clone(sizes))
		}
		parts[i] = Slice(x, a, at, at+size)
		at += size
	}
	if at != n {
		Fail("graph: split of axis %d of shape %v into %v", a, x.Shape(), slices.Clone(sizes))
	}
	return parts
}
