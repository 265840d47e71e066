package op

import "slices"

// Custom is its first operand with a derivative of its own: none by the first,
// and by the others what By says. Each Custom is an operation of its own.
type Custom struct {
	By func(grad *Node) []*Node
}

func (*Custom) String() string { return "custom" }

// Shape is the first operand's.
func (*Custom) Shape(in [][]int) ([]int, error) { return in[0], nil }

// Eval copies.
func (*Custom) Eval(out Array, in []Array) error {
	out.Copy(in[0])
	return nil
}

// Diff calls By.
func (r *Custom) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	d := r.By(g)
	if len(d) != len(in)-1 {
		Fail("graph: a custom gradient of %d derivatives, want %d", len(d), len(in)-1)
	}
	d = slices.Insert(slices.Clone(d), 0, nil)
	for i, n := range d {
		if n != nil && need[i] {
			Check(n, "custom gradient")
			d[i] = Fit(Stretch(n, mustBroadcast(n.shape, in[i].shape)), in[i].shape)
		}
	}
	return d
}

// mustBroadcast returns the shape that two shapes broadcast to.
func mustBroadcast(a, b []int) []int {
	s, err := Broadcast(a, b)
	if err != nil {
		Fail("graph: a custom gradient: %v", err)
	}
	return s
}
