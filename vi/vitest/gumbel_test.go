package vitest_test

import (
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// point is of several numbers of noise.
type point struct {
	x []float64
	w float64
}

// listed integrates over elements of noise by points that depend on the noise before.
func listed(inputs []string, elements []int, of func(before []float64) []point) []vitest.Dimension {
	var known map[float64]point
	var ds []vitest.Dimension
	for i, input := range inputs {
		ds = append(ds, vitest.Dimension{Input: input, Element: elements[i], Rule: func(before []float64) (x, w []float64) {
			if i > 0 {
				return []float64{known[before[len(before)-i]].x[i]}, []float64{1}
			}
			known = map[float64]point{}
			for _, p := range of(before) {
				first := p.x[0]
				for {
					if _, ok := known[first]; !ok {
						break
					}
					first = math.Nextafter(first, 0)
				}
				known[first] = p
				x, w = append(x, first), append(w, p.w)
			}
			return x, w
		}})
	}
	return ds
}

// arrivals integrates over n standard exponential numbers, on a scale of logarithms,
// where the trapezium rule errs by e^(−π²/h) or less; or over their ratios alone, at a sum of 1.
func arrivals(n int, ratios bool) (ps []point) {
	h := .6
	if ratios {
		h = .8
	}
	var walk func(t []float64)
	walk = func(t []float64) {
		if len(t) < n {
			for x := -17.; x < 17; x += h {
				if !ratios && x > 3.6 {
					break
				}
				walk(append(t[:len(t):len(t)], x))
				if ratios && len(t) == n-1 { // which the others are measured by
					break
				}
			}
			return
		}
		p := point{make([]float64, n), 1}
		sum, logs := 0., 0.
		for i, t := range t {
			if ratios && i == n-1 {
				t = 0
			}
			p.x[i] = math.Exp(t)
			sum, logs = sum+p.x[i], logs+t
		}
		if p.w = math.Exp(logs - sum); ratios {
			p.w = math.Exp(logs - float64(n)*math.Log(sum))
			for i := range p.x {
				p.x[i] /= sum
			}
		}
		ps = append(ps, p)
	}
	walk(nil)
	sum := 0.
	for _, p := range ps {
		sum += p.w
	}
	for i := range ps {
		ps[i].w /= sum
	}
	return ps
}

// conditional integrates A(b, v) + B(u) over u and v, with b the class that Gumbel
// noise u of classes of probabilities p gives: over u at one v, and over v at one u of
// each class, less both at these.
func conditional(site string, n int, ratios bool, p func(before []float64) []float64) []vitest.Dimension {
	var inputs []string
	var elements []int
	for _, name := range []string{"noise", "given"} {
		for i := range n {
			inputs, elements = append(inputs, site+"/"+name), append(elements, i)
		}
	}
	all := arrivals(n, ratios)
	return listed(inputs, elements, func(before []float64) (ps []point) {
		p := p(before)
		fixed := make([]float64, n)
		for i := range fixed {
			fixed[i] = .3 + .2*float64(i)
		}
		for c := range n {
			// noise makes u of the class by its own arrival and what others come later.
			noise := func(x []float64) []float64 {
				u := make([]float64, n)
				for i := range u {
					at := x[c]
					if i != c {
						at += x[i] / p[i]
					}
					u[i] = math.Exp(-p[i] * at)
				}
				return u
			}
			some := noise(slices.Repeat([]float64{.5}, n))
			for _, a := range all {
				v := make([]float64, n)
				for i := range v {
					v[i] = math.Exp(-a.x[i])
				}
				ps = append(ps, point{slices.Concat(noise(a.x), fixed), p[c] * a.w}, point{slices.Concat(some, v), p[c] * a.w})
			}
			ps = append(ps, point{slices.Concat(some, fixed), -p[c]})
		}
		return ps
	})
}

// TestRelaxedClasses: REBAR and RELAX of classes are unbiased at one layer and at the
// second of two, whatever is learned.
func TestRelaxedClasses(t *testing.T) {
	for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
		see := func(name string, e vi.Estimator, n int, z []float64, ratios bool, param map[string]float64) {
			t.Helper()
			classesAt{name: name, e: e, k: 1, n: n, z: z, kl: kl, param: param, noise: func(p func([]float64, int) []float64) []vitest.Dimension {
				return conditional("y", n, ratios, func(before []float64) []float64 { return p(before, 0) })
			}}.judge(t)
		}
		one := []float64{1}
		rebar, relax := vi.REBAR{Scale: .7, Temperature: .8}, vi.RELAX{Hidden: 1}
		learned := map[string]float64{"rebar/scale": .6, "rebar/net/0/w": .4, "rebar/net/0/b": -.3, "rebar/net/1/w": .5}
		see("after a bit", rebar, 2, nil, true, nil)
		see("after a bit", relax, 2, nil, false, learned)
		if kl == vi.MonteCarlo {
			see("of three", rebar, 3, one, true, nil)
			see("of two", relax, 2, one, false, learned)
			delete(learned, "rebar/scale")
			learned["rebar/product"], learned["rebar/square"] = -.3, .5
			see("of two, regressed", vi.RELAX{Hidden: 1, Regress: true}, 2, one, false, learned)
			see("after a bit, regressed", vi.REBAR{Regress: true}, 2, nil, true, map[string]float64{"rebar/product": -.3, "rebar/square": .5})
		}
	}
}
