package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Fold names a way to reduce many numbers to one.
type Fold uint8

// The folds. Of no elements Sum is 0, Largest and LogSumExp −Inf, Smallest
// +Inf; ArgMax is an error.
const (
	Sum Fold = iota
	Largest
	Smallest
	LogSumExp
	ArgMax // position of the first largest element; a NaN counts as largest
	foldCount
)

var folds = [foldCount]struct {
	name string
	f    func(x []float64) float64
}{
	Sum:     {"sum", pairwise},
	Largest: {"max", largest},
	Smallest: {"min", func(x []float64) float64 {
		m := math.Inf(1)
		for _, v := range x {
			m = min(m, v)
		}
		return m
	}},
	LogSumExp: {"logsumexp", logSumExp},
	ArgMax: {"argmax", func(x []float64) float64 {
		best := 0
		for i, v := range x {
			if math.IsNaN(v) {
				return float64(i)
			}
			if v > x[best] {
				best = i
			}
		}
		return float64(best)
	}},
}

func largest(x []float64) float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

// pairwise adds in a balanced tree: an error of order log n instead of n.
func pairwise(x []float64) float64 {
	if len(x) <= 8 {
		s := 0.0
		for _, v := range x {
			s += v
		}
		return s
	}
	return pairwise(x[:len(x)/2]) + pairwise(x[len(x)/2:])
}

func logSumExp(x []float64) float64 {
	m := largest(x)
	if math.IsInf(m, 0) || math.IsNaN(m) {
		return m
	}
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - m)
	}
	return m + math.Log(s)
}

// Reduce folds over some axes, which it drops.
type Reduce struct {
	Fold Fold
	Axes []int // distinct, not negative
}

func (r Reduce) String() string { return fmt.Sprintf("%s%v", folds[r.Fold].name, r.Axes) }

// Shape drops the axes.
func (r Reduce) Shape(in [][]int) ([]int, error) {
	out := []int{}
	for _, a := range r.Axes {
		if a < 0 || a >= len(in[0]) {
			return nil, errors.Errorf("axis %d of shape %v", a, in[0])
		}
	}
	for i, d := range in[0] {
		if !slices.Contains(r.Axes, i) {
			out = append(out, d)
		} else if d == 0 && r.Fold == ArgMax {
			return nil, errors.Errorf("no elements on axis %d of shape %v", i, in[0])
		}
	}
	return out, nil
}

// Eval folds.
func (r Reduce) Eval(out Array, in []Array) error {
	reduce(out, in[0], r.Axes, folds[r.Fold].f)
	return nil
}

// reduce writes f of the elements of x along axes to each element of out.
func reduce(out, x Array, axes []int, f func([]float64) float64) {
	var keep, drop []int
	var keepSt, dropSt []int
	st := strides(x.Shape, x.Shape)
	for i, d := range x.Shape {
		if slices.Contains(axes, i) {
			drop, dropSt = append(drop, d), append(dropSt, st[i])
		} else {
			keep, keepSt = append(keep, d), append(keepSt, st[i])
		}
	}
	inner := offsets(drop, dropSt)
	buf := make([]float64, len(inner))
	for i, base := range offsets(keep, keepSt) {
		for j, off := range inner {
			buf[j] = x.At(base + off)
		}
		out.Set(i, f(buf))
	}
}

// Diff spreads the adjoint over the axes folded.
func (r Reduce) Diff(in []*Node, y, g *Node, _ []bool) []*Node {
	x := in[0]
	kept := x.Shape()
	for _, a := range r.Axes {
		kept[a] = 1
	}
	spread := func(n *Node) *Node { return Reshaped(n, kept) }
	switch r.Fold {
	case Sum:
		return []*Node{Stretch(spread(g), x.Shape())}
	case LogSumExp: // a sum of nothing but −Inf has the derivative 0
		y = Apply(Unary{Clamp, -math.MaxFloat32, math.Inf(1)}, y)
		return []*Node{spread(g).Mul(Map(Exp, x.Sub(spread(y))))}
	case Largest, Smallest: // ties share equally
		at := x.Eq(spread(y))
		ties := spread(Apply(Reduce{Sum, r.Axes}, at))
		return []*Node{spread(g).Mul(at.Div(ties))}
	}
	return []*Node{nil}
}

// CumSum is the running sum along an axis, from its end if Reverse.
type CumSum struct {
	Axis    int
	Reverse bool
}

// Shape is the operand's.
func (r CumSum) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) {
		return nil, errors.Errorf("axis %d of shape %v", r.Axis, in[0])
	}
	return slices.Clone(in[0]), nil
}

// Eval adds in order.
func (r CumSum) Eval(out Array, in []Array) error {
	outer, n, inner := split(out.Shape, r.Axis)
	for o := range outer {
		for i := range inner {
			s := 0.0
			for k := range n {
				if r.Reverse {
					k = n - 1 - k
				}
				at := (o*n+k)*inner + i
				s += in[0].At(at)
				out.Set(at, s)
			}
		}
	}
	return nil
}

// Diff is the running sum the other way.
func (r CumSum) Diff(_ []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Apply(CumSum{r.Axis, !r.Reverse}, g)}
}

// split returns the number of elements before, on and after an axis.
func split(s []int, axis int) (outer, n, inner int) {
	return Size(s[:axis]), s[axis], Size(s[axis+1:])
}
