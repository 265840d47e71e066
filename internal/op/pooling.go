package op

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Pooling folds the places of pictures […, H, W, C] that a window covers, channel by
// channel, or spreads a number over them. Its parts are
//
//	PoolSum        y of x: the sum; places outside count as zeros
//	PoolSpread     x of y: the adjoint of PoolSum
//	PoolMax        y of x: the largest; places outside are left out
//	PoolMaxSpread  of x and y: y where x is the largest of its window, shared by those that are equal
//	PoolMaxPick    of x and z like x: the mean of z where x is the largest; the adjoint of PoolMaxSpread
type Pooling struct {
	Part kernel.PoolPart
	H, W Window
}

func (r Pooling) String() string {
	return [...]string{"window sum ", "window spread ", "window max ", "window max spread ", "window max pick "}[r.Part] + windows(r.H, r.W)
}

// Shape checks the operands.
func (r Pooling) Shape(in [][]int) ([]int, error) {
	if err := checkWindows(r.H, r.W); err != nil {
		return nil, err
	}
	whole := func(s []int) error { return checkPictures("input", s, r.H.In, r.W.In) }
	pooled := func(s []int) error { return checkPictures("result", s, r.H.Out(), r.W.Out()) }
	first, second := whole, whole
	switch r.Part {
	case kernel.PoolSpread:
		first = pooled
	case kernel.PoolMaxSpread:
		second = pooled
	}
	if err := first(in[0]); err != nil {
		return nil, err
	}
	if len(in) > 1 {
		a, b := in[0], in[1]
		if err := second(b); err != nil {
			return nil, err
		}
		if n := len(a) - 3; len(b) != len(a) || !slices.Equal(a[:n], b[:n]) || a[n+2] != b[n+2] {
			return nil, errors.Errorf("shapes %v and %v", a, b)
		}
	}
	if r.Part >= kernel.PoolMax {
		for i, w := range []Window{r.H, r.W} {
			if t := w.Outside(); t >= 0 {
				return nil, errors.Errorf("%s: window %d covers nothing but padding", [...]string{"rows", "columns"}[i], t)
			}
		}
	}
	s := slices.Clone(in[0])
	h, w := r.H.Out(), r.W.Out()
	if r.Part == kernel.PoolSpread || r.Part == kernel.PoolMaxSpread {
		h, w = r.H.In, r.W.In
	}
	s[len(s)-3], s[len(s)-2] = h, w
	return s, nil
}

// Eval folds or spreads as the definition has it.
func (r Pooling) Eval(out Array, in []Array) error {
	s := in[0].Shape
	n, channels := Size(s[:len(s)-3]), s[len(s)-1]
	each := func(f func(x, y int)) {
		eachPlace(r.H, r.W, n, func(place, _, step int) {
			for c := range channels {
				f(place*channels+c, step*channels+c)
			}
		})
	}
	sum := make([]float64, out.Len())
	x := in[0]
	var largest, ties []float64
	if r.Part >= kernel.PoolMax {
		largest = slices.Repeat([]float64{math.Inf(-1)}, n*r.H.Out()*r.W.Out()*channels)
		ties = make([]float64, len(largest))
		each(func(i, j int) { largest[j] = max(largest[j], x.At(i)) })
		each(func(i, j int) {
			if x.At(i) == largest[j] {
				ties[j]++
			}
		})
	}
	switch r.Part {
	case kernel.PoolSum:
		each(func(i, j int) { sum[j] += x.At(i) })
	case kernel.PoolSpread:
		each(func(i, j int) { sum[i] += x.At(j) })
	case kernel.PoolMax:
		copy(sum, largest)
	case kernel.PoolMaxSpread:
		each(func(i, j int) {
			if x.At(i) == largest[j] {
				sum[i] += in[1].At(j) / ties[j]
			}
		})
	case kernel.PoolMaxPick:
		each(func(i, j int) {
			if x.At(i) == largest[j] {
				sum[j] += in[1].At(i) / ties[j]
			}
		})
	}
	for i, v := range sum {
		out.Set(i, v)
	}
	return nil
}

// Diff goes the other way.
func (r Pooling) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	part := func(p kernel.PoolPart, x ...*Node) *Node { return Apply(Pooling{p, r.H, r.W}, x...) }
	switch r.Part {
	case kernel.PoolSum:
		return []*Node{part(kernel.PoolSpread, g)}
	case kernel.PoolSpread:
		return []*Node{part(kernel.PoolSum, g)}
	case kernel.PoolMax:
		return []*Node{part(kernel.PoolMaxSpread, in[0], g)}
	}
	d := []*Node{nil, nil} // which is the largest has no derivative
	if need[1] {
		other := kernel.PoolMaxPick
		if r.Part == kernel.PoolMaxPick {
			other = kernel.PoolMaxSpread
		}
		d[1] = part(other, in[0], g)
	}
	return d
}
