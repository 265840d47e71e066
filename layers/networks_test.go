package layers_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// networks lists layers of pictures and sequences by the cases of
// internal/ref/layers/networks.py: the shapes of an input and of a context, and what
// is made of them.
var networks = map[string]struct {
	x, c []int
	f    func(s *graph.Scope, x, c *graph.Node) *graph.Node
}{
	"conv plain": {[]int{2, 5, 7, 3}, nil, conv2(layers.ConvConfig{Inputs: 3, Outputs: 4, Window: []int{3}})},
	"conv stride": {[]int{2, 7, 6, 2}, nil, conv2(layers.ConvConfig{Inputs: 2, Outputs: 5, Window: []int{3, 2},
		Stride: []int{2, 3}, Pad: []int{1, 0}})},
	"conv dilation": {[]int{1, 9, 8, 2}, nil, conv2(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{3}, Pad: []int{2}, Dilation: []int{2, 3}})},
	"conv groups": {[]int{2, 4, 5, 6}, nil, conv2(layers.ConvConfig{Config: layers.Config{NoBias: true}, Inputs: 6, Outputs: 9,
		Window: []int{2, 3}, Pad: []int{1}, Groups: 3})},
	"conv depthwise": {[]int{2, 5, 5, 4}, nil, conv2(layers.ConvConfig{Inputs: 4, Outputs: 4, Window: []int{3}, Stride: []int{2},
		Pad: []int{1}, Groups: 4})},
	"conv multiplier":   {[]int{2, 4, 5, 3}, nil, conv2(layers.ConvConfig{Inputs: 3, Outputs: 6, Window: []int{3}, Same: true, Groups: 3})},
	"conv leading axes": {[]int{2, 3, 4, 4, 2}, nil, conv2(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{2}, Stride: []int{2}})},
	"conv wide":         {[]int{1, 3, 3, 2}, nil, conv2(layers.ConvConfig{Inputs: 2, Outputs: 17, Window: []int{3}, Same: true})},
	"conv weight norm": {[]int{2, 4, 3, 2}, nil, conv2(layers.ConvConfig{Config: layers.Config{WeightNorm: true}, Inputs: 2, Outputs: 3,
		Window: []int{3}, Same: true})},
	"conv sequence": {[]int{2, 9, 3}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
		return layers.NewConv1D(s, layers.ConvConfig{Inputs: 3, Outputs: 2, Window: []int{4}, Stride: []int{2}, Pad: []int{3}, Dilation: []int{2}}).Apply(x)
	}},
	"transposed plain": {[]int{2, 3, 4, 3}, nil, transposed2(layers.ConvConfig{Inputs: 3, Outputs: 4, Window: []int{3, 2}})},
	"transposed stride": {[]int{2, 3, 4, 2}, nil, transposed2(layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{3}, Stride: []int{2},
		Pad: []int{1}, Size: []int{6, 8}})},
	"transposed gaps": {[]int{1, 3, 2, 2}, nil, transposed2(layers.ConvConfig{Inputs: 2, Outputs: 2, Window: []int{2, 1}, Stride: []int{3, 2}, Size: []int{10, 4}})},
	"transposed groups": {[]int{2, 3, 3, 4}, nil, transposed2(layers.ConvConfig{Inputs: 4, Outputs: 6, Window: []int{3}, Stride: []int{1, 2},
		Pad: []int{1}, Dilation: []int{2, 1}, Groups: 2})},
	"transposed sequence": {[]int{3, 4, 2}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
		return layers.NewConvTranspose1D(s, layers.ConvConfig{Inputs: 2, Outputs: 3, Window: []int{5}, Stride: []int{2}, Pad: []int{1}, Size: []int{10}}).Apply(x)
	}},

	"max pool":          {[]int{2, 6, 7, 3}, nil, plain(layers.MaxPool{PoolConfig: layers.PoolConfig{Window: []int{2, 3}}})},
	"max pool padded":   {[]int{2, 5, 6, 2}, nil, plain(layers.MaxPool{PoolConfig: layers.PoolConfig{Window: []int{3}, Stride: []int{2, 1}, Pad: []int{1, 0}}})},
	"max pool sequence": {[]int{2, 7, 2}, nil, plain(layers.MaxPool{PoolConfig: layers.PoolConfig{Axes: 1, Window: []int{3}, Stride: []int{2}, Pad: []int{1}}})},
	"avg pool":          {[]int{2, 6, 7, 3}, nil, plain(layers.AvgPool{PoolConfig: layers.PoolConfig{Window: []int{2, 3}}})},
	"avg pool padded":   {[]int{2, 5, 6, 2}, nil, plain(layers.AvgPool{PoolConfig: layers.PoolConfig{Window: []int{3}, Stride: []int{2}, Pad: []int{1}}})},
	"avg pool inside": {[]int{2, 5, 6, 2}, nil, plain(layers.AvgPool{PoolConfig: layers.PoolConfig{Window: []int{3}, Stride: []int{2}, Pad: []int{1}},
		Inside: true})},
	"global avg pool": {[]int{2, 3, 4, 2}, nil, plain(layers.Func(layers.GlobalAvgPool))},
	"global max pool": {[]int{2, 3, 4, 2}, nil, plain(layers.Func(layers.GlobalMaxPool))},
	"nearest":         {[]int{2, 3, 2, 2}, nil, plain(layers.Upsample{By: []int{2, 3}})},
	"linear":          {[]int{2, 3, 4, 2}, nil, plain(layers.Upsample{By: []int{2, 3}, Linear: true})},
	"linear sequence": {[]int{2, 5, 2}, nil, plain(layers.Upsample{Axes: 1, By: []int{4}, Linear: true})},

	"block plain": {[]int{2, 4, 4, 3}, nil, convBlock(layers.ConvBlockConfig{Inputs: 3, Hidden: 4})},
	"block down":  {[]int{2, 5, 5, 3}, nil, convBlock(layers.ConvBlockConfig{Inputs: 3, Outputs: 4, Down: 2})},
	"block up":    {[]int{2, 3, 3, 3}, nil, convBlock(layers.ConvBlockConfig{Inputs: 3, Outputs: 2, Up: 2, Size: []int{5}})},

	"rnn": {[]int{3, 4, 2}, nil, recurrent(func(s *graph.Scope) layers.Cell { return layers.NewRNN(s, layers.CellConfig{Inputs: 2, Width: 3}) })},
	"gru": {[]int{3, 4, 2}, nil, recurrent(func(s *graph.Scope) layers.Cell { return layers.NewGRU(s, layers.CellConfig{Inputs: 2, Width: 3}) })},
	"gru without bias": {[]int{3, 4, 2}, nil, recurrent(func(s *graph.Scope) layers.Cell {
		return layers.NewGRU(s, layers.CellConfig{Config: layers.Config{NoBias: true}, Inputs: 2, Width: 3})
	})},
	"lstm":         {[]int{3, 4, 2}, nil, recurrent(func(s *graph.Scope) layers.Cell { return layers.NewLSTM(s, layers.CellConfig{Inputs: 2, Width: 3}) })},
	"gru lengths":  {[]int{3, 4, 2}, []int{3, 1}, recurrent(func(s *graph.Scope) layers.Cell { return layers.NewGRU(s, layers.CellConfig{Inputs: 2, Width: 3}) })},
	"lstm lengths": {[]int{3, 4, 2}, []int{3, 1}, recurrent(func(s *graph.Scope) layers.Cell { return layers.NewLSTM(s, layers.CellConfig{Inputs: 2, Width: 3}) })},
	"gru both ways": {[]int{3, 4, 2}, []int{3, 1}, func(s *graph.Scope, x, c *graph.Node) *graph.Node {
		gru := layers.CellConfig{Inputs: 2, Width: 3}
		b := layers.Bidirectional{Forward: layers.NewGRU(s.In("forward"), gru), Backward: layers.NewGRU(s.In("backward"), gru)}
		y, f, r := b.Run(x, layers.LengthMask(c, 4))
		return graph.Concat(-1, layers.Flatten{Axes: 2}.Apply(y), f[0], r[0])
	}},

	"attention": {[]int{2, 3, 4}, []int{2, 5, 4}, func(_ *graph.Scope, x, c *graph.Node) *graph.Node {
		return layers.Attention(x, c, graph.Tanh(c), nil)
	}},
	"causal attention": {[]int{2, 3, 5, 4}, nil, func(_ *graph.Scope, x, _ *graph.Node) *graph.Node {
		return layers.Attention(x, graph.Sin(x), graph.Tanh(x), layers.CausalMask(5))
	}},
	"multi-head": {[]int{2, 4, 6}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
		return layers.NewMultiHead(s, layers.MultiHeadConfig{Inputs: 6, Heads: 2}).Apply(x)
	}},
	"multi-head causal": {[]int{2, 4, 6}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
		return layers.NewMultiHead(s, layers.MultiHeadConfig{Inputs: 6, Heads: 3}).Attend(x, x, layers.CausalMask(4))
	}},
	"multi-head context": {[]int{2, 4, 6}, []int{2, 3, 5}, func(s *graph.Scope, x, c *graph.Node) *graph.Node {
		return layers.NewMultiHead(s, layers.MultiHeadConfig{Inputs: 6, Context: 5, Heads: 2}).Attend(x, c, nil)
	}},
}

