package vitest_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// decisions are the chances of the bits of three classes: of the first of two, and of
// the first two.
func decisions(p []float64) []float64 { return []float64{p[0] / (p[0] + p[1]), p[0] + p[1]} }

// decided are the rules of the bits, which jump with u and with 1−u.
func decided(p []float64) (rules []vitest.Rule) {
	for _, q := range decisions(p) {
		rules = append(rules, vitest.Uniform(1, func([]float64) []float64 { return []float64{q, 1 - q} }))
	}
	return rules
}

// TestDecidedClasses: ARM and DisARM of classes are unbiased at the second of two
// layers.
func TestDecidedClasses(t *testing.T) {
	for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
		for _, e := range []vi.Estimator{vi.ARM{}, vi.DisARM{}} {
			for k := 1; k <= 2; k++ {
				noise := func(p func([]float64, int) []float64) (ds []vitest.Dimension) {
					for i := range 2 * k {
						ds = append(ds, vitest.Dimension{Input: "y/noise", Element: i, Rule: func(before []float64) (x, w []float64) {
							return decided(p(before, i/2))[i%2](before)
						}})
					}
					return ds
				}
				classesAt{name: "after a bit", e: e, k: k, n: 3, kl: kl, noise: noise}.judge(t)
			}
		}
	}
}

// sticks integrates over the sticks that three antithetic draws of a bit are broken
// from: a point for each outcome, of its chance.
func sticks(chance float64) (ps []point) {
	far := 1 - math.Sqrt(min(chance, 1-chance)) // what a stick of the rarer value is longer than
	within := func(n int) float64 { return math.Pow(max(0, 1-float64(n)*far), 2) }
	for set := range 8 {
		n := 0
		for k := range 3 {
			n += set >> k & 1
		}
		// By inclusion and exclusion of the other draws.
		w := 0.
		for more, sign := range [][]float64{{1, -3, 3, -1}, {1, -2, 1}, {1, -1}, {1}}[n] {
			w += sign * within(n+more)
		}
		if n == 0 {
			w += 1 - within(0)
		}
		if w <= 1e-15 {
			continue
		}
		other := 1. / 3
		if n > 0 && n < 3 {
			other = min(far/2, (1-float64(n)*far)/float64(2*(3-n)))
		}
		var d [3]float64
		for k := range d {
			if d[k] = other; n > 0 && set>>k&1 == 1 {
				d[k] = (1 - float64(3-n)*other) / float64(n)
			}
		}
		ps = append(ps, point{[]float64{math.Pow(1-d[0], 2), d[2] / (1 - d[0])}, w})
	}
	return ps
}

// owen is Owen's T, by Simpson's rule.
func owen(h, a float64) float64 {
	const n = 4000
	sum := 0.
	for i := range n + 1 {
		x, w := a*float64(i)/n, 2*float64(1+i%2)
		if i == 0 || i == n {
			w = 1
		}
		sum += w * math.Exp(-.5*h*h*(1+x*x)) / (1 + x*x)
	}
	return sum * a / (6 * math.Pi * n)
}

// normals is sticks for k = 2 or 3 normal numbers whose sum is 0.
func normals(chance float64, k int) (ps []point) {
	m, side := min(chance, 1-chance), 1.
	if chance <= .5 { // the rarer value is that of small numbers
		side = -1
	}
	h, two := math.Sqrt2*math.Erfinv(1-2*m), 0.
	if k == 3 {
		two = m - 2*owen(h, math.Sqrt(3))
	}
	add := func(w float64, x ...float64) {
		for i := range x {
			x[i] *= side * math.Sqrt(float64(k-1)/float64(k)) // of which the draws are made
		}
		ps = append(ps, point{x, w})
	}
	if k == 2 {
		add(m, h+1, -h-1)
		add(m, -h-1, h+1)
		add(1-2*m, 0, 0)
		return ps
	}
	for i := range 3 {
		one, both := []float64{-h - 1, -h - 1, -h - 1}, []float64{h + 1, h + 1, h + 1}
		one[i], both[i] = 2*h+2, -2*h-2
		add(m-2*two, one...)
		add(two, both...)
	}
	add(1-3*m+3*two, 0, 0, 0)
	return ps
}

// TestAntitheticClasses: ARMS of two and of three draws of a class, alone and before a
// bit that is scored, by either copula.
func TestAntitheticClasses(t *testing.T) {
	for _, e := range []vi.ARMS{{}, {Gaussian: true}} {
		antithetic(t, e)
	}
}

func antithetic(t *testing.T, e vi.ARMS) {
	for _, m := range []vitest.Model{vitest.Models()[2], vitest.Models()[4]} {
		for _, a := range []float64{1.1, -2, 4} {
			for k := 2; k <= 3; k++ {
				o := func(k int, e vi.Estimator) vi.Objective {
					sites := map[string]vi.Estimator{"z": e}
					if len(m.Sites) > 1 {
						sites["y"] = vi.Score{}
					}
					return vi.ELBO{Config: vi.Config{K: k, Sites: sites}, KL: vi.MonteCarlo}
				}
				p := m.Problem(1)
				p.Params["a"] = a
				exact, err := p.Exact(o(1, vi.Score{}), 1)
				if err != nil {
					t.Fatal(err)
				}
				p.Noise = func(v map[string]float64, _ int) (ds []vitest.Dimension) {
					for node, q := range decisions(classChances(v)) {
						if e.Gaussian {
							var inputs []string
							var elements []int
							for i := range k {
								inputs, elements = append(inputs, "z/noise"), append(elements, 2*i+node)
							}
							ds = append(ds, listed(inputs, elements, func([]float64) []point { return normals(q, k) })...)
							continue
						}
						if k == 3 {
							ds = append(ds, listed([]string{"z/noise", "z/noise"}, []int{node, 2 + node}, func([]float64) []point { return sticks(q) })...)
							continue
						}
						ds = append(ds, vitest.Dimension{Input: "z/noise", Element: node, Rule: vitest.Uniform(1, func([]float64) []float64 { return []float64{q, 1 - q} })})
					}
					if len(m.Sites) > 1 {
						for i := range k {
							ds = append(ds, vitest.Dimension{Input: "y/noise", Element: i, Rule: vitest.Uniform(1, func([]float64) (at []float64) {
								for _, r := range []float64{1, .4, -.2} {
									at = append(at, 1/(1+math.Exp(-r*v["e"]-.1)))
								}
								return at
							})})
						}
					}
					return ds
				}
				got, err := p.Mean(o(k, e), k)
				if err != nil {
					t.Fatal(err)
				}
				if d, at := got.Off(exact); !(d <= 1e-6) {
					t.Errorf("%s, %d draws, a of %v, %+v: off by %v at %s", m.Name, k, a, e, d, at)
				}
			}
		}
	}
}
