package bench

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a picture of the variances of rows, on a logarithmic axis with their
// intervals. The zero value has a line for each estimator, and a colour for each
// group.
type Figure struct {
	Title string

	// X stands on the horizontal axis, such as Row.Ms or Row.Step; the vertical one has
	// the variance, and each estimator a colour. nil means the estimators below one
	// another. The axis is logarithmic if the numbers are positive and far apart.
	X      func(r Row) float64
	XLabel string

	Lines []Row // with X: shown as lines, in the colours of the rows, such as variances that are known
	Front bool  // with X: marks the rows of which no other has less of both, the Pareto front
}

// PNG writes the picture. Rows without a positive variance are left out.
func (f Figure) PNG(w io.Writer, rows []Row) error {
	if w == nil {
		return errors.New("bench: figure: no writer")
	}
	p := plot.New()
	p.Title.Text = f.Title
	p.Add(plotter.NewGrid())
	p.Legend.Top = true
	var height vg.Length
	var err error
	if f.X == nil {
		height, err = f.below(p, rows)
	} else {
		height, err = 12, f.across(p, rows)
	}
	if err != nil {
		return errors.WithMessage(err, "bench: figure")
	}
	to, err := p.WriterTo(20*vg.Centimeter, height*vg.Centimeter, "png")
	if err == nil {
		_, err = to.WriteTo(w)
	}
	return errors.WithMessage(err, "bench: figure")
}

const varianceLabel = "variance of the gradient of nats per datum"

// marks are points with their intervals.
type marks struct {
	plotter.XYs
	plotter.XErrors
	plotter.YErrors
}

func (m *marks) add(x, y float64, r Row, across bool) {
	lo, hi := 0., 0.
	if 0 < r.VarLo && r.VarLo <= r.Var && r.Var <= r.VarHi && !math.IsInf(r.VarHi, 1) { // there is no logarithm of none, and NaN where there is no interval
		lo, hi = r.Var-r.VarLo, r.VarHi-r.Var
	}
	m.XYs = append(m.XYs, plotter.XY{X: x, Y: y})
	if across {
		m.YErrors = append(m.YErrors, struct{ Low, High float64 }{lo, hi})
	} else {
		m.XErrors = append(m.XErrors, struct{ Low, High float64 }{lo, hi})
	}
}

// below puts estimators below one another.
func (f Figure) below(p *plot.Plot, rows []Row) (height vg.Length, err error) {
	var names, groups []string
	byGroup := map[string]*marks{}
	for _, r := range rows {
		if name := r.Objective + " " + r.Estimator; len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		if byGroup[r.Group] == nil {
			byGroup[r.Group] = &marks{}
			groups = append(groups, r.Group)
		}
		if r.Var > 0 && !math.IsInf(r.Var, 0) {
			byGroup[r.Group].add(r.Var, -float64(len(names)), r, false)
		}
	}
	p.X.Label.Text = varianceLabel
	logarithmic(&p.X)
	var ticks []plot.Tick
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: -float64(i + 1), Label: " " + name})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	for i, name := range groups {
		m := byGroup[name]
		if len(m.XYs) == 0 {
			continue
		}
		bars, err := plotter.NewXErrorBars(m)
		if err != nil {
			return 0, err
		}
		bars.Color = plotutil.Color(i)
		p.Add(bars)
		if err := dots(p, name, m.XYs, i); err != nil {
			return 0, err
		}
	}
	ends(&p.X)
	p.Y.Min, p.Y.Max = -float64(len(names))-.5, -.5
	return vg.Length(3 + .6*float64(len(names))), nil
}

// across puts variances over X.
func (f Figure) across(p *plot.Plot, rows []Row) error {
	p.X.Label.Text, p.Y.Label.Text = f.XLabel, varianceLabel
	logarithmic(&p.Y)
	several := slices.ContainsFunc(rows, func(r Row) bool { return r.Group != rows[0].Group || r.Objective != rows[0].Objective })
	name := func(r Row) string {
		if several {
			return strings.TrimSpace(r.Objective + " " + r.Estimator + " " + r.Group)
		}
		return r.Estimator
	}
	var names []string
	points, lines := map[string]*marks{}, map[string]*marks{}
	low, high := math.Inf(1), math.Inf(-1)
	collect := func(to map[string]*marks, rows []Row) {
		for _, r := range rows {
			n, x := name(r), f.X(r)
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
			if to[n] == nil {
				to[n] = &marks{}
			}
			if r.Var > 0 && !math.IsInf(r.Var, 0) && !math.IsInf(x, 0) && !math.IsNaN(x) {
				to[n].add(x, r.Var, r, true)
				low, high = min(low, x), max(high, x)
			}
		}
	}
	collect(points, rows)
	collect(lines, f.Lines)
	if low > 0 && high > 10*low {
		logarithmic(&p.X)
	}
	for i, n := range names {
		if m := points[n]; m != nil && len(m.XYs) > 0 {
			bars, err := plotter.NewYErrorBars(m)
			if err != nil {
				return err
			}
			bars.Color = plotutil.Color(i)
			p.Add(bars)
			if err := dots(p, n, m.XYs, i); err != nil {
				return err
			}
		}
		if m := lines[n]; m != nil && len(m.XYs) > 0 {
			line, err := plotter.NewLine(m.XYs)
			if err != nil {
				return err
			}
			line.Color = plotutil.Color(i)
			p.Add(line)
			if points[n] == nil {
				p.Legend.Add(n, line)
			}
		}
	}
	ends(&p.X)
	ends(&p.Y)
	if f.Front {
		return f.front(p, rows)
	}
	return nil
}

// front marks the rows that nothing is better than.
func (f Figure) front(p *plot.Plot, rows []Row) error {
	var best plotter.XYs
	for _, r := range rows {
		better := func(o Row) bool {
			return o.Var > 0 && f.X(o) <= f.X(r) && o.Var <= r.Var && (f.X(o) < f.X(r) || o.Var < r.Var)
		}
		if r.Var > 0 && !math.IsInf(r.Var, 0) && !slices.ContainsFunc(rows, better) {
			best = append(best, plotter.XY{X: f.X(r), Y: r.Var})
		}
	}
	if len(best) == 0 {
		return nil
	}
	slices.SortFunc(best, func(a, b plotter.XY) int {
		if a.X < b.X {
			return -1
		}
		return 1
	})
	line, ring, err := plotter.NewLinePoints(best)
	if err != nil {
		return err
	}
	line.Dashes, ring.Shape, ring.Radius = []vg.Length{vg.Points(4), vg.Points(3)}, draw.RingGlyph{}, vg.Points(6)
	p.Add(line, ring)
	p.Legend.Add("Pareto front", line, ring)
	return nil
}

func dots(p *plot.Plot, name string, xy plotter.XYs, i int) error {
	s, err := plotter.NewScatter(xy)
	if err != nil {
		return err
	}
	s.Color, s.Shape = plotutil.Color(i), draw.CircleGlyph{}
	p.Add(s)
	p.Legend.Add(name, s)
	return nil
}

func logarithmic(a *plot.Axis) {
	a.Scale, a.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
}

// ends makes an axis one that can be drawn: not of one number, nor of none.
func ends(a *plot.Axis) {
	_, logs := a.Scale.(plot.LogScale)
	switch {
	case math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0):
		a.Min, a.Max = 1, 10
	case a.Min == a.Max && logs:
		a.Min, a.Max = a.Min/2, a.Max*2
	case a.Min == a.Max:
		a.Min, a.Max = a.Min-1, a.Max+1
	}
}
