package flowtest_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow/flowtest"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	absurd.Sweep{
		Funcs: map[string]any{"Rules": flowtest.Rules},
		Types: []any{flowtest.Rule{}},
		Skip:  map[string]string{"Run": "its faults are those of the test it is given; Rule.Check is called"},
		Bare:  []string{"Rule.Check"}, // the test is named above
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[flowtest.Rule]():
				var vs []any
				for _, r := range flowtest.Rules() {
					vs = append(vs, r)
				}
				return vs
			case reflect.TypeFor[flowtest.Case]():
				none := func(*graph.Scope, node) prob.Bijector { return (*scale)(nil) }
				half := func(_ *graph.Scope, c node) prob.Bijector { return prob.Affine{Shift: c} }
				return []any{
					flowtest.Case{New: none, Event: 1}, flowtest.Case{New: half, Event: 2, Context: 2},
					flowtest.Case{New: half, Event: -1}, flowtest.Case{New: half, Event: 1, Context: -1},
					flowtest.Case{New: half, Event: 1, Points: [][]float64{nil, {1, 2}}},
					flowtest.Case{New: half, Event: 3, Context: 2},
				}
			}
			return nil
		},
		Calls: 60,
	}.Run(t)
}