type network = func(s *graph.Scope, x, c *graph.Node) *graph.Node

func conv2(c layers.ConvConfig) network {
	return func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewConv2D(s, c).Apply(x) }
}

func transposed2(c layers.ConvConfig) network {
	return func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewConvTranspose2D(s, c).Apply(x) }
}

func plain(l layers.Layer) network {
	return func(_ *graph.Scope, x, _ *graph.Node) *graph.Node { return l.Apply(x) }
}

func convBlock(c layers.ConvBlockConfig) network {
	c.Activation, c.Scale = graph.Elu, .1
	return func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewConvBlock(s, c).Apply(x) }
}

// recurrent joins the outputs of all steps and the last states.
func recurrent(cell func(s *graph.Scope) layers.Cell) network {
	return func(s *graph.Scope, x, lengths *graph.Node) *graph.Node {
		var mask *graph.Node
		if lengths != nil {
			mask = layers.LengthMask(lengths, x.Shape()[1])
		}
		y, last := layers.Sequence{Cell: cell(s.In("cell"))}.Run(x, mask, nil)
		return graph.Concat(-1, append([]*graph.Node{layers.Flatten{Axes: 2}.Apply(y)}, last...)...)
	}
}

// TestNetworksAgainstPyTorch: values and gradients by inputs, contexts and
// parameters.
func TestNetworksAgainstPyTorch(t *testing.T) {
	all := torch(t, "networks.csv")
	for name, c := range networks {
		for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
			reference(t, name+" "+dtype.String(), &graph.Params{Dtype: dtype}, all[name], c.x, c.c, c.f)
		}
		delete(all, name)
	}
	for name := range all {
		t.Errorf("%s is not compared", name)
	}
}

// TestNetworksOfNoRows: an empty batch has an empty result, and gradients of zero
// by the parameters.
func TestNetworksOfNoRows(t *testing.T) {
	for name, c := range networks {
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			x, ctx := s.Input("x", append([]int{0}, c.x[1:]...)...), (*graph.Node)(nil)
			if c.c != nil {
				ctx = s.Input("c", append([]int{0}, c.c[1:]...)...)
			}
			y := c.f(s, x, ctx)
			s.Output("y", y)
			for i, g := range graph.Grad(graph.Sum(y), s.Trainable()) {
				s.Output(fmt.Sprint("grad", i), g)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, in := range p.Inputs() {
			if err := graph.Feed(p, in, []float32{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, out := range p.Outputs() {
			v, err := p.Value(out)
			if err != nil || out == "y" && len(v) > 0 {
				t.Errorf("%s: %s has %d elements, error %v", name, out, len(v), err)
			}
			for _, g := range v {
				if g != 0 {
					t.Errorf("%s: %s is %v, want 0", name, out, g)
					break
				}
			}
		}
	}
}
