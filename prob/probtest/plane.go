package probtest

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/integrate/quad"
)

// cells is the number of intervals of each axis of the plane.
const cells = 28

// plane integrates in two dimensions by Gauss–Legendre panels in each axis.
func (s *subject) plane(params []float64, c *chart) (*law, error) {
	const order, reach = 8, 7.0
	var u, w []float64
	for i := range cells {
		var x, y [order]float64
		a := -reach + 2*reach*float64(i)/cells
		quad.Legendre{}.FixedLocations(x[:], y[:], a, a+2*reach/cells)
		u, w = append(u, x[:]...), append(w, y[:]...)
	}
	l := &law{event: s.event, chart: c}
	second, weight := u, w
	if c.dim == 1 {
		second, weight = []float64{0}, []float64{1}
	}
	for i, a := range u {
		for j, b := range second {
			x, jac := c.point([]float64{a, b}[:c.dim])
			l.x, l.w = append(l.x, x...), append(l.w, w[i]*weight[j]*jac)
			l.cell = append(l.cell, i/order*cells+j/order)
		}
	}
	return l, s.fill(l, params)
}

// place returns the cell of an event in the plane; −1 outside of all.
func (l *law) place(x []float64) int {
	const reach = 7.0
	k := 0
	for _, u := range l.chart.inverse(x) {
		i := int(math.Floor((u + reach) / (2 * reach) * cells))
		if i < 0 || i >= cells {
			return -1
		}
		k = k*cells + i
	}
	if l.chart.dim == 1 {
		k *= cells
	}
	return k
}

// importance integrates over draws of a wide t distribution with 5 degrees of
// freedom in the chart's coordinates.
func (s *subject) importance(params []float64, c *chart) (*law, error) {
	const n, wide, df = 100_000, 1.3, 5
	r := rand.New(rand.NewPCG(1, s.Seed))
	l := &law{event: s.event, chart: c, random: true}
	k := float64(c.dim)
	lgamma := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	front := lgamma((df+k)/2) - lgamma(df/2.) - k/2*math.Log(df*math.Pi) - k*math.Log(wide)
	for range n {
		chi := 0.0
		for range df {
			e := r.NormFloat64()
			chi += e * e
		}
		v := make([]float64, c.dim)
		sq := 0.0
		for i := range v {
			v[i] = r.NormFloat64() / math.Sqrt(chi/df)
			sq += v[i] * v[i]
			v[i] *= wide
		}
		logq := front - (df+k)/2*math.Log1p(sq/df)
		x, logjac := c.linear(v)
		l.x, l.w = append(l.x, x...), append(l.w, math.Exp(logjac-logq)/n)
	}
	return l, s.fill(l, params)
}
