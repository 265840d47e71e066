package layers_test

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// networkOptions adds what shows the fields of layers of pictures and sequences.
func networkOptions(all map[string][][]string) {
	shows := func(typ string, plain string, changed map[string]string, refused map[string][]string) {
		for name, text := range changed {
			all[typ+"."+name] = append(all[typ+"."+name], []string{plain, text})
		}
		for name, r := range refused {
			all[typ+"."+name] = append(all[typ+"."+name], append([]string{""}, r...))
		}
	}
	pictures := func(f func(s *graph.Scope, x *graph.Node) *graph.Node) string {
		return seen(1, func(s *graph.Scope, _, _ *graph.Node) *graph.Node {
			return f(s, s.Tensor(gradcheck.Between(-1, 1, 2, 5, 5, 2).Values, 2, 5, 5, 2))
		})
	}
	sequences := func(f func(s *graph.Scope, x *graph.Node) *graph.Node) string {
		return seen(1, func(s *graph.Scope, _, _ *graph.Node) *graph.Node {
			return f(s, s.Tensor(gradcheck.Between(-1, 1, 2, 3, 2).Values, 2, 3, 2))
		})
	}

	conv := func(change func(c *layers.ConvConfig)) string {
		c := layers.ConvConfig{Inputs: 2, Outputs: 2, Window: []int{3}}
		change(&c)
		return pictures(func(s *graph.Scope, x *graph.Node) *graph.Node { return layers.NewConv2D(s, c).Apply(x) })
	}
	shows("ConvConfig", conv(func(*layers.ConvConfig) {}), map[string]string{
		"Config":   conv(func(c *layers.ConvConfig) { c.NoBias = true }),
		"Outputs":  conv(func(c *layers.ConvConfig) { c.Outputs = 4 }),
		"Window":   conv(func(c *layers.ConvConfig) { c.Window = []int{2, 3} }),
		"Stride":   conv(func(c *layers.ConvConfig) { c.Stride = []int{2} }),
		"Dilation": conv(func(c *layers.ConvConfig) { c.Dilation = []int{2, 1} }),
		"Pad":      conv(func(c *layers.ConvConfig) { c.Pad = []int{1} }),
		"Groups":   conv(func(c *layers.ConvConfig) { c.Groups = 2 }),
		"Same":     conv(func(c *layers.ConvConfig) { c.Same = true }),
	}, map[string][]string{
		"Config": {conv(func(c *layers.ConvConfig) { c.Activation = graph.Relu }), "put one behind it in a Stack"},
		"Inputs": {conv(func(c *layers.ConvConfig) { c.Inputs = 3 }), "input [2 5 5 2], want [… height width 3] with a batch axis"},
		"Same":   {conv(func(c *layers.ConvConfig) { c.Same, c.Pad = true, []int{1} }), "Same and Pad: choose one"},
		"Size":   {conv(func(c *layers.ConvConfig) { c.Size = []int{9} }), "a Size, which only a transposed convolution has"},
	})
	transposed := func(size []int) string {
		return pictures(func(s *graph.Scope, x *graph.Node) *graph.Node {
			return layers.NewConvTranspose2D(s, layers.ConvConfig{Inputs: 2, Outputs: 2, Window: []int{3}, Stride: []int{2}, Size: size}).Apply(x)
		})
	}
	shows("ConvConfig", transposed(nil), map[string]string{"Size": transposed([]int{12, 11})}, nil)

	block := func(change func(c *layers.ConvBlockConfig)) string {
		c := layers.ConvBlockConfig{Inputs: 2}
		change(&c)
		return pictures(func(s *graph.Scope, x *graph.Node) *graph.Node { return layers.NewConvBlock(s, c).Apply(x) })
	}
	shows("ConvBlockConfig", block(func(*layers.ConvBlockConfig) {}), map[string]string{
		"Config":    block(func(c *layers.ConvBlockConfig) { c.WeightNorm = true }),
		"Outputs":   block(func(c *layers.ConvBlockConfig) { c.Outputs = 3 }),
		"Hidden":    block(func(c *layers.ConvBlockConfig) { c.Hidden = 3 }),
		"Window":    block(func(c *layers.ConvBlockConfig) { c.Window = 5 }),
		"Down":      block(func(c *layers.ConvBlockConfig) { c.Down = 2 }),
		"Up":        block(func(c *layers.ConvBlockConfig) { c.Up = 2 }),
		"BatchNorm": block(func(c *layers.ConvBlockConfig) { c.BatchNorm = true }),
		"Scale":     block(func(c *layers.ConvBlockConfig) { c.Scale = .1 }),
	}, map[string][]string{
		"Inputs": {block(func(c *layers.ConvBlockConfig) { c.Inputs = 3 }), "input [2 5 5 2], want [… height width 3] with a batch axis"},
		"Window": {block(func(c *layers.ConvBlockConfig) { c.Window = 2 }), "an odd window"},
		"Up":     {block(func(c *layers.ConvBlockConfig) { c.Down, c.Up = 2, 2 }), "Down and Up: choose one"},
		"Size":   {block(func(c *layers.ConvBlockConfig) { c.Size = []int{9} }), "a Size without Up"},
	})
	all["ConvBlockConfig.Size"] = append(all["ConvBlockConfig.Size"], []string{block(func(c *layers.ConvBlockConfig) { c.Up = 2 }),
		block(func(c *layers.ConvBlockConfig) { c.Up, c.Size = 2, []int{9} })})

	literal := func(l layers.Layer) string {
		return pictures(func(_ *graph.Scope, x *graph.Node) *graph.Node { return l.Apply(x) })
	}
	pool := layers.PoolConfig{Window: []int{2}}
	for name, c := range map[string]layers.PoolConfig{
		"Axes":   {Axes: 1, Window: []int{2}},
		"Window": {Window: []int{3, 2}},
		"Stride": {Window: []int{2}, Stride: []int{1}},
		"Pad":    {Window: []int{2}, Pad: []int{1, 0}},
	} {
		shows("PoolConfig", literal(layers.MaxPool{PoolConfig: pool}), map[string]string{name: literal(layers.MaxPool{PoolConfig: c})}, nil)
		shows("PoolConfig", literal(layers.AvgPool{PoolConfig: pool}), map[string]string{name: literal(layers.AvgPool{PoolConfig: c})}, nil)
		shows("MaxPool", literal(layers.MaxPool{PoolConfig: pool}), map[string]string{"PoolConfig": literal(layers.MaxPool{PoolConfig: c})}, nil)
		shows("AvgPool", literal(layers.AvgPool{PoolConfig: pool}), map[string]string{"PoolConfig": literal(layers.AvgPool{PoolConfig: c})}, nil)
	}
	pool.Pad = []int{1}
	shows("AvgPool", literal(layers.AvgPool{PoolConfig: pool}), map[string]string{"Inside": literal(layers.AvgPool{PoolConfig: pool, Inside: true})}, nil)
	shows("Upsample", literal(layers.Upsample{By: []int{2}}), map[string]string{
		"Axes":   literal(layers.Upsample{Axes: 1, By: []int{2}}),
		"By":     literal(layers.Upsample{By: []int{2, 3}}),
		"Linear": literal(layers.Upsample{By: []int{2}, Linear: true}),
	}, nil)
	shapeOf := func(l layers.Layer) string {
		return pictures(func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Sum(l.Apply(x), -1) })
	}
	shows("Flatten", shapeOf(layers.Flatten{}), map[string]string{"Axes": shapeOf(layers.Flatten{Axes: 2})}, nil)
	shows("Unflatten", shapeOf(layers.Unflatten{Shape: []int{2, 1}}), map[string]string{"Shape": shapeOf(layers.Unflatten{Shape: []int{1, 2}})}, nil)

	run := func(q layers.Layer) string {
		return sequences(func(_ *graph.Scope, x *graph.Node) *graph.Node { return q.Apply(x) })
	}
	cellOf := func(change func(c *layers.CellConfig), of func(s *graph.Scope, c layers.CellConfig) layers.Cell) string {
		c := layers.CellConfig{Inputs: 2, Width: 3}
		change(&c)
		return sequences(func(s *graph.Scope, x *graph.Node) *graph.Node { return layers.Sequence{Cell: of(s, c)}.Apply(x) })
	}
	gru := func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewGRU(s, c) }
	for _, of := range []func(s *graph.Scope, c layers.CellConfig) layers.Cell{gru,
		func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewLSTM(s, c) },
		func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewRNN(s, c) },
	} {
		shows("CellConfig", cellOf(func(*layers.CellConfig) {}, of), map[string]string{
			"Config":    cellOf(func(c *layers.CellConfig) { c.Weights, c.Biases = graph.He{}, graph.Constant(.5) }, of),
			"Width":     cellOf(func(c *layers.CellConfig) { c.Width = 4 }, of),
			"Recurrent": cellOf(func(c *layers.CellConfig) { c.Recurrent = graph.Constant(.1) }, of),
		}, map[string][]string{
			"Inputs": {cellOf(func(c *layers.CellConfig) { c.Inputs = 3 }, of), "input [2 3 2], want [… 3]"},
			"Config": {cellOf(func(c *layers.CellConfig) { c.WeightNorm = true }, of), "a cell has no WeightNorm"},
		})
	}
	all["CellConfig.Config"] = append(all["CellConfig.Config"],
		[]string{"", cellOf(func(c *layers.CellConfig) { c.Activation = graph.Relu }, gru), "its activations are its own"})
	oneCell := func(s *graph.Scope, at string) layers.Cell {
		return layers.NewRNN(s.In(at), layers.CellConfig{Inputs: 2, Width: 2})
	}
	sequence := func(reverse bool, at string) string {
		return sequences(func(s *graph.Scope, x *graph.Node) *graph.Node {
			return layers.Sequence{Cell: oneCell(s, at), Reverse: reverse}.Apply(x)
		})
	}
	shows("Sequence", sequence(false, "a"), map[string]string{"Cell": sequence(false, "b"), "Reverse": sequence(true, "a")},
		map[string][]string{"Cell": {run(layers.Sequence{}), "Cell is nil"}})
	both := func(forward, backward string) string {
		return sequences(func(s *graph.Scope, x *graph.Node) *graph.Node {
			return layers.Bidirectional{Forward: oneCell(s, forward), Backward: oneCell(s, backward)}.Apply(x)
		})
	}
	shows("Bidirectional", both("a", "b"), map[string]string{"Forward": both("c", "b"), "Backward": both("a", "c")}, nil)

	heads := func(change func(c *layers.MultiHeadConfig)) string {
		c := layers.MultiHeadConfig{Inputs: 2, Heads: 1}
		change(&c)
		return sequences(func(s *graph.Scope, x *graph.Node) *graph.Node {
			context := x
			if c.Context > 0 {
				context = graph.Cols(x, 0, 1)
			}
			return layers.NewMultiHead(s, c).Attend(x, context, nil)
		})
	}
	shows("MultiHeadConfig", heads(func(*layers.MultiHeadConfig) {}), map[string]string{
		"Config":  heads(func(c *layers.MultiHeadConfig) { c.NoBias = true }),
		"Context": heads(func(c *layers.MultiHeadConfig) { c.Context = 1 }),
		"Heads":   heads(func(c *layers.MultiHeadConfig) { c.Heads = 2 }),
		"Width":   heads(func(c *layers.MultiHeadConfig) { c.Width = 3 }),
		"Outputs": heads(func(c *layers.MultiHeadConfig) { c.Outputs = 3 }),
	}, map[string][]string{
		"Inputs": {heads(func(c *layers.MultiHeadConfig) { c.Inputs = 3 }), "multi-head attention l: input [2 3 2], want [… places 3] with a batch axis"},
		"Heads":  {heads(func(c *layers.MultiHeadConfig) { c.Heads = 3 }), "heads that divide the width"},
	})
}
