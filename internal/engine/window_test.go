package engine_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// windowsToTry are pairs of windows over rows and columns: strides, dilations,
// paddings, one row, windows as large as the axis and places that no window covers.
var windowsToTry = [][2]op.Window{
	{{In: 5, Size: 3, Stride: 1, Dilation: 1, Before: 1, After: 1}, {In: 6, Size: 3, Stride: 2, Dilation: 1, Before: 1, After: 0}},
	{{In: 1, Size: 1, Stride: 1, Dilation: 1}, {In: 9, Size: 3, Stride: 1, Dilation: 2, Before: 2, After: 3}},
	{{In: 7, Size: 2, Stride: 3, Dilation: 2}, {In: 4, Size: 4, Stride: 1, Dilation: 1}},
	{{In: 8, Size: 1, Stride: 3, Dilation: 1}, {In: 3, Size: 2, Stride: 2, Dilation: 1, Before: 1, After: 2}},
}

func TestConv(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, p := range windowsToTry {
			for j, c := range []struct {
				lead            []int
				in, out, groups int
			}{{[]int{2}, 3, 4, 1}, {[]int{2, 1, 3}, 4, 6, 2}, {nil, 3, 3, 3}, {[]int{0}, 2, 2, 1}, {[]int{3}, 2, 4, 2}, {[]int{40}, 8, 33, 1}} {
				h, wd := p[0], p[1]
				name := fmt.Sprint(i, j)
				x := w.in("x"+name, append(append([]int{}, c.lead...), h.In, wd.In, c.in)...)
				k := w.in("w"+name, h.Size, wd.Size, c.in/c.groups, c.out)
				y := w.in("y"+name, append(append([]int{}, c.lead...), h.Out(), wd.Out(), c.out)...)
				outs = append(outs,
					op.Apply(op.Conv{Part: kernel.ConvResult, H: h, W: wd, Groups: c.groups}, x, k),
					op.Apply(op.Conv{Part: kernel.ConvInput, H: h, W: wd, Groups: c.groups}, op.Map(op.Tanh, y), k),
					op.Apply(op.Conv{Part: kernel.ConvWeights, H: h, W: wd, Groups: c.groups}, x, y))
			}
		}
		// Operands that are views, and one that is constant.
		h, wd := windowsToTry[0][0], windowsToTry[0][1]
		x := op.Apply(op.Transpose{Perm: []int{3, 0, 1, 2}}, w.in("x", h.In, wd.In, 4, 2))
		k := op.Apply(op.BroadcastTo{To: []int{3, 3, 4, 5}}, w.in("w", 1, 3, 1, 5))
		return append(outs, op.Apply(op.Conv{H: h, W: wd, Groups: 1}, x, k), op.Apply(op.Conv{H: h, W: wd, Groups: 1}, x, op.Apply(op.BroadcastTo{To: []int{3, 3, 4, 5}}, w.Const(.5))))
	})
}

func TestPooling(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, p := range windowsToTry {
			for j, lead := range [][]int{{2, 3}, nil, {0}, {70}} {
				h, wd := p[0], p[1]
				name := fmt.Sprint(i, j)
				x := w.in("x"+name, append(append([]int{}, lead...), h.In, wd.In, 3)...)
				z := w.in("z"+name, x.Shape()...)
				y := w.in("y"+name, append(append([]int{}, lead...), h.Out(), wd.Out(), 3)...)
				outs = append(outs, op.Apply(op.Pooling{Part: kernel.PoolSum, H: h, W: wd}, x), op.Apply(op.Pooling{Part: kernel.PoolSpread, H: h, W: wd}, y))
				if h.Outside() >= 0 || wd.Outside() >= 0 {
					continue
				}
				w.set(x, func(int) float64 { return math.Round(w.rnd.NormFloat64()) }) // with ties
				outs = append(outs, op.Apply(op.Pooling{Part: kernel.PoolMax, H: h, W: wd}, x),
					op.Apply(op.Pooling{Part: kernel.PoolMaxSpread, H: h, W: wd}, x, y), op.Apply(op.Pooling{Part: kernel.PoolMaxPick, H: h, W: wd}, x, z))
			}
		}
		return outs
	})
}

