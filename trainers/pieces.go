package trainers

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// piece is a part of a parameter, and what was found in its gradient or, after
// the update, in itself.
type piece struct {
	Tensor
	of       int // the parameter
	from, to int
	group    Group
	keep     float64 // what its Decay multiplies the parameter by
	squares  float64
	gradient float64 // squares of the gradient of the last update
	bad      bool    // a slot is not finite, where there was a doubt
}

// pieceSize bounds the elements of a piece: a function of the parameter alone,
// so that sums are added in the same order on any number of workers.
const pieceSize = 1 << 15

// phase is what is done to all pieces.
type phase int

const (
	looking phase = iota
	adding
	updating
	averaging
)

// all does what a phase says to all pieces, on p's workers if there is a p.
func (d *update) all(what phase, p *graph.Program) error {
	if d.phase = what; p != nil {
		return door.Parallel(p, len(d.pieces), d)
	}
	for i := range d.pieces {
		d.Do(i, 0)
	}
	return nil
}

// Do does to one piece what the phase says.
func (d *update) Do(at, _ int) {
	c := &d.pieces[at]
	switch d.phase {
	case looking:
		c.squares = sumSquares(c.Grad)
	case adding:
		gather(part(d.into[c.of], c.from, c.to), d.weight, c.Grad)
	case averaging:
		d.averages.toward(c, d.weight)
	case updating:
		if c.keep != 1 {
			times(c.Param, c.keep)
		}
		d.rule.Step(c.Tensor)
		c.squares, c.bad = sumSquares(c.Param), false // in cache
		for _, k := range c.Slots {
			c.bad = c.bad || d.doubt && !allFinite(k)
		}
	}
}
