package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// within is origin for an element of the result of a Scan: it goes back from step to
// step through the states, to the step whose operation made the number. nil if it is
// one of the operands.
func (r *Reference) within(s *op.Scan, n *op.Node, at int) *Origin {
	var in []op.Array
	for _, c := range op.Inputs(n) {
		in = append(in, r.value[c])
	}
	states := [][]op.Array{in[:len(s.States)]} // before each step
	var steps []map[*op.Node]op.Array
	for k := range s.Steps {
		values, err := s.At(k, states[k], in)
		if err != nil {
			return nil
		}
		var next []op.Array
		for _, m := range s.Next {
			next = append(next, values[m])
		}
		states, steps = append(states, next), append(steps, values)
	}
	k, from, at := s.Find(at)
	for k >= 0 {
		o := (&Reference{nodes: s.Order(), value: steps[k], given: s.Given}).origin(from, at)
		i := slices.Index(s.States, o.Node)
		if i < 0 {
			if s.Given(o.Node) {
				return nil
			}
			if o.Step < 0 {
				o.Step = s.Place(k)
			}
			return o
		}
		k, from, at = k-1, s.Next[i], o.At
	}
	return nil
}
