package trainers

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// Optimizer is a rule that updates one parameter at a time from its gradient.
type Optimizer interface {
	// Slots is the number of tensors, of the parameter's size and zero at
	// first, that the rule keeps for each parameter.
	Slots() int
	// Step32 and Step64 take update t = 1, 2, … . The gradient is to be
	// multiplied by scale. The rule is element-wise: any part of a parameter
	// may be updated on its own.
	Step32(param, grad []float32, slots [][]float32, t int, scale float64)
	Step64(param, grad []float64, slots [][]float64, t int, scale float64)
}

// updater applies an optimiser to the gradient outputs of programs.
type updater struct {
	rule    Optimizer
	t       int
	names   []string
	outputs []string
	f32     []slots[float32]
	f64     []slots[float64]
}

type slots[T graph.Float] struct {
	param []T
	grad  []T
	kept  [][]T
}

func newUpdater(o Optimizer, params *graph.Params, names []string) (*updater, error) {
	u := &updater{rule: o, names: names}
	if c, ok := o.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		u.outputs = append(u.outputs, gradOutput+name)
	}
	var err error
	if params.Dtype == graph.Float64 {
		u.f64, err = newSlots[float64](params, names, o.Slots())
	} else {
		u.f32, err = newSlots[float32](params, names, o.Slots())
	}
	return u, err
}

func newSlots[T graph.Float](params *graph.Params, names []string, n int) ([]slots[T], error) {
	var all []slots[T]
	for _, name := range names {
		v, err := graph.Values[T](params, name)
		if err != nil {
			return nil, err
		}
		s := slots[T]{param: v}
		for range n {
			s.kept = append(s.kept, make([]T, len(v)))
		}
		all = append(all, s)
	}
	return all, nil
}

// step updates every parameter, or none if a gradient is not finite.
func (u *updater) step(p *graph.Program, clip float64) error {
	if u.f64 != nil {
		return step(u, p, u.f64, clip, u.rule.Step64)
	}
	return step(u, p, u.f32, clip, u.rule.Step32)
}

func step[T graph.Float](u *updater, p *graph.Program, params []slots[T], clip float64, rule func(_, _ []T, _ [][]T, _ int, _ float64)) error {
	norm := 0.0
	for i := range params {
		g, err := graph.View[T](p, u.outputs[i])
		if err != nil {
			return err
		}
		if !kernel.AllFinite(g) {
			return errors.Errorf("the gradient of %s is not finite", u.names[i])
		}
		params[i].grad = g
		if clip > 0 {
			norm += kernel.SumSquares(g)
		}
	}
	scale := 1.0
	if norm = math.Sqrt(norm); clip > 0 && norm > clip {
		scale = clip / norm
	}
	u.t++
	for _, s := range params {
		rule(s.param, s.grad, s.kept, u.t, scale)
	}
	return nil
}
