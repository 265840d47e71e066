package trainers

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// RMSProp divides the gradient by the root of a running mean of its square
// (Hinton's lecture 6e on neural networks, 2012). It is Adam without the first
// moment and the correction:
//
//	v ← βv + (1−β)g²,  θ ← θ − α·g/(√v + ε)
type RMSProp struct {
	Rate    float64 // α; 0 means 1e-2
	Beta    float64 // 0 means .99; negative means none
	Epsilon float64 // 0 means 1e-8
}

var _ Optimizer = RMSProp{}

// Slots implements Optimizer: the mean square v.
func (RMSProp) Slots() int { return 1 }

// Step implements Optimizer.
func (r RMSProp) Step(p Tensor) {
	p.fits("RMSProp", r.Slots())
	r = r.Defaults()
	beta := none(r.Beta)
	rootSquares(p, beta, 1-beta, r.Rate, r.Epsilon)
}

// rootSquares is a step that divides the gradient by the root of what is kept of
// its squares.
func rootSquares(p Tensor, keep, add, rate, eps float64) {
	rate *= p.Rate
	if v := p.Slots[0]; p.Param.F64 != nil {
		kernel.RootSquares(p.Param.F64, p.Grad.F64, v.F64, keep, add, rate, eps, p.Scale)
	} else {
		kernel.RootSquares(p.Param.F32, p.Grad.F32, v.F32, float32(keep), float32(add), float32(rate), float32(eps), float32(p.Scale))
	}
}

// reach implements reacher. A mean of squares is not above the largest, which is
// finite.
func (r RMSProp) reach(grad, moment float64, _ int) (newMoment, step float64) {
	r = r.Defaults()
	return moment, 1.001 * r.Rate * max(grad, 1) / small(r.Epsilon)
}

// keeps implements reacher.
func (RMSProp) keeps(slot func(int) float64) (bool, string) { return slot(0) >= 0, "v ≥ 0" }

// Defaults returns the rule with what zeros mean in their place.
func (r RMSProp) Defaults() RMSProp {
	return RMSProp{cmp.Or(r.Rate, 1e-2), cmp.Or(r.Beta, .99), cmp.Or(r.Epsilon, 1e-8)}
}

func (r RMSProp) check() error {
	if d := r.Defaults(); !(validRate(d.Rate) && d.Beta < 1 && validRate(d.Epsilon)) {
		return errors.Errorf("RMSProp%+v: want a finite Rate > 0, Beta < 1, a finite Epsilon > 0", r)
	}
	return nil
}
