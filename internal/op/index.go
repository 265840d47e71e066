package op

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Take picks positions Index of an axis, known when the graph is built:
// reversals, permutations and repeats.
type Take struct {
	Axis  int
	Index []int
}

// Shape checks the positions.
func (r Take) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) {
		return nil, errors.Errorf("axis %d of shape %v", r.Axis, in[0])
	}
	for _, i := range r.Index {
		if i < 0 || i >= in[0][r.Axis] {
			return nil, errors.Errorf("position %d on axis %d of shape %v", i, r.Axis, in[0])
		}
	}
	out := slices.Clone(in[0])
	out[r.Axis] = len(r.Index)
	return out, nil
}

// Eval copies.
func (r Take) Eval(out Array, in []Array) error {
	outer, n, inner := split(in[0].Shape, r.Axis)
	for o := range outer {
		for k, p := range r.Index {
			for i := range inner {
				out.Set((o*len(r.Index)+k)*inner+i, in[0].At((o*n+p)*inner+i))
			}
		}
	}
	return nil
}

// Diff adds back.
func (r Take) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Apply(Put{r.Axis, r.Index, in[0].Shape()[r.Axis]}, g)}
}

// Put adds position k of an axis to position Index[k] of an axis of size N of
// zeros, the adjoint of Take.
type Put struct {
	Axis  int
	Index []int
	N     int
}

// Shape is that of the operand with N on the axis.
func (r Put) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) || in[0][r.Axis] != len(r.Index) {
		return nil, errors.Errorf("%d positions on axis %d of shape %v", len(r.Index), r.Axis, in[0])
	}
	for _, i := range r.Index {
		if i < 0 || i >= r.N {
			return nil, errors.Errorf("position %d of %d", i, r.N)
		}
	}
	out := slices.Clone(in[0])
	out[r.Axis] = r.N
	return out, nil
}

// Eval adds in order.
func (r Put) Eval(out Array, in []Array) error {
	for i := range out.Len() {
		out.Set(i, 0)
	}
	outer, n, inner := split(out.Shape, r.Axis)
	for o := range outer {
		for k, p := range r.Index {
			for i := range inner {
				at := (o*n+p)*inner + i
				out.Set(at, out.At(at)+in[0].At((o*len(r.Index)+k)*inner+i))
			}
		}
	}
	return nil
}

// Diff takes.
func (r Put) Diff(_ []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Apply(Take{r.Axis, r.Index}, g)}
}

// Gather picks rows of a table [V, …] by indices […], known when it runs; the
// result is […, …]. An index that is no whole number in [0,V) is an error.
type Gather struct{}

// Shape replaces the table's first axis by the shape of the indices.
func (Gather) Shape(in [][]int) ([]int, error) {
	if len(in[0]) == 0 {
		return nil, errors.New("table of rank 0")
	}
	return append(slices.Clone(in[1]), in[0][1:]...), nil
}

// Eval copies rows.
func (Gather) Eval(out Array, in []Array) error {
	w := Size(in[0].Shape[1:])
	for i := range in[1].Len() {
		row, err := index(in[1], i, in[0].Shape[0])
		if err != nil {
			return err
		}
		for j := range w {
			out.Set(i*w+j, in[0].At(row*w+j))
		}
	}
	return nil
}

// index returns element i of a as an index below n.
func index(a Array, i, n int) (int, error) {
	v := a.At(i)
	if v != math.Trunc(v) || v < 0 || v >= float64(n) {
		return 0, errors.Errorf("index %v at position %d, want a whole number in [0,%d)", v, i, n)
	}
	return int(v), nil
}

// Diff adds the rows back to the table.
func (Gather) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	d := make([]*Node, 2)
	if need[0] {
		d[0] = Apply(ScatterAdd{in[0].Shape()[0]}, g, in[1])
	}
	return d
}

// ScatterAdd adds rows […, …] by indices […] to a table [V, …] of zeros, the
// adjoint of Gather.
type ScatterAdd struct{ V int }

// Shape is the table's.
func (r ScatterAdd) Shape(in [][]int) ([]int, error) {
	k := len(in[1])
	if len(in[0]) < k || fmt.Sprint(in[0][:k]) != fmt.Sprint(in[1]) {
		return nil, errors.Errorf("rows %v by indices %v", in[0], in[1])
	}
	return append([]int{r.V}, in[0][k:]...), nil
}

// Eval adds in order.
func (r ScatterAdd) Eval(out Array, in []Array) error {
	for i := range out.Len() {
		out.Set(i, 0)
	}
	w := Size(out.Shape[1:])
	for i := range in[1].Len() {
		row, err := index(in[1], i, r.V)
		if err != nil {
			return err
		}
		for j := range w {
			out.Set(row*w+j, out.At(row*w+j)+in[0].At(i*w+j))
		}
	}
	return nil
}

// Diff gathers.
func (ScatterAdd) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	return []*Node{Apply(Gather{}, g, in[1]), nil}
}

// OneHot turns indices […] into rows […,C] with a 1 at the index. An index that
// is no whole number in [0,C) is an error.
type OneHot struct{ C int }

// Shape adds an axis.
func (r OneHot) Shape(in [][]int) ([]int, error) {
	return append(slices.Clone(in[0]), r.C), nil
}

// Eval writes rows.
func (r OneHot) Eval(out Array, in []Array) error {
	for i := range in[0].Len() {
		k, err := index(in[0], i, r.C)
		if err != nil {
			return err
		}
		for c := range r.C {
			out.Set(i*r.C+c, mask(c == k))
		}
	}
	return nil
}

// Diff is zero.
func (OneHot) Diff([]*Node, *Node, *Node, []bool) []*Node { return []*Node{nil} }
