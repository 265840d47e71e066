package probtest

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// panel is an interval of the line with its nodes.
type panel struct {
	a, b, mass float64
	x, w, logp []float64
}

// line integrates in one dimension: panels in the coordinate u of the chart,
// each halved until its mass agrees with that of its halves. Points of the
// support in knots become ends of panels.
func (s *subject) line(params []float64, c *chart, knots []float64) (*law, error) {
	const order, batch = 12, 1536
	eval, err := s.evaluator(params, batch)
	if err != nil {
		return nil, err
	}
	grid := []float64{}
	for u := -660.0; u <= 660; {
		grid = append(grid, u)
		if u >= -40 && u < 40 {
			u += 0.5
		} else {
			u += 20
		}
	}
	for _, x := range knots {
		grid = append(grid, c.coordinate(x))
	}
	slices.Sort(grid)
	grid = slices.Compact(grid)
	lo, hi := c.limits()
	grid = slices.DeleteFunc(grid, func(u float64) bool { return u < lo || u > hi })

	var nodes, weights [order]float64
	quad.Legendre{}.FixedLocations(nodes[:], weights[:], -1, 1)
	fill := func(ps []*panel) error {
		var xs []float64
		for _, p := range ps {
			for k, t := range nodes {
				u := (p.a+p.b)/2 + (p.b-p.a)/2*t
				x, jac := c.point1(u)
				p.x, p.w = append(p.x, x), append(p.w, weights[k]*(p.b-p.a)/2*jac)
			}
			xs = append(xs, p.x...)
		}
		l, err := eval(xs)
		if err != nil {
			return err
		}
		for i, p := range ps {
			p.logp = l[i*order : (i+1)*order]
			for k, v := range p.logp {
				if m := p.w[k] * math.Exp(v); m > 0 {
					p.mass += m * (1 + math.Abs(v))
				}
			}
		}
		return nil
	}
	var open, done []*panel
	for i := 1; i < len(grid); i++ {
		open = append(open, &panel{a: grid[i-1], b: grid[i]})
	}
	if err := fill(open); err != nil {
		return nil, err
	}
	for depth := 0; len(open) > 0; depth++ {
		var halves []*panel
		for _, p := range open {
			m := (p.a + p.b) / 2
			halves = append(halves, &panel{a: p.a, b: m}, &panel{a: m, b: p.b})
		}
		if err := fill(halves); err != nil {
			return nil, err
		}
		var next []*panel
		for i, p := range open {
			h := halves[2*i : 2*i+2]
			diff := math.Abs(h[0].mass + h[1].mass - p.mass)
			if depth < 40 && diff > 1e-10+1e-9*p.mass || depth < 12 && h[0].mass+h[1].mass > 0.01 {
				next = append(next, h...)
			} else {
				done = append(done, h...)
			}
		}
		open = next
	}
	slices.SortFunc(done, func(p, q *panel) int {
		switch {
		case p.a < q.a:
			return -1
		case p.a > q.a:
			return 1
		}
		return 0
	})
	l := &law{event: 1, chart: c}
	total := 0.0
	for _, p := range done {
		for k, v := range p.logp {
			if p.w[k] > 0 {
				total += p.w[k] * math.Exp(v)
			}
		}
		l.x, l.w, l.logp = append(l.x, p.x...), append(l.w, p.w...), append(l.logp, p.logp...)
		end, _ := c.point1(p.b)
		l.ends, l.cdf, l.upto = append(l.ends, end), append(l.cdf, total), append(l.upto, len(l.w))
	}
	return l, nil
}

// probability returns P(X ≤ x) of a law on the line, with a line between the
// ends of panels, or of listed numbers.
func (l *law) probability(x float64) float64 {
	if l.ends == nil {
		sum := 0.0
		for i, v := range l.x {
			if v <= x {
				sum += math.Exp(l.logp[i])
			}
		}
		return sum
	}
	i, _ := slices.BinarySearch(l.ends, x)
	switch {
	case i == 0:
		return 0
	case i == len(l.ends):
		return l.cdf[i-1]
	}
	a, b, u := l.chart.coordinate(l.ends[i-1]), l.chart.coordinate(l.ends[i]), l.chart.coordinate(x)
	if !(b > a) {
		return l.cdf[i]
	}
	return l.cdf[i-1] + (l.cdf[i]-l.cdf[i-1])*(u-a)/(b-a)
}
