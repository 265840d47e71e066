package bench_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	set, err := data.New(data.FromFlat("x", []float64{1, 2, 3}, 1))
	if err != nil {
		t.Fatal(err)
	}
	model := func(s *graph.Scope) vi.Model {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", prob.Normal{Mean: m, LogStd: m}) },
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(1)), LogStd: s.Const(0)})
			},
		}
	}
	absurd.Sweep{
		Funcs: map[string]any{"Check": bench.Check, "GradientVariance": bench.GradientVariance, "Compare": bench.Compare, "Series": bench.Series},
		Types: []any{bench.Row{}, bench.Made(nil), bench.Figure{}},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*data.Set]():
				return []any{&data.Set{}, set}
			case reflect.TypeFor[func(*graph.Scope) vi.Model]():
				return []any{model}
			case reflect.TypeFor[trainers.Bound]():
				return []any{trainers.Bound(func(*graph.Scope, vi.Data) *vi.Estimate { return &vi.Estimate{} })}
			case reflect.TypeFor[vi.Objective]():
				return []any{vi.ELBO{}, vi.IWAE{Config: vi.Config{K: -1}}, (*vi.ELBO)(nil), vi.ELBO{Beta: new(graph.Node)}}
			case reflect.TypeFor[bench.Case]():
				return []any{bench.Case{Bound: vi.ELBO{}}}
			case reflect.TypeFor[bench.Config]():
				return []any{bench.Config{Draws: 10}}
			case reflect.TypeFor[*graph.Params]():
				return []any{&graph.Params{}}
			}
			return nil
		},
		Calls: 200,
	}.Run(t)
}
