package trainers

import (
	"maps"
	"math"

	"github.com/pkg/errors"
)

// Step reports on one training step. What its methods tell is read when they are
// called, which costs nothing otherwise, and only OnStep can call them.
type Step struct {
	Epoch, Epochs int // the epoch from 1, and how many there will be
	Step, Steps   int // the step within the epoch from 1, and how many it has; -1 if the batches do not know

	Number    int        // of the step in the fit, from 1
	Rows      int        // of the first array
	NotFinite *NotFinite // why the step was left out, as SkipNotFinite says; nil if it was not

	now *pass
}

// Metrics returns the bound and the terms of this batch, by the names of
// Epoch.Train.
func (s Step) Metrics() (map[string]float64, error) {
	if s.now == nil {
		return nil, errNoStep
	}
	return maps.Clone(s.now.last), nil
}

// Means returns those over the epoch so far, as Epoch.Train will have them; empty
// if all steps were left out.
func (s Step) Means() (map[string]float64, error) {
	if s.now == nil {
		return nil, errNoStep
	}
	return s.now.values(), nil
}

// pass is what an epoch under way has come to.
type pass struct {
	means
	update     *Updater
	norms      float64 // of gradients, summed over the updates
	updates    int
	steps      int // taken or left out
	left       int // out
	successive int // left out since one was taken
}

// took counts a step, or an update, that ended with err. A number that is not
// finite is no error where it is tolerated.
func (p *pass) took(err error, tolerated int) (left *NotFinite, _ error) {
	if err == nil {
		p.successive = 0
		return nil, nil
	}
	var bad *NotFinite
	if p.successive >= tolerated || !errors.As(err, &bad) {
		return nil, err
	}
	p.left, p.successive = p.left+1, p.successive+1
	return bad, nil
}

// updated counts an update.
func (p *pass) updated() { p.norms, p.updates = p.norms+p.update.update.norm(), p.updates+1 }

// report is what Config.OnEpoch is told of the training.
func (p *pass) report(e *Epoch) {
	e.Train = p.values()
	if p.updates > 0 {
		e.GradNorm = p.norms / float64(p.updates)
	}
	e.NotFinite = float64(p.left) / float64(p.steps)
}

// GradNorm is Updater.GradNorm of the updater that the fit has.
func (s Step) GradNorm(match string) (float64, error) {
	if s.now == nil {
		return 0, errNoStep
	}
	return s.now.update.GradNorm(match)
}

var errNoStep = errors.New("trainers: the Step is not one that OnStep is told of")

// GradNorm returns the Euclidean norm of the gradient by which the last update was
// made, before ClipNorm, over all parameters that a regular expression finds as
// Group.Match does: "" all together. Before the first update it is 0. A match that
// finds none is an error.
func (u *Updater) GradNorm(match string) (float64, error) {
	if err := u.ready(); err != nil {
		return 0, err
	}
	r, err := Group{Match: match}.check()
	if err != nil {
		return 0, errors.WithMessage(err, "trainers")
	}
	squares, found := 0., false
	for i := range u.update.pieces {
		if c := &u.update.pieces[i]; r.MatchString(c.Name) {
			squares, found = squares+c.gradient, true
		}
	}
	if !found {
		return 0, errors.Errorf("trainers: group %q matches none of the parameters %v", match, u.names)
	}
	return math.Sqrt(squares) * u.update.mean, nil
}

// norm is GradNorm of all parameters.
func (d *update) norm() float64 {
	squares := 0.
	for i := range d.pieces {
		squares += d.pieces[i].gradient
	}
	return math.Sqrt(squares) * d.mean
}
