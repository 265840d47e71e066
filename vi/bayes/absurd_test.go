package bayes_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var (
		scope  *graph.Scope
		trace  *vi.Trace
		record *vi.Record
		net    bayes.Stack
	)
	absurd.Sweep{
		Funcs: map[string]any{"LogPredictive": bayes.LogPredictive, "ScaleMixture": bayes.ScaleMixture, "Sparsity": bayes.Sparsity},
		Types: []any{
			bayes.Config{}, bayes.Dense{}, bayes.Stack{}, bayes.Fixed{}, bayes.LayerSparsity{},
		},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				net = bayes.Config{Posterior: bayes.SparseDropout{}}.NewMLP(s.In("net"), 2, 2)
				record = vi.Run(s.In("run"), vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
					t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: graph.Const(0)})
					trace = t
				}}, vi.Data{"x": graph.Tensor(make([]float64, 4), 2, 2), "y": graph.Tensor(make([]float64, 4), 2, 2)}, vi.Config{})
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Node]():
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 4), 1, 2, 2)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope, scope.In("b")}
			case reflect.TypeFor[*graph.Params]():
				return []any{&graph.Params{}, &graph.Params{Dtype: 77}}
			case reflect.TypeFor[*vi.Trace]():
				return []any{&vi.Trace{}, trace}
			case reflect.TypeFor[*vi.Record]():
				return []any{&vi.Record{}, record}
			case reflect.TypeFor[context.Context]():
				return []any{context.Background()}
			case reflect.TypeFor[graph.Init]():
				return []any{graph.Constant(1), (*graph.He)(nil)}
			case reflect.TypeFor[prob.Dist]():
				return []any{prob.StdNormal(2), (*prob.Normal)(nil), prob.Normal{}, prob.LogUniform{}}
			case reflect.TypeFor[bayes.Posterior]():
				return []any{bayes.Point{}, bayes.Gaussian{Std: -1}, (*bayes.Gaussian)(nil), &bayes.SparseDropout{}, bayes.VariationalDropout{Share: 200}, bayes.BinaryDropout{Rate: 2}, bayes.GaussianDropout{Rate: .5}}
			case reflect.TypeFor[bayes.Layer]():
				return []any{bayes.Dense{}, (*bayes.Dense)(nil), bayes.Fixed{}, bayes.Stack{nil}, net}
			case reflect.TypeFor[layers.Layer]():
				return []any{layers.Dense{}, layers.Func(nil), layers.Func(graph.Tanh)}
			case reflect.TypeFor[bayes.Stack]():
				return []any{net, bayes.Stack{bayes.Dense{}}}
			case reflect.TypeFor[func(*graph.Scope) bayes.Stack]():
				return []any{
					func(*graph.Scope) bayes.Stack { return nil },
					func(s *graph.Scope) bayes.Stack { return bayes.Config{}.NewMLP(s, 2, 1) },
				}
			}
			return nil
		},
		Calls: 100,
	}.Run(t)
}
