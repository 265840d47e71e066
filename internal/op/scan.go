package op

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
)

// A Loop is what happens at each of a number of steps. Nodes stand for what is given
// at a step: States for the states before it, Seqs for a place of each sequence. They
// are leaves, or results that another loop has kept. Next are the states after it.
type Loop struct {
	Steps     int
	Reverse   bool // from the last place to the first
	Recompute bool // for the derivative, rather than keep what it needs

	States, Next []*Node
	Seqs         []*Node
	Consts       []*Node // of outside, the same at every step
	Checks       []*Node // of Require: each step computes them

	body  *Body
	given map[*Node]bool // States and Seqs
}

// Scan is a loop as one operation, of the first states, the sequences [T, …] and
// Consts, in this order. Its result is a vector of parts one after the other: the
// last value of the states that Finals numbers, and what the nodes of Outs are at all
// steps, [T, …] with each at its place. Two Scans of one loop and the same operands
// are computed by one loop, so that a derivative asks for more of what was there.
type Scan struct {
	*Loop
	Finals []int
	Outs   []*Node

	derived map[string][]*Node // by what Diff was asked
}

func (r *Scan) String() string { return fmt.Sprintf("scan of %d steps", r.Steps) }

// Run ends the body and returns the last values of the states and what outs are at
// each step, [T, …].
func (y *Body) Run(reverse, recompute bool, next, outs []*Node) (finals, all []*Node) {
	l := &Loop{Steps: y.steps, Reverse: reverse, Recompute: recompute, States: y.states, Next: next, Seqs: y.seqs, Checks: y.close(), body: y}
	parts := l.apply(y.init, y.from, counting(len(next)), outs)
	return parts[:len(next)], parts[len(next):]
}

func counting(n int) []int {
	c := make([]int, n)
	for i := range c {
		c[i] = i
	}
	return c
}

// apply returns the parts of the Scan of a new loop.
func (l *Loop) apply(init, seqs []*Node, finals []int, outs []*Node) []*Node {
	l.given = map[*Node]bool{}
	for _, n := range slices.Concat(l.States, l.Seqs) {
		l.given[n] = true
	}
	for _, n := range l.Needs(slices.Concat(l.Next, outs, l.Checks)) {
		if _, fixed := Constant(n); n.body != l.body && !fixed {
			l.Consts = append(l.Consts, n)
		}
	}
	r := &Scan{Loop: l, Finals: finals, Outs: outs}
	parts := r.parts(Apply(r, slices.Concat(init, seqs, l.Consts)...))
	if len(l.Checks) > 0 { // a part is enough to have the loop computed
		full := slices.DeleteFunc(slices.Clone(parts), func(n *Node) bool { return Size(n.shape) == 0 })
		if len(full) > 0 {
			b := Current()
			b.Checks = append(b.Checks, slices.MinFunc(full, func(x, y *Node) int { return Size(x.shape) - Size(y.shape) }))
		}
	}
	return parts
}

// WithSeqs returns the loop with other nodes of a step as its sequences, which it is
// given in the place of computing them.
func (l *Loop) WithSeqs(seqs []*Node) *Loop {
	m := *l
	m.Seqs, m.given = seqs, map[*Node]bool{}
	for _, n := range slices.Concat(m.States, seqs) {
		m.given[n] = true
	}
	return &m
}

// Given tells whether a step finds a node there, or nothing but constants below it.
func (l *Loop) Given(n *Node) bool { return l.given[n] || n.body != l.body }

// Needs lists what a step computes for nodes, operands first, and what it is given.
func (l *Loop) Needs(nodes []*Node) []*Node { return NeededFrom(l.Given, nodes) }

// Order lists what a step computes, operands first, with what it is given.
func (r *Scan) Order() []*Node { return r.Needs(slices.Concat(r.Next, r.Outs, r.Checks)) }

// Parts returns the number of parts.
func (r *Scan) Parts() int { return len(r.Finals) + len(r.Outs) }

// PartShape returns the shape of a part.
func (r *Scan) PartShape(i int) []int {
	if i < len(r.Finals) {
		return r.States[r.Finals[i]].shape
	}
	return append([]int{r.Steps}, r.Outs[i-len(r.Finals)].shape...)
}

// PartAt returns where a part is, from ≤ i < to.
func (r *Scan) PartAt(i int) (from, to int) {
	for k := range i {
		from += Size(r.PartShape(k))
	}
	return from, from + Size(r.PartShape(i))
}

