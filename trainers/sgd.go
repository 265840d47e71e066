package trainers

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// SGD is plain stochastic gradient descent (Robbins and Monro, 1951):
//
//	θ ← θ − α·g
type SGD struct {
	Rate float64 // α; 0 means 1e-2
}

var _ Optimizer = SGD{}

// Slots implements Optimizer: nothing is kept.
func (SGD) Slots() int { return 0 }

// Step implements Optimizer.
func (o SGD) Step(p Tensor) {
	p.fits("SGD", o.Slots())
	if rate := o.Defaults().Rate * p.Rate; p.Param.F64 != nil {
		descend(p.Param.F64, p.Grad.F64, rate, p.Scale)
	} else {
		descend(p.Param.F32, p.Grad.F32, float32(rate), float32(p.Scale))
	}
}

// descend is momentum with μ = 0, whose velocity is thrown away.
func descend[T graph.Float](param, grad []T, rate, scale T) {
	var velocity [512]T
	for len(param) > 0 {
		n := min(len(param), len(velocity))
		kernel.Momentum(param[:n], grad[:n], velocity[:n], rate, 0, scale)
		param, grad = param[n:], grad[n:]
	}
}

// reach implements reacher.
func (o SGD) reach(grad, _ float64, _ int) (newMoment, step float64) {
	return 0, 1.001 * o.Defaults().Rate * max(grad, 1)
}

// keeps implements reacher.
func (SGD) keeps(func(int) float64) (bool, string) { return true, "" }

// Defaults returns the rule with what zeros mean in their place.
func (o SGD) Defaults() SGD { return SGD{cmp.Or(o.Rate, 1e-2)} }

func (o SGD) check() error {
	if !validRate(o.Defaults().Rate) {
		return errors.Errorf("SGD%+v: want a finite Rate > 0", o)
	}
	return nil
}
