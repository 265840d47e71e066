package op

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Import returns the node that stands for one of Gorgonia's, which was made by
// Gorgonia's operations from what Node.Gorgonia returned in the build under
// way. Those operations are run by their own Do, on private copies.
func Import(g *gorgonia.Node) *Node {
	b := Current()
	if g == nil {
		Fail("graph: the node of Gorgonia's is nil")
	}
	if b.exprs == nil || g.Graph() != b.exprs {
		Fail("graph: Gorgonia's node %v belongs to another Build", g)
	}
	var bring func(*gorgonia.Node) *Node
	bring = func(g *gorgonia.Node) *Node {
		if n, ok := b.foreign[g]; ok {
			return n
		}
		if g.Dtype() != b.Dtype.tensor() {
			Fail("graph: Gorgonia's node %v is %v in a graph of %v", g, g.Dtype(), b.Dtype)
		}
		var n *Node
		if g.Op() == nil {
			if g.Value() == nil {
				Fail("graph: %s was not declared in a Scope and has no value", g.Name())
			}
			a, err := ArrayOf(g.Value())
			if err != nil {
				Fail("graph: Gorgonia's constant %v: %v", g, err)
			}
			n = b.constant(a)
		} else {
			r := &foreign{op: g.Op(), shape: append([]int{}, g.Shape()...)}
			var in []*Node
			for it := g.Graph().From(g.ID()); it.Next(); {
				r.in = append(r.in, it.Node().(*gorgonia.Node))
				in = append(in, bring(it.Node().(*gorgonia.Node)))
			}
			n = Apply(r, in...)
			n.gorgonia = g
		}
		b.foreign[g] = n
		return n
	}
	return bring(g)
}

// foreign is an operation of Gorgonia's, or of a user's for Gorgonia.
type foreign struct {
	op    gorgonia.Op
	in    []*gorgonia.Node
	shape []int
}

func (r *foreign) String() string { return fmt.Sprint(r.op) }

// Foreign tells whether a rule is an operation of Gorgonia's, which may depend
// on more than its operands.
func Foreign(r Rule) bool {
	_, ok := r.(*foreign)
	return ok
}

// Shape is what Gorgonia inferred.
func (r *foreign) Shape([][]int) ([]int, error) { return r.shape, nil }

// Eval runs the operation on private copies, since some write to their operands
// or return them.
func (r *foreign) Eval(out Array, in []Array) error {
	vs := make([]gorgonia.Value, len(in))
	for i, a := range in {
		c := NewArray(a.Dtype(), slices.Clone(a.Shape))
		c.Copy(a)
		vs[i] = c.Value()
	}
	v, err := r.op.Do(vs...)
	if err != nil {
		return errors.Wrap(err, r.String())
	}
	a, err := ArrayOf(v)
	if err != nil {
		return err
	}
	if a.Len() != out.Len() || a.Dtype() != out.Dtype() {
		return errors.Errorf("%v returned %v %v, want %v %v", r, a.Dtype(), a.Shape, out.Dtype(), out.Shape)
	}
	out.Copy(a)
	return nil
}

// Operations of Gorgonia's, by the names they print: those whose derivative is
// zero everywhere (Gorgonia answers with an error), and those whose gradient
// is wrong: of a maximum at ties, where each gets all of it; of "T[…]+=…" and
// col2im, which are gradients themselves, by what they were sliced from.
var (
	flat          = regexp.MustCompile(`^(sign|ceil|floor|SizeOf.*|(<|>|<=|>=|==|!=) (true|false))$`)
	wrongGradient = regexp.MustCompile(`^(log2|invSqrt|a.* ⊗ b.*|MaxAlong.*|AvgPool\{.*|T\[.*\+=.*|col2im.*)$`)
)

// Diff asks Gorgonia, except where its gradients are known to be wrong.
func (r *foreign) Diff(in []*Node, out, grad *Node, _ []bool) []*Node {
	ds := make([]*Node, len(in))
	name := r.String()
	if flat.MatchString(name) {
		return ds
	}
	if wrongGradient.MatchString(name) {
		Fail("graph: grad through Gorgonia's %s, whose gradient is wrong in the version used; use this package's function", name)
	}
	o, ok := r.op.(gorgonia.SDOp)
	if !ok {
		Fail("graph: grad through %s, which has no symbolic derivative", name)
	}
	theirs, err := o.SymDiff(r.in, out.Gorgonia(), grad.Gorgonia())
	if err != nil {
		Fail("graph: grad through %s: %v", name, err)
	}
	if len(theirs) != len(in) {
		Fail("graph: grad through %s: %d derivatives of %d operands", name, len(theirs), len(in))
	}
	for i, d := range theirs {
		if d == nil {
			continue
		}
		ds[i] = Import(d)
		if slices.Equal(long(ds[i].shape), long(in[i].shape)) { // Gorgonia drops axes of size 1
			ds[i] = Reshaped(ds[i], in[i].shape)
		}
	}
	return ds
}

// long returns the axes that are longer than 1.
func long(s []int) []int {
	return slices.DeleteFunc(slices.Clone(s), func(d int) bool { return d == 1 })
}

// ArrayOf views a Gorgonia value; a value that is not contiguous is copied.
func ArrayOf(v gorgonia.Value) (Array, error) {
	if t, ok := v.(tensor.Tensor); ok && t.RequiresIterator() {
		if d, ok := v.(*tensor.Dense); ok {
			v = d.Materialize().(*tensor.Dense)
		}
	}
	a := Array{Shape: append([]int{}, v.Shape()...)}
	if Size(a.Shape) == 0 { // whose Data panics
		switch v.Dtype() {
		case tensor.Float32:
			a.F32 = []float32{}
			return a, nil
		case tensor.Float64:
			a.F64 = []float64{}
			return a, nil
		}
		return Array{}, errors.Errorf("op: empty value of %v, want float32 or float64", v.Dtype())
	}
	switch x := v.Data().(type) {
	case []float32:
		a.F32 = x
	case []float64:
		a.F64 = x
	case float32:
		a.F32 = []float32{x}
	case float64:
		a.F64 = []float64{x}
	default:
		return Array{}, errors.Errorf("op: value of type %T, want float32 or float64", x)
	}
	return a, nil
}

// Value returns a as Gorgonia has it: a tensor over the same memory, or for
// rank 0 a new scalar.
func (a Array) Value() gorgonia.Value {
	switch {
	case len(a.Shape) == 0 && a.F64 != nil:
		return gorgonia.NewF64(a.F64[0])
	case len(a.Shape) == 0:
		return gorgonia.NewF32(a.F32[0])
	case a.F64 != nil:
		return tensor.New(tensor.WithShape(a.Shape...), tensor.WithBacking(a.F64))
	}
	return tensor.New(tensor.WithShape(a.Shape...), tensor.WithBacking(a.F32))
}
