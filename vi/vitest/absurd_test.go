package vitest_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	bits := vitest.Models()[0]
	absurd.Sweep{
		Funcs: map[string]any{"Models": vitest.Models, "Normal": vitest.Normal, "Uniform": vitest.Uniform},
		Types: []any{vitest.Model{}, vitest.Problem{}, vitest.Integral{}, vitest.Mean{}},
		Skip:  map[string]string{"Unbiased": "its faults are those of the test it is given; Problem.Mean is called"},
		Bare:  []string{"Problem.Compile", "Problem.Mean", "Problem.Exact", "Integral.At", "Integral.Exact"}, // the model's errors
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[vitest.Model]():
				return []any{bits}
			case reflect.TypeFor[vitest.Problem]():
				none := bits.Problem(1)
				none.Noise = func(map[string]float64, int) []vitest.Dimension { return []vitest.Dimension{{Input: "z/noise"}} }
				far := bits.Problem(1)
				far.Noise = func(map[string]float64, int) []vitest.Dimension {
					return []vitest.Dimension{{Input: "z/noise", Element: 9, Rule: vitest.Normal(1)}}
				}
				empty := bits.Problem(1)
				empty.Data = map[string][]float64{"x": nil}
				return []any{bits.Problem(1), none, far, empty}
			case reflect.TypeFor[*vitest.Integral]():
				c, err := bits.Problem(1).Compile(vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, 1, true)
				if err != nil {
					panic(err)
				}
				return []any{c}
			case reflect.TypeFor[vi.Objective]():
				return []any{vi.ELBO{}, vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}}
			case reflect.TypeFor[map[string]float64]():
				return []any{map[string]float64{"w": 1}, map[string]float64{"none": 1}}
			case reflect.TypeFor[func([]float64) []float64]():
				return []any{func([]float64) []float64 { return []float64{.5} }}
			case reflect.TypeFor[*graph.Scope]():
				return nil
			}
			return nil
		},
		Calls: 20,
	}.Run(t)
}
