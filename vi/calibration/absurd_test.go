package calibration_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/calibration"
)

// No function of the package ends in an error of the Go runtime, whatever it is
// given.
func TestAbsurdArguments(t *testing.T) {
	some := &calibration.Ranks{}
	one := calibration.Replication{Truth: map[string][]float64{"a": {1}}, Draws: map[string]*vi.Draws{"a": {K: 2, Shape: []int{1}, Values: []float64{0, 3}}}}
	if err := some.Add(one); err != nil {
		t.Fatal(err)
	}
	replicate := func(_ context.Context, i int) (calibration.Replication, error) {
		if i > 5 {
			return one, errors.New("calibration: enough")
		}
		return one, nil
	}
	absurd.Sweep{
		Funcs: map[string]any{"Run": calibration.Run, "Predictive": calibration.Predictive},
		Types: []any{calibration.Ranks{}},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*calibration.Ranks]():
				return []any{&calibration.Ranks{}, some}
			case reflect.TypeFor[calibration.Replication]():
				return []any{one, calibration.Replication{Truth: one.Truth, Draws: map[string]*vi.Draws{"a": nil}}}
			case reflect.TypeFor[*vi.Draws]():
				return []any{&vi.Draws{}, one.Draws["a"], &vi.Draws{K: 3, Values: make([]float64, 3)}}
			case reflect.TypeFor[func(context.Context, int) (calibration.Replication, error)]():
				return []any{replicate}
			case reflect.TypeFor[func([]float64) float64]():
				return []any{func(y []float64) float64 { return y[0] }}
			case reflect.TypeFor[int]():
				return []any{3}
			}
			return nil
		},
	}.Run(t)
}
