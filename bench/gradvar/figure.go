package main

import (
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/internal/atomicfile"
)

// figure draws the variances of a problem with their intervals, a line for
// each case and a colour for each group.
func figure(dir string, of problem, at point, rows []bench.Row) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.Wrap(err, "-png")
	}
	p := plot.New()
	p.Title.Text = of.name + ", " + at.name
	p.X.Label.Text = "variance of the gradient of nats per datum"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Top = true
	var names []string
	groups := map[string]*spread{}
	var order []string
	for _, r := range rows {
		name := r.Objective + " " + r.Estimator
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		if groups[r.Group] == nil {
			groups[r.Group] = &spread{}
			order = append(order, r.Group)
		}
		if r.VarLo > 0 { // there is no logarithm of none, and NaN where there is no interval
			g := groups[r.Group]
			g.XYs = append(g.XYs, plotter.XY{X: r.Var, Y: -float64(len(names))})
			g.XErrors = append(g.XErrors, struct{ Low, High float64 }{r.Var - r.VarLo, r.VarHi - r.Var})
		}
	}
	var ticks []plot.Tick
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: -float64(i + 1), Label: " " + name})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Min, p.Y.Max = -float64(len(names))-.5, -.5
	for i, name := range order {
		g := groups[name]
		if len(g.XYs) == 0 {
			continue
		}
		points, err := plotter.NewScatter(g.XYs)
		if err != nil {
			return errors.Wrap(err, "-png")
		}
		bars, err := plotter.NewXErrorBars(g)
		if err != nil {
			return errors.Wrap(err, "-png")
		}
		points.Color, bars.Color = colours[i%len(colours)], colours[i%len(colours)]
		points.Shape = draw.CircleGlyph{}
		p.Add(bars, points)
		p.Legend.Add(name, points)
	}
	p.Add(plotter.NewGrid())
	w, err := p.WriterTo(20*vg.Centimeter, vg.Length(3+.6*float64(len(names)))*vg.Centimeter, "png")
	if err != nil {
		return errors.Wrap(err, "-png")
	}
	file := strings.ReplaceAll(of.name+" "+at.name, " ", "-") + ".png"
	return atomicfile.Write(filepath.Join(dir, file), func(f io.Writer) error {
		_, err := w.WriteTo(f)
		return err
	})
}

// spread is points with horizontal errors.
type spread struct {
	plotter.XYs
	plotter.XErrors
}

var colours = []color.Color{color.RGBA{R: 31, G: 119, B: 180, A: 255}, color.RGBA{R: 214, G: 39, B: 40, A: 255}, color.RGBA{R: 44, G: 160, B: 44, A: 255}}
