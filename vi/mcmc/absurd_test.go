package mcmc_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// No function of the package ends in an error of the Go runtime, whatever it is
// given.
func TestAbsurdArguments(t *testing.T) {
	p := sample(t, pair, mcmc.Config{Chains: 2, Warmup: 20, Draws: 10})
	params := &graph.Params{Dtype: graph.Float64}
	row := func(_ *graph.Scope, d vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(1)), LogStd: num(0)})
		}}
	}
	rows := map[string][]int{"x": {1}}
	e, err := mcmc.NewEStep(params, row, mcmc.EStepConfig{Rows: rows, Batch: 2})
	if err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{
			"Sample": mcmc.Sample, "Evidence": mcmc.Evidence, "Sandwich": mcmc.Sandwich, "NewEStep": mcmc.NewEStep,
			"RHat": mcmc.RHat, "BulkESS": mcmc.BulkESS, "TailESS": mcmc.TailESS, "MeanESS": mcmc.MeanESS, "QuantileESS": mcmc.QuantileESS,
			"MeanError": mcmc.MeanError, "StdError": mcmc.StdError, "QuantileError": mcmc.QuantileError, "EBFMI": mcmc.EBFMI, "Quantile": mcmc.Quantile,
		},
		Types: []any{mcmc.Posterior{}, mcmc.EStep{}, mcmc.Mass(0), mcmc.Summary{}},
		Values: func(typ reflect.Type) []any {
			switch typ {
			case reflect.TypeFor[*mcmc.Posterior]():
				return []any{p, &mcmc.Posterior{}}
			case reflect.TypeFor[*mcmc.EStep]():
				return []any{e, &mcmc.EStep{}}
			case reflect.TypeFor[context.Context]():
				return []any{context.Background()}
			case reflect.TypeFor[mcmc.Kernel]():
				return []any{mcmc.NUTS{}, (*mcmc.NUTS)(nil), &mcmc.NUTS{MaxDepth: 2}, mcmc.HMC{}, &mcmc.HMC{Steps: 2}, mcmc.HMC{Jitter: 2}, mcmc.NUTS{MaxDepth: -1}}
			case reflect.TypeFor[mcmc.Build]():
				return []any{mcmc.Build(pair)}
			case reflect.TypeFor[mcmc.RowModel]():
				return []any{mcmc.RowModel(row)}
			case reflect.TypeFor[map[string][]int]():
				return []any{rows, map[string][]int{"x": {-1}}, map[string][]int{"y": {1}}}
			case reflect.TypeFor[map[string][]float64]():
				return []any{map[string][]float64{"x": {1, 2}}, map[string][]float64{"x": nil}, map[string][]float64{"m": {1}}}
			case reflect.TypeFor[func(*vi.Record) map[string]*graph.Node]():
				return []any{
					func(*vi.Record) map[string]*graph.Node { return nil },
					func(r *vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"a b": r.Site("m").Value} },
				}
			case reflect.TypeFor[string]():
				return []any{"m", "z"}
			case reflect.TypeFor[[][]float64]():
				return []any{[][]float64{{1, 2, 3, 4}, {4, 5, 6, 8}}, [][]float64{{1}, {1, 2}}, [][]float64{nil}}
			case reflect.TypeFor[*graph.Params]():
				return []any{params, &graph.Params{}, (*graph.Params)(nil)}
			}
			return nil
		},
		Calls: 25,
	}.Run(t)
}
