package trainers

import (
	"cmp"
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// AdaMax is Adam with the infinity norm in place of the second moment (Kingma
// and Ba, arXiv 1412.6980, algorithm 2):
//
//	m ← β₁m + (1−β₁)g,  u ← max(β₂u, |g|)
//	θ ← θ − α·m̂/u,  m̂ = m/(1−β₁ᵗ)
//
// An element whose gradients were all zero, so that u = 0, stays.
type AdaMax struct {
	Rate  float64 // α; 0 means 2e-3
	Beta1 float64 // 0 means .9; negative means none
	Beta2 float64 // 0 means .999; negative means none
}

var _ Optimizer = AdaMax{}

// Slots implements Optimizer: the moment m and the norm u.
func (AdaMax) Slots() int { return 2 }

// Step implements Optimizer.
func (a AdaMax) Step(p Tensor) {
	p.fits("AdaMax", a.Slots())
	s := a.at(p.T)
	s.Rate, s.Scale = s.Rate*p.Rate, p.Scale
	if m, u := p.Slots[0], p.Slots[1]; p.Param.F64 != nil {
		kernel.AdaMax(p.Param.F64, p.Grad.F64, m.F64, u.F64, s)
	} else {
		kernel.AdaMax(p.Param.F32, p.Grad.F32, m.F32, u.F32, s)
	}
}

// reach implements reacher. With β₁ < β₂
//
//	|m| ≤ (1−β₁) Σ β₁ⁱ|gᵢ| ≤ u (1−β₁) Σ (β₁/β₂)ⁱ = u (1−β₁)/(1−β₁/β₂)
//
// and u itself may be rounded to as little as half; otherwise m/u has no bound.
func (a AdaMax) reach(grad, moment float64, t int) (newMoment, step float64) {
	s := a.at(t)
	m := moments(s.Beta1, moment, 1-s.Beta1, grad)
	return m, s.Rate / s.Correct1 * max(m, a.ratio(), 1)
}

// ratio bounds |m|/u, by +Inf where it has no bound.
func (a AdaMax) ratio() float64 {
	s := a.at(1)
	if s.Beta1 >= s.Beta2 {
		return math.Inf(1)
	}
	return 4 / (1 - s.Beta1/s.Beta2)
}

// keeps implements reacher.
func (a AdaMax) keeps(slot func(int) float64) (bool, string) {
	m, u, most := math.Abs(slot(0)), slot(1), a.ratio()
	if u >= 0 && (math.IsInf(most, 1) || m <= most*u) {
		return true, ""
	}
	return false, fmt.Sprintf("u ≥ 0 and |m| ≤ %.3g·u", most)
}

// at returns the numbers of update t.
func (a AdaMax) at(t int) kernel.AdamStep {
	d := a.Defaults()
	return kernel.AdamStep{Rate: d.Rate, Beta1: none(d.Beta1), Beta2: none(d.Beta2)}.At(t)
}

// Defaults returns the rule with what zeros mean in their place.
func (a AdaMax) Defaults() AdaMax {
	return AdaMax{cmp.Or(a.Rate, 2e-3), cmp.Or(a.Beta1, .9), cmp.Or(a.Beta2, .999)}
}

func (a AdaMax) check() error {
	if d := a.Defaults(); !(validRate(d.Rate) && d.Beta1 < 1 && d.Beta2 < 1) {
		return errors.Errorf("AdaMax%+v: want a finite Rate > 0, Beta1 < 1, Beta2 < 1", a)
	}
	return nil
}
