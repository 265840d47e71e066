package main

import (
	"context"

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

// guides are the flows behind a diagonal normal law, by the units of their networks.
var guides = []struct {
	name string
	flow func(hidden int) models.Flow
}{
	{"diagonal", func(int) models.Flow { return nil }},
	{"linear IAF", func(int) models.Flow {
		return func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector {
			f := flow.NewLinearIAF(s, d, flow.Config{Context: context})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		}
	}},
	{"planar ×10", func(int) models.Flow {
		return models.Repeated(10, false, func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector {
			f := flow.NewPlanar(s, d, flow.Config{Context: context})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		})
	}},
	{"IAF ×2", func(hidden int) models.Flow { return models.InverseAutoregressive(2, hidden) }},
	{"IAF ×4", func(hidden int) models.Flow { return models.InverseAutoregressive(4, hidden) }},
	{"spline ×2", func(hidden int) models.Flow {
		return models.Repeated(2, true, func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector {
			f := flow.NewCoupling(s, d, flow.Config{Context: context, Hidden: []int{hidden}, Element: flow.Spline{}})
			return func(h *graph.Node) prob.Bijector { return f.Given(h) }
		})
	}},
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
						return models.NewVAE(s, c.WithFlow(s.In("flow"), features, g.flow(l.pick(320, 40))))
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
