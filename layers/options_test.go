package layers_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// seen returns as text what a layer made by f declares, computes of x [2,in] and
// a context [2,1] in a training step and leaves in parameters and states, or its
// error.
func seen(in int, f func(s *graph.Scope, x, c *graph.Node) *graph.Node) string {
	return seenBy(graph.BuildTraining, in, f)
}

func seenBy(build func(*graph.Params, func(*graph.Scope)) (*graph.Program, error), in int, f func(s *graph.Scope, x, c *graph.Node) *graph.Node) string {
	p := &graph.Params{Dtype: graph.Float64}
	prog, err := build(p, func(s *graph.Scope) {
		s.Output("y", f(s.In("l"), s.Tensor(gradcheck.Between(-1, 1, 2, in).Values, 2, in), s.Tensor([]float64{1, -2}, 2, 1)))
	})
	if err == nil {
		err = prog.Run(context.Background(), graph.Key{})
	}
	if err == nil {
		err = prog.Commit()
	}
	if err != nil {
		return "error " + err.Error()
	}
	y, _ := prog.Value("y")
	text := fmt.Sprint(y)
	for _, name := range p.Names() {
		v, _ := graph.Values[float64](p, name)
		text += fmt.Sprint(" ", name, v)
	}
	return text
}

// TestEveryOptionHasAnEffect: each field of each configuration changes what a
// layer declares or computes, or is refused where it could not. A new field
// fails until it is listed.
func TestEveryOptionHasAnEffect(t *testing.T) {
	all := map[string][][]string{}
	mlp := func(c layers.Config) string {
		return seen(2, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return c.NewMLP(s, 2, 3, 1).Apply(x) })
	}
	dense := func(c layers.Config) string {
		return seen(2, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return c.NewDense(s, 2, 1).Apply(x) })
	}
	embedding := func(c layers.Config) string {
		return seen(3, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return c.NewEmbedding(s, 3, 2).ApplyOneHot(x) })
	}
	for name, c := range map[string]layers.Config{
		"Config.Activation": {Activation: graph.Relu},
		"Config.Weights":    {Weights: graph.He{}},
		"Config.Biases":     {Biases: graph.Constant(1)},
		"Config.NoBias":     {NoBias: true},
		"Config.WeightNorm": {WeightNorm: true},
	} {
		all[name] = [][]string{{mlp(layers.Config{}), mlp(c)}}
	}
	all["Config.Activation"] = append(all["Config.Activation"], []string{"", dense(layers.Config{Activation: graph.Relu}),
		"layers: dense l: a dense layer has no Activation; put one behind it in a Stack"})
	all["Config.NoBias"] = append(all["Config.NoBias"], []string{"", dense(layers.Config{NoBias: true, Biases: graph.Constant(1)}),
		"layers: dense l: NoBias and Biases: choose one"})

	all["Config.WeightNorm"] = append(all["Config.WeightNorm"], []string{"", dense(layers.Config{WeightNorm: true, Weights: graph.Constant(0)}),
		"graph: parameter l/v: weight normalisation of weights that start at zero, which have no direction"})
	for name, c := range map[string]layers.Config{
		"Config.Activation": {Activation: graph.Relu},
		"Config.Biases":     {Biases: graph.Constant(1)},
		"Config.NoBias":     {NoBias: true},
		"Config.WeightNorm": {WeightNorm: true},
	} {
		all[name] = append(all[name], []string{"", seen(1, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return c.NewEmbedding(s, 3, 2).Apply(x)
		}), "layers: embedding l: it has Weights alone"})
	}
	all["Config.Weights"] = append(all["Config.Weights"], []string{embedding(layers.Config{}), embedding(layers.Config{Weights: graph.Constant(4)})})

	made := func(change func(c *layers.MADEConfig)) string {
		c := layers.MADEConfig{Inputs: 3, Hidden: []int{6, 6}, Config: layers.Config{Biases: graph.Gaussian{Std: 1}}}
		change(&c)
		return seen(3, func(s *graph.Scope, x, context *graph.Node) *graph.Node {
			if c.Context == 0 {
				context = nil
			}
			return layers.NewMADE(s, c).Apply(x, context)
		})
	}
	plain := made(func(*layers.MADEConfig) {})
	for name, change := range map[string]func(c *layers.MADEConfig){
		"Config":        func(c *layers.MADEConfig) { c.Config = layers.Config{Activation: graph.Relu} },
		"Outputs":       func(c *layers.MADEConfig) { c.Outputs = 2 },
		"Context":       func(c *layers.MADEConfig) { c.Context = 1 },
		"Hidden":        func(c *layers.MADEConfig) { c.Hidden = []int{7, 6} },
		"Order":         func(c *layers.MADEConfig) { c.Order = []int{1, 2, 0} },
		"DegreeSeed":    func(c *layers.MADEConfig) { c.DegreeSeed = 1 },
		"Skip":          func(c *layers.MADEConfig) { c.Skip = true },
		"Residual":      func(c *layers.MADEConfig) { c.Residual = true },
		"OutputWeights": func(c *layers.MADEConfig) { c.OutputWeights = graph.Constant(1) },
	} {
		all["MADEConfig."+name] = [][]string{{plain, made(change)}}
	}
	all["MADEConfig.Inputs"] = [][]string{{plain, made(func(c *layers.MADEConfig) { c.Inputs = 4 }), "input [2 3], want [… 4]"}}
	for name, change := range map[string]func(c *layers.MADEConfig){
		"DegreeSeed": func(c *layers.MADEConfig) { c.Hidden, c.DegreeSeed = nil, 1 },
		"Skip":       func(c *layers.MADEConfig) { c.Hidden, c.Skip = nil, true },
	} {
		all["MADEConfig."+name] = append(all["MADEConfig."+name], []string{"", made(change), name + " without a hidden layer"})
	}
	resnetOptions(all)
	normOptions(all)
	networkOptions(all)
	exported.Effects(t, all, "Dense", "BatchNorm", "LayerNorm", "Embedding", "Conv", "GRU")
}

