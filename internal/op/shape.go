package op

import (
	"slices"

	"github.com/pkg/errors"
)

// Reshape gives the elements, in order, another shape. The result is new
// memory: Gorgonia's own reshape aliases its operand.
type Reshape struct{ To []int }

// Shape checks the number of elements.
func (r Reshape) Shape(in [][]int) ([]int, error) {
	if Size(in[0]) != Size(r.To) {
		return nil, errors.Errorf("shape %v (%d elements) to %v (%d)", in[0], Size(in[0]), r.To, Size(r.To))
	}
	return slices.Clone(r.To), nil
}

// Eval copies.
func (Reshape) Eval(out Array, in []Array) error {
	out.Copy(in[0])
	return nil
}

// Diff reshapes back.
func (Reshape) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Reshaped(g, in[0].Shape())}
}

// Reshaped gives n a shape, or returns it if it already has it.
func Reshaped(n *Node, shape []int) *Node {
	if slices.Equal(n.Shape(), shape) {
		return n
	}
	return Apply(Reshape{slices.Clone(shape)}, n)
}

// Transpose permutes axes: axis i of the result is axis Perm[i] of the operand.
type Transpose struct{ Perm []int }

// Shape checks the permutation.
func (r Transpose) Shape(in [][]int) ([]int, error) {
	sorted := slices.Sorted(slices.Values(r.Perm))
	out := make([]int, len(in[0]))
	if len(sorted) != len(in[0]) {
		return nil, errors.Errorf("permutation %v of shape %v", r.Perm, in[0])
	}
	for i, p := range sorted {
		if p != i {
			return nil, errors.Errorf("permutation %v of shape %v", r.Perm, in[0])
		}
	}
	for i, p := range r.Perm {
		out[i] = in[0][p]
	}
	return out, nil
}

// Eval copies.
func (r Transpose) Eval(out Array, in []Array) error {
	from := strides(in[0].Shape, in[0].Shape)
	st := make([]int, len(r.Perm))
	for i, p := range r.Perm {
		st[i] = from[p]
	}
	for i, at := range offsets(out.Shape, st) {
		out.Set(i, in[0].At(at))
	}
	return nil
}

// Diff permutes back.
func (r Transpose) Diff(_ []*Node, _, g *Node, _ []bool) []*Node {
	back := make([]int, len(r.Perm))
	for i, p := range r.Perm {
		back[p] = i
	}
	return []*Node{Apply(Transpose{back}, g)}
}

// Slice takes positions From ≤ i < To of an axis.
type Slice struct{ Axis, From, To int }

// Shape checks the bounds.
func (r Slice) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) || r.From < 0 || r.From > r.To || r.To > in[0][r.Axis] {
		return nil, errors.Errorf("[%d:%d] on axis %d of shape %v", r.From, r.To, r.Axis, in[0])
	}
	out := slices.Clone(in[0])
	out[r.Axis] = r.To - r.From
	return out, nil
}

// Eval copies.
func (r Slice) Eval(out Array, in []Array) error {
	outer, n, inner := split(in[0].Shape, r.Axis)
	w := (r.To - r.From) * inner
	for o := range outer {
		for i := range w {
			out.Set(o*w+i, in[0].At((o*n+r.From)*inner+i))
		}
	}
	return nil
}

// Diff pads with zeros.
func (r Slice) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Apply(Pad{r.Axis, r.From, in[0].Shape()[r.Axis] - r.To}, g)}
}

// Pad puts zeros before and after on an axis, the adjoint of Slice.
type Pad struct{ Axis, Before, After int }

// Shape adds to the axis.
func (r Pad) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) || r.Before < 0 || r.After < 0 {
		return nil, errors.Errorf("%d and %d on axis %d of shape %v", r.Before, r.After, r.Axis, in[0])
	}
	out := slices.Clone(in[0])
	out[r.Axis] += r.Before + r.After
	return out, nil
}

// Eval copies between zeros.
func (r Pad) Eval(out Array, in []Array) error {
	for i := range out.Len() {
		out.Set(i, 0)
	}
	outer, n, inner := split(out.Shape, r.Axis)
	w := (n - r.Before - r.After) * inner
	for o := range outer {
		for i := range w {
			out.Set((o*n+r.Before)*inner+i, in[0].At(o*w+i))
		}
	}
	return nil
}

// Diff slices.
func (r Pad) Diff(in []*Node, _, g *Node, _ []bool) []*Node {
	return []*Node{Apply(Slice{r.Axis, r.Before, r.Before + in[0].Shape()[r.Axis]}, g)}
}

// Concat joins operands along an axis.
type Concat struct{ Axis int }

// Shape checks the other axes.
func (r Concat) Shape(in [][]int) ([]int, error) {
	if r.Axis < 0 || r.Axis >= len(in[0]) {
		return nil, errors.Errorf("axis %d of shape %v", r.Axis, in[0])
	}
	out := slices.Clone(in[0])
	out[r.Axis] = 0
	for _, s := range in {
		if len(s) != len(out) {
			return nil, errors.Errorf("shapes %v on axis %d", in, r.Axis)
		}
		for i, d := range s {
			if i == r.Axis {
				out[i] += d
			} else if d != out[i] {
				return nil, errors.Errorf("shapes %v on axis %d", in, r.Axis)
			}
		}
	}
	return out, nil
}

// Eval copies.
func (r Concat) Eval(out Array, in []Array) error {
	outer, n, inner := split(out.Shape, r.Axis)
	base := 0
	for _, a := range in {
		w := a.Shape[r.Axis] * inner
		for o := range outer {
			for i := range w {
				out.Set(o*n*inner+base+i, a.At(o*w+i))
			}
		}
		base += w
	}
	return nil
}

// Diff slices.
func (r Concat) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	at := 0
	for i, n := range in {
		w := n.Shape()[r.Axis]
		if need[i] {
			d[i] = Apply(Slice{r.Axis, at, at + w}, g)
		}
		at += w
	}
	return d
}
