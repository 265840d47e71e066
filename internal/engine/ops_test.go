package engine_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/internal/op"
)

// shapesToTry has ranks 0 to 4, axes of size 1 and 0, rows narrower and wider
// than a block, and enough elements to be split.
var shapesToTry = [][]int{{}, {1}, {5}, {0}, {1300}, {3, 4}, {4, 1}, {1, 7}, {3, 0}, {100, 20}, {7, 300}, {3, 2000},
	{2, 3, 4}, {2, 1, 5}, {5, 8, 40}, {2, 3, 1, 4}, {2, 2, 3, 300}, {200, 300}, {70000}}

func values(w *world, a op.Unary, n *op.Node) *op.Node {
	special := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), .5, 30, -30}
	return w.set(n, func(i int) float64 {
		if i < len(special) && a.Fn != op.Polygamma {
			return special[i]
		}
		x := w.rnd.NormFloat64() * 2
		switch a.Fn {
		case op.Log, op.Sqrt, op.Rsqrt, op.Lgamma, op.Digamma, op.Trigamma, op.Polygamma:
			return math.Abs(x) + .1
		case op.Log1p:
			return math.Abs(x)
		case op.Erfinv:
			return math.Tanh(x)
		}
		return x
	})
}

func TestUnary(t *testing.T) {
	for f := op.Neg; f <= op.Outside; f++ {
		r := op.Unary{Fn: f}
		switch f {
		case op.LeakyRelu, op.Shift, op.Scale:
			r.A = .3
		case op.Polygamma:
			r.A = 2
		case op.Clamp, op.Bound, op.Outside:
			r.A, r.B = -.5, .7
		}
		t.Run(r.String(), func(t *testing.T) {
			both(t, func(w *world) (outs []*op.Node) {
				for i, s := range [][]int{{}, {5}, {1300}, {30, 40}} {
					outs = append(outs, op.Apply(r, values(w, r, w.in(fmt.Sprint(i), s...))))
				}
				return outs
			})
		})
	}
}

func TestBinary(t *testing.T) {
	pairs := [][2][]int{{{}, {}}, {{5}, {5}}, {{5}, {}}, {{}, {5}}, {{3, 4}, {4}}, {{4}, {3, 4}}, {{3, 1}, {3, 4}}, {{3, 1}, {1, 4}},
		{{100, 300}, {300}}, {{100, 1}, {100, 300}}, {{5, 1, 20}, {1, 8, 20}}, {{5, 8, 20}, {8, 20}}, {{5, 8, 20}, {20}},
		{{2, 3, 4}, {2, 3, 1}}, {{2, 1, 300}, {1, 3, 300}}, {{60, 40, 30}, {60, 1, 30}}, {{0}, {1}}, {{3, 0}, {}}}
	for f := op.Add; f <= op.Ne; f++ {
		t.Run(op.Binary{Fn: f}.String(), func(t *testing.T) {
			both(t, func(w *world) (outs []*op.Node) {
				for i, p := range pairs {
					u := op.Unary{}
					if f == op.Pow {
						u.Fn = op.Log
					}
					a := values(w, u, w.in(fmt.Sprint("a", i), p[0]...))
					b := values(w, op.Unary{}, w.in(fmt.Sprint("b", i), p[1]...))
					outs = append(outs, op.Apply(op.Binary{Fn: f}, a, b))
				}
				a := w.in("a", 30, 40) // scalars known at compile time
				return append(outs, op.Apply(op.Binary{Fn: f}, a, w.Const(2)), op.Apply(op.Binary{Fn: f}, w.Const(2), a),
					op.Apply(op.Binary{Fn: f}, a, a), op.Apply(op.Binary{Fn: f}, w.Const(2), w.Const(3)))
			})
		})
	}
}

func TestWhere(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, s := range [][3][]int{{{5}, {5}, {5}}, {{3, 4}, {4}, {3, 1}}, {{100, 300}, {}, {300}}, {{1}, {60, 40}, {40}}, {{}, {}, {}}} {
			c := w.in(fmt.Sprint("c", i), s[0]...)
			a, b := w.in(fmt.Sprint("a", i), s[1]...), w.in(fmt.Sprint("b", i), s[2]...)
			c = c.Gt(w.Const(0))
			outs = append(outs, op.Apply(op.Where{}, c, a, b), op.Apply(op.Where{}, c, w.Const(1), b), op.Apply(op.Where{}, c, a, w.Const(0)))
		}
		return outs
	})
}

func TestBetween(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, s := range [][3][]int{{{5}, {5}, {5}}, {{3, 4}, {4}, {3, 1}}, {{100, 300}, {}, {300}}, {{60, 40}, {1}, {40}}, {{}, {}, {}}} {
			x := values(w, op.Unary{}, w.in(fmt.Sprint("x", i), s[0]...))
			lo, hi := w.in(fmt.Sprint("lo", i), s[1]...), values(w, op.Unary{}, w.in(fmt.Sprint("hi", i), s[2]...))
			outs = append(outs, op.Apply(op.Between{}, x, lo, hi), op.Apply(op.Between{}, x, w.Const(0), hi), op.Apply(op.Between{}, x, x, x),
				op.Apply(op.Between{}, x, w.Const(-.5), w.Const(.5)), op.Apply(op.Between{}, w.Const(2), w.Const(-.5), w.Const(.5)))
		}
		return outs
	})
}

