package probtest_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	absurd.Sweep{
		Funcs: map[string]any{"CheckKL": probtest.CheckKL, "Rules": probtest.Rules},
		Types: []any{probtest.Rule{}},
		Skip:  map[string]string{"KL": "its faults are those of the test it is given; CheckKL is called", "Run": "its faults are those of the test it is given; Rule.Check is called"},
		Bare:  []string{"CheckKL", "Rule.Check"}, // the test is named above
		Values: func(t reflect.Type) []any {
			if t == reflect.TypeFor[probtest.Rule]() {
				var vs []any
				for _, r := range probtest.Rules() {
					vs = append(vs, r)
				}
				return vs
			}
			if t == reflect.TypeFor[probtest.Case]() {
				none := func(*graph.Scope, []*graph.Node) prob.Dist { return (*prob.Normal)(nil) }
				half := func(_ *graph.Scope, p []*graph.Node) prob.Dist { return prob.Normal{Mean: p[0]} }
				return []any{
					probtest.Case{New: none, Params: [][]float64{{0, 0}}}, probtest.Case{New: half, Params: [][]float64{{0, 0}}},
					probtest.Case{New: half, Params: [][]float64{{}, {1}}}, probtest.Case{New: half, Params: [][]float64{{0}}, Shapes: [][]int{{-1}}},
					probtest.Case{New: half, Params: [][]float64{{0}}, Event: -1, Draws: -1, Values: [][]float64{{}, nil}},
				}
			}
			return nil
		},
		Calls: 150,
	}.Run(t)
}
