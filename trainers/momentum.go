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
// The rate is outside of v: a steady gradient moves θ by α/(1−μ) of it a step.
type Momentum struct {
	Rate float64 // α; 0 means 1e-2
	Mu   float64 // μ; 0 means plain gradient descent
}

var _ Optimizer = Momentum{}

// Slots implements Optimizer: the velocity v.
func (Momentum) Slots() int { return 1 }

// Step32 implements Optimizer.
func (m Momentum) Step32(param, grad []float32, slots [][]float32, _ int, scale float64) {
	momentum(m, param, grad, slots, scale)
}

// Step64 implements Optimizer.
func (m Momentum) Step64(param, grad []float64, slots [][]float64, _ int, scale float64) {
	momentum(m, param, grad, slots, scale)
}

func momentum[T graph.Float](m Momentum, param, grad []T, slots [][]T, scale float64) {
	sameLengths("Momentum", m.Slots(), param, grad, slots)
	m = m.defaults()
	kernel.Momentum(param, grad, slots[0], T(m.Rate), T(m.Mu), T(scale))
}

// reach implements reacher.
func (m Momentum) reach(grad, moment float64, _ int) (newMoment, step float64) {
	m = m.defaults()
	v := moments(m.Mu, moment, 1, grad)
	return v, m.Rate * max(v, 1)
}

func (m Momentum) defaults() Momentum {
	m.Rate = cmp.Or(m.Rate, 1e-2)
	return m
}

func (m Momentum) check() error {
	if d := m.defaults(); !(validRate(d.Rate) && d.Mu >= 0 && d.Mu < 1) {
		return errors.Errorf("Momentum%+v: want a finite Rate > 0, 0 ≤ Mu < 1", m)
	}
	return nil
}
