package main

import (
	"context"
	"image/color"
	"io"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// pictures draws what the model has learnt.
func (a *app) pictures(ctx context.Context) error {
	if err := a.samples(ctx); err != nil {
		return err
	}
	if err := a.reconstructions(ctx); err != nil {
		return err
	}
	if a.latents == 2 {
		return a.manifold(ctx)
	}
	return nil
}

// samples dreams: no guide and no data, so the joint draws everything.
func (a *app) samples(ctx context.Context) error {
	const n = 100
	x, err := a.decode(ctx, func(s *graph.Scope, m vi.Model) *vi.Record {
		return vi.Run(s, vi.Model{Joint: m.Joint}, nil, vi.Config{Rows: n})
	}, nil)
	if err != nil {
		return err
	}
	return a.grid("samples.png", x, 10)
}

// reconstructions draws test pictures, each with its reconstruction beneath.
func (a *app) reconstructions(ctx context.Context) error {
	const columns = 10
	n := min(5*columns, a.sets.Test.Len())
	x := a.sets.Test.Values("x")[:n*a.sets.Test.Cols("x")]
	y, err := a.decode(ctx, func(s *graph.Scope, m vi.Model) *vi.Record {
		return vi.Run(s, m, vi.Data{"x": s.Input("in", n, a.sets.Test.Cols("x"))}, vi.Config{})
	}, x)
	if err != nil {
		return err
	}
	var both []float32
	for row := columns * a.sets.Test.Cols("x"); len(x) > 0; x, y = x[row:], y[row:] {
		row = min(row, len(x))
		both = append(append(both, x[:row]...), y[:row]...)
	}
	return a.grid("reconstructions.png", both, columns)
}

// manifold decodes a grid of latent points, equally spaced in probability
// under the prior (arXiv 1312.6114, figure 4).
func (a *app) manifold(ctx context.Context) error {
	const side = 20
	var z []float32
	for i := range side * side {
		z = append(z, quantile(i%side, side), -quantile(i/side, side))
	}
	x, err := a.decode(ctx, func(s *graph.Scope, m vi.Model) *vi.Record {
		return vi.Run(s, vi.Model{Joint: m.Joint}, vi.Data{"z": s.Input("in", side*side, 2)}, vi.Config{})
	}, z)
	if err != nil {
		return err
	}
	return a.grid("manifold.png", x, side)
}

// quantile is that of the normal distribution in the middle of part i of n.
func quantile(i, n int) float32 {
	return float32(math.Sqrt2 * math.Erfinv(2*(float64(i)+.5)/float64(n)-1))
}

// decode runs the model and returns the means of p(x|…).
func (a *app) decode(ctx context.Context, trace func(*graph.Scope, vi.Model) *vi.Record, in []float32) ([]float32, error) {
	p, err := graph.Build(a.params, func(s *graph.Scope) {
		s.Output("mean", picture(trace(s, a.newVAE(s)).Site("x").P))
	})
	if err != nil {
		return nil, err
	}
	if in != nil {
		if err := graph.Feed(p, "in", in); err != nil {
			return nil, err
		}
	}
	if err := p.Run(ctx, graph.Key{Seed: a.seed, Stream: graph.EvaluationStream}); err != nil {
		return nil, err
	}
	x := make([]float32, graph.Size(p.Shape("mean")))
	return x, graph.Read(p, "mean", x)
}

func (a *app) grid(name string, x []float32, columns int) error {
	return data.WriteGrid(a.path(name), x, a.sets.Train.Shape("x"), columns)
}

// plotBound draws the bound trained by, epoch by epoch.
func (a *app) plotBound(epochs []trainers.Epoch) error {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "epoch", a.boundName()+" (nats)"
	p.Legend.Top, p.Legend.Left = false, false
	for i, series := range []struct {
		name string
		of   func(trainers.Epoch) map[string]float64
	}{
		{"train", func(e trainers.Epoch) map[string]float64 { return e.Train }},
		{"test", func(e trainers.Epoch) map[string]float64 { return e.Test }},
	} {
		var xy plotter.XYs
		for _, e := range epochs {
			xy = append(xy, plotter.XY{X: float64(e.Epoch), Y: series.of(e)["bound"]})
		}
		line, points, err := plotter.NewLinePoints(xy)
		if err != nil {
			return errors.Wrap(err, "plot")
		}
		line.Color, points.Color = colours[i], colours[i]
		line.Width = vg.Points(1.5)
		p.Add(line, points)
		p.Legend.Add(series.name, line, points)
	}
	p.Add(plotter.NewGrid())
	w, err := p.WriterTo(14*vg.Centimeter, 9*vg.Centimeter, "png")
	if err != nil {
		return errors.Wrap(err, "plot")
	}
	return atomicfile.Write(a.path("elbo.png"), func(f io.Writer) error {
		_, err := w.WriteTo(f)
		return err
	})
}

// colours tells the lines of a plot apart.
var colours = []color.Color{color.RGBA{R: 31, G: 119, B: 180, A: 255}, color.RGBA{R: 214, G: 39, B: 40, A: 255}}
