package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// A stepper is what the tests do at each step.
type stepper func(states, in []*node) (next, outs []*node)

// unrolled is what Scan computes, a step after the other.
func unrolled(c graph.Loop, init, seqs []*node, step stepper) (last, all []*node) {
	steps := c.Steps
	if len(seqs) > 0 {
		steps = seqs[0].Shape()[0]
	}
	states := init
	var outs [][]*node
	for k := range steps {
		t := k
		if c.Reverse {
			t = steps - 1 - k
		}
		var in []*node
		for _, x := range seqs {
			in = append(in, graph.Squeeze(graph.Slice(x, 0, t, t+1), 0))
		}
		next, out := step(slices.Clone(states), in)
		states = next
		for i, o := range out {
			if len(outs) <= i {
				outs = append(outs, make([]*node, steps))
			}
			outs[i][t] = graph.ExpandDims(o, 0)
		}
	}
	for _, o := range outs {
		all = append(all, graph.Concat(0, o...))
	}
	return states, all
}

// A recurrence of the tests: its inputs, and what is computed of them by either.
type recurrence struct {
	name string
	loop graph.Loop
	in   []gradcheck.Input
	f    func(run runner, c graph.Loop, in []*node) *node
}

type runner func(c graph.Loop, init, seqs []*node, step stepper) (last, all []*node)

func scanned(c graph.Loop, init, seqs []*node, step stepper) (last, all []*node) {
	return graph.Scan(c, init, seqs, step)
}