// The largest of a window with a NaN is NaN.
func TestPoolingOfNaN(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		p := windowsToTry[0]
		x := w.in("x", p[0].In, p[1].In, 2)
		w.set(x, func(i int) float64 {
			if i == 17 {
				return math.NaN()
			}
			return float64(i)
		})
		return []*op.Node{op.Apply(op.Pooling{Part: kernel.PoolMax, H: p[0], W: p[1]}, x)}
	})
}

// Convolutions and poolings allocate nothing in a run.
func TestWindowsAllocateNothing(t *testing.T) {
	w := newWorld(op.Float32)
	var outs []*op.Node
	if err := w.Do(func() {
		p := windowsToTry[0]
		x, k := w.in("x", 20, p[0].In, p[1].In, 8), w.in("w", p[0].Size, p[1].Size, 8, 20)
		d, y := w.in("d", p[0].Size, p[1].Size, 1, 8), w.in("y", 20, p[0].Out(), p[1].Out(), 8)
		result := op.Conv{H: p[0], W: p[1], Groups: 1}
		r := op.Apply(result, x, k)
		back, weights := result, result
		back.Part, weights.Part = kernel.ConvInput, kernel.ConvWeights
		outs = append(outs, r, op.Apply(back, r, k), op.Apply(weights, x, r), op.Apply(op.Conv{H: p[0], W: p[1], Groups: 8}, x, d),
			op.Apply(op.Conv{Part: kernel.ConvWeights, H: p[0], W: p[1], Groups: 8}, x, y))
		for part := kernel.PoolSum; part <= kernel.PoolMaxPick; part++ {
			in := [][]*op.Node{{x}, {y}, {x}, {x, y}, {x, x}}[part]
			outs = append(outs, op.Apply(op.Pooling{Part: part, H: p[0], W: p[1]}, in...))
		}
	}); err != nil {
		t.Fatal(err)
	}
	plan, err := engine.Compile(outs, w.leafOf, op.DefaultLimit, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := plan.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("a run makes %v allocations", n)
	}
}

func TestAttention(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, c := range []struct {
			lead       []int
			m, n, d, h int
		}{{[]int{2}, 3, 5, 4, 2}, {nil, 70, 66, 6, 1}, {[]int{0}, 2, 2, 2, 1}, {[]int{2, 3}, 4, 4, 32, 4}, {[]int{2}, 3, 0, 2, 2}} {
			in := func(name string, rows int) *op.Node {
				return op.Map(op.Tanh, w.in(fmt.Sprint(name, i), append(append([]int{}, c.lead...), rows, c.d)...))
			}
			q, k, v, g := in("q", c.m), in("k", c.n), in("v", c.n), in("g", c.m)
			outs = append(outs, op.Apply(op.Attention{Heads: c.h}, q, k, v), op.Apply(op.AttentionGrad{Heads: c.h}, q, k, v, g))
			for _, each := range []bool{true, false} { // a mask for each query, or for all
				shape := append(append([]int{}, c.lead...), c.m, c.n)
				for i := range shape[:len(shape)-1] {
					if !each {
						shape[i] = 1
					}
				}
				m := w.in(fmt.Sprint("mask", i, each), shape...)
				w.set(m, func(i int) float64 { return float64(i % 3) })
				outs = append(outs, op.Apply(op.Attention{Heads: c.h}, q, k, v, m), op.Apply(op.AttentionGrad{Heads: c.h}, q, k, v, g, m))
			}
		}
		x := op.Apply(op.Transpose{Perm: []int{1, 0, 2}}, w.in("x", 3, 2, 4)) // a view
		return append(outs, op.Apply(op.Attention{Heads: 2}, x, x, x))
	})
}
