package trainers

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// Momentum is stochastic gradient descent with momentum (Polyak, 1964):
//
//	v ← μv + g,  θ ← θ − α·v
//
// or with that of Nesterov, whose θ is the point where the gradient is looked at
// (Bengio, Boulanger-Lewandowski and Pascanu, arXiv 1212.0901):
//
//	v ← μv + g,  θ ← θ − α·(g + μv)
//
// The rate is outside of v: a steady gradient moves θ by α/(1−μ) of it a step.
type Momentum struct {
	Rate     float64 // α; 0 means 1e-2
	Mu       float64 // μ; 0 means .9; negative means none
	Nesterov bool
}

var _ Optimizer = Momentum{}

// Slots implements Optimizer: the velocity v.
func (Momentum) Slots() int { return 1 }

// Step implements Optimizer.
func (m Momentum) Step(p Tensor) {
	p.fits("Momentum", m.Slots())
	m = m.Defaults()
	if v := p.Slots[0]; p.Param.F64 != nil {
		accelerate(m, p.Param.F64, p.Grad.F64, v.F64, m.Rate*p.Rate, p.Scale)
	} else {
		accelerate(m, p.Param.F32, p.Grad.F32, v.F32, m.Rate*p.Rate, p.Scale)
	}
}

func accelerate[T graph.Float](m Momentum, param, grad, v []T, rate, scale float64) {
	mu := none(m.Mu)
	if !m.Nesterov {
		kernel.Momentum(param, grad, v, T(rate), T(mu), T(scale))
		return
	}
	for len(param) > 0 { // in cache
		n := min(len(param), 512)
		kernel.Momentum(param[:n], grad[:n], v[:n], T(rate*mu), T(mu), T(scale))
		descend(param[:n], grad[:n], T(rate), T(scale))
		param, grad, v = param[n:], grad[n:], v[n:]
	}
}

// reach implements reacher.
func (m Momentum) reach(grad, moment float64, _ int) (newMoment, step float64) {
	m = m.Defaults()
	v := moments(none(m.Mu), moment, 1, grad)
	if step = max(v, 1); m.Nesterov {
		step += max(grad, 1)
	}
	return v, 1.001 * m.Rate * step
}

// keeps implements reacher.
func (Momentum) keeps(func(int) float64) (bool, string) { return true, "" }

// Defaults returns the rule with what zeros mean in their place.
func (m Momentum) Defaults() Momentum {
	m.Rate, m.Mu = cmp.Or(m.Rate, 1e-2), cmp.Or(m.Mu, .9)
	return m
}

func (m Momentum) check() error {
	if d := m.Defaults(); !(validRate(d.Rate) && d.Mu < 1) {
		return errors.Errorf("Momentum%+v: want a finite Rate > 0, Mu < 1", m)
	}
	return nil
}