var recurrences = []recurrence{
	{"RNN", graph.Loop{}, arrays([]int{2, 3}, []int{4, 2, 3}, []int{3, 3}, []int{3}), rnn},
	{"RNN reversed", graph.Loop{Reverse: true}, arrays([]int{2, 3}, []int{4, 2, 3}, []int{3, 3}, []int{3}), rnn},
	{"RNN recomputed", graph.Loop{Recompute: true}, arrays([]int{2, 3}, []int{4, 2, 3}, []int{3, 3}, []int{3}), rnn},
	{"one step", graph.Loop{}, arrays([]int{2, 3}, []int{1, 2, 3}, []int{3, 3}, []int{3}), rnn},
	{"leading axes", graph.Loop{}, arrays([]int{2, 2, 3}, []int{3, 2, 3}, []int{3, 3}, []int{3}), rnn},
	{"last only", graph.Loop{}, arrays([]int{2, 3}, []int{3, 2, 3}, []int{3, 3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, _ := run(c, in[:1], in[1:2], func(h, x []*node) (next, outs []*node) {
				y := graph.Sigmoid(x[0].Add(graph.MatMul(h[0], in[2])))
				return []*node{y}, []*node{y.Square(), h[0]}
			})
			return last[0]
		}},
	{"outputs only, of two", graph.Loop{}, arrays([]int{3}, []int{4, 3}),
		func(run runner, c graph.Loop, in []*node) *node {
			_, all := run(c, in[:1], in[1:2], func(h, x []*node) (next, outs []*node) {
				y := graph.Sin(x[0].Add(h[0].Square()))
				return []*node{y}, []*node{graph.Exp(y).Mul(x[0]), y}
			})
			return all[0]
		}},
	{"states swapped, one unused, one constant", graph.Loop{}, arrays([]int{3}, []int{3}, []int{2}, []int{3}, []int{5, 3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, all := run(c, in[:4], in[4:], func(s, x []*node) (next, outs []*node) {
				return []*node{s[1], s[0].Mul(s[3]).Add(x[0]), s[2].Square(), s[3]}, []*node{s[0], x[0], in[0]}
			})
			return graph.AddN(graph.Sum(last[0]), graph.Sum(last[1].Square()), graph.Sum(last[3].Square()), graph.Sum(all[0].Square().Mul(all[1])), graph.Sum(all[2].Mul(all[1])))
		}},
	{"no sequences", graph.Loop{Steps: 5}, arrays([]int{3}, []int{3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, all := run(c, in[:1], nil, func(s, _ []*node) (next, outs []*node) {
				return []*node{graph.Tanh(s[0].Mul(in[1]))}, []*node{s[0].Add(in[1])}
			})
			return last[0].Add(graph.Sum(all[0], 0))
		}},
	{"no states", graph.Loop{}, arrays([]int{4, 2}, []int{2}),
		func(run runner, c graph.Loop, in []*node) *node {
			_, all := run(c, nil, in[:1], func(_, x []*node) (next, outs []*node) {
				return nil, []*node{graph.Exp(x[0].Mul(in[1]))}
			})
			return all[0]
		}},
	{"weights used twice", graph.Loop{}, arrays([]int{2, 3}, []int{3, 2, 3}, []int{3, 3}, []int{3}),
		func(run runner, c graph.Loop, in []*node) *node {
			w := graph.Tanh(in[2])
			last, all := run(c, in[:1], in[1:2], func(s, x []*node) (next, outs []*node) {
				a := graph.Tanh(graph.Linear(x[0], w, in[3]))
				b := graph.Sigmoid(graph.Linear(s[0].Add(a), w, in[3]))
				return []*node{graph.MatMul(b, in[2])}, []*node{graph.MatMulT(a, w)}
			})
			return graph.Sum(last[0].Square()).Add(graph.Sum(all[0].Square()))
		}},
	{"a scan in a scan", graph.Loop{}, arrays([]int{3}, []int{3, 2, 3}, []int{3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, all := run(c, in[:1], in[1:2], func(s, x []*node) (next, outs []*node) {
				inner, each := run(graph.Loop{Reverse: true}, s, x, func(s, y []*node) (next, outs []*node) {
					z := graph.Tanh(s[0].Mul(in[2]).Add(y[0].Mul(s[0])))
					return []*node{z}, []*node{z.Square()}
				})
				return inner, each
			})
			return graph.Sum(last[0]).Add(graph.Sum(all[0].Square()))
		}},
	{"a derivative of one's own", graph.Loop{}, arrays([]int{3}, []int{3, 3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, _ := run(c, in[:1], in[1:2], func(s, x []*node) (next, outs []*node) {
				slope := graph.Cos(s[0]) // which nothing else reads
				y := graph.CustomGrad(graph.Sin(s[0]), s, func(g *node) []*node { return []*node{g.Mul(slope)} })
				return []*node{y.Add(x[0])}, nil
			})
			return last[0]
		}},
	{"a gradient in a scan", graph.Loop{}, arrays([]int{3}, []int{3, 3}),
		func(run runner, c graph.Loop, in []*node) *node {
			last, _ := run(c, in[:1], in[1:2], func(s, x []*node) (next, outs []*node) {
				g := graph.Grad(graph.Sum(graph.Sin(s[0]).Mul(x[0])), s)
				return []*node{s[0].Sub(g[0].Scale(.1))}, nil
			})
			return last[0]
		}},
}

func rnn(run runner, c graph.Loop, in []*node) *node {
	last, all := run(c, in[:1], in[1:2], func(h, x []*node) (next, outs []*node) {
		y := graph.Tanh(graph.Linear(h[0], in[2], in[3]).Add(x[0]))
		return []*node{y}, []*node{y}
	})
	return graph.Sum(last[0].Square()).Add(graph.Sum(graph.Exp(all[0])))
}

// Values and gradients are those of the loop written out, to the last digits.
func TestScanIsTheLoop(t *testing.T) {
	for _, c := range recurrences {
		t.Run(c.name, func(t *testing.T) {
			for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
				tol := 1e-12
				if dt == graph.Float32 {
					tol = 1e-4
				}
				at := func(run runner, i int) []float64 {
					_, v := compute(t, dt, func(_ *scope, in []*node) *node {
						y := c.f(run, c.loop, in)
						if i < 0 {
							return y
						}
						return graph.Grad(graph.Sum(y.Square()), in)[i]
					}, c.in...)
					return v
				}
				for i := -1; i < len(c.in); i++ {
					got, want := at(scanned, i), at(unrolled, i)
					if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tol*(1+math.Abs(b)) }) {
						t.Errorf("%v, by input %d: %v, unrolled %v", dt, i, got, want)
					}
				}
			}
		})
	}
}

func TestScanGradients(t *testing.T) {
	for _, c := range recurrences {
		t.Run(c.name, func(t *testing.T) {
			f := func(_ *scope, in []*node) *node { return c.f(scanned, c.loop, in) }
			gradcheck.Check(t, f, c.in...)
			gradcheck.CheckSecond(t, f, c.in...)
		})
	}
}
