package graph

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// evaluate is door.Evaluate.
func (s *Scope) evaluate(draws int, nodes []*Node) ([][][]float64, error) {
	s.notNil()
	var numbers noiseFill
	r, err := engine.NewReference(nodes, func(n *Node) (op.Array, error) {
		if c, ok := op.Constant(n); ok {
			return c, nil
		}
		l, ok := s.b.leaves[n]
		if !ok {
			return op.Array{}, errors.Errorf("%s was not declared in a Scope", n)
		}
		switch l.kind {
		case param, state:
			a, _ := s.b.params.array(l.name)
			return a, nil
		case noise:
			v := op.NewArray(s.b.Dtype, n.Shape())
			numbers.add(l, v)
			return v, nil
		}
		return op.Array{}, errors.Errorf("it is computed from the %s %s, which has no value yet", l.kind, l.name)
	})
	if err != nil {
		return nil, err
	}
	var all [][][]float64
	for i := range draws {
		numbers.draw(Key{Seed: s.b.params.Seed, Stream: initStream, Step: uint32(i)}, 0)
		if err := r.Run(context.Background()); err != nil {
			return nil, err
		}
		var values [][]float64
		for _, n := range nodes {
			a := r.Value(n)
			v := make([]float64, a.Len())
			for j := range v {
				v[j] = a.At(j)
			}
			values = append(values, v)
		}
		all = append(all, values)
	}
	return all, nil
}
