package engine

import (
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A value is one array of a compiled program. It stands for one node of the
// graph or, where equal expressions were merged, for several. It never changes:
// what a pass finds out about it stands in a table of that pass, by its number.
type value struct {
	id    int // its number; those of operands are smaller
	form  form
	rule  op.Rule    // of an applied value
	op    *operation // what is known of the rule
	in    []*value
	shape []int
	size  int
	node  *op.Node // the first node it stands for, for messages
	data  op.Array // of a leaf or constant
	c     float64  // of a uniform value
}

type form uint8

const (
	leaf     form = iota // memory that belongs to the caller
	constant             // memory that never changes, with elements that differ
	uniform              // a constant whose elements are all the number c
	applied              // the result of rule, applied to the operands in
)

// key identifies an expression: a comparable rule or its printed form, and the
// operands.
type key struct {
	rule any
	in   [3]int
	rest string
}

// An expr is a set of values, equal ones merged. Tables by number grow with it.
type expr struct {
	dt     op.Dtype
	values []*value
	views  []*view // by number, of those asked for; see view
	byKey  map[key]*value
}

func newExpr(dt op.Dtype) *expr { return &expr{dt: dt, byKey: map[key]*value{}} }

func (e *expr) add(v *value) *value {
	v.id = len(e.values)
	v.size = op.Size(v.shape)
	e.values, e.views = append(e.values, v), append(e.views, nil)
	return v
}

// uniform returns the array of a shape whose elements are all c.
func (e *expr) uniform(shape []int, c float64) *value {
	if e.dt == op.Float32 {
		c = float64(float32(c))
	}
	k := key{rule: math.Float64bits(c), rest: fmt.Sprint(shape)}
	if v := e.byKey[k]; v != nil {
		return v
	}
	v := e.add(&value{form: uniform, op: noRule, shape: shape, c: c})
	e.byKey[k] = v
	return v
}

// constant returns the value of an array that never changes.
func (e *expr) constant(a op.Array) *value {
	if a.Len() == 0 {
		return e.uniform(a.Shape, 0)
	}
	first := math.Float64bits(a.At(0))
	i := 1
	for i < a.Len() && math.Float64bits(a.At(i)) == first {
		i++
	}
	if i == a.Len() {
		return e.uniform(a.Shape, a.At(0))
	}
	return e.add(&value{form: constant, op: noRule, shape: a.Shape, data: a})
}

// intern returns the value of a rule applied to operands.
func (e *expr) intern(r op.Rule, in []*value, shape []int) *value {
	k := key{rule: op.Identity(r), in: [3]int{-1, -1, -1}}
	for i, v := range in {
		if i < len(k.in) {
			k.in[i] = v.id
		} else {
			k.rest += fmt.Sprintf(" %d", v.id)
		}
	}
	if v := e.byKey[k]; v != nil {
		return v
	}
	v := e.add(&value{form: applied, rule: r, op: operationOf(r), in: slices.Clone(in), shape: shape})
	e.byKey[k] = v
	return v
}

// find returns the value of a rule applied to one operand if there is one.
func (e *expr) find(r op.Unary, x *value) *value {
	return e.byKey[key{rule: r, in: [3]int{x.id, -1, -1}}]
}

// domain returns the shape over which the loop of a value runs.
func (v *value) domain() []int {
	if v.op.fromOperand {
		return v.in[0].shape
	}
	return v.shape
}

// folds reports whether v, the value of a loop, reduces.
func (v *value) folds() bool { return v.op.folds != nil }
