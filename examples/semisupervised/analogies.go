package main

import (
	"context"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// analogies draws a test picture of each digit, and its style in all ten: z is
// inferred from picture and class, then decoded with every class (arXiv
// 1406.5298, figure 1).
func (a *app) analogies(ctx context.Context) error {
	const classes = 10
	given := a.given.Test
	cols, x, y := given.Cols("x"), given.Values("x"), given.Values("y")
	var rows []int // the first test picture of each digit
	for c := range classes {
		for i := range y {
			if int(y[i]) == c {
				rows = append(rows, i)
				break
			}
		}
	}
	array := "x"
	if a.features != nil {
		array = "mean"
	}
	values, width := a.sets.Test.Values(array), a.sets.Test.Cols(array)
	var in, class []float32
	for _, i := range rows {
		in, class = append(in, values[i*width:(i+1)*width]...), append(class, y[i])
	}

	// The mean of the style, [n, latent], then of what all classes make of it,
	// [classes, n, …].
	n := len(rows)
	style, err := a.compute(ctx, a.params, map[string][]float32{"x": in, "y": class}, func(s *graph.Scope) *graph.Node {
		m := models.NewM2(s.In("m2"), a.model.Model)
		return m.Style(s.Input("x", n, width), graph.Labels(s.Input("y", n, 1), classes)).Mean
	})
	if err != nil {
		return err
	}
	mean, err := a.compute(ctx, a.params, map[string][]float32{"z": style}, func(s *graph.Scope) *graph.Node {
		m := models.NewM2(s.In("m2"), a.model.Model)
		every := make([]float64, classes*classes)
		for c := range classes {
			every[c*classes+c] = 1
		}
		h := m.Decode(s.Input("z", 1, n, a.latent), s.Tensor(every, classes, 1, classes))
		mean, _ := m.Likelihood(h).(prob.Moments).Moments()
		return mean
	})
	if err != nil {
		return err
	}
	if a.features != nil {
		if mean, err = a.decode(ctx, mean, n*classes); err != nil {
			return err
		}
	}
	var grid []float32
	for k, i := range rows {
		grid = append(grid, x[i*cols:(i+1)*cols]...)
		for c := range classes {
			at := (c*n + k) * cols
			grid = append(grid, mean[at:at+cols]...)
		}
	}
	return data.WriteGrid(a.path("analogies.png"), grid, given.Shape("x"), classes+1)
}

// decode makes pictures of features: M1's latents that are not among them are 0,
// as in their prior's mean.
func (a *app) decode(ctx context.Context, features []float32, n int) ([]float32, error) {
	z := make([]float32, n*a.features.Model.Latent)
	k := len(a.features.Keep)
	for i := range n {
		for j, at := range a.features.Keep {
			z[i*a.features.Model.Latent+at] = features[i*k+j]
		}
	}
	return a.compute(ctx, a.features.Params, map[string][]float32{"z": z}, func(s *graph.Scope) *graph.Node {
		m := models.NewVAE(s, a.features.Model)
		r := vi.Run(s, vi.Model{Joint: m.Joint}, vi.Data{"z": s.Input("z", n, a.features.Model.Latent)}, vi.Config{})
		mean, _ := r.Site("x").P.(prob.Moments).Moments()
		return mean
	})
}

// compute runs a program of one output.
func (a *app) compute(ctx context.Context, params *graph.Params, in map[string][]float32, f func(s *graph.Scope) *graph.Node) ([]float32, error) {
	p, err := graph.Build(params, func(s *graph.Scope) { s.Output("out", f(s)) })
	if err != nil {
		return nil, err
	}
	for name, v := range in {
		if err := graph.Feed(p, name, v); err != nil {
			return nil, err
		}
	}
	if err := p.Run(ctx, graph.Key{Seed: a.seed, Stream: graph.EvaluationStream}); err != nil {
		return nil, err
	}
	out := make([]float32, graph.Size(p.Shape("out")))
	return out, graph.Read(p, "out", out)
}
