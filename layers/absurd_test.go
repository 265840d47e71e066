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
			"NewConv1D": layers.NewConv1D, "NewConv2D": layers.NewConv2D, "NewConvTranspose1D": layers.NewConvTranspose1D,
			"NewConvTranspose2D": layers.NewConvTranspose2D, "NewConvBlock": layers.NewConvBlock, "GlobalAvgPool": layers.GlobalAvgPool,
			"GlobalMaxPool": layers.GlobalMaxPool, "NewRNN": layers.NewRNN, "NewGRU": layers.NewGRU, "NewLSTM": layers.NewLSTM,
			"LengthMask": layers.LengthMask, "Attention": layers.Attention, "CausalMask": layers.CausalMask, "NewMultiHead": layers.NewMultiHead,
		},
		Types: []any{
			layers.Config{}, layers.Dense{}, layers.Stack{}, layers.Func(nil), layers.MADE{}, layers.ResNet{},
			layers.Residual{}, layers.NormConfig{}, layers.BatchNorm{}, layers.LayerNorm{}, layers.Dropout{}, layers.Embedding{},
			layers.Conv{}, layers.ConvBlock{}, layers.MaxPool{}, layers.AvgPool{}, layers.Flatten{}, layers.Unflatten{}, layers.Upsample{},
			layers.RNN{}, layers.GRU{}, layers.LSTM{}, layers.Sequence{}, layers.Bidirectional{}, layers.MultiHead{},
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
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 4), 2, 2),
					graph.Tensor(make([]float64, 12), 1, 2, 3, 2), graph.Tensor(make([]float64, 12), 2, 3, 2)}
			case reflect.TypeFor[layers.Conv]():
				return []any{layers.NewConv2D(scope.In("c"), layers.ConvConfig{Inputs: 2, Outputs: 1, Window: []int{2}, Same: true})}
			case reflect.TypeFor[layers.ConvConfig]():
				return []any{layers.ConvConfig{Inputs: 2, Outputs: 2, Window: []int{1 << 30}}, layers.ConvConfig{Inputs: 1, Outputs: 1, Window: []int{1}, Stride: []int{1, 2, 3}}}
			case reflect.TypeFor[layers.ConvBlock]():
				return []any{layers.NewConvBlock(scope.In("cb"), layers.ConvBlockConfig{Inputs: 2, Up: 2})}
			case reflect.TypeFor[layers.MaxPool]():
				return []any{layers.MaxPool{PoolConfig: layers.PoolConfig{Window: []int{2}}}, layers.MaxPool{PoolConfig: layers.PoolConfig{Axes: 1, Window: []int{1 << 30}, Pad: []int{1 << 30}}}}
			case reflect.TypeFor[layers.AvgPool]():
				return []any{layers.AvgPool{PoolConfig: layers.PoolConfig{Window: []int{2}}, Inside: true}}
			case reflect.TypeFor[layers.Upsample]():
				return []any{layers.Upsample{By: []int{2}}, layers.Upsample{Axes: 1, By: []int{2}, Linear: true}, layers.Upsample{By: []int{1 << 30}, Linear: true}}
			case reflect.TypeFor[layers.Unflatten]():
				return []any{layers.Unflatten{Shape: []int{2, 1}}, layers.Unflatten{Shape: []int{-1, -2}}, layers.Unflatten{Shape: []int{1 << 30, 1 << 30}}}
			case reflect.TypeFor[layers.RNN]():
				return []any{layers.NewRNN(scope.In("rnn"), layers.CellConfig{Inputs: 2, Width: 2})}
			case reflect.TypeFor[layers.GRU]():
				return []any{layers.NewGRU(scope.In("gru"), layers.CellConfig{Inputs: 2, Width: 2})}
			case reflect.TypeFor[layers.LSTM]():
				return []any{layers.NewLSTM(scope.In("lstm"), layers.CellConfig{Inputs: 2, Width: 2})}
			case reflect.TypeFor[layers.Cell]():
				return []any{layers.GRU{}, (*layers.GRU)(nil), layers.NewGRU(scope.In("cell"), layers.CellConfig{Inputs: 2, Width: 2})}
			case reflect.TypeFor[layers.MultiHead]():
				return []any{layers.NewMultiHead(scope.In("mh"), layers.MultiHeadConfig{Inputs: 2, Heads: 1})}
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
