package layers_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/layers"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var scope *graph.Scope
	absurd.Sweep{
		Funcs: map[string]any{
			"NewDense": layers.NewDense, "NewMaskedDense": layers.NewMaskedDense, "NewMLP": layers.NewMLP, "NewMADE": layers.NewMADE,
			"ReversedOrder": layers.ReversedOrder, "RandomOrder": layers.RandomOrder, "NewResNet": layers.NewResNet, "GLU": layers.GLU,
			"NewBatchNorm": layers.NewBatchNorm, "NewLayerNorm": layers.NewLayerNorm, "NewDropout": layers.NewDropout,
			"NewEmbedding": layers.NewEmbedding, "Moments": layers.Moments, "Standardise": layers.Standardise,
		},
		Types: []any{
			layers.Config{}, layers.Dense{}, layers.Stack{}, layers.Func(nil), layers.MADE{}, layers.ResNet{},
			layers.Residual{}, layers.NormConfig{}, layers.BatchNorm{}, layers.LayerNorm{}, layers.Dropout{}, layers.Embedding{},
		},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Node]():
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 4), 2, 2)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope}
			case reflect.TypeFor[graph.Init]():
				return []any{graph.Constant(1), (*graph.He)(nil)}
			case reflect.TypeFor[layers.MADE]():
				return []any{layers.NewMADE(scope.In("m"), layers.MADEConfig{Inputs: 2})}
			case reflect.TypeFor[layers.ResNet]():
				return []any{layers.NewResNet(scope.In("r"), layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 2})}
			case reflect.TypeFor[layers.BatchNorm]():
				return []any{layers.NewBatchNorm(scope.In("b"), 2)}
			case reflect.TypeFor[layers.LayerNorm]():
				return []any{layers.NewLayerNorm(scope.In("n"), 2)}
			case reflect.TypeFor[layers.Dropout]():
				return []any{layers.NewDropout(scope.In("d"), layers.DropoutConfig{Rate: .5, Always: true})}
			case reflect.TypeFor[layers.Embedding]():
				return []any{layers.NewEmbedding(scope.In("e"), 2, 2)}
			case reflect.TypeFor[layers.Layer]():
				return []any{layers.Residual{}, layers.Func(layers.GLU), layers.Dense{}, (*layers.Dense)(nil), layers.Func(nil), layers.Func(graph.Tanh), layers.Stack{nil}}
			}
			return nil
		},
		Calls: 200,
	}.Run(t)
}