// subsets returns all sets of axes.
func subsets(rank int) (all [][]int) {
	for m := range 1 << rank {
		var s []int
		for i := range rank {
			if m>>i&1 == 1 {
				s = append(s, i)
			}
		}
		all = append(all, s)
	}
	return all[1:]
}

func TestReduce(t *testing.T) {
	for f := op.Sum; f <= op.ArgMax; f++ {
		t.Run(op.Reduce{Fold: f}.String(), func(t *testing.T) {
			both(t, func(w *world) (outs []*op.Node) {
				for i, s := range shapesToTry {
					x := w.in(fmt.Sprint(i), s...)
					for _, axes := range subsets(len(s)) {
						if f == op.ArgMax && slices.Contains(s, 0) {
							continue
						}
						outs = append(outs, op.Apply(op.Reduce{Fold: f, Axes: axes}, x))
						if len(s) > 2 && len(axes) == 1 { // fused with what comes before
							outs = append(outs, op.Apply(op.Reduce{Fold: f, Axes: axes}, x.Square()))
						}
					}
				}
				return outs
			})
		})
	}
}

// A fold of several axes of a view that does not have them one after the other.
func TestReduceView(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		x := w.in("x", 40, 5, 7)
		for f := op.Sum; f <= op.ArgMax; f++ {
			for _, y := range []*op.Node{op.Apply(op.Slice{Axis: 2, From: 1, To: 4}, x), op.Apply(op.Transpose{Perm: []int{1, 0, 2}}, x),
				op.Apply(op.BroadcastTo{To: []int{40, 5, 6}}, op.Apply(op.Slice{Axis: 2, To: 1}, x))} {
				for _, axes := range subsets(3) {
					outs = append(outs, op.Apply(op.Reduce{Fold: f, Axes: axes}, y))
				}
			}
		}
		return outs
	})
}

func TestReduceInfinite(t *testing.T) {
	inf := math.Inf(1)
	both(t, func(w *world) (outs []*op.Node) {
		x := w.in("x", 6, 4)
		rows := []float64{inf, 1, 2, 3, -inf, -inf, -inf, -inf, -inf, 1, 2, 3, math.NaN(), 1, 2, 3, inf, -inf, 0, 0, inf, inf, 1, 1}
		w.set(x, func(i int) float64 { return rows[i] })
		y := op.Apply(op.Transpose{Perm: []int{1, 0}}, x)
		for f := op.Sum; f <= op.ArgMax; f++ {
			outs = append(outs, op.Apply(op.Reduce{Fold: f, Axes: []int{1}}, x), op.Apply(op.Reduce{Fold: f, Axes: []int{0}}, y))
		}
		return outs
	})
}

func TestSumTo(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, s := range [][2][]int{{{5}, {}}, {{3, 4}, {4}}, {{3, 4}, {3, 1}}, {{3, 4}, {1, 4}}, {{200, 300}, {300}}, {{200, 300}, {200, 1}},
			{{5, 8, 40}, {5, 1, 40}}, {{5, 8, 40}, {8, 1}}, {{5, 8, 40}, {40}}, {{5, 80, 40}, {1, 80, 1}}, {{300, 40}, {40}}, {{3, 20000}, {20000}},
			{{0, 3}, {3}}, {{2, 1, 3}, {1, 3}}, {{70000}, {1}}} {
			x := w.in(fmt.Sprint(i), s[0]...)
			outs = append(outs, op.Apply(op.SumTo{To: s[1]}, x), op.Apply(op.SumTo{To: s[1]}, op.Map(op.Tanh, x)))
		}
		return outs
	})
}

func TestMoves(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		add := func(n *op.Node) { outs = append(outs, n, n.Neg()) }
		for i, s := range shapesToTry {
			x := w.in(fmt.Sprint(i), s...)
			add(op.Reshaped(x, []int{op.Size(s)}))
			add(op.Apply(op.BroadcastTo{To: append([]int{3}, s...)}, x))
			if len(s) == 0 {
				continue
			}
			add(op.Apply(op.Diag{}, op.Apply(op.Slice{Axis: len(s) - 1, To: min(s[len(s)-1], 3)}, x)))
			for a, n := range s {
				add(op.Apply(op.Slice{Axis: a, From: n / 3, To: n - n/4}, x))
				add(op.Apply(op.Pad{Axis: a, Before: 2, After: 1}, x))
				add(op.Apply(op.Concat{Axis: a}, x, op.Map(op.Exp, x), x))
				add(op.Apply(op.CumSum{Axis: a}, x))
				add(op.Apply(op.CumSum{Axis: a, Reverse: true}, x))
				index := []int{}
				for k := range n {
					index = append(index, n-1-k, k/2)
				}
				add(op.Apply(op.Take{Axis: a, Index: index}, x))
				add(op.Apply(op.Put{Axis: a, Index: index[:n], N: n + 1}, x))
			}
			perm := make([]int, len(s))
			for shift := range s {
				for k := range perm {
					perm[k] = (k + shift) % len(s)
				}
				add(op.Apply(op.Transpose{Perm: slices.Clone(perm)}, x))
				slices.Reverse(perm)
				add(op.Apply(op.Transpose{Perm: slices.Clone(perm)}, x))
			}
			if len(s) > 1 {
				add(op.Apply(op.Tril{K: 0}, x))
				add(op.Apply(op.Tril{K: -1}, x))
				add(op.Apply(op.Tril{K: 2}, x))
			}
		}
		x := w.in("square", 2, 5, 5)
		add(op.Apply(op.DiagPart{}, x))
		add(op.Apply(op.DiagPart{}, op.Map(op.Exp, x)))
		return outs
	})
}

