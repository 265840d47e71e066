package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Loop says how Scan goes through time. The zero value goes forward through
// sequences.
type Loop struct {
	Steps     int  // the number of steps, T; 0 means as many as the sequences have
	Reverse   bool // from the last place of the sequences to the first
	Recompute bool // for the gradient: compute a step again rather than keep its results
}

// Scan computes T steps of a recurrence as one operation,
//
//	states, outs[t] = step(states, seqs[t])    for t = 0 … T−1.
//
// init are the states before the first step, of any shapes. seqs [T, …] have time in
// front; step gets the place of each without that axis, and returns the states after
// the step, as many and of the same shapes, and what is to be kept of it. Scan returns
// the last states and what was kept, [T, …] each, at its place of time also where
// Reverse goes backwards. With T = 0 the last states are init.
//
// step is called once and builds nodes: graph, its compilation and that of its
// gradient are of one size whatever T is. It may use any nodes from outside, which
// are the same at each step, and declare parameters, once for all steps. What it
// computes from neither states nor sequences is computed once. Noise that it declares
// is new at each step: that of shape […, rows, event…] is […, rows, T, event…], so
// that the numbers depend on neither T nor the number of samples. What it computes
// can be used outside only where it returns it: Output, Assign and the like refuse it.
//
// The gradient is a Scan in the other direction, of any order. It keeps the states of
// all steps and what else it needs of them; Recompute makes it compute that again, in
// less memory and more time.
func Scan(c Loop, init, seqs []*Node, step func(states, in []*Node) (next, outs []*Node)) (last, all []*Node) {
	if step == nil {
		Fail("graph: scan: the step is nil")
	}
	steps := c.steps(seqs)
	for _, n := range init {
		op.Check(n, "state of a scan")
	}
	b := op.OpenBody(steps)
	var states, in []*Node
	for _, n := range init {
		states = append(states, b.State(n))
	}
	for _, n := range seqs {
		in = append(in, b.Seq(n))
	}
	next, outs := step(slices.Clone(states), in)
	if len(next) != len(init) {
		Fail("graph: scan: the step makes %d states of %d", len(next), len(init))
	}
	for i, n := range next {
		op.Check(n, "state after a step of a scan")
		if !slices.Equal(n.Shape(), init[i].Shape()) {
			Fail("graph: scan: state %d of shape %v is %v after a step", i, init[i].Shape(), n.Shape())
		}
	}
	for _, n := range outs {
		op.Check(n, "result of a step of a scan")
	}
	return b.Run(c.Reverse, c.Recompute, next, outs)
}

// steps returns the number of steps.
func (c Loop) steps(seqs []*Node) int {
	if c.Steps < 0 {
		Fail("graph: scan of %d steps", c.Steps)
	}
	steps, known := c.Steps, c.Steps > 0 || len(seqs) == 0
	for i, n := range seqs {
		op.Check(n, "sequence of a scan")
		sh := n.Shape()
		switch {
		case len(sh) == 0:
			Fail("graph: scan: sequence %d is a scalar, want time in front", i)
		case !known:
			steps, known = sh[0], true
		case sh[0] != steps:
			Fail("graph: scan: sequence %d of shape %v, want %d steps in front", i, sh, steps)
		}
	}
	return steps
}

// noiseIn declares noise for every step of the bodies that are open.
func (s *Scope) noiseIn(b *op.Body, l leaf, name string, shape Shape) *Node {
	if b == nil {
		return s.leaf(l, name, shape)
	}
	axis := max(l.rows, -1) + 1
	all := b.Outside(func() *Node {
		return s.noiseIn(s.b.InBody(), l, name, slices.Insert(slices.Clone(shape), axis, b.Steps()))
	})
	perm := []int{axis}
	for i := range all.Shape() {
		if i != axis {
			perm = append(perm, i)
		}
	}
	return b.Seq(Transpose(all, perm...))
}
