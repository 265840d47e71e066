package trainers

import (
	"cmp"

	"github.com/pkg/errors"
)

// Adagrad divides the gradient by the root of the sum of its squares so far
// (Duchi, Hazan and Singer, 2011, the diagonal form):
//
//	v ← v + g²,  θ ← θ − α·g/(√v + ε)
type Adagrad struct {
	Rate    float64 // α; 0 means 1e-2
	Epsilon float64 // 0 means 1e-10
}

var _ Optimizer = Adagrad{}

// Slots implements Optimizer: the sum of squares v.
func (Adagrad) Slots() int { return 1 }

// Step implements Optimizer.
func (a Adagrad) Step(p Tensor) {
	p.fits("Adagrad", a.Slots())
	a = a.Defaults()
	rootSquares(p, 1, 1, a.Rate, a.Epsilon)
}

// reach implements reacher.
func (a Adagrad) reach(grad, moment float64, _ int) (newMoment, step float64) {
	a = a.Defaults()
	return moments(1, moment, grad, grad), 1.001 * a.Rate * max(grad, 1) / small(a.Epsilon)
}

// keeps implements reacher.
func (Adagrad) keeps(slot func(int) float64) (bool, string) { return slot(0) >= 0, "v ≥ 0" }

// Defaults returns the rule with what zeros mean in their place.
func (a Adagrad) Defaults() Adagrad { return Adagrad{cmp.Or(a.Rate, 1e-2), cmp.Or(a.Epsilon, 1e-10)} }

func (a Adagrad) check() error {
	if d := a.Defaults(); !(validRate(d.Rate) && validRate(d.Epsilon)) {
		return errors.Errorf("Adagrad%+v: want a finite Rate > 0, a finite Epsilon > 0", a)
	}
	return nil
}
