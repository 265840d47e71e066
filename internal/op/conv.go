package op

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Window is how a window slides along an axis.
type Window = kernel.Window

// Conv is one of the three arrays of a convolution, made of the other two: the
// result […, H′, W′, O] of an input […, H, W, C] and weights [KH, KW, C/Groups, O],
// the input of a result and weights, or the weights of an input and a result,
//
//	y[…,t,o] = Σₖ Σ_c x[…, t·stride + k·dilation − before, first(o)+c]·w[k,c,o].
//
// Σ y·g is linear in each of x, w and g, so that the derivative of any of the three
// is made of the other two again.
type Conv struct {
	Part   kernel.ConvPart
	H, W   Window
	Groups int
}

func (r Conv) String() string {
	return fmt.Sprintf("%s %s", [...]string{"convolution", "convolution's input", "convolution's weights"}[r.Part], windows(r.H, r.W))
}

// windows prints the two windows of pictures.
func windows(h, w Window) string {
	s := fmt.Sprintf("%d×%d", h.Size, w.Size)
	if h.Stride > 1 || w.Stride > 1 {
		s += fmt.Sprintf(" stride %d×%d", h.Stride, w.Stride)
	}
	return s
}

// checkWindows says what is wrong with two windows.
func checkWindows(h, w Window) error {
	if s := h.Check(); s != "" {
		return errors.Errorf("rows: %s", s)
	}
	if s := w.Check(); s != "" {
		return errors.Errorf("columns: %s", s)
	}
	return nil
}

// checkPictures refuses a shape that is not […, h, w, channels].
func checkPictures(what string, s []int, h, w int) error {
	if n := len(s); n < 3 || s[n-3] != h || s[n-2] != w {
		return errors.Errorf("%s %v, want [… %d %d channels]", what, s, h, w)
	}
	return nil
}

// Shape checks the operands.
func (r Conv) Shape(in [][]int) ([]int, error) {
	if err := checkWindows(r.H, r.W); err != nil {
		return nil, err
	}
	a, b := in[0], in[1]
	switch r.Part {
	case kernel.ConvResult:
		if err := checkPictures("input", a, r.H.In, r.W.In); err != nil {
			return nil, err
		}
		o, err := r.checkWeights(b, a[len(a)-1], -1)
		return append(slices.Clone(a[:len(a)-3]), r.H.Out(), r.W.Out(), o), err
	case kernel.ConvInput:
		if err := checkPictures("result", a, r.H.Out(), r.W.Out()); err != nil {
			return nil, err
		}
		if _, err := r.checkWeights(b, -1, a[len(a)-1]); err != nil {
			return nil, err
		}
		return append(slices.Clone(a[:len(a)-3]), r.H.In, r.W.In, b[2]*r.Groups), nil
	}
	if err := checkPictures("input", a, r.H.In, r.W.In); err != nil {
		return nil, err
	}
	if err := checkPictures("result", b, r.H.Out(), r.W.Out()); err != nil {
		return nil, err
	}
	c, o := a[len(a)-1], b[len(b)-1]
	if !slices.Equal(a[:len(a)-3], b[:len(b)-3]) {
		return nil, errors.Errorf("input %v and result %v: leading axes differ", a, b)
	}
	if r.Groups < 1 || c%r.Groups != 0 || o%r.Groups != 0 {
		return nil, errors.Errorf("%d to %d channels in %d groups", c, o, r.Groups)
	}
	return []int{r.H.Size, r.W.Size, c / r.Groups, o}, nil
}

// checkWeights refuses weights that do not fit channels of the input or the result,
// where these are not negative, and returns the channels of the result.
func (r Conv) checkWeights(w []int, in, out int) (int, error) {
	if len(w) != 4 || w[0] != r.H.Size || w[1] != r.W.Size {
		return 0, errors.Errorf("weights %v, want [%d %d in out]", w, r.H.Size, r.W.Size)
	}
	switch {
	case r.Groups < 1 || w[3]%r.Groups != 0:
		return 0, errors.Errorf("weights %v in %d groups", w, r.Groups)
	case in >= 0 && (w[2] > in || w[2]*r.Groups != in):
		return 0, errors.Errorf("weights %v in %d groups of an input with %d channels", w, r.Groups, in)
	case out >= 0 && w[3] != out:
		return 0, errors.Errorf("weights %v of a result with %d channels", w, out)
	}
	return w[3], nil
}

// Eval adds up products as the definition has them.
func (r Conv) Eval(out Array, in []Array) error {
	arrays := [3]Array{in[0], in[1], out} // x, w and y
	switch r.Part {
	case kernel.ConvInput:
		arrays = [3]Array{out, in[1], in[0]}
	case kernel.ConvWeights:
		arrays = [3]Array{in[0], out, in[1]}
	}
	x, w, y := arrays[0], arrays[1], arrays[2]
	sum := make([]float64, out.Len())
	r.each(x.Shape, w.Shape, func(i, j, k int) {
		switch r.Part {
		case kernel.ConvResult:
			sum[k] += x.At(i) * w.At(j)
		case kernel.ConvInput:
			sum[i] += y.At(k) * w.At(j)
		default:
			sum[j] += x.At(i) * y.At(k)
		}
	})
	for i, v := range sum {
		out.Set(i, v)
	}
	return nil
}

// each calls f with the positions in x, w and y of every product.
func (r Conv) each(x, w []int, f func(x, w, y int)) {
	lead, channels := Size(x[:len(x)-3]), x[len(x)-1]
	each, outs := w[2], w[3]
	eachPlace(r.H, r.W, lead, func(place, k, step int) {
		for o := range outs {
			first := o / (outs / r.Groups) * each
			for c := range each {
				f(place*channels+first+c, (k*each+c)*outs+o, step*outs+o)
			}
		}
	})
}

// eachPlace calls f with every place of pictures that an element k of the window
// covers at a step.
func eachPlace(h, w Window, pictures int, f func(place, k, step int)) {
	for n := range pictures {
		for th := range h.Out() {
			for tw := range w.Out() {
				for k := range h.Size * w.Size {
					i, ok := h.Place(th, k/w.Size)
					j, also := w.Place(tw, k%w.Size)
					if ok && also {
						f((n*h.In+i)*w.In+j, k, (n*h.Out()+th)*w.Out()+tw)
					}
				}
			}
		}
	}
}

// Diff makes the derivatives of the other two parts.
func (r Conv) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	part := func(p kernel.ConvPart, a, b *Node) *Node { return Apply(Conv{p, r.H, r.W, r.Groups}, a, b) }
	d := make([]*Node, 2)
	for i := range d {
		if !need[i] {
			continue
		}
		switch {
		case r.Part == kernel.ConvResult && i == 0:
			d[i] = part(kernel.ConvInput, g, in[1])
		case r.Part == kernel.ConvResult:
			d[i] = part(kernel.ConvWeights, in[0], g)
		case r.Part == kernel.ConvInput && i == 0:
			d[i] = part(kernel.ConvResult, g, in[1])
		case r.Part == kernel.ConvInput:
			d[i] = part(kernel.ConvWeights, g, in[0])
		case i == 0:
			d[i] = part(kernel.ConvInput, in[1], g)
		default:
			d[i] = part(kernel.ConvResult, in[0], g)
		}
	}
	return d
}
