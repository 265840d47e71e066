package main

import (
	"io"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// picture writes a PNG with a panel for each sweep, and one more for the arenas of
// graphs, both axes logarithmic.
func picture(w io.Writer, all []measured) error {
	type line struct {
		name string
		y    func(p point) float64
	}
	cores := []line{{"one processor", func(p point) float64 { return p.ms[0] }}, {"two", func(p point) float64 { return p.ms[1] }}}
	var panels []*plot.Plot
	panel := func(m measured, y string, lines ...line) error {
		if len(m.points) < 2 {
			return errors.Errorf("picture of %s: want two sizes or more, have %d", m.name, len(m.points))
		}
		p := plot.New()
		p.X.Label.Text, p.Y.Label.Text = m.name, y
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
		p.Legend.Top, p.Legend.Left = true, true
		p.Add(plotter.NewGrid())
		for i, l := range lines {
			var xy plotter.XYs
			for _, at := range m.points {
				xy = append(xy, plotter.XY{X: float64(at.size), Y: l.y(at)})
			}
			line, points, err := plotter.NewLinePoints(xy)
			if err != nil {
				return errors.Wrapf(err, "picture of %s", m.name)
			}
			line.Color, line.Dashes = plotutil.Color(i), plotutil.Dashes(i)
			points.Color, points.Shape, points.Radius = plotutil.Color(i), plotutil.Shape(i), vg.Points(2)
			p.Add(line, points)
			if l.name != "" {
				p.Legend.Add(l.name, line, points)
			}
		}
		panels = append(panels, p)
		return nil
	}
	for _, m := range all {
		var err error
		if m.model != nil {
			err = panel(m, "ms a step", cores...)
		} else if err = panel(m, "ms to build and compile", line{"", cores[0].y}); err == nil {
			err = panel(m, "arena, MB", line{"", func(p point) float64 { return p.arena }})
		}
		if err != nil {
			return err
		}
	}
	const side, cols = 9 * vg.Centimeter, 3
	rows := (len(panels) + cols - 1) / cols
	grid := make([][]*plot.Plot, rows)
	for i := range grid {
		grid[i] = make([]*plot.Plot, cols)
		copy(grid[i], panels[i*cols:])
	}
	image := vgimg.NewWith(vgimg.UseWH(cols*side, vg.Length(rows)*.8*side), vgimg.UseDPI(96))
	pad := vg.Points(6)
	tiles := draw.Tiles{Rows: rows, Cols: cols, PadX: pad, PadY: pad, PadTop: pad, PadBottom: pad, PadLeft: pad, PadRight: pad}
	for i, line := range plot.Align(grid, tiles, draw.New(image)) {
		for j, canvas := range line {
			if grid[i][j] != nil {
				grid[i][j].Draw(canvas)
			}
		}
	}
	_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(w)
	return errors.Wrap(err, "picture")
}
