package trainers

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Momentum is stochastic gradient descent with momentum (Polyak, 1964):
//
//	v ← μv + g,  θ ← θ − α·v
//
// The rate is outside of v: a steady gradient moves θ by α/(1−μ) of it a step.
type Momentum struct {
	Rate float64 // α; 0 means 1e-2
	Mu   float64 // μ; 0 means .9; negative means none
}

var _ Optimizer = Momentum{}

// Slots implements Optimizer: the velocity v.
func (Momentum) Slots() int { return 1 }

// Step implements Optimizer.
func (m Momentum) Step(p Tensor) {
	p.fits("Momentum", m.Slots())
	m = m.defaults()
	if v := p.Slots[0]; p.Param.F64 != nil {
		kernel.Momentum(p.Param.F64, p.Grad.F64, v.F64, m.Rate, m.Mu, p.Scale)
	} else {
		kernel.Momentum(p.Param.F32, p.Grad.F32, v.F32, float32(m.Rate), float32(m.Mu), float32(p.Scale))
	}
}

// reach implements reacher.
func (m Momentum) reach(grad, moment float64, _ int) (newMoment, step float64) {
	m = m.defaults()
	v := moments(m.Mu, moment, 1, grad)
	return v, m.Rate * max(v, 1)
}

// keeps implements reacher.
func (Momentum) keeps(func(int) float64) (bool, string) { return true, "" }

func (m Momentum) defaults() Momentum { return Momentum{cmp.Or(m.Rate, 1e-2), decay(m.Mu, .9)} }

func (m Momentum) check() error {
	if d := m.defaults(); !(validRate(d.Rate) && d.Mu < 1) {
		return errors.Errorf("Momentum%+v: want a finite Rate > 0, Mu < 1", m)
	}
	return nil
}
