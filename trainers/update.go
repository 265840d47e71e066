package trainers

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// update is an optimiser's pass over parameters of one dtype, in pieces that
// the workers of a program share: first all gradients are looked at, then all
// parameters are updated.
type update[T graph.Float] struct {
	rule   func(param, grad []T, slots [][]T, t int, scale float64)
	params []slots[T]
	pieces []piece[T]

	most    float64 // that the squares of a gradient may sum to: optimisers keep squares
	looking bool    // else updating
	t       int
	scale   float64
}

// slots is a parameter, its gradient and what the optimiser keeps for it.
type slots[T graph.Float] struct {
	param, grad []T
	kept        [][]T
}

// piece is a part of a parameter, and what was found in its gradient.
type piece[T graph.Float] struct {
	of       int // the parameter
	from, to int
	kept     [][]T
	squares  float64
}

// pieceSize bounds the elements of a piece: a function of the parameter alone,
// so that sums are added in the same order on any number of workers.
const pieceSize = 1 << 15

func newUpdate[T graph.Float](u *Updater, rule func(param, grad []T, slots [][]T, t int, scale float64)) (*update[T], error) {
	d := &update[T]{rule: rule, most: math.MaxFloat32}
	if u.params.Dtype == graph.Float64 {
		d.most = math.MaxFloat64
	}
	for i, name := range u.names {
		v, err := graph.Values[T](u.params, name)
		if err != nil {
			return nil, err
		}
		s := slots[T]{param: v}
		for range u.rule.Slots() {
			s.kept = append(s.kept, make([]T, len(v)))
		}
		d.params = append(d.params, s)
		for from := 0; from < len(v); from += pieceSize {
			p := piece[T]{of: i, from: from, to: min(from+pieceSize, len(v))}
			for _, k := range s.kept {
				p.kept = append(p.kept, k[p.from:p.to])
			}
			d.pieces = append(d.pieces, p)
		}
	}
	return d, nil
}

// run updates every parameter, or none if a gradient is not finite.
func (d *update[T]) run(u *Updater, p *graph.Program) error {
	for i := range d.params {
		g, err := graph.View[T](p, u.outputs[i])
		if err != nil {
			return err
		}
		d.params[i].grad = g
	}
	d.looking = true
	p.Parallel(len(d.pieces), d)
	norm := 0.0
	for _, c := range d.pieces {
		if !(c.squares <= d.most) {
			return badGradient(p, u.outputs[c.of], u.names[c.of], d.params[c.of].grad)
		}
		norm += c.squares
	}
	if math.IsInf(norm, 1) {
		return errors.New("the squares of all gradients sum to infinity")
	}
	d.scale = 1
	if norm = math.Sqrt(norm); u.clip > 0 && norm > u.clip {
		d.scale = u.clip / norm
	}
	u.t++
	d.looking, d.t = false, u.t
	p.Parallel(len(d.pieces), d)
	return nil
}

// Do looks at or updates one piece.
func (d *update[T]) Do(part, _ int) {
	c := &d.pieces[part]
	s := &d.params[c.of]
	grad := s.grad[c.from:c.to]
	if !d.looking {
		d.rule(s.param[c.from:c.to], grad, c.kept, d.t, d.scale)
		return
	}
	c.squares = kernel.SumSquares(grad)
}
