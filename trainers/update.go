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
	apply   func() error  // write
	gather  func() error  // adds gradients
	note    func() error  // takes the update into the averages

	most    float64 // finite; also what the squares of a gradient may sum to: optimisers keep squares
	largest float64 // no parameter exceeds it; +Inf: not known
	moment  float64 // nor any moment this
	doubt   bool

	phase    phase
	weight   float64       // of what is added
	mean     float64       // factor of the last update's gradient
	into     []graph.Array // what gradients are added to
	program  *graph.Program
	averages *averages // nil: none
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

func newUpdate(u *Updater) (*update, error) {
	if n := u.rule.Slots(); n < 0 {
		return nil, errors.Errorf("trainers: %T keeps %d slots, want 0 or more", u.rule, n)
	}
	d := &update{rule: u.rule, shared: byElement(u.rule), most: math.MaxFloat32}
	if u.params.Dtype == graph.Float64 {
		d.most = math.MaxFloat64
	}
	d.bounds, _ = bounded(u.rule)
	d.apply, d.note = d.write, d.follow
	d.gather = func() error { return d.all(adding, d.program) }
	groups, err := grouped(u.conf.Groups, u.names)
	if err != nil {
		return nil, errors.WithMessage(err, "trainers")
	}
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
			p := piece{Tensor: t, of: i, from: from, to: min(from+size, v.Len()), group: groups[i]}
			p.Param, p.Slots = part(v, p.from, p.to), nil
			for _, k := range t.Slots {
				p.Slots = append(p.Slots, part(k, p.from, p.to))
			}
			d.pieces = append(d.pieces, p)
		}
	}
	d.forget()
	if u.conf.Average != nil {
		d.averages, err = newAverages(u)
	}
	return d, err
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

// see gives the pieces the gradients of p's last run and looks at them.
func (d *update) see(u *Updater, p *graph.Program) error {
	for i := range d.tensors {
		g, err := view(p, u.outputs[i], d.tensors[i].Param.F64 != nil)
		if err != nil {
			return err
		}
		d.tensors[i].Grad = g
	}
	bad, err := d.look(p)
	if bad >= 0 {
		return badGradient(p, u.outputs[bad], u.names[bad], d.tensors[bad].Grad)
	}
	return err
}

// look sums the squares of the gradients, and returns the first parameter whose
// are not finite; −1 if there is none.
func (d *update) look(p *graph.Program) (bad int, err error) {
	for i := range d.pieces {
		c := &d.pieces[i]
		c.Grad = part(d.tensors[c.of].Grad, c.from, c.to)
	}
	if err := d.all(looking, p); err != nil {
		return -1, err
	}
	for i := range d.pieces {
		if c := &d.pieces[i]; !(c.squares <= d.most) {
			return c.of, nil
		}
	}
	return -1, nil
}

// run updates every parameter by gradients that have been looked at, times mean,
// or none if the step is not finite. It commits p's states where it is of p's last
// run alone.
func (d *update) run(u *Updater, p *graph.Program, mean float64) error {
	norm := 0.0
	for i := range d.pieces {
		c := &d.pieces[i]
		c.gradient = c.squares
		norm += c.squares
	}
	if math.IsInf(norm, 1) {
		return &NotFinite{What: "the squares of all gradients sum to infinity", params: u.params}
	}
	d.mean = mean
	scale := mean
	if norm = math.Sqrt(norm) * mean; u.conf.ClipNorm > 0 && norm > u.conf.ClipNorm {
		scale *= u.conf.ClipNorm / norm
		norm = u.conf.ClipNorm
	}
	rate, err := u.factor()
	if err != nil {
		return err
	}
	most := 0. // of the factors of the rate
	for i := range d.pieces {
		c := &d.pieces[i]
		c.T, c.Scale, c.Rate = u.t+1, scale, rate*c.group.Rate
		most = max(most, c.Rate)
		if c.keep = 1 - c.Rate*c.group.Decay; c.keep < 0 {
			return errors.Errorf("trainers: update %d would multiply %s by %v: group %q has Decay %v at %v times the rate", c.T, c.Name, c.keep, c.group.Match, c.group.Decay, c.Rate)
		}
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
		moment, step = d.bounds.reach(norm, d.moment, u.t+1)
		d.doubt = !(d.largest+step*most < d.most/4 && moment < d.most/4) // a quarter leaves room for rounding
	}
	d.program = p
	if u.sums.batches > 0 {
		err = door.WriteParams(u.params, d.apply)
	} else {
		err = p.Update(d.apply)
	}
	if err != nil {
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
	return d.average(u.t)
}

// write updates every parameter, or none.
func (d *update) write() error {
	if d.doubt {
		d.save()
	}
	p := d.program
	if !d.shared {
		p = nil // one after the other
	}
	if err := d.all(updating, p); err != nil {
		return err
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