// parts returns the parts of the result of a Scan.
func (r *Scan) parts(n *Node) []*Node {
	parts := make([]*Node, r.Parts())
	for i := range parts {
		from, to := r.PartAt(i)
		p := n
		if to-from < n.shape[0] {
			p = Apply(Slice{0, from, to}, n)
		}
		parts[i] = Reshaped(p, r.PartShape(i))
	}
	return parts
}

// Shape is that of all parts.
func (r *Scan) Shape(in [][]int) ([]int, error) {
	for i, n := range r.States {
		if !slices.Equal(in[i], n.shape) || !slices.Equal(r.Next[i].shape, n.shape) {
			return nil, errors.Errorf("state %d of shape %v starts as one of %v, and is %v after a step", i, n.shape, in[i], r.Next[i].shape)
		}
	}
	for i, n := range r.Seqs {
		if s := in[len(r.States)+i]; !slices.Equal(s, append([]int{r.Steps}, n.shape...)) {
			return nil, errors.Errorf("sequence %d of shape %v, want %d steps of %v", i, s, r.Steps, n.shape)
		}
	}
	n := 0
	for i := range r.Parts() {
		n += Size(r.PartShape(i))
	}
	return []int{n}, nil
}

// Eval goes from step to step.
func (r *Scan) Eval(out Array, in []Array) error {
	states := in[:len(r.States)]
	for k := range r.Steps {
		at, err := r.At(k, states, in)
		if err != nil {
			return err
		}
		for i, n := range r.Outs {
			r.part(out, len(r.Finals)+i).step(r.Place(k), n.shape).Copy(at[n])
		}
		states = make([]Array, len(r.Next))
		for i, n := range r.Next {
			states[i] = at[n]
		}
	}
	for i, s := range r.Finals {
		r.part(out, i).Copy(states[s])
	}
	return nil
}

// At evaluates a step: the values of what it computes and is given.
func (r *Scan) At(step int, states, in []Array) (map[*Node]Array, error) {
	at := map[*Node]Array{}
	for i, n := range r.States {
		at[n] = states[i]
	}
	for i, n := range r.Seqs {
		at[n] = in[len(r.States)+i].step(r.Place(step), n.shape)
	}
	for i, n := range r.Consts {
		at[n] = in[len(r.States)+len(r.Seqs)+i]
	}
	for _, n := range r.Order() {
		if c, ok := Constant(n); ok {
			at[n] = c
			continue
		}
		if r.Given(n) {
			continue
		}
		args := make([]Array, len(n.in))
		for i, c := range n.in {
			args[i] = at[c]
		}
		at[n] = NewArray(n.b.Dtype, n.shape)
		if err := n.rule.Eval(at[n], args); err != nil {
			return nil, errors.WithMessagef(err, "step %d: %s", r.Place(step), n)
		}
	}
	return at, nil
}

// Place returns the place in the sequences that a step is at.
func (l *Loop) Place(step int) int {
	if l.Reverse {
		return l.Steps - 1 - step
	}
	return step
}

// Find returns the step that element i of the result is made in, the node that it is
// of and the element of that; −1 of no steps.
func (r *Scan) Find(i int) (step int, n *Node, at int) {
	for k := range r.Parts() {
		from, to := r.PartAt(k)
		if i >= to {
			continue
		}
		if k < len(r.Finals) {
			return r.Steps - 1, r.Next[r.Finals[k]], i - from
		}
		n := r.Outs[k-len(r.Finals)]
		size := Size(n.shape)
		return r.Place((i - from) / size), n, (i - from) % size
	}
	return -1, nil, 0
}

// part is part i of the result.
func (r *Scan) part(out Array, i int) Array {
	from, to := r.PartAt(i)
	return out.cut(from, to, r.PartShape(i))
}

// cut sees elements from ≤ i < to as an array of a shape.
func (a Array) cut(from, to int, shape []int) Array {
	if a.F64 != nil {
		return Array{Shape: shape, F64: a.F64[from:to]}
	}
	return Array{Shape: shape, F32: a.F32[from:to]}
}

// step sees place t of a sequence [T, shape…].
func (a Array) step(t int, shape []int) Array {
	n := Size(shape)
	return a.cut(t*n, (t+1)*n, shape)
}
