package engine_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// What Softmax, LogSoftmax and the gradients of a log-sum-exp are made of runs
// as one step of a loop, if rows fit in a block and are those of the last axis.
func TestSoftmaxInOneLoop(t *testing.T) {
	grad := func(y, x *op.Node) *op.Node { return graph.Grad(graph.Sum(y), []*op.Node{x})[0] }
	for _, c := range []struct {
		name string
		want string // the steps of a loop
		f    func(x *op.Node) []*op.Node
	}{
		{"log", "log-softmax sin mul →sum[1]", func(x *op.Node) []*op.Node {
			return []*op.Node{graph.Sum(graph.LogSoftmax(x).Mul(graph.Sin(x)), 1)}
		}},
		{"softmax", " softmax sin mul →max[1]", func(x *op.Node) []*op.Node {
			return []*op.Node{graph.MaxOver(graph.Softmax(x).Mul(graph.Sin(x)), 1)}
		}},
		{"both", "log-softmax exp mul →sum[1]", func(x *op.Node) []*op.Node {
			return []*op.Node{graph.Sum(graph.LogSoftmax(x).Mul(graph.Softmax(x)), 1)}
		}},
		{"gradient of the sum", "→logsumexp[1] softmax", func(x *op.Node) []*op.Node {
			y := graph.LogSumExp(graph.Sin(x), -1)
			return []*op.Node{y, grad(y, x)}
		}},
		{"gradient of the logarithm", " softmax ", func(x *op.Node) []*op.Node {
			return []*op.Node{grad(graph.Sin(x).Mul(graph.LogSoftmax(x)), x)}
		}},
		{"gradient", " softmax ", func(x *op.Node) []*op.Node {
			return []*op.Node{grad(graph.Sin(x).Mul(graph.Softmax(x)), x)}
		}},
		{"reshaped", "log-softmax mul", func(x *op.Node) []*op.Node {
			s := x.Shape()
			y := graph.Reshape(graph.Sin(x), s[0]/2, 2, s[1])
			return []*op.Node{graph.LogSoftmax(y).Mul(y)}
		}},
		{"first axis", "", func(x *op.Node) []*op.Node {
			return []*op.Node{x.Sub(graph.LogSumExp(x, 0))}
		}},
		{"all axes", "", func(x *op.Node) []*op.Node { return []*op.Node{x.Sub(graph.LogSumExp(x))} }},
		{"of another", "", func(x *op.Node) []*op.Node {
			return []*op.Node{x.Sub(graph.ExpandDims(graph.LogSumExp(graph.Sin(x), -1), -1))}
		}},
	} {
		for _, shape := range [][]int{{60, 3}, {400, 10}, {30, 50}, {20, 300}, {10, 1100}} {
			t.Run(c.name, func(t *testing.T) {
				f := func(w *world) []*op.Node { return c.f(w.in("x", shape...)) }
				both(t, f)
				w, outs := build(t, op.Float32, f)
				text := compile(t, w, outs).Explain()
				if c.want == "" || shape[1] > 1024 {
					if strings.Contains(text, "softmax") {
						t.Errorf("%v: softmax of other rows\n%s", shape, text)
					}
				} else if !strings.Contains(text, c.want) {
					t.Errorf("%v: no %s\n%s", shape, c.want, text)
				}
			})
		}
	}
}

// TestSoftmaxOfSquare has as many rows as columns, over which two log-sum-exps
// of one shape stretch: only one is of the rows.
func TestSoftmaxOfSquare(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := w.in("x", 30, 30)
		l := graph.LogSumExp(x, 1)
		return []*op.Node{x.Sub(l), x.Sub(graph.ExpandDims(l, 1)), graph.Exp(x.Sub(graph.LogSumExp(x, 0)))}
	})
}

// TestSoftmaxOfClamped limits the log-sum-exp of other rows, as the gradient
// limits that of the same.
func TestSoftmaxOfClamped(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := w.in("x", 5, 5, 3, 7)
		l := graph.Transpose(graph.LogSumExp(x, 3), 1, 0, 2)
		return []*op.Node{x.Sub(graph.ExpandDims(graph.Clamp(l, -math.MaxFloat64, math.Inf(1)), 3))}
	})
}

func TestSoftmaxInfinite(t *testing.T) {
	inf := math.Inf(1)
	rows := []float64{inf, 1, 2, 3, -inf, -inf, -inf, -inf, -inf, 1, 2, 3, math.NaN(), 1, 2, 3, inf, -inf, 0, 0, inf, inf, 1, 1}
	both(t, func(w *world) (outs []*op.Node) {
		for _, cols := range []int{4, 24} { // narrow rows, and such as are wider
			x := w.in(fmt.Sprint("x", cols), 6, cols)
			w.set(x, func(i int) float64 { return rows[i/cols*4+i%4] })
			l := graph.LogSoftmax(x)
			sum := graph.Sum(graph.LogSumExp(x, -1))
			outs = append(outs, l, graph.Exp(graph.LogSoftmax(x.Neg())), graph.Grad(sum, []*op.Node{x})[0],
				graph.Grad(graph.Sum(graph.Where(x.Lt(x), l, x)), []*op.Node{x})[0])
		}
		return outs
	})
}

// A large number common to all of a row costs no digits, as it does with the
// formula of the reference, where the sum is rounded to a multiple of 2⁻¹⁰.
func TestSoftmaxFarFromZero(t *testing.T) {
	const offset, rows = 1e4, 40
	for _, cols := range []int{3, 10, 200} {
		var x *op.Node
		w, outs := build(t, op.Float32, func(w *world) []*op.Node {
			x = w.in("x", rows, cols)
			w.set(x, func(int) float64 { return offset + w.rnd.NormFloat64() })
			sum := graph.Sum(graph.LogSumExp(x, -1))
			return []*op.Node{graph.LogSoftmax(x), graph.Softmax(x.Neg()), graph.Grad(sum, []*op.Node{x})[0]}
		})
		p := compile(t, w, outs)
		run(t, p)
		at := func(i int) float64 { return w.mem[x].At(i) - offset }
		for r := 0; r < rows*cols; r += cols {
			var up, down float64
			for i := r; i < r+cols; i++ {
				up += math.Exp(at(i))
				down += math.Exp(-at(i))
			}
			for i := r; i < r+cols; i++ {
				l := at(i) - math.Log(up)
				for k, want := range []float64{l, math.Exp(-at(i)) / down, math.Exp(l)} {
					if got := p.Value(outs[k]).At(i); math.Abs(got-want) > 1e-6*math.Abs(want) {
						t.Fatalf("%d columns, output %d, element %d: %v, want %v\n%s", cols, k, i, got, want, p.Explain())
					}
				}
			}
		}
	}
}
