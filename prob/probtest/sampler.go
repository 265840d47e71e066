package probtest

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkSampler(s *subject) error {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return err
	}
	return s.each(func(i int, params []float64) error {
		l, err := s.law(i)
		if err != nil {
			return err
		}
		x, err := s.sampled(i)
		if err != nil {
			return err
		}
		switch {
		case l.ends != nil:
			return s.kolmogorov(params, l, x)
		case l.random:
			return s.moments(l, x)
		}
		return s.chiSquared(l, x)
	})
}

// kolmogorov is the Kolmogorov–Smirnov test at the level 7·10⁻⁶.
func (s *subject) kolmogorov(params []float64, l *law, draws []float64) error {
	x := slices.Clone(draws)
	slices.Sort(x)
	cdf := make([]float64, len(x))
	if is[prob.Cumulative](s) {
		p, err := s.build(graph.Float64, rows(len(x)), nil, func(e env) { e.s.Output("cdf", e.d.(prob.Cumulative).CDF(e.x)) })
		if err != nil {
			return err
		}
		out, err := p.eval(x, params)
		if err != nil {
			return err
		}
		cdf = out[0]
	} else {
		for j, v := range x {
			cdf[j] = l.probability(v)
		}
	}
	worst, where, n := 0.0, 0.0, float64(len(x))
	for j, f := range cdf {
		if d := max(f-float64(j)/n, float64(j+1)/n-f); !(d <= worst) {
			worst, where = d, x[j]
		}
	}
	if !(worst*math.Sqrt(n) < 2.5) {
		return errors.Errorf("the distribution of %d draws differs by %v at %v, expected below %v", len(x), worst, where, 2.5/math.Sqrt(n))
	}
	return nil
}

// chiSquared counts draws by value or by cell of the plane, cells of few
// expected together, against the law, at 4.5 standard deviations (the cube
// root of χ² is nearly normal: Wilson and Hilferty 1931).
func (s *subject) chiSquared(l *law, x []float64) error {
	place := l.place
	cell := l.cell
	if cell == nil {
		at := map[string]int{}
		for i := range l.w {
			at[key(l.x[i*l.event:(i+1)*l.event])] = i
			cell = append(cell, i)
		}
		place = func(e []float64) int {
			if i, ok := at[key(e)]; ok {
				return i
			}
			return -1
		}
	}
	n := float64(len(x) / l.event)
	want := make([]float64, slices.Max(cell)+1)
	all := 0.0
	for i, c := range cell {
		m := n * l.w[i] * math.Exp(l.logp[i])
		want[c] += m
		all += m
	}
	got := make([]float64, len(want))
	rest, expected := 0.0, max(n-all, 0) // outside of the cells
	for i := 0; i < len(x); i += l.event {
		c := place(x[i : i+l.event])
		switch {
		case c < 0:
			rest++
		case want[c] == 0:
			return errors.Errorf("draw %v has no probability", x[i:i+l.event])
		default:
			got[c]++
		}
	}
	chi, df := 0.0, -1.0
	for c, w := range want {
		if w < 10 {
			rest, expected = rest+got[c], expected+w
			continue
		}
		chi += (got[c] - w) * (got[c] - w) / w
		df++
	}
	if expected >= 10 {
		chi += (rest - expected) * (rest - expected) / expected
		df++
	} else if rest > expected+5*math.Sqrt(expected)+8 {
		return errors.Errorf("%v draws where %v are expected, in the least likely places", rest, expected)
	}
	if df < 1 {
		return nil
	}
	v := 2 / (9 * df)
	limit := df * math.Pow(1-v+4.5*math.Sqrt(v), 3)
	if !(chi <= limit) {
		return errors.Errorf("χ² of %v draws in %v cells is %.1f, expected below %.1f", n, df+1, chi, limit)
	}
	return nil
}

// key names an event up to rounding.
func key(e []float64) string {
	r := make([]int64, len(e))
	for i, v := range e {
		r[i] = int64(math.Round(v * 1e9))
	}
	return fmt.Sprint(r)
}

// moments compares means and second moments of the draws with the law's.
func (s *subject) moments(l *law, x []float64) error {
	n := float64(len(x) / l.event)
	found := &findings{}
	test := func(name string, h func(e []float64) float64) {
		want, tol := l.mean(func(e []float64, _ float64) float64 { return h(e) })
		sum, sq := 0.0, 0.0
		for i := 0; i < len(x); i += l.event {
			v := h(x[i : i+l.event])
			sum, sq = sum+v/n, sq+v*v/n
		}
		tol = math.Hypot(tol, 5*math.Sqrt(max(sq-sum*sum, 0)/n)) + 1e-9
		if !(math.Abs(sum-want) <= tol) {
			found.add("mean of %s over draws is %v, over the density %v, expected within %.2g", name, sum, want, tol)
		}
	}
	for i := range l.event {
		test(fmt.Sprintf("element %d", i), func(e []float64) float64 { return e[i] })
		for j := range i + 1 {
			test(fmt.Sprintf("the product of elements %d and %d", i, j), func(e []float64) float64 { return e[i] * e[j] })
		}
	}
	return found.err()
}
