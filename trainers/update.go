package trainers

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/internal/door"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// update is an optimiser's pass over parameters of one dtype, in pieces that
// the workers of a program share: first all gradients are looked at, then all
// parameters are updated and looked at in turn. Where the bounds of a reacher
// leave a doubt that the step is finite, parameters and slots are saved before
// and put back if it is not.
type update[T graph.Float] struct {
	rule   func(param, grad []T, slots [][]T, t int, scale float64)
	bounds reacher // nil: always in doubt
	params []slots[T]
	pieces []piece[T]
	saved  [][]T // of params; nil until needed
	apply  func() error

	most    float64 // finite; also what the squares of a gradient may sum to: optimisers keep squares
	largest float64 // no parameter exceeds it; +Inf: not known
	moment  float64 // nor any moment this
	doubt   bool
	looking bool // else updating
	t       int
	scale   float64
	program *graph.Program
}

// reacher is an optimiser that knows how far it goes: from bounds of the scaled
// gradient and of the moments before update t it returns bounds of the moments
// after it and of what it adds to a parameter, intermediate results included.
// They need not be tight, but +Inf where there is none.
type reacher interface {
	reach(grad, moment float64, t int) (newMoment, step float64)
}

// slots is a parameter, its gradient and what the optimiser keeps for it.
type slots[T graph.Float] struct {
	param, grad []T
	kept        [][]T
}

// piece is a part of a parameter, and what was found in its gradient or, after
// the update, in itself.
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
	d := &update[T]{rule: rule, most: math.MaxFloat32, largest: math.Inf(1)}
	if u.params.Dtype == graph.Float64 {
		d.most = math.MaxFloat64
	}
	switch o := u.rule.(type) {
	case Adam, *Adam, AdaMax, *AdaMax, Momentum, *Momentum: // what embeds them may go farther
		d.bounds = o.(reacher)
	}
	d.apply = d.write
	for i, name := range u.names {
		v, err := graph.Memory[T](u.params, name)
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

// run updates every parameter, or none if a gradient or the step is not finite.
func (d *update[T]) run(u *Updater, p *graph.Program) error {
	for i := range d.params {
		g, err := graph.View[T](p, u.outputs[i])
		if err != nil {
			return err
		}
		d.params[i].grad = g
	}
	d.looking = true
	if err := door.Parallel(p, len(d.pieces), d); err != nil {
		return err
	}
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
	if math.IsInf(d.largest, 1) {
		d.largest = 0
		for _, s := range d.params {
			d.largest = max(d.largest, math.Sqrt(kernel.SumSquares(s.param)))
		}
	}
	moment := math.Inf(1)
	d.doubt, d.t = true, u.t+1
	if d.bounds != nil {
		var step float64
		moment, step = d.bounds.reach(norm*d.scale, d.moment, d.t)
		d.doubt = !(d.largest+step < d.most/4 && moment < d.most/4) // a quarter leaves room for rounding
	}
	d.looking, d.program = false, p
	if err := p.Update(d.apply); err != nil {
		if bad := overflow(0); errors.As(err, &bad) {
			what := fmt.Sprintf("the update of %s by %T%+[2]v is not finite", u.names[bad], u.rule)
			return &NotFinite{What: what, params: u.params, update: true}
		}
		return err
	}
	u.t, d.moment = d.t, moment
	return nil
}

// overflow says which parameter became infinite or NaN.
type overflow int

func (overflow) Error() string { return "overflow" }

// write updates every parameter, or none.
func (d *update[T]) write() error {
	if d.doubt {
		d.save()
	}
	if err := door.Parallel(d.program, len(d.pieces), d); err != nil {
		return err
	}
	squares := 0.0
	for _, c := range d.pieces {
		squares += c.squares
	}
	d.largest = math.Sqrt(squares)
	if d.largest < math.Inf(1) {
		return nil
	}
	d.largest = math.Inf(1) // the squares may overflow, and NaN is to leave a doubt
	for i, s := range d.params {
		if !kernel.AllFinite(s.param) {
			d.restore()
			return overflow(i)
		}
	}
	return nil
}

// save keeps what the update changes.
func (d *update[T]) save() {
	i := 0
	d.each(func(x []T) {
		if i == len(d.saved) {
			d.saved = append(d.saved, make([]T, len(x)))
		}
		copy(d.saved[i], x)
		i++
	})
}

// restore puts back what save kept. A step without a doubt has nothing to put
// back: it is only found not to be finite if somebody else has changed the
// parameters since the last one.
func (d *update[T]) restore() {
	if !d.doubt {
		return
	}
	i := 0
	d.each(func(x []T) {
		copy(x, d.saved[i])
		i++
	})
}

func (d *update[T]) each(visit func(x []T)) {
	for _, s := range d.params {
		visit(s.param)
		for _, k := range s.kept {
			visit(k)
		}
	}
}

// Do looks at or updates one piece.
func (d *update[T]) Do(part, _ int) {
	c := &d.pieces[part]
	s := &d.params[c.of]
	param, grad := s.param[c.from:c.to], s.grad[c.from:c.to]
	if d.looking {
		c.squares = kernel.SumSquares(grad)
		return
	}
	d.rule(param, grad, c.kept, d.t, d.scale)
	c.squares = kernel.SumSquares(param) // in cache
}
