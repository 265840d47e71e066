// Package plots draws pictures of what package mcmc has sampled, as PNG: Trace of
// the draws one after the other, Pair of two numbers at a time. See the example of
// Pair in example_test.go.
package plots

import (
	"image/color"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/mcmc"
)

// number is one number of a latent.
type number struct {
	name   string
	chains [][]float64
}

// numbers lists those of latents, of all if none is named.
func numbers(what string, w io.Writer, p *mcmc.Posterior, names []string, most int) ([]number, error) {
	if p == nil || w == nil {
		return nil, errors.Errorf("plots: %s without a Posterior, or without a Writer", what)
	}
	if len(names) == 0 {
		names = p.Names()
	}
	var out []number
	for _, name := range names {
		if p.Values(name) == nil {
			return nil, errors.Errorf("plots: %s of %s, which was not sampled; there are %v", what, name, p.Names())
		}
		if n := len(out) + graph.Size(p.Shape(name)); n > most {
			return nil, errors.Errorf("plots: %s of %v is of more than %d numbers: name fewer latents", what, names, most)
		}
		for i, r := range p.Summary(name) {
			out = append(out, number{r.Name, p.Series(name, i)})
		}
	}
	for _, n := range out {
		for _, v := range slices.Concat(n.chains...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, errors.Errorf("plots: %s of %s, which has a draw that is %v", what, n.name, v)
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.Errorf("plots: %s of nothing", what)
	}
	return out, nil
}

// Trace writes, for each number of some latents, of all if none is named and of 20
// at most, the draws of every chain in order, beside their histogram. Chains that
// have mixed look alike and like noise. Below the draws are ticks where one
// diverged.
func Trace(w io.Writer, p *mcmc.Posterior, names ...string) error {
	ns, err := numbers("Trace", w, p, names, 20)
	if err != nil {
		return err
	}
	grid := make([][]*plot.Plot, len(ns))
	for i, n := range ns {
		law, walk := plot.New(), plot.New()
		law.X.Label.Text, walk.X.Label.Text, walk.Y.Label.Text = n.name, "draw", n.name
		for c, draws := range n.chains {
			h, err := plotter.NewHist(plotter.Values(draws), 30)
			if err != nil {
				return errors.Wrap(err, "plots: Trace")
			}
			h.FillColor, h.LineStyle.Color = nil, colour(c)
			law.Add(h)
			xy := make(plotter.XYs, len(draws))
			for d, v := range draws {
				xy[d] = plotter.XY{X: float64(d), Y: v}
			}
			l, err := plotter.NewLine(xy)
			if err != nil {
				return errors.Wrap(err, "plots: Trace")
			}
			l.Color, l.Width = colour(c), vg.Points(.5)
			walk.Add(l)
		}
		low := mcmc.Quantile(n.chains, 0)
		var at plotter.XYs
		for _, d := range p.Divergences() {
			at = append(at, plotter.XY{X: float64(d.Draw), Y: low})
		}
		if err := marks(walk, at, draw.PlusGlyph{}); err != nil {
			return err
		}
		grid[i] = []*plot.Plot{law, walk}
	}
	return write(w, grid, 24*vg.Centimeter, vg.Length(len(ns))*5*vg.Centimeter)
}

// Pair writes, for each two numbers of some latents, of all if none is named and of
// 8 at most, their draws against each other, and the histogram of each. Draws whose
// trajectory diverged are marked: where they crowd, the sampler does not get in.
func Pair(w io.Writer, p *mcmc.Posterior, names ...string) error {
	ns, err := numbers("Pair", w, p, names, 8)
	if err != nil {
		return err
	}
	grid := make([][]*plot.Plot, len(ns))
	for i, y := range ns {
		grid[i] = make([]*plot.Plot, len(ns))
		for j, x := range ns[:i+1] {
			at := plot.New()
			grid[i][j] = at
			at.X.Label.Text = x.name
			if i == j {
				h, err := plotter.NewHist(plotter.Values(slices.Concat(x.chains...)), 30)
				if err != nil {
					return errors.Wrap(err, "plots: Pair")
				}
				at.Add(h)
				continue
			}
			at.Y.Label.Text = y.name
			var xy, bad plotter.XYs
			for c := range x.chains {
				for d := range x.chains[c] {
					xy = append(xy, plotter.XY{X: x.chains[c][d], Y: y.chains[c][d]})
				}
			}
			for _, d := range p.Divergences() {
				bad = append(bad, plotter.XY{X: x.chains[d.Chain][d.Draw], Y: y.chains[d.Chain][d.Draw]})
			}
			s, err := plotter.NewScatter(xy)
			if err != nil {
				return errors.Wrap(err, "plots: Pair")
			}
			s.GlyphStyle = draw.GlyphStyle{Color: color.NRGBA{40, 80, 160, 60}, Radius: vg.Points(1), Shape: draw.CircleGlyph{}}
			at.Add(s)
			if err := marks(at, bad, draw.CrossGlyph{}); err != nil {
				return err
			}
		}
	}
	side := vg.Length(len(ns)) * 5 * vg.Centimeter
	return write(w, grid, side, side)
}

// marks adds what has diverged.
func marks(p *plot.Plot, xy plotter.XYs, shape draw.GlyphDrawer) error {
	if len(xy) == 0 {
		return nil
	}
	s, err := plotter.NewScatter(xy)
	if err != nil {
		return errors.Wrap(err, "plots")
	}
	s.GlyphStyle = draw.GlyphStyle{Color: color.NRGBA{220, 30, 30, 255}, Radius: vg.Points(2), Shape: shape}
	p.Add(s)
	return nil
}

func colour(chain int) color.Color { return plotutil.Color(chain) }

// write draws rows of plots.
func write(w io.Writer, grid [][]*plot.Plot, width, height vg.Length) error {
	image := vgimg.New(width, height)
	tiles := draw.Tiles{Rows: len(grid), Cols: len(grid[0]), PadX: vg.Points(6), PadY: vg.Points(6)}
	for i, row := range plot.Align(grid, tiles, draw.New(image)) {
		for j, canvas := range row {
			if grid[i][j] != nil {
				grid[i][j].Draw(canvas)
			}
		}
	}
	_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(w)
	return errors.Wrap(err, "plots: write")
}
