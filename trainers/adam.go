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
//
// Uncorrected, m and v stand for m̂ and v̂, as in the paper's experiment on the
// correction. As AMSGrad (Reddi, Kale and Kumar, arXiv 1904.09237, who correct
// nothing), v̂ is of the largest v so far. AdamW is Adam in a Group with a Decay.
type Adam struct {
	Rate        float64 // α; 0 means 1e-3
	Beta1       float64 // 0 means .9; negative means none
	Beta2       float64 // 0 means .999; negative means none
	Epsilon     float64 // 0 means 1e-8
	Uncorrected bool
	AMSGrad     bool
}

var _ Optimizer = Adam{}

// Slots implements Optimizer: the moments m and v and, of AMSGrad, the largest v.
func (a Adam) Slots() int {
	if a.AMSGrad {
		return 3
	}
	return 2
}

// Step implements Optimizer.
func (a Adam) Step(p Tensor) {
	p.fits("Adam", a.Slots())
	s := a.at(p.T)
	s.Rate, s.Scale = s.Rate*p.Rate, p.Scale
	m, v := p.Slots[0], p.Slots[1]
	switch wide := p.Param.F64 != nil; {
	case a.AMSGrad && wide:
		kernel.AMSGrad(p.Param.F64, p.Grad.F64, m.F64, v.F64, p.Slots[2].F64, s)
	case a.AMSGrad:
		kernel.AMSGrad(p.Param.F32, p.Grad.F32, m.F32, v.F32, p.Slots[2].F32, s)
	case wide:
		kernel.Adam(p.Param.F64, p.Grad.F64, m.F64, v.F64, s)
	default:
		kernel.Adam(p.Param.F32, p.Grad.F32, m.F32, v.F32, s)
	}
}

// at returns the numbers of update t.
func (a Adam) at(t int) kernel.AdamStep {
	d := a.Defaults()
	s := kernel.AdamStep{Rate: d.Rate, Beta1: none(d.Beta1), Beta2: none(d.Beta2), Eps: d.Epsilon}.At(t)
	if a.Uncorrected {
		s.Correct1, s.Correct2 = 1, 1
	}
	return s
}

// reach implements reacher: √v̂ + ε is at least ε, which may round to 0.
func (a Adam) reach(grad, moment float64, t int) (newMoment, step float64) {
	s := a.at(t)
	m := moments(s.Beta1, moment, 1-s.Beta1, grad)
	return m, s.Rate / s.Correct1 * max(m, 1) / small(s.Eps)
}

// keeps implements reacher.
func (a Adam) keeps(slot func(int) float64) (bool, string) {
	if a.AMSGrad {
		return slot(1) >= 0 && slot(2) >= slot(1), "its largest v ≥ v ≥ 0"
	}
	return slot(1) >= 0, "v ≥ 0"
}

// moments bounds β·m + c·g in arithmetic of either dtype.
func moments(beta, m, c, g float64) float64 { return (1+0x1p-20)*(beta*m+c*g) + 1e-30 }

// small bounds √v + ε from below, with ε of either dtype and at most 1.
func small(epsilon float64) float64 { return min(float64(float32(epsilon)), 1) }

// Defaults returns the rule with what zeros mean in their place.
func (a Adam) Defaults() Adam {
	a.Rate, a.Beta1, a.Beta2, a.Epsilon = cmp.Or(a.Rate, 1e-3), cmp.Or(a.Beta1, .9), cmp.Or(a.Beta2, .999), cmp.Or(a.Epsilon, 1e-8)
	return a
}

// none is the factor of a running mean, of which a negative one means none.
func none(beta float64) float64 { return max(beta, 0) }

func (a Adam) check() error {
	if d := a.Defaults(); !(validRate(d.Rate) && d.Beta1 < 1 && d.Beta2 < 1 && validRate(d.Epsilon)) {
		return errors.Errorf("Adam%+v: want a finite Rate > 0, Beta1 < 1, Beta2 < 1, a finite Epsilon > 0", a)
	}
	return nil
}

// validRate tells whether a step size is positive and finite.
func validRate(rate float64) bool { return rate > 0 && !math.IsInf(rate, 1) }
