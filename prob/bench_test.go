package prob_test

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

type benchLaw struct {
	name string
	of   func(a, b *graph.Node) prob.Dist
	x    float64 // a value; below 0 for a row of one 1
}

// benchLaws are laws of two parameters.
var benchLaws = []benchLaw{
	{"Bernoulli", func(a, _ *graph.Node) prob.Dist { return prob.Bernoulli{Logits: a} }, 1},
	{"Beta", func(a, b *graph.Node) prob.Dist { return prob.Beta{LogA: a, LogB: b} }, .3},
	{"Binomial", func(a, b *graph.Node) prob.Dist { return prob.Binomial{Total: graph.Const(20), Logits: b} }, 7},
	{"Cauchy", func(a, b *graph.Node) prob.Dist { return prob.Cauchy{Loc: a, LogScale: b} }, .3},
	{"ContinuousBernoulli", func(a, _ *graph.Node) prob.Dist { return prob.ContinuousBernoulli{Logits: a} }, .3},
	{"Dirichlet", func(a, _ *graph.Node) prob.Dist { return prob.Dirichlet{LogConcentration: a} }, .01},
	{"DiscretizedLogistic", func(a, b *graph.Node) prob.Dist { return prob.DiscretizedLogistic{Loc: a, LogScale: b} }, 51. / 255},
	{"Exponential", func(a, _ *graph.Node) prob.Dist { return prob.Exponential{LogRate: a} }, .3},
	{"Gamma", func(a, b *graph.Node) prob.Dist { return prob.Gamma{LogConcentration: a, LogRate: b} }, .3},
	{"Geometric", func(a, _ *graph.Node) prob.Dist { return prob.Geometric{Logits: a} }, 3},
	{"Gumbel", func(a, b *graph.Node) prob.Dist { return prob.Gumbel{Loc: a, LogScale: b} }, .3},
	{"HalfCauchy", func(a, _ *graph.Node) prob.Dist { return prob.HalfCauchy{LogScale: a} }, .3},
	{"HalfNormal", func(a, _ *graph.Node) prob.Dist { return prob.HalfNormal{LogScale: a} }, .3},
	{"InverseGamma", func(a, b *graph.Node) prob.Dist { return prob.InverseGamma{LogConcentration: a, LogScale: b} }, .3},
	{"Laplace", func(a, b *graph.Node) prob.Dist { return prob.Laplace{Loc: a, LogScale: b} }, .3},
	{"LogNormal", func(a, b *graph.Node) prob.Dist { return prob.LogNormal{Loc: a, LogScale: b} }, .3},
	{"Logistic", func(a, b *graph.Node) prob.Dist { return prob.Logistic{Loc: a, LogScale: b} }, .3},
	{"NegativeBinomial", func(a, b *graph.Node) prob.Dist { return prob.NegativeBinomial{LogTotal: a, Logits: b} }, 3},
	{"Normal", func(a, b *graph.Node) prob.Dist { return prob.Normal{Mean: a, LogStd: b} }, .3},
	{"OneHot", func(a, _ *graph.Node) prob.Dist { return prob.OneHot{Logits: a} }, -1},
	{"Poisson", func(a, _ *graph.Node) prob.Dist { return prob.Poisson{LogRate: a} }, 3},
	{"StudentT", func(a, b *graph.Node) prob.Dist { return prob.StudentT{LogDF: a, Loc: b, LogScale: b} }, .3},
	{"Tanh of Normal", func(a, b *graph.Node) prob.Dist {
		return prob.Transformed{Base: prob.Normal{Mean: a, LogStd: b}, Bijector: prob.Tanh{}}
	}, .3},
	{"Uniform", func(a, b *graph.Node) prob.Dist { return prob.Uniform{Low: a, High: graph.Exp(b).Shift(3)} }, 2},
}

// BenchmarkLaws times, for a hundred rows of a hundred elements, the log density
// with its gradient by the parameters, and draws with theirs where they have one.
func BenchmarkLaws(b *testing.B) {
	const rows, event = 100, 100
	for _, l := range benchLaws {
		for _, what := range []string{"density", "draw"} {
			b.Run(l.name+"/"+what, func(b *testing.B) {
				p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
					ps := []*graph.Node{s.Input("a", rows, event), s.Input("b", rows, event)}
					d := l.of(ps[0], ps[1])
					var y *graph.Node
					if what == "density" {
						y = d.LogProb(s.Input("x", rows, event))
					} else {
						y = d.(prob.Sampler).Sample(s, rows)
						s.Output("y", y)
						if _, ok := d.(prob.Pathwise); !ok {
							return
						}
					}
					for i, g := range graph.Grad(graph.Sum(y), ps) {
						s.Output([]string{"da", "db"}[i], g)
					}
				})
				if err != nil {
					b.Fatal(err)
				}
				for k, name := range p.Inputs() {
					v := make([]float64, rows*event)
					for i := range v {
						v[i] = float64((i*(37+k))%23)/23*1.5 - .5
						if name == "x" {
							if v[i] = l.x; l.x < 0 {
								v[i] = float64((i + 1) % event / (event - 1))
							}
						}
					}
					graph.Feed(p, name, v)
				}
				for i := range b.N {
					if err := p.Run(context.Background(), graph.Key{Step: uint32(i)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
