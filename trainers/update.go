package trainers

import (
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// update is an optimiser's pass over all parameters: first all gradients are
// looked at, then all parameters are updated and looked at in turn. The workers
// of a program share the pieces, of which a rule that is not element-wise has one
// a parameter, updated one after the other. Where the bounds of a reacher leave
// a doubt that the step is finite, parameters and slots are saved before and put
// back if it is not.
type update struct {
	rule    Optimizer
	shared  bool    // the rule is element-wise
	bounds  reacher // nil: always in doubt
	tensors []Tensor
	pieces  []piece
	saved   []graph.Array // of parameters and slots; nil until needed
	apply   func() error

	most    float64 // finite; also what the squares of a gradient may sum to: optimisers keep squares
	largest float64 // no parameter exceeds it; +Inf: not known
	moment  float64 // nor any moment this
	doubt   bool
	looking bool // else updating
	program *graph.Program
}

// reacher is an optimiser that knows how far it goes.
type reacher interface {
	// reach returns, from bounds of the scaled gradient and of the moments before
	// update t, bounds of the moments after it and of what it adds to a parameter,
	// intermediate results included. They need not be tight, but +Inf where there
	// is none.
	reach(grad, moment float64, t int) (newMoment, step float64)
	// keeps tells whether its updates can leave an element with these slots, as
	// reach relies on; if not, it says what they are.
	keeps(slot func(k int) float64) (ok bool, what string)
}

// piece is a part of a parameter, and what was found in its gradient or, after
// the update, in itself.
type piece struct {
	Tensor
	of       int // the parameter
	from, to int
	squares  float64
	bad      bool // a slot is not finite, where there was a doubt
}

// pieceSize bounds the elements of a piece: a function of the parameter alone,
// so that sums are added in the same order on any number of workers.
const pieceSize = 1 << 15

func newUpdate(u *Updater) (*update, error) {
	if n := u.rule.Slots(); n < 0 {
		return nil, errors.Errorf("trainers: %T keeps %d slots, want 0 or more", u.rule, n)
	}
	d := &update{rule: u.rule, shared: byElement(u.rule), most: math.MaxFloat32}
	if u.params.Dtype == graph.Float64 {
		d.most = math.MaxFloat64
	}
	d.bounds, _ = bounded(u.rule)
	d.apply = d.write
	for i, name := range u.names {
		v, err := memory(u.params, name)
		if err != nil {
			return nil, err
		}
		t := Tensor{Name: name, Shape: u.shapes[i], Param: v}
		for range u.rule.Slots() {
			t.Slots = append(t.Slots, zeros(v))
		}
		d.tensors = append(d.tensors, t)
		size := pieceSize
		if !d.shared {
			size = v.Len()
		}
		for from := 0; from < v.Len(); from += size {
			p := piece{Tensor: t, of: i, from: from, to: min(from+size, v.Len())}
			p.Param, p.Slots = part(v, p.from, p.to), nil
			for _, k := range t.Slots {
				p.Slots = append(p.Slots, part(k, p.from, p.to))
			}
			d.pieces = append(d.pieces, p)
		}
	}
	d.forget()
	return d, nil
}

// forget makes the bounds those of parameters and slots as they are.
func (d *update) forget() {
	d.largest, d.moment = math.Inf(1), 0
	for _, t := range d.tensors {
		for _, k := range t.Slots {
			for i := range k.Len() {
				d.moment = max(d.moment, math.Abs(k.At(i)))
			}
		}
	}
}

// run updates every parameter, or none if a gradient or the step is not finite.
func (d *update) run(u *Updater, p *graph.Program) error {
	for i := range d.tensors {
		g, err := view(p, u.outputs[i], d.tensors[i].Param.F64 != nil)
		if err != nil {
			return err
		}
		d.tensors[i].Grad = g
	}
	for i := range d.pieces {
		c := &d.pieces[i]
		c.Grad = part(d.tensors[c.of].Grad, c.from, c.to)
	}
	d.looking = true
	if err := door.Parallel(p, len(d.pieces), d); err != nil {
		return err
	}
	norm := 0.0
	for _, c := range d.pieces {
		if !(c.squares <= d.most) {
			return badGradient(p, u.outputs[c.of], u.names[c.of], d.tensors[c.of].Grad)
		}
		norm += c.squares
	}
	if math.IsInf(norm, 1) {
		return errors.New("the squares of all gradients sum to infinity")
	}
	scale := 1.0
	if norm = math.Sqrt(norm); u.clip > 0 && norm > u.clip {
		scale = u.clip / norm
	}
	if math.IsInf(d.largest, 1) {
		d.largest = 0
		for _, t := range d.tensors {
			d.largest = max(d.largest, math.Sqrt(sumSquares(t.Param)))
		}
	}
	moment := math.Inf(1)
	d.doubt = true
	if d.bounds != nil {
		var step float64
		moment, step = d.bounds.reach(norm*scale, d.moment, u.t+1)
		d.doubt = !(d.largest+step < d.most/4 && moment < d.most/4) // a quarter leaves room for rounding
	}
	for i := range d.pieces {
		d.pieces[i].T, d.pieces[i].Scale = u.t+1, scale
	}
	d.looking, d.program = false, p
	if err := p.Update(d.apply); err != nil {
		var bad overflow
		if errors.As(err, &bad) {
			what := fmt.Sprintf("the update of %s by %T%+[2]v is not finite", u.names[bad.of], u.rule)
			if bad.slot {
				what = fmt.Sprintf("what %T%+[1]v keeps for %s is not finite after the update", u.rule, u.names[bad.of])
			}
			return &NotFinite{What: what, params: u.params, update: true}
		}
		return err
	}
	u.t, d.moment = u.t+1, moment
	return nil
}

// overflow says which parameter, or a slot of which, became infinite or NaN.
type overflow struct {
	of   int
	slot bool
}

func (overflow) Error() string { return "overflow" }

// write updates every parameter, or none.
func (d *update) write() error {
	if d.doubt {
		d.save()
	}
	if d.shared {
		if err := door.Parallel(d.program, len(d.pieces), d); err != nil {
			return err
		}
	} else {
		for i := range d.pieces {
			d.Do(i, 0)
		}
	}
	squares, bad := 0.0, -1
	for i := range d.pieces {
		c := &d.pieces[i]
		squares += c.squares
		if c.bad && bad < 0 {
			bad = c.of
		}
	}
	d.largest = math.Sqrt(squares)
	if d.largest < math.Inf(1) && bad < 0 {
		return nil
	}
	d.largest = math.Inf(1) // the squares may overflow, and NaN is to leave a doubt
	for i, t := range d.tensors {
		if !allFinite(t.Param) {
			d.restore()
			return overflow{i, false}
		}
	}
	if bad >= 0 {
		d.restore()
		return overflow{bad, true}
	}
	return nil
}

// save keeps what the update changes.
func (d *update) save() {
	i := 0
	d.each(func(x graph.Array) {
		if i == len(d.saved) {
			d.saved = append(d.saved, zeros(x))
		}
		d.saved[i].Copy(x)
		i++
	})
}

// restore puts back what save kept. A step without a doubt has nothing to put
// back: it is only found not to be finite if somebody else has changed the
// parameters since the last one.
func (d *update) restore() {
	if !d.doubt {
		return
	}
	i := 0
	d.each(func(x graph.Array) {
		x.Copy(d.saved[i])
		i++
	})
}

func (d *update) each(visit func(x graph.Array)) {
	for _, t := range d.tensors {
		visit(t.Param)
		for _, k := range t.Slots {
			visit(k)
		}
	}
}

// Do looks at or updates one piece.
func (d *update) Do(at, _ int) {
	c := &d.pieces[at]
	if d.looking {
		c.squares = sumSquares(c.Grad)
		return
	}
	d.rule.Step(c.Tensor)
	c.squares, c.bad = sumSquares(c.Param), false // in cache
	for _, k := range c.Slots {
		c.bad = c.bad || d.doubt && !allFinite(k)
	}
}
