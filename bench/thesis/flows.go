package main

import (
	"context"
	"fmt"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/vi"
)

var flows = table{
	name:  "flows",
	title: "Chapter 5: posteriors with flows",
	source: "Kingma et al. (arXiv 1606.04934), table 1, with a ResNet encoder and decoder and importance sampling; " +
		"reproductions with small MLPs disagree about log p",
	about: "Bounds and log p(x) on the test pictures, in nats, by the guide: a diagonal normal law of 32 latents, and what makes of it a linear IAF (full covariance), " +
		"ten planar flows, two or four inverse autoregressive flows of 320 hidden units, two spline couplings, each amortised by 32 numbers of the encoder. " +
		"784-300-300 and back, tanh; Adam with a rate of 1e-3, minibatches of 100, 100 epochs, three seeds. " +
		"log p is estimated by 200 draws of each test picture.",
	rows: "guide", shown: []string{"ELBO", "log p"},
	cells: flowCells,
	published: []row{
		publishedPair("diagonal", -84.08, -81.08), publishedPair("IAF ×2", -82.02, -79.77), publishedPair("IAF ×4", -80.93, -79.17),
	},
}

func publishedPair(guide string, bound, logp float64) row {
	return row{Labels: labels{"guide": guide}, result: result{Figures: map[string]figure{"ELBO": {Value: bound}, "log p": {Value: logp}}}}
}

// guides are the bijectors behind a diagonal normal law, by a context node.
var guides = []struct {
	name string
	make func(s *graph.Scope, d, context, hidden int) func(h *graph.Node) prob.Bijector
}{
	{"diagonal", nil},
	{"linear IAF", func(s *graph.Scope, d, context, _ int) func(h *graph.Node) prob.Bijector {
		f := flow.NewLinearIAF(s, d, flow.Config{Context: context})
		return func(h *graph.Node) prob.Bijector { return f.Given(h) }
	}},
	{"planar ×10", func(s *graph.Scope, d, context, _ int) func(h *graph.Node) prob.Bijector {
		return chained(10, d, false, func(i int) func(h *graph.Node) prob.Bijector {
			f := flow.NewPlanar(s.In(fmt.Sprint(i)), d, flow.Config{Context: context})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		})
	}},
	{"IAF ×2", inverseAutoregressive(2)},
	{"IAF ×4", inverseAutoregressive(4)},
	{"spline ×2", func(s *graph.Scope, d, context, hidden int) func(h *graph.Node) prob.Bijector {
		return chained(2, d, true, func(i int) func(h *graph.Node) prob.Bijector {
			f := flow.NewCoupling(s.In(fmt.Sprint(i)), d, flow.Config{Context: context, Hidden: []int{hidden}, Element: flow.Spline{}})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		})
	}},
}

func inverseAutoregressive(n int) func(s *graph.Scope, d, context, hidden int) func(h *graph.Node) prob.Bijector {
	return func(s *graph.Scope, d, context, hidden int) func(h *graph.Node) prob.Bijector {
		return chained(n, d, true, func(i int) func(h *graph.Node) prob.Bijector {
			f := flow.NewIAF(s.In(fmt.Sprint(i)), d, flow.Config{Context: context, Hidden: []int{hidden}, Activation: graph.Elu})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		})
	}
}

// chained puts n flows one after the other, reversing the order between them if
// they want it.
func chained(n, d int, reverse bool, make func(i int) func(h *graph.Node) prob.Bijector) func(h *graph.Node) prob.Bijector {
	var fs []func(h *graph.Node) prob.Bijector
	for i := range n {
		fs = append(fs, make(i))
	}
	return func(h *graph.Node) prob.Bijector {
		var all []prob.Bijector
		for i, f := range fs {
			if i > 0 && reverse {
				all = append(all, flow.Reverse(d))
			}
			all = append(all, f(h))
		}
		return prob.Chain(all...)
	}
}

func flowCells(l *lab) (cells []cell) {
	seeds := l.pick(3, 1)
	const d, features = 32, 32
	for _, g := range guides {
		for seed := range seeds {
			cells = append(cells, cell{labels{"guide": g.name}, uint64(seed + 1), func(ctx context.Context, l *lab) (result, error) {
				hidden := l.pick(300, 32)
				res, _, err := l.fit(ctx, uint64(seed+1), training{
					epochs: l.pick(100, 1), batch: 100, rate: 1e-3, draws: l.pick(200, 10),
					model: func(s *graph.Scope) vi.Model {
						c := models.VAEConfig{Input: 784, Latent: d, Hidden: []int{hidden, hidden}}
						if g.make != nil {
							f := g.make(s.In("flow"), d, features, l.pick(320, 40))
							c.Features = 2*d + features
							c.Guide = func(h *graph.Node) prob.Dist {
								return prob.Transformed{Base: models.Normal(h, d), Bijector: f(graph.Cols(h, 2*d, 2*d+features))}
							}
						}
						return models.NewVAE(s, c)
					},
					bound: func(*graph.Scope) vi.Objective { return vi.ELBO{} },
					test:  vi.ELBO{},
				})
				return res, err
			}})
		}
	}
	return cells
}
