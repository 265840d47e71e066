package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/latentgo/latent/internal/atomicfile"
)

// A table's picture has a panel for each value of a label and in it a line for each
// value of the label of the rows.
type picture struct {
	panels string // the label; empty: one panel
	x, y   string // what stands at the axes
	points func(r row) plotter.XYs
}

// curve is the picture of the curves that cells keep while they train.
func curve(panels, y string) *picture {
	return &picture{panels: panels, x: "epoch", y: y, points: func(r row) (xy plotter.XYs) {
		for _, p := range r.Curve {
			xy = append(xy, plotter.XY{X: float64(p.Epoch), Y: p.Value})
		}
		return xy
	}}
}

// along is the picture of a figure by a label which is a number; seeds give points
// of their own, whose mean is drawn.
func along(label, y string) *picture {
	return &picture{x: label, y: y, points: func(r row) plotter.XYs {
		x, err := strconv.ParseFloat(r.Labels[label], 64)
		f, ok := r.Figures[y]
		if err != nil || !ok {
			return nil
		}
		return plotter.XYs{{X: x, Y: f.Value}}
	}}
}

// byName is the picture of the figures whose names are numbers.
func byName(panels, x, y string) *picture {
	return &picture{panels: panels, x: x, y: y, points: func(r row) (xy plotter.XYs) {
		for name, f := range r.Figures {
			if x, err := strconv.ParseFloat(name, 64); err == nil {
				xy = append(xy, plotter.XY{X: x, Y: f.Value})
			}
		}
		return xy
	}}
}

// draw writes the picture of a table as PNG.
func (t *table) draw(w io.Writer, rows []row) error {
	of := func(label string) (all []string) {
		for _, r := range rows {
			if v := r.Labels[label]; !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
		return all
	}
	panels, names, legend, grid := of(t.picture.panels), of(t.rows), plot.NewLegend(), []*plot.Plot{}
	var named []string // in the legend
	legend.Top, legend.Left, legend.ThumbnailWidth, legend.Padding = true, true, vg.Points(24), vg.Points(2)
	legend.Add(t.rows)
	for _, name := range panels {
		p := plot.New()
		p.Title.Text, p.X.Label.Text, p.Y.Label.Text = strings.TrimSpace(t.picture.panels+" "+name), t.picture.x, t.picture.y
		p.Add(plotter.NewGrid())
		for i, of := range names {
			lines := map[float64][]float64{}
			for _, r := range rows {
				if r.Labels[t.picture.panels] == name && r.Labels[t.rows] == of {
					for _, at := range t.picture.points(r) {
						lines[at.X] = append(lines[at.X], at.Y)
					}
				}
			}
			var xy plotter.XYs
			for _, x := range slices.Sorted(maps.Keys(lines)) {
				xy = append(xy, plotter.XY{X: x, Y: meanOf(lines[x]).Value})
			}
			line, points, err := plotter.NewLinePoints(xy)
			if err != nil {
				continue // nothing is there
			}
			line.Color, line.Dashes, line.Width = plotutil.Color(i), plotutil.Dashes(i), vg.Points(1.2)
			points.Color, points.Shape, points.Radius = plotutil.Color(i), plotutil.Shape(i), vg.Points(2)
			p.Add(line, points)
			if !slices.Contains(named, of) {
				legend.Add(of, line, points)
				named = append(named, of)
			}
		}
		grid = append(grid, p)
	}
	const side, strip = 11 * vg.Centimeter, 4 * vg.Centimeter
	image := vgimg.NewWith(vgimg.UseWH(vg.Length(len(grid))*side+strip, .8*side), vgimg.UseDPI(96))
	all := draw.New(image)
	tiles := draw.Tiles{Rows: 1, Cols: len(grid), PadX: vg.Points(10), PadTop: vg.Points(4), PadBottom: vg.Points(4), PadLeft: vg.Points(4)}
	for i, canvas := range plot.Align([][]*plot.Plot{grid}, tiles, draw.Crop(all, 0, -strip, 0, 0))[0] {
		grid[i].Draw(canvas)
	}
	legend.Draw(draw.Crop(all, vg.Length(len(grid))*side+vg.Points(8), 0, 0, -vg.Points(24)))
	_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(w)
	return errors.Wrapf(err, "picture of %s", t.name)
}

// writePage writes thesis.md and the pictures of thesis into a folder.
func writePage(folder, results string) error {
	if err := os.MkdirAll(filepath.Join(folder, "thesis"), 0o777); err != nil {
		return errors.Wrap(err, "-page")
	}
	for _, t := range tables {
		rows, err := t.wholeResults(results)
		if err != nil {
			return err
		}
		if t.picture == nil || len(rows) == 0 {
			continue
		}
		if err := atomicfile.Write(filepath.Join(folder, "thesis", t.name+".png"), func(w io.Writer) error { return t.draw(w, rows) }); err != nil {
			return err
		}
	}
	return atomicfile.Write(filepath.Join(folder, "thesis.md"), func(w io.Writer) error { return page(w, results) })
}
