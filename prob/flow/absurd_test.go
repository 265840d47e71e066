package flow_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob/flow"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var s *graph.Scope
	absurd.Sweep{
		Funcs: map[string]any{
			"NewPlanar": flow.NewPlanar, "NewRadial": flow.NewRadial, "NewSylvester": flow.NewSylvester,
			"NewLinearIAF": flow.NewLinearIAF, "NewLinear": flow.NewLinear, "NewActNorm": flow.NewActNorm,
			"NewIAF": flow.NewIAF, "NewMAF": flow.NewMAF, "NewCoupling": flow.NewCoupling,
			"Reverse": flow.Reverse, "Shuffle": flow.Shuffle,
		},
		Types: []any{
			flow.Planar{}, flow.Radial{}, flow.Sylvester{}, flow.LinearIAF{}, flow.Linear{}, flow.ActNorm{}, flow.IAF{},
			flow.MAF{}, flow.Coupling{}, flow.Additive{}, flow.Affine{}, flow.Gated{}, flow.Spline{},
		},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(in *graph.Scope) {
				s = in
				s.Output("none", s.Const(1))
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Node]():
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 4), 2, 2), graph.Tensor(make([]float64, 12), 3, 4)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, s}
			case reflect.TypeFor[int]():
				return []any{2}
			case reflect.TypeFor[flow.Element]():
				return []any{flow.Spline{}, flow.Spline{Bins: -1, Bound: math.NaN()}, (*flow.Spline)(nil), flow.Affine{}}
			case reflect.TypeFor[flow.Config]():
				return []any{
					flow.Config{}, flow.Config{Context: 2}, flow.Config{Hidden: []int{3}}, flow.Config{Hidden: []int{-1}}, flow.Config{Context: -1},
					flow.Config{Element: (*flow.Spline)(nil)}, flow.Config{Element: flow.Spline{Bins: math.MaxInt >> 4}}, flow.Config{Order: []int{7}},
					flow.Config{Hidden: []int{3}, Activation: layers.Func(nil)}, flow.Config{Longest: -1}, flow.Config{Hidden: []int{math.MaxInt >> 3}},
				}
			case reflect.TypeFor[flow.Planar]():
				return []any{flow.NewPlanar(s.In("planar"), 2, flow.Config{}), flow.NewPlanar(s.In("amortised"), 2, flow.Config{Context: 2})}
			case reflect.TypeFor[flow.Sylvester]():
				return []any{flow.NewSylvester(s.In("sylvester"), 2, 1, flow.Config{Context: 2})}
			case reflect.TypeFor[flow.IAF]():
				return []any{flow.NewIAF(s.In("iaf"), 2, flow.Config{}), flow.NewIAF(s.In("amortised"), 2, flow.Config{Context: 2})}
			case reflect.TypeFor[flow.Coupling]():
				return []any{flow.NewCoupling(s.In("coupling"), 2, flow.Config{}), flow.NewCoupling(s.In("spline"), 2, flow.Config{Element: flow.Spline{}})}
			case reflect.TypeFor[flow.LinearIAF]():
				return []any{flow.NewLinearIAF(s.In("linear"), 2, flow.Config{Context: 2})}
			case reflect.TypeFor[flow.ActNorm]():
				return []any{flow.NewActNorm(s.In("actnorm"), 2, flow.Config{})}
			}
			return nil
		},
		Calls: 120,
	}.Run(t)
}