func resnetOptions(all map[string][][]string) {
	resnet := func(change func(c *layers.ResNetConfig)) string {
		c := layers.ResNetConfig{Inputs: 3, Outputs: 2, Width: 4, Context: 1, Config: layers.Config{Biases: graph.Gaussian{Std: 1}}}
		change(&c)
		return seen(3, func(s *graph.Scope, x, context *graph.Node) *graph.Node {
			if c.Context == 0 {
				context = nil
			}
			return layers.NewResNet(s, c).Apply(x, context)
		})
	}
	plain := resnet(func(*layers.ResNetConfig) {})
	for name, change := range map[string]func(c *layers.ResNetConfig){
		"Config":        func(c *layers.ResNetConfig) { c.Config = layers.Config{Activation: graph.Relu} },
		"Outputs":       func(c *layers.ResNetConfig) { c.Outputs = 3 },
		"Context":       func(c *layers.ResNetConfig) { c.Context = 0 },
		"Width":         func(c *layers.ResNetConfig) { c.Width = 5 },
		"Blocks":        func(c *layers.ResNetConfig) { c.Blocks = 3 },
		"Gated":         func(c *layers.ResNetConfig) { c.Gated = true },
		"BatchNorm":     func(c *layers.ResNetConfig) { c.BatchNorm = true },
		"Dropout":       func(c *layers.ResNetConfig) { c.Dropout = .5 },
		"OutputWeights": func(c *layers.ResNetConfig) { c.OutputWeights = graph.Constant(1) },
	} {
		all["ResNetConfig."+name] = [][]string{{plain, resnet(change)}}
	}
	all["ResNetConfig.Inputs"] = [][]string{{"", resnet(func(c *layers.ResNetConfig) { c.Inputs = 4 }), "input [2 3], want [… 4]"}}
	all["ResNetConfig.Gated"] = append(all["ResNetConfig.Gated"],
		[]string{"", resnet(func(c *layers.ResNetConfig) { c.Context, c.Gated = 0, true }), "Gated without a Context"})
	residual := func(inner layers.Layer) string {
		return seen(2, func(_ *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.Residual{Inner: inner}.Apply(x) })
	}
	all["Residual.Inner"] = [][]string{{residual(layers.Func(graph.Relu)), residual(layers.Func(graph.Tanh))}}
}

func normOptions(all map[string][][]string) {
	batch := func(c layers.NormConfig) string {
		return seen(2, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return c.NewBatchNorm(s, 2).Apply(x) })
	}
	layer := func(c layers.NormConfig) string {
		return seen(2, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return c.NewLayerNorm(s, 2).Apply(x) })
	}
	for name, c := range map[string]layers.NormConfig{
		"Epsilon":  {Epsilon: .1},
		"Momentum": {Momentum: .5},
		"NoAffine": {NoAffine: true},
	} {
		all["NormConfig."+name] = [][]string{{batch(layers.NormConfig{}), batch(c)}}
		if name != "Momentum" {
			all["NormConfig."+name] = append(all["NormConfig."+name], []string{layer(layers.NormConfig{}), layer(c)})
		}
	}
	all["NormConfig.Momentum"] = append(all["NormConfig.Momentum"], []string{"", layer(layers.NormConfig{Momentum: .5}), "has no Momentum"})

	dropout := func(c layers.DropoutConfig) string {
		f := func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewDropout(s, c).Apply(x) }
		return seen(9, f) + seenBy(graph.Build, 9, f)
	}
	for name, c := range map[string][2]layers.DropoutConfig{
		"Rate":   {{}, {Rate: .5}},
		"Alpha":  {{}, {Alpha: .5}},
		"Always": {{Rate: .5}, {Rate: .5, Always: true}},
	} {
		all["DropoutConfig."+name] = [][]string{{dropout(c[0]), dropout(c[1])}}
	}
	all["DropoutConfig.Alpha"] = append(all["DropoutConfig.Alpha"], []string{"", dropout(layers.DropoutConfig{Rate: .1, Alpha: .1}), "Rate and Alpha: choose one"})
	all["DropoutConfig.Always"] = append(all["DropoutConfig.Always"], []string{"", dropout(layers.DropoutConfig{Always: true}), "Always without Rate or Alpha"})
}
