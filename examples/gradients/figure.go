package main

import (
	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"

	"github.com/latentgo/latent/vi"
)

// figures writes PATH-mean.png and PATH-scale.png of a function.
func figures(path, name string) error {
	pages := map[string]*plot.Plot{"mean": plot.New(), "scale": plot.New()}
	for _, p := range pages {
		p.Title.Text, p.X.Label.Text, p.Y.Label.Text = name, "k", "variance"
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	for i, e := range estimators {
		lines, dots := map[string]plotter.XYs{}, map[string]plotter.XYs{}
		for _, k := range ks {
			exact, rows, err := study(name, e, k)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if exact[r.Group] < 1e-9 { // none, but for rounding, and no logarithm
					continue
				}
				lines[r.Group] = append(lines[r.Group], plotter.XY{X: k, Y: exact[r.Group]})
				dots[r.Group] = append(dots[r.Group], plotter.XY{X: k, Y: r.Var})
			}
		}
		for group, p := range pages {
			line, err := plotter.NewLine(lines[group])
			if err != nil {
				return errors.Wrap(err, "figure")
			}
			dot, err := plotter.NewScatter(dots[group])
			if err != nil {
				return errors.Wrap(err, "figure")
			}
			line.Color, dot.Color = plotutil.Color(i), plotutil.Color(i)
			p.Add(line, dot)
			p.Legend.Add(vi.Name(e), line)
		}
	}
	for group, p := range pages {
		if err := p.Save(14*vg.Centimeter, 10*vg.Centimeter, path+"-"+group+".png"); err != nil {
			return errors.Wrap(err, "figure")
		}
	}
	return nil
}
