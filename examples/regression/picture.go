package main

import (
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers/data"
)

// size is the number of values of x, from −2 to 2, that the bands are predicted at.
const size = 160

// columns has these values, for each group.
func columns() *data.Set {
	var group []int
	var x []float64
	for i := range groups * size {
		group, x = append(group, i/size), append(x, 4*float64(i%size)/(size-1)-2)
	}
	return set(group, x, nil)
}

// picture draws the points of each group and the band they are predicted in.
func picture(path string, points, at *data.Set, lo, hi []float64) error {
	panels := [][]*plot.Plot{make([]*plot.Plot, groups)}
	x := at.Values("x")
	for g := range groups {
		p := plot.New()
		p.Title.Text = fmt.Sprintf("group %d", g+1)
		p.X.Label.Text, p.Y.Label.Text = "x", "y"
		p.Y.Min, p.Y.Max = -4, 4
		var edge, dots plotter.XYs
		for i := g * size; i < (g+1)*size; i++ {
			edge = append(edge, plotter.XY{X: float64(x[i]), Y: hi[i]})
		}
		for i := (g+1)*size - 1; i >= g*size; i-- {
			edge = append(edge, plotter.XY{X: float64(x[i]), Y: lo[i]})
		}
		for i, of := range points.Values("group") {
			if int(of) == g {
				dots = append(dots, plotter.XY{X: float64(points.Values("x")[i]), Y: float64(points.Values("y")[i])})
			}
		}
		band, err := plotter.NewPolygon(edge)
		if err != nil {
			return err
		}
		band.Color, band.LineStyle.Width = color.RGBA{R: 158, G: 202, B: 225, A: 255}, 0
		circles, err := plotter.NewScatter(dots)
		if err != nil {
			return err
		}
		p.Add(band, circles)
		panels[0][g] = p
	}
	canvas := vgimg.New(groups*6*vg.Centimeter, 7*vg.Centimeter)
	tiles := draw.Tiles{Rows: 1, Cols: groups, PadX: 3 * vg.Millimeter}
	for g, c := range plot.Align(panels, tiles, draw.New(canvas))[0] {
		panels[0][g].Draw(c)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
		return err
	})
}
