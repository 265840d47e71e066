package graph

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// split is door.Passes.
func (s *Scope) split(n int) *Scope {
	s.notNil()
	switch {
	case n < 1:
		Fail("graph: %d passes, want 1 or more", n)
	case s.b.passes != 0 && s.b.passes != n:
		Fail("graph: %d passes in a program of %d: evaluate what needs other numbers of passes in programs of their own", n, s.b.passes)
	}
	s.b.passes = n
	r := *s
	r.passes = true
	return &r
}

// repeats is door.Repeats.
func (s *Scope) repeats(n int) *Scope {
	r := s.split(n)
	r.anew = true
	return r
}

// collect is a value of every pass of a run, one after the other.
type collect struct {
	leaf, value *Node
	to          op.Array
}

// collect is door.Collect.
func (s *Scope) collect(name string, value *Node) *Node {
	s.notNil()
	op.CheckOutside(value, "collect "+name)
	n := s.leaf(leaf{kind: collected}, name, append(Shape{max(s.b.passes, 1)}, value.Shape()...))
	if !slices.ContainsFunc(s.b.collects, func(c *collect) bool { return c.leaf == n }) {
		s.b.collects = append(s.b.collects, &collect{leaf: n, value: value})
	}
	return n
}

// complete is an error if something is computed from what is collected, which is
// whole only after the last pass.
func (b *build) complete(outs []*Node) error {
	if len(b.collects) == 0 {
		return nil
	}
	for _, n := range op.Needed(outs...) {
		if op.RuleOf(n) == nil {
			continue
		}
		for _, in := range op.Inputs(n) {
			if l, ok := b.leaves[in]; ok && l.kind == collected {
				return errors.Errorf("%s is collected draw by draw and whole only after the run: make it an output and compute from its values", l.name)
			}
		}
	}
	return nil
}

// startCollects makes the program compute what is collected for its outputs.
func (p *Program) startCollects() {
	for _, c := range p.b.collects {
		if slices.Contains(p.outs, c.leaf) {
			p.outs, p.collects = append(p.outs, c.value), append(p.collects, c)
		}
	}
}

// collected returns the memory of what is collected.
func (p *Program) collected(leaf *Node) op.Array {
	v := op.NewArray(p.b.Dtype, leaf.Shape())
	for _, c := range p.collects {
		if c.leaf == leaf {
			c.to = v
		}
	}
	return v
}

// keep takes the values of a pass.
func (p *Program) keep(pass int) {
	for _, c := range p.collects {
		v := p.exec.Value(c.value)
		for i, n := 0, v.Len(); i < n; i++ {
			c.to.Set(pass*n+i, v.At(i))
		}
	}
}

// carry is door.Carry.
func (s *Scope) carry(name string, init float64, shape Shape) *Node {
	s.notNil()
	n := s.leaf(leaf{kind: carried}, name, shape)
	if s.b.carry(n) == nil { // else a replay
		s.b.carries = append(s.b.carries, &carry{leaf: n, init: init})
	}
	return n
}

// handOn is door.HandOn.
func (s *Scope) handOn(to, value *Node) {
	s.notNil()
	dims(to)
	c := s.b.carry(to)
	if c == nil {
		Fail("graph: hand on to %s, which is no Carry", to.Name())
	}
	op.CheckOutside(value, "hand on to "+to.Name())
	switch {
	case !slices.Equal(to.Shape(), value.Shape()):
		Fail("graph: hand on %v to %s of shape %v", value.Shape(), to.Name(), to.Shape())
	case c.value != nil && s.b.replay:
		return
	case c.value != nil:
		Fail("graph: %s is handed on twice", to.Name())
	}
	c.value = value
}

// carry is a value that one pass hands to the next.
type carry struct {
	leaf, value *Node
	init        float64
	now, next   op.Array // next is staged: all are read before any is written
}

// carry returns the carry of a leaf, nil of others.
func (b *build) carry(leaf *Node) *carry {
	for _, c := range b.carries {
		if c.leaf == leaf {
			return c
		}
	}
	return nil
}

// startCarries sets the carries of a program for the first pass.
func (p *Program) startCarries() {
	for _, c := range p.carries {
		for i := range c.now.Len() {
			c.now.Set(i, c.init)
		}
	}
}

// nextCarries sets the carries for the next pass.
func (p *Program) nextCarries() {
	for _, c := range p.carries {
		c.next.Copy(p.exec.Value(c.value))
	}
	for _, c := range p.carries {
		c.now.Copy(c.next)
	}
}
