package op

import "fmt"

// A Body is what a Scan computes anew at each step: nodes made while it is open of
// leaves of its own, which stand for the states before a step and for what sequences
// hold at it. A node that depends on none of those is computed once, outside.
type Body struct {
	parent *Body // nil: the graph
	depth  int
	open   int
	leaves int
	checks int // of the builder, when it was opened

	steps  int
	states []*Node
	seqs   []*Node
	init   []*Node // of states
	from   []*Node // of seqs
}

// OpenBody begins the body of a Scan of so many steps; Scan ends it.
func OpenBody(steps int) *Body {
	b := Current()
	body := &Body{parent: b.body, steps: steps, open: 1, checks: len(b.Checks)}
	if b.body != nil {
		body.depth = b.body.depth + 1
	}
	b.body = body
	return body
}

// InBody returns the body that is open, nil if none is.
func (b *Builder) InBody() *Body { return b.body }

// Steps returns the number of steps.
func (y *Body) Steps() int { return y.steps }

// Outside calls f as if the body had not been opened yet, so that it finds the place
// that the body is in.
func (y *Body) Outside(f func() *Node) *Node {
	b := Current()
	defer func(was *Body) { b.body = was }(b.body)
	b.body = y.parent
	return f()
}

// leaf makes a node that stands for something else at each step.
func (y *Body) leaf(what string, shape []int) *Node {
	y.leaves++
	n := Current().add(&Node{name: fmt.Sprintf("scan:%s %d", what, y.leaves), shape: append([]int{}, shape...)}, "scan")
	n.body = y
	return n
}

// State returns what stands for a state before a step; it starts as init.
func (y *Body) State(init *Node) *Node {
	n := y.leaf("state", init.shape)
	y.states, y.init = append(y.states, n), append(y.init, init)
	return n
}

// Seq returns what stands for the place of a step in a sequence [T, …].
func (y *Body) Seq(x *Node) *Node {
	n := y.leaf("sequence", x.shape[1:])
	y.seqs, y.from = append(y.seqs, n), append(y.from, x)
	return n
}

// Places returns what stands for the place of a step in each sequence, and the
// sequences [T, …].
func (y *Body) Places() (places, from []*Node) { return y.seqs, y.from }

// close ends the body, and returns the checks made in it.
func (y *Body) close() (checks []*Node) {
	b := Current()
	y.open--
	b.body = y.parent
	return y.takeChecks(b)
}

// takeChecks takes out of the builder the checks made in the body.
func (y *Body) takeChecks(b *Builder) (taken []*Node) {
	rest := b.Checks[:y.checks:y.checks]
	for _, n := range b.Checks[y.checks:] {
		if n.body == y {
			taken = append(taken, n)
		} else {
			rest = append(rest, n)
		}
	}
	b.Checks = rest
	return taken
}

// reopen lets the derivative of a Scan be made of the nodes of its body.
func (y *Body) reopen() (leave func()) {
	b := Current()
	y.open++
	was := b.body
	b.body, y.checks = y, len(b.Checks)
	return func() {
		y.open--
		b.body = was
		y.takeChecks(b)
	}
}

// innermost returns the body that an operation of n and of what is in body is in.
func innermost(body *Body, n *Node) *Body {
	switch {
	case n.body == nil || n.body == body:
		return body
	case body == nil || body.depth < n.body.depth:
		return n.body
	case body.depth == n.body.depth:
		Fail("graph: %s is of the body of another Scan", n)
	}
	return body
}
