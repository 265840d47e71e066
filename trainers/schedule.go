package trainers

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// Schedule is a number that changes as training goes on: the factor of an
// optimiser's rate, or an input of a model, such as the weight of a divergence.
type Schedule interface {
	// At returns the number at a step, counted from 0. It is asked for steps of the
	// fit in any order.
	At(step int) float64
}

// ScheduleFunc is a Schedule of one's own.
type ScheduleFunc func(step int) float64

// At implements Schedule.
func (f ScheduleFunc) At(step int) float64 {
	if f == nil {
		panic("trainers: the ScheduleFunc is nil")
	}
	return f(step)
}

// Constant is a Schedule that stays.
type Constant float64

// At implements Schedule.
func (c Constant) At(int) float64 { return float64(c) }

func (c Constant) check() error {
	if v := float64(c); math.IsNaN(v) || math.IsInf(v, 0) {
		return errors.Errorf("Constant(%v): want a finite number", v)
	}
	return nil
}

// WarmUp is a Schedule that rises from 1/Steps to 1 and stays there:
//
//	min(1, (step+1)/Steps)
type WarmUp struct {
	Steps int // at least 1
}

// At implements Schedule.
func (w WarmUp) At(step int) float64 { return min(1, (float64(step)+1)/float64(w.Steps)) }

func (w WarmUp) check() error {
	if w.Steps < 1 {
		return errors.Errorf("WarmUp%+v: want Steps ≥ 1", w)
	}
	return nil
}

// StepDecay is a Schedule that begins with 1 and is multiplied by Factor after
// every so many steps:
//
//	Factor^⌊step/Every⌋
type StepDecay struct {
	Every  int     // at least 1
	Factor float64 // 0 means .1
}

// At implements Schedule.
func (d StepDecay) At(step int) float64 {
	return math.Pow(d.factor(), math.Floor(float64(step)/float64(d.Every)))
}

func (d StepDecay) factor() float64 {
	if d.Factor == 0 {
		return .1
	}
	return d.Factor
}

func (d StepDecay) check() error {
	if !(d.Every >= 1 && validRate(d.factor())) {
		return errors.Errorf("StepDecay%+v: want Every ≥ 1, a finite Factor > 0", d)
	}
	return nil
}

// Cosine is a Schedule that rises to 1 as WarmUp does and then falls to Floor by
// half a period of the cosine (Loshchilov and Hutter, arXiv 1608.03983, without
// restarts), where it stays:
//
//	Floor + (1−Floor)·½(1 + cos(π·min(1, (step−WarmUp)/(Steps−WarmUp))))
type Cosine struct {
	Steps  int     // in all, more than WarmUp
	WarmUp int     // of them; 0 means none
	Floor  float64 // from 0 to 1
}

// At implements Schedule.
func (c Cosine) At(step int) float64 {
	if step < c.WarmUp {
		return WarmUp{c.WarmUp}.At(step)
	}
	gone := min(1, float64(step-c.WarmUp)/float64(c.Steps-c.WarmUp))
	return c.Floor + (1-c.Floor)*.5*(1+math.Cos(math.Pi*gone))
}

func (c Cosine) check() error {
	if !(0 <= c.WarmUp && c.WarmUp < c.Steps && 0 <= c.Floor && c.Floor <= 1) {
		return errors.Errorf("Cosine%+v: want Steps > WarmUp ≥ 0, Floor from 0 to 1", c)
	}
	return nil
}

// InverseRoot is a Schedule that rises to 1 as WarmUp does and then falls as one
// over the root of the steps (Vaswani et al., arXiv 1706.03762, whose rate is this
// over √(WarmUp·d)). Without warm-up it is 1/√t at the t-th step, for which the
// paper of Adam, arXiv 1412.6980, bounds the regret:
//
//	min((step+1)/WarmUp, √(WarmUp/(step+1)))
type InverseRoot struct {
	WarmUp int // 0 means 1, which is none
}

// At implements Schedule.
func (r InverseRoot) At(step int) float64 {
	w, t := float64(max(r.WarmUp, 1)), float64(step)+1
	return min(t/w, math.Sqrt(w/t))
}

func (r InverseRoot) check() error {
	if r.WarmUp < 0 {
		return errors.Errorf("InverseRoot%+v: want WarmUp ≥ 0", r)
	}
	return nil
}

// checked is an error if a rule or a schedule of this package has numbers that
// mean nothing.
func checked(v any) error {
	if op.Nil(v) {
		return nil
	}
	if c, ok := v.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

// finiteAt returns a schedule's number at a step.
func finiteAt(name string, s Schedule, step int) (float64, error) {
	v := s.At(step)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, errors.Errorf("schedule %s is %v at step %d", name, v, step)
	}
	return v, nil
}
