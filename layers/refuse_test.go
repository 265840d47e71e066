package layers_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// TestRefusals: each message of what a layer does not take.
func TestRefusals(t *testing.T) {
	made := func(c layers.MADEConfig) func(s *graph.Scope) {
		return func(s *graph.Scope) {
			layers.NewMADE(s.In("m"), c).Apply(s.Input("x", 3, max(c.Inputs, 1)), nil)
		}
	}
	resnet := func(c layers.ResNetConfig) func(s *graph.Scope) {
		return func(s *graph.Scope) { layers.NewResNet(s.In("r"), c).Apply(s.Input("x", 3, 2), nil) }
	}
	for _, c := range []struct {
		want string
		f    func(s *graph.Scope)
	}{
		{"layers: MLP net: widths [3], want an input and an output at least", func(s *graph.Scope) { layers.NewMLP(s.In("net"), 3) }},
		{"layers: MLP: widths [3], want an input and an output at least", func(s *graph.Scope) { layers.NewMLP(s, 3) }}, // at the root
		{"layers: dense net/1: widths 4 and 0, want 1 or more", func(s *graph.Scope) { layers.NewMLP(s.In("net"), 3, 4, 0) }},
		{"layers: dense enc/0: input [100 2], want [… 3] with a batch axis", func(s *graph.Scope) {
			layers.NewMLP(s.In("enc"), 3, 4).Apply(s.Input("x", 100, 2))
		}},
		{"layers: dense enc: input [1 5 2 3], want [… 6]: make vectors of the rows [2 3], by graph.Reshape or in the batches (Flat)", func(s *graph.Scope) {
			layers.NewDense(s.In("enc"), 6, 4).Apply(s.Input("x", 1, 5, 2, 3))
		}},
		{"layers: dense enc: input [3], want [… 3] with a batch axis", func(s *graph.Scope) {
			layers.NewDense(s.In("enc"), 3, 4).Apply(s.Input("x", 3))
		}},
		{"layers: masked dense m: the mask is nil", func(s *graph.Scope) { layers.NewMaskedDense(s.In("m"), 2, 2, nil) }},
		{"layers: MADE m: Inputs 0, Outputs 1, Context 0, want 1 or more variables and outputs and no negative width", made(layers.MADEConfig{})},
		{"layers: MADE m: width 16777217, want 16777216 at most", made(layers.MADEConfig{Inputs: 1<<24 + 1})},
		{"layers: MADE m: 2 outputs of each of 16777216 variables, want 16777216 at most", made(layers.MADEConfig{Inputs: 1 << 24, Outputs: 2})},
		{"layers: MADE m: Order [0 2], want every variable from 0 to 1 once", made(layers.MADEConfig{Inputs: 2, Order: []int{0, 2}})},
		{"layers: MADE m: Order [0 1 1], want every variable from 0 to 1 once", made(layers.MADEConfig{Inputs: 2, Order: []int{0, 1, 1}})},
		{"layers: MADE m: hidden layer 1 of width 0, want 1 or more", made(layers.MADEConfig{Inputs: 2, Hidden: []int{3, 0}})},
		{"layers: MADE m: hidden layer 0 of width 2 has no unit for some of the 3 degrees, which cuts dependences; make it wider or set Skip", made(layers.MADEConfig{Inputs: 4, Hidden: []int{2}})},
		{"layers: MADE m: hidden layer 0 of width 3 has no unit for some of the 4 degrees, which cuts dependences; make it wider or set Skip", made(layers.MADEConfig{Inputs: 4, Context: 1, Hidden: []int{3}})},
		{"layers: MADE m: Residual with hidden layers of widths [4 5], want one width", made(layers.MADEConfig{Inputs: 2, Hidden: []int{4, 5}, Residual: true})},
		{"layers: MADE m: Residual with 1 hidden layers, want 2 or more", made(layers.MADEConfig{Inputs: 2, Hidden: []int{4}, Residual: true})},
		{"layers: MADE m: DegreeSeed without a hidden layer", made(layers.MADEConfig{Inputs: 2, DegreeSeed: 1})},
		{"layers: MADE m: Skip without a hidden layer", made(layers.MADEConfig{Inputs: 2, Skip: true})},
		{"layers: MADE without layers; layers.NewMADE declares them", func(s *graph.Scope) { layers.MADE{}.Apply(s.Input("x", 1, 1), nil) }},
		{"layers: MADE m: the context is nil, want [… 2]", made(layers.MADEConfig{Inputs: 2, Context: 2})},
		{"layers: MADE m: a context, and Context is 0", func(s *graph.Scope) {
			x := s.Input("x", 3, 2)
			layers.NewMADE(s.In("m"), layers.MADEConfig{Inputs: 2}).Apply(x, x)
		}},
		{"layers: dense m/0/context: input [3 1], want [… 2] with a batch axis", func(s *graph.Scope) {
			layers.NewMADE(s.In("m"), layers.MADEConfig{Inputs: 2, Context: 2}).Apply(s.Input("x", 3, 2), s.Input("c", 3, 1))
		}},
		{"layers: dense: W is nil; layers.NewDense declares it", func(s *graph.Scope) { layers.Dense{}.Apply(s.Input("x", 2, 2)) }},
		{"layers: ResNet r: Inputs 2, Outputs 0, Width 3, Context 0, Blocks 2, want 1 or more, and no negative Context", resnet(layers.ResNetConfig{Inputs: 2, Width: 3})},
		{"layers: ResNet r: Inputs 2, Outputs 1, Width 3, Context -1, Blocks 2, want 1 or more, and no negative Context", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Context: -1})},
		{"layers: ResNet r: Inputs 2, Outputs 1, Width 3, Context 0, Blocks -1, want 1 or more, and no negative Context", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Blocks: -1})},
		{"layers: ResNet r: 16777217 blocks, want 16777216 at most", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Blocks: 1<<24 + 1})},
		{"layers: ResNet r: Gated without a Context", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Gated: true})},
		{"layers: ResNet r: the context is nil, want [… 1]", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Context: 1})},
		{"layers: dropout r/0/dropout: Rate 1, want 0 or more and below 1 in float32", resnet(layers.ResNetConfig{Inputs: 2, Outputs: 1, Width: 3, Dropout: 1})},
		{"layers: ResNet without layers; layers.NewResNet declares them", func(s *graph.Scope) { layers.ResNet{}.Apply(s.Input("x", 1, 1), nil) }},
		{"layers: residual: Inner is nil", func(s *graph.Scope) { layers.Residual{}.Apply(s.Input("x", 2, 2)) }},
		{"layers: residual: Inner makes [2 3] of [2 2], want the same shape", func(s *graph.Scope) {
			layers.Residual{Inner: layers.NewDense(s, 2, 3)}.Apply(s.Input("x", 2, 2))
		}},
		{"layers: residual: input or result of Inner is nil", func(s *graph.Scope) {
			layers.Residual{Inner: layers.Func(func(*graph.Node) *graph.Node { return nil })}.Apply(s.Input("x", 2, 2))
		}},
		{"layers: GLU: input [2 3], want an even last axis", func(s *graph.Scope) { layers.GLU(s.Input("x", 2, 3)) }},
		{"layers: GLU: input is nil", func(*graph.Scope) { layers.GLU(nil) }},
		{"layers: batch norm b: width 0, want 1 or more", func(s *graph.Scope) { layers.NewBatchNorm(s.In("b"), 0) }},
		{"layers: batch norm b: Momentum 2, want above 0 and at most 1", func(s *graph.Scope) { layers.NormConfig{Momentum: 2}.NewBatchNorm(s.In("b"), 2) }},
		{"layers: layer norm b: Epsilon -1, want a positive number of float32", func(s *graph.Scope) { layers.NormConfig{Epsilon: -1}.NewLayerNorm(s.In("b"), 2) }},
		{"layers: batch norm b: input [2 3], want [… 2] with a batch axis", func(s *graph.Scope) { layers.NewBatchNorm(s.In("b"), 2).Apply(s.Input("x", 2, 3)) }},
		{"layers: layer norm b: input [2], want [… 2] with a batch axis", func(s *graph.Scope) { layers.NewLayerNorm(s.In("b"), 2).Apply(s.Input("x", 2)) }},
		{"layers: batch norm b: a training batch of one row, which has no variance; choose a batch size that leaves no single row", func(s *graph.Scope) { layers.NewBatchNorm(s.In("b"), 2).Apply(s.Input("x", 1, 1, 2)) }},
		{"layers: batch norm without its states; layers.NewBatchNorm declares them", func(s *graph.Scope) { layers.BatchNorm{}.Apply(s.Input("x", 2, 2)) }},
		{"layers: layer norm without its width; layers.NewLayerNorm says it", func(s *graph.Scope) { layers.LayerNorm{}.Apply(s.Input("x", 2, 2)) }},
		{"layers: dropout d: Rate -0.1, want 0 or more and below 1 in float32", func(s *graph.Scope) { layers.NewDropout(s.In("d"), layers.DropoutConfig{Rate: -.1}) }},
		{"layers: dropout d: Alpha +Inf, want 0 or more and finite in float32", func(s *graph.Scope) { layers.NewDropout(s.In("d"), layers.DropoutConfig{Alpha: math.Inf(1)}) }},
		// What float64 tells from a limit and float32 does not.
		{"layers: dropout d: Alpha 1e+40, want 0 or more and finite in float32", func(s *graph.Scope) { layers.NewDropout(s.In("d"), layers.DropoutConfig{Alpha: 1e40}) }},
		{"layers: dropout d: Rate 0.99999999, want 0 or more and below 1 in float32", func(s *graph.Scope) { layers.NewDropout(s.In("d"), layers.DropoutConfig{Rate: .99999999}) }},
		{"layers: batch norm b: Epsilon 1e-50, want a positive number of float32", func(s *graph.Scope) { layers.NormConfig{Epsilon: 1e-50}.NewBatchNorm(s.In("b"), 2) }},
		{"layers: layer norm b: Epsilon 1e+40, want a positive number of float32", func(s *graph.Scope) { layers.NormConfig{Epsilon: 1e40}.NewLayerNorm(s.In("b"), 2) }},
		{"layers: dropout d: input [2], want [… D] with a batch axis", func(s *graph.Scope) { layers.NewDropout(s.In("d"), layers.DropoutConfig{}).Apply(s.Input("x", 2)) }},
		{"layers: dropout without a scope; layers.NewDropout gives it one", func(s *graph.Scope) { layers.Dropout{}.Apply(s.Input("x", 2, 2)) }},
		{"layers: embedding e: 0 classes of width 2, want 1 or more", func(s *graph.Scope) { layers.NewEmbedding(s.In("e"), 0, 2) }},
		{"layers: embedding e: 16777217 classes, of which float32 tells 1<<24 apart", func(s *graph.Scope) { layers.NewEmbedding(s.In("e"), 1<<24+1, 2) }},
		{"layers: embedding e: input [4], want [… 1] with a batch axis", func(s *graph.Scope) { layers.NewEmbedding(s.In("e"), 3, 2).Apply(s.Input("x", 4)) }},
		{"layers: embedding e: input [4 2], want [… 3] with a batch axis", func(s *graph.Scope) { layers.NewEmbedding(s.In("e"), 3, 2).ApplyOneHot(s.Input("x", 4, 2)) }},
		{"layers: embedding without a Table [classes D]; layers.NewEmbedding declares it", func(s *graph.Scope) { layers.Embedding{}.Apply(s.Input("x", 4, 1)) }},
		{"layers: moments: input [3], want [… D] with a batch axis", func(s *graph.Scope) { layers.Moments(s.Input("x", 3)) }},
		{"layers: standardise: the scale is nil", func(s *graph.Scope) { layers.Standardise(s, s.Input("x", 2, 3), nil, nil) }},
	} {
		_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
			c.f(s)
			s.Output("none", s.Const(0))
		})
		if err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
