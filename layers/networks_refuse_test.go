package layers_test

import (
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

func TestNetworkRefusals(t *testing.T) {
	conv := func(c layers.ConvConfig) func(s *graph.Scope) {
		return func(s *graph.Scope) { layers.NewConv2D(s.In("c"), c).Apply(s.Input("x", 1, 4, 4, 2)) }
	}
	cell := func(c layers.CellConfig) func(s *graph.Scope) {
		return func(s *graph.Scope) { layers.NewGRU(s.In("g"), c) }
	}
	two := layers.CellConfig{Inputs: 2, Width: 2}
	for _, c := range []struct {
		want string
		f    func(s *graph.Scope)
	}{
		{"layers: convolution c: 2 to 3 channels in 2 groups, want 1 or more that the groups divide", conv(layers.ConvConfig{Inputs: 2, Outputs: 3, Groups: 2})},
		{"layers: convolution c: Window [], want 1 or more for each of 2 axes, or for all", conv(layers.ConvConfig{Inputs: 2, Outputs: 3})},
		{"layers: convolution c: Stride [1 0], want 1 or more for each of 2 axes, or for all", conv(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{1}, Stride: []int{1, 0}})},
		{"layers: convolution c: Pad [-1], want 0 or more for each of 2 axes, or for all", conv(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{1}, Pad: []int{-1}})},
		{"in layer c: graph: convolution 5×5: rows: a window over 5 places of 4", conv(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{5}})},
		{"layers: convolution c: input [1 4 4 2], want [… height width 3] with a batch axis", conv(layers.ConvConfig{Inputs: 3, Outputs: 3, Window: []int{1}})},
		{"layers: convolution c: NoBias and Biases: choose one", conv(layers.ConvConfig{Config: layers.Config{NoBias: true, Biases: graph.He{}}, Inputs: 2, Outputs: 3})},
		{"layers: convolution without weights; layers.NewConv2D declares them", func(s *graph.Scope) { layers.Conv{}.Apply(s.Input("x", 1, 1, 1, 1)) }},
		{"layers: convolution block b: Inputs 0, Outputs 0, Hidden 0, Window 3, Down 1, Up 1, want 1 or more and an odd window", func(s *graph.Scope) {
			layers.NewConvBlock(s.In("b"), layers.ConvBlockConfig{})
		}},
		{"layers: convolution block without layers; layers.NewConvBlock declares them", func(s *graph.Scope) { layers.ConvBlock{}.Apply(s.Input("x", 1, 1, 1, 1)) }},
		{"layers: max pooling: Window [], want 1 or more for each of 2 axes, or for all", func(s *graph.Scope) { layers.MaxPool{}.Apply(s.Input("x", 1, 1, 1, 1)) }},
		{"layers: average pooling: Axes 3, want 1 or 2", func(s *graph.Scope) {
			layers.AvgPool{PoolConfig: layers.PoolConfig{Axes: 3}}.Apply(s.Input("x", 1, 1, 1, 1))
		}},
		{"layers: global pooling: input [1 2 3], want [… height width channels] with a batch axis", func(s *graph.Scope) { layers.GlobalAvgPool(s.Input("x", 1, 2, 3)) }},
		{"layers: flatten: 3 axes of input [1 2 3], want 1 or more behind a batch axis", func(s *graph.Scope) { layers.Flatten{}.Apply(s.Input("x", 1, 2, 3)) }},
		{"layers: unflatten: shape [2 -1]", func(s *graph.Scope) { layers.Unflatten{Shape: []int{2, -1}}.Apply(s.Input("x", 1, 2)) }},
		{"layers: upsample: By [], want 1 or more for each of 2 axes, or for all", func(s *graph.Scope) { layers.Upsample{}.Apply(s.Input("x", 1, 1, 1, 1)) }},
		{"layers: GRU g: Inputs 0, Width 2, want 1 to 16777216", cell(layers.CellConfig{Width: 2})},
		{"layers: GRU g: NoBias and Biases: choose one", cell(layers.CellConfig{Config: layers.Config{NoBias: true, Biases: graph.He{}}, Inputs: 1, Width: 2})},
		{"layers: a cell without weights; layers.NewGRU, NewLSTM and NewRNN declare them", func(s *graph.Scope) { layers.Sequence{Cell: layers.LSTM{}}.Apply(s.Input("x", 1, 1, 1)) }},
		{"layers: LSTM l: 1 states, want 2", func(s *graph.Scope) {
			x := s.Input("x", 3, 8)
			layers.NewLSTM(s.In("l"), two).Step(x, []*graph.Node{x})
		}},
		{"layers: GRU state g: input [3 6], want [… 2] with a batch axis", func(s *graph.Scope) {
			x := s.Input("x", 3, 6)
			layers.NewGRU(s.In("g"), two).Step(x, []*graph.Node{x})
		}},
		{"layers: sequence: mask [3 4] of input [3 5 2], want [3 5]", func(s *graph.Scope) {
			layers.Sequence{Cell: layers.NewGRU(s.In("g"), two)}.Run(s.Input("x", 3, 5, 2), s.Input("m", 3, 4), nil)
		}},
		{"layers: sequence: input [3 0 2] has no steps", func(s *graph.Scope) {
			layers.Sequence{Cell: layers.NewGRU(s.In("g"), two)}.Apply(s.Input("x", 3, 0, 2))
		}},
		{"layers: attention: queries [2 3], keys [4 5] and values [4 1], want [… M D], [… N D] and [… N E]", func(s *graph.Scope) {
			layers.Attention(s.Input("q", 2, 3), s.Input("k", 4, 5), s.Input("v", 4, 1), nil)
		}},
		{"layers: attention: mask [3 3] of 2 queries and 3 keys", func(s *graph.Scope) {
			layers.Attention(s.Input("q", 2, 3), s.Input("k", 3, 3), s.Input("v", 3, 1), s.Input("m", 3, 3))
		}},
		{"layers: multi-head attention without maps; layers.NewMultiHead declares them", func(s *graph.Scope) { layers.MultiHead{}.Apply(s.Input("x", 1, 1)) }},
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
