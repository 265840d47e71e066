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

// seen returns as text what a layer made by f declares and computes of x [2,in]
// and a context [2,1], or its error.
func seen(in int, f func(s *graph.Scope, x, c *graph.Node) *graph.Node) string {
	p := &graph.Params{Dtype: graph.Float64}
	prog, err := graph.Build(p, func(s *graph.Scope) {
		s.Output("y", f(s.In("l"), s.Tensor(gradcheck.Between(-1, 1, 2, in).Values, 2, in), s.Tensor([]float64{1, -2}, 2, 1)))
	})
	if err == nil {
		err = prog.Run(context.Background(), graph.Key{})
	}
	if err != nil {
		return "error " + err.Error()
	}
	y, _ := prog.Value("y")
	return fmt.Sprint(p.Names(), y)
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
	for name, c := range map[string]layers.Config{
		"Config.Activation": {Activation: graph.Relu},
		"Config.Weights":    {Weights: graph.He{}},
		"Config.Biases":     {Biases: graph.Constant(1)},
		"Config.NoBias":     {NoBias: true},
	} {
		all[name] = [][]string{{mlp(layers.Config{}), mlp(c)}}
	}
	all["Config.Activation"] = append(all["Config.Activation"], []string{"", dense(layers.Config{Activation: graph.Relu}),
		"layers: dense l: a dense layer has no Activation; put one behind it in a Stack"})
	all["Config.NoBias"] = append(all["Config.NoBias"], []string{"", dense(layers.Config{NoBias: true, Biases: graph.Constant(1)}),
		"layers: dense l: NoBias and Biases: choose one"})

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
	exported.Effects(t, all, "Dense")
}
