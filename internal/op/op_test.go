package op_test

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/op"
)

// Operations as Gorgonia sees them.
func TestOpOfGorgonia(t *testing.T) {
	b := op.NewBuilder(op.Float64, op.DefaultLimit)
	if err := b.Do(func() {
		x := b.Leaf("x", []int{2, 3})
		n := op.Apply(op.Reduce{Fold: op.Sum, Axes: []int{1}}, x)
		o := n.Gorgonia().Op().(*op.Op)
		if s := fmt.Sprint(o, o.Arity(), o.Type(), o.DiffWRT(1), o.ReturnsPtr(), o.CallsExtern(), o.OverwritesInput()); s != "sum[1] 1 Matrix float64 → Vector float64 [true] false false -1" {
			t.Error(s)
		}
		if o.Type() == o.Type() {
			t.Error("a type is handed out twice")
		}
		if m := op.Apply(op.Reduce{Fold: op.Sum, Axes: []int{0}}, x).Gorgonia().Op().(*op.Op); m.Hashcode() == o.Hashcode() {
			t.Error("two operations have one hash")
		}
		if s, err := o.InferShape(tensor.Shape{5, 6}); err != nil || !s.Eq(tensor.Shape{5}) {
			t.Errorf("shape %v, error %v", s, err)
		}
		v, err := o.Do(tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{1, 2, 3, 4})))
		if err != nil || fmt.Sprint(v.Data()) != "[3 7]" {
			t.Errorf("value %v, error %v", v, err)
		}
		if _, err := o.Do(gorgonia.NewF64(1)); err == nil || err.Error() != "op: sum[1]: axis 1 of shape []" {
			t.Errorf("error %v", err)
		}
		if _, err := o.Do(gorgonia.NewI(1)); err == nil || err.Error() != "op: value of type int, want float32 or float64" {
			t.Errorf("error %v", err)
		}
		one := op.Apply(op.OneHot{C: 2}, b.Leaf("i", []int{1}))
		if _, err := one.Gorgonia().Op().(*op.Op).Do(tensor.New(tensor.WithBacking([]float64{7}))); err == nil || err.Error() != "op: onehot{2}: index 7 at position 0, want a whole number in [0,2)" {
			t.Errorf("error %v", err)
		}
		_, err = o.SymDiff(gorgonia.Nodes{x.Gorgonia()}, n.Gorgonia(), b.Leaf("g", []int{7}).Gorgonia())
		if err == nil || err.Error() != "graph: reshape{[2 1]}: shape [7] (7 elements) to [2 1] (2)" {
			t.Errorf("error %v", err)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// A view that is not contiguous is read in its own order.
func TestArrayOfViews(t *testing.T) {
	d := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{0, 1, 2, 3, 4, 5}))
	col, err := d.Slice(nil, tensor.S(1))
	if err != nil {
		t.Fatal(err)
	}
	a, err := op.ArrayOf(col)
	if err != nil || fmt.Sprint(a.F32) != "[1 4]" || a.Dtype() != op.Float32 {
		t.Errorf("%v, error %v", a, err)
	}
	if err := d.T(); err != nil {
		t.Fatal(err)
	}
	if a, err = op.ArrayOf(d); err != nil || fmt.Sprint(a.F32, a.Shape) != "[0 3 1 4 2 5] [3 2]" {
		t.Errorf("%v, error %v", a, err)
	}
}