func TestIndexed(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, s := range [][]int{{}, {4}, {2, 3}, {0}} {
			at := w.set(w.in(fmt.Sprint("at", i), s...), func(i int) float64 { return float64(i * 3 % 5) })
			for j, rest := range [][]int{{}, {3}, {2, 2}} {
				table := w.in(fmt.Sprint("table", i, j), append([]int{5}, rest...)...)
				rows := op.Apply(op.Gather{}, table, at)
				outs = append(outs, rows, op.Apply(op.ScatterAdd{V: 6}, op.Map(op.Exp, rows), at))
			}
			outs = append(outs, op.Apply(op.OneHot{C: 5}, at))
		}
		return outs
	})
}

func TestMatMul(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		for i, s := range [][4]int{{1, 1, 1, 1}, {1, 2, 3, 4}, {1, 5, 1, 7}, {1, 1, 9, 1}, {3, 4, 5, 6}, {1, 100, 130, 90}, {6, 1, 8, 3}, {2, 9, 0, 4},
			{1, 300, 200, 100}} {
			for tr := range 4 {
				ta, tb := tr&1 == 1, tr&2 == 2
				as, bs := []int{s[1], s[2]}, []int{s[2], s[3]}
				if ta {
					slices.Reverse(as)
				}
				if tb {
					slices.Reverse(bs)
				}
				if s[0] > 1 {
					as, bs = append([]int{s[0]}, as...), append([]int{s[0]}, bs...)
				}
				a, b := w.in(fmt.Sprint("a", i, tr), as...), w.in(fmt.Sprint("b", i, tr), bs...)
				w.set(b, func(int) float64 { return w.rnd.NormFloat64() / math.Sqrt(float64(s[2])) })
				bias := w.in(fmt.Sprint("c", i, tr), s[3])
				y := op.Apply(op.MatMul{TransA: ta, TransB: tb}, a, b)
				outs = append(outs, op.Map(op.Tanh, y.Add(bias)))
				if tr == 0 {
					outs = append(outs, y)
				}
			}
		}
		return outs
	})
}

func TestMatMulViews(t *testing.T) {
	both(t, func(w *world) (outs []*op.Node) {
		mul := func(ta, tb bool, a, b *op.Node) {
			outs = append(outs, op.Apply(op.MatMul{TransA: ta, TransB: tb}, a, b))
		}
		x := w.in("x", 6, 10)
		y := w.in("y", 10, 7)
		cols := op.Apply(op.Slice{Axis: 1, From: 2, To: 6}, x)
		rows := op.Apply(op.Slice{Axis: 0, From: 3, To: 7}, y)
		mul(false, false, cols, rows)
		mul(true, true, op.Apply(op.Transpose{Perm: []int{1, 0}}, cols), op.Apply(op.Transpose{Perm: []int{1, 0}}, rows))
		mul(false, false, op.Apply(op.BroadcastTo{To: []int{6, 4}}, w.in("r", 4)), rows)
		mul(false, false, op.Apply(op.BroadcastTo{To: []int{6, 4}}, w.in("c", 6, 1)), rows)
		mul(false, false, op.Apply(op.BroadcastTo{To: []int{6, 4}}, w.Const(2)), rows)
		mul(false, false, op.Apply(op.Slice{Axis: 1, From: 3, To: 4}, x), op.Apply(op.Slice{Axis: 0, From: 3, To: 4}, y))
		three := w.in("three", 3, 6, 4)
		mul(false, false, three, op.Apply(op.BroadcastTo{To: []int{3, 4, 7}}, rows))
		mul(true, false, three, op.Apply(op.BroadcastTo{To: []int{3, 6, 10}}, x))
		mul(false, false, op.Apply(op.Transpose{Perm: []int{1, 0, 2}}, w.in("mid", 6, 3, 4)), op.Apply(op.BroadcastTo{To: []int{3, 4, 7}}, rows))
		mul(false, true, op.Apply(op.Transpose{Perm: []int{2, 0, 1}}, three), op.Apply(op.Transpose{Perm: []int{2, 0, 1}}, three))
		return outs
	})
}
