package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// An extent says of a node within a step on which axis the rows of a batch lie that the
// loop is computed apart for; or one of these.
type extent int

const (
	same  extent = -1 // for all rows
	sumOf extent = -2 // over all rows, of terms of each
)

// rows are the nodes of a step where each row of a batch depends on that row alone, or
// is a term of a sum over all. Then a loop goes over some rows from its first step to
// its last without a look at others.
type rows struct {
	all, some int // of the batch, and of a piece
	of        map[*op.Node]extent
	guess     map[*op.Node]extent   // of what is given, or stretched, as a node that reads it wants it
	total     map[*op.Node]*op.Node // states that add up, by what they are after a step
	again     bool
}

// rowsOf finds the rows of a loop, those of the first axis of its states; nil if
// its steps are not computed row by row.
func rowsOf(s *scan, states []int) *rows {
	w := &rows{guess: map[*op.Node]extent{}, total: map[*op.Node]*op.Node{}}
	for _, i := range states {
		if a := firstLong(s.States[i].Shape()); a >= 0 && s.used(states, i) {
			w.all = s.States[i].Shape()[a]
			break
		}
	}
	if w.all < 2 || len(s.Checks) > 0 {
		return nil
	}
	for _, n := range slices.Concat(s.States, s.Seqs) {
		if a := firstLong(n.Shape()); a >= 0 && n.Shape()[a] == w.all {
			w.guess[n] = extent(a)
		}
	}
	for _, i := range states {
		if !s.used(states, i) {
			delete(w.guess, s.States[i])
			w.total[s.Next[i]] = s.States[i]
		}
	}
	for w.again = true; w.again; {
		w.again = false
		w.of = map[*op.Node]extent{}
		for _, n := range slices.Concat(s.States, s.Seqs, s.Consts) {
			w.of[n] = same
			if e, ok := w.guess[n]; ok {
				w.of[n] = e
			}
		}
		for _, n := range s.needed(states) {
			if _, ok := w.of[n]; !ok && !w.visit(n) {
				return nil
			}
			if w.again {
				break
			}
		}
	}
	for _, n := range s.Outs {
		if e := w.of[n]; e < 0 || int(e) != firstLong(n.Shape()) {
			return nil
		}
	}
	for _, i := range states {
		n := s.Next[i]
		if e := w.of[n]; e != w.of[s.States[i]] || e == same || e >= 0 && int(e) != firstLong(n.Shape()) {
			return nil
		}
	}
	for _, n := range s.Consts {
		if e := w.of[n]; e >= 0 && int(e) != firstLong(n.Shape()) {
			return nil
		}
	}
	return w
}

// firstLong is the first that has several elements, so that each of them is a run of
// memory; −1 if there is none.
func firstLong(shape []int) int {
	return slices.IndexFunc(shape, func(d int) bool { return d > 1 })
}

// needed lists what a step computes, operands first.
func (s *scan) needed(states []int) []*op.Node {
	nodes := slices.Clone(s.Outs)
	for _, i := range states {
		nodes = append(nodes, s.Next[i])
	}
	return s.Needs(nodes)
}

// used tells whether a step reads a state other than to add to it.
func (s *scan) used(states []int, i int) bool {
	n := s.States[i]
	next := s.Next[i]
	b, ok := op.RuleOf(next).(op.Binary)
	if !ok || b.Fn != op.Add || !slices.Contains(op.Inputs(next), n) {
		return true
	}
	for _, m := range s.needed(states) {
		if m != next && slices.Contains(op.Inputs(m), n) {
			return true
		}
	}
	x := op.Inputs(next)
	return x[0] == x[1] || slices.Contains(s.Outs, n) || slices.Contains(s.Next, n) || slices.Contains(s.Outs, next)
}

// cut returns the rule of a node and its shape for the rows of a piece; all if w is nil.
func (w *rows) cut(n *op.Node) (op.Rule, []int) {
	rule, shape := op.RuleOf(n), n.Shape()
	if w == nil || w.of[n] < 0 {
		return rule, shape
	}
	shape = slices.Clone(shape)
	shape[w.of[n]] = w.some
	switch rule.(type) {
	case op.BroadcastTo:
		rule = op.BroadcastTo{To: shape}
	case op.SumTo:
		rule = op.SumTo{To: shape}
	case op.Reshape:
		rule = op.Reshape{To: shape}
	}
	return rule, shape
}

// before returns how many elements of an array, of strides st, come before row from of
// a node; nil means those in order.
func (w *rows) before(n *op.Node, from int, st []int) int {
	if w == nil || w.of[n] < 0 {
		return 0
	}
	if st == nil {
		st = rowMajor(n.Shape())
	}
	return from * st[w.of[n]]
}
