package trainers

import (
	"cmp"
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// Adam is adaptive moment estimation (Kingma and Ba, arXiv 1412.6980,
// algorithm 1):
//
//	m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
//	θ ← θ − α·m̂/(√v̂ + ε),  m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ)
type Adam struct {
	Rate    float64 // α; 0 means 1e-3
	Beta1   float64 // 0 means .9; negative means none
	Beta2   float64 // 0 means .999; negative means none
	Epsilon float64 // 0 means 1e-8
}

var _ Optimizer = Adam{}

// Slots implements Optimizer: the moments m and v.
func (Adam) Slots() int { return 2 }

// Step implements Optimizer.
func (a Adam) Step(p Tensor) {
	p.fits("Adam", a.Slots())
	a = a.defaults()
	s := kernel.AdamStep{Rate: a.Rate, Beta1: a.Beta1, Beta2: a.Beta2, Eps: a.Epsilon, Scale: p.Scale}.At(p.T)
	if m, v := p.Slots[0], p.Slots[1]; p.Param.F64 != nil {
		kernel.Adam(p.Param.F64, p.Grad.F64, m.F64, v.F64, s)
	} else {
		kernel.Adam(p.Param.F32, p.Grad.F32, m.F32, v.F32, s)
	}
}

// reach implements reacher: √v̂ + ε is at least ε, which may round to 0.
func (a Adam) reach(grad, moment float64, t int) (newMoment, step float64) {
	a = a.defaults()
	s := kernel.AdamStep{Rate: a.Rate, Beta1: a.Beta1, Beta2: a.Beta2}.At(t)
	m := moments(a.Beta1, moment, 1-a.Beta1, grad)
	return m, a.Rate / s.Correct1 * max(m, 1) / min(float64(float32(a.Epsilon)), 1)
}

// keeps implements reacher.
func (Adam) keeps(slot func(int) float64) (bool, string) { return slot(1) >= 0, "v ≥ 0" }

// moments bounds β·m + c·g in arithmetic of either dtype.
func moments(beta, m, c, g float64) float64 { return 1.001*(beta*m+c*g) + 1e-30 }

func (a Adam) defaults() Adam {
	return Adam{cmp.Or(a.Rate, 1e-3), decay(a.Beta1, .9), decay(a.Beta2, .999), cmp.Or(a.Epsilon, 1e-8)}
}

// decay is the factor of a running mean: the default for 0, none for a
// negative one.
func decay(beta, byDefault float64) float64 { return max(cmp.Or(beta, byDefault), 0) }

func (a Adam) check() error {
	if d := a.defaults(); !(validRate(d.Rate) && d.Beta1 < 1 && d.Beta2 < 1 && d.Epsilon >= 0) {
		return errors.Errorf("Adam%+v: want a finite Rate > 0, Beta1 < 1, Beta2 < 1, Epsilon ≥ 0", a)
	}
	return nil
}

// validRate tells whether a step size is positive and finite.
func validRate(rate float64) bool { return rate > 0 && !math.IsInf(rate, 1) }
