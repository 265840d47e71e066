package main

import (
	"image/color"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers/data"
)

// picture draws band.png: the points, the mean of the predictions, and two standard
// deviations around it of what the draws of the weights say and, paler, of y.
func (o options) picture(sets data.Standardised, params *graph.Params, predict func(set *data.Set) (map[string][]float64, error)) error {
	const n, from, to = 301, -2.5, 2.5 // of standardised inputs
	x := make([]float64, n)
	for i := range x {
		x[i] = from + (to-from)*float64(i)/(n-1)
	}
	grid, err := data.New(data.FromFlat("x", x, 1), data.FromFlat("y", make([]float64, n), 1)) // y has no bearing on what is drawn
	if err != nil {
		return err
	}
	out, err := predict(grid)
	if err != nil {
		return err
	}
	noise, err := logStd(params)
	if err != nil {
		return err
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "x (standardised)", "y"
	band := func(width func(spread float64) float64, fill color.Color) error {
		var edge plotter.XYs
		for i := range x {
			edge = append(edge, plotter.XY{X: x[i], Y: sets.Mean + sets.Std*(out["mean"][i]+2*width(out["spread"][i]))})
		}
		for i := len(x) - 1; i >= 0; i-- {
			edge = append(edge, plotter.XY{X: x[i], Y: sets.Mean + sets.Std*(out["mean"][i]-2*width(out["spread"][i]))})
		}
		area, err := plotter.NewPolygon(edge)
		if err != nil {
			return errors.Wrap(err, "plot")
		}
		area.Color, area.LineStyle.Width = fill, 0
		p.Add(area)
		return nil
	}
	std := math.Exp(noise)
	if err := band(func(s float64) float64 { return math.Hypot(s, std) }, color.RGBA{R: 222, G: 235, B: 247, A: 255}); err != nil {
		return err
	}
	if err := band(func(s float64) float64 { return s }, color.RGBA{R: 158, G: 202, B: 225, A: 255}); err != nil {
		return err
	}
	var mean, points plotter.XYs
	for i := range x {
		mean = append(mean, plotter.XY{X: x[i], Y: sets.Mean + sets.Std*out["mean"][i]})
	}
	tx, ty := sets.Train.Values("x"), sets.Train.Values("y")
	for i := range tx {
		points = append(points, plotter.XY{X: float64(tx[i]), Y: sets.Mean + sets.Std*float64(ty[i])})
	}
	line, err := plotter.NewLine(mean)
	if err != nil {
		return errors.Wrap(err, "plot")
	}
	line.Color, line.Width = color.RGBA{R: 31, G: 119, B: 180, A: 255}, vg.Points(1.5)
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return errors.Wrap(err, "plot")
	}
	dots.Radius = vg.Points(2)
	p.Add(line, dots)
	w, err := p.WriterTo(14*vg.Centimeter, 9*vg.Centimeter, "png")
	if err != nil {
		return errors.Wrap(err, "plot")
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	return atomicfile.Write(filepath.Join(o.out, "band.png"), func(f io.Writer) error {
		_, err := w.WriteTo(f)
		return err
	})
}

// logStd is the logarithm of the noise of y.
func logStd(params *graph.Params) (float64, error) {
	if params.Dtype == graph.Float64 {
		v, err := graph.Values[float64](params, "noise")
		if err != nil {
			return 0, err
		}
		return v[0], nil
	}
	v, err := graph.Values[float32](params, "noise")
	if err != nil {
		return 0, err
	}
	return float64(v[0]), nil
}
