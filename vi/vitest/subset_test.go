package vitest_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// orders integrates over Gumbel noise of len(p) values by which they stand in some
// order: a point for each, of the chance to draw them so without replacement.
func orders(input string, p []float64) []vitest.Dimension {
	n := len(p)
	var all [][]int
	var chance []float64
	var walk func(done []int, left, w float64)
	walk = func(done []int, left, w float64) {
		if len(done) == n {
			all, chance = append(all, append([]int{}, done...)), append(chance, w)
			return
		}
		for i := range n {
			fresh := true
			for _, d := range done {
				fresh = fresh && d != i
			}
			if fresh {
				walk(append(done, i), left-p[i], w*p[i]/left)
			}
		}
	}
	walk(nil, 1, 1)
	level := func(order, element int) float64 {
		for rank, e := range all[order] {
			if e == element {
				u := math.Exp(-math.Exp(-[]float64{14, 7, 0, -3}[rank]))
				return u * (1 - 1e-9*float64(order)) // so that the first tells the order
			}
		}
		panic("no rank")
	}
	var ds []vitest.Dimension
	for e := range n {
		ds = append(ds, vitest.Dimension{Input: input, Element: e, Rule: func(before []float64) (x, w []float64) {
			for o := range all {
				if e == 0 {
					x, w = append(x, level(o, 0)), append(w, chance[o])
				} else if before[0] == level(o, 0) {
					return []float64{level(o, e)}, []float64{1}
				}
			}
			return x, w
		}})
	}
	return ds
}

// softmax returns probabilities.
func softmax(l []float64) []float64 {
	sum, p := 0., make([]float64, len(l))
	for i, v := range l {
		p[i] = math.Exp(v)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// classChances are the probabilities of the guide's classes in Models.
func classChances(v map[string]float64) []float64 {
	var l []float64
	for _, r := range []float64{1, .4, -.2} {
		l = append(l, .8*v["a"]*r+v["c"]*r*r)
	}
	return softmax(l)
}

// TestSubsets: estimators that go through some values of a class are unbiased at one
// layer, and at the first of two with a score or a pair at the second.
func TestSubsets(t *testing.T) {
	one, two := vitest.Models()[2], vitest.Models()[4]
	for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
		o := func(sites map[string]vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{Sites: sites}, KL: kl}
		}
		for _, e := range []vi.Estimator{vi.UnorderedSet{}, vi.Marginalised{}} {
			judge := func(name string, m vitest.Model, sites map[string]vi.Estimator, more ...vitest.Dimension) {
				t.Helper()
				scores := map[string]vi.Estimator{}
				for _, s := range m.Sites {
					scores[s] = vi.Score{}
				}
				exact, err := m.Problem(1).Exact(o(scores), 1)
				if err != nil {
					t.Fatal(err)
				}
				p := m.Problem(1)
				p.Noise = func(v map[string]float64, _ int) []vitest.Dimension {
					return append(orders("z/set", classChances(v)), more...)
				}
				got, err := p.Mean(o(sites), 1)
				if err != nil {
					t.Fatal(err)
				}
				if d, at := got.Off(exact); !(d <= 1e-6) {
					t.Errorf("%s %s, KL %d: off by %v at %s", vi.Name(e), name, kl, d, at)
				}
			}
			judge("at one layer", one, map[string]vi.Estimator{"z": e})
			v := two.Problem(1).Params
			jumps := func([]float64) (at []float64) {
				for _, r := range []float64{1, .4, -.2} {
					q := 1 / (1 + math.Exp(-r*v["e"]-.1))
					at = append(at, q, 1-q)
				}
				return at
			}
			rule := vitest.Uniform(1, jumps)
			judge("before a score", two, map[string]vi.Estimator{"z": e, "y": vi.Score{}},
				vitest.Dimension{Input: "y/each/noise", Element: 0, Rule: rule}, vitest.Dimension{Input: "y/each/noise", Element: 1, Rule: rule})
			judge("before a pair", two, map[string]vi.Estimator{"z": e, "y": vi.DisARM{}}, vitest.Dimension{Input: "y/noise", Element: 0, Rule: rule})
		}
	}
}

// TestSubsetsHaveNoNoiseOfAConstant: what does not depend on the latent has no part
// in the gradient of its law, whatever values were drawn.
func TestSubsetsHaveNoNoiseOfAConstant(t *testing.T) {
	m := vitest.Models()[2]
	for _, e := range []vi.Estimator{vi.UnorderedSet{}, vi.Marginalised{}} {
		p := m.Problem(1)
		p.Noise = func(v map[string]float64, _ int) []vitest.Dimension { return orders("z/set", classChances(v)) }
		variance := func(shift float64) float64 {
			o := vi.Expectation{Config: vi.Config{Sites: map[string]vi.Estimator{"z": e}}, Of: func(r *vi.Record) []*graph.Node {
				return []*graph.Node{r.Site("x").LogP.Shift(shift)}
			}}
			got, err := p.Mean(o, 1)
			if err != nil {
				t.Fatal(err)
			}
			return got.Variance["a"]
		}
		if a, b := variance(0), variance(1000); !(math.Abs(a-b) <= 1e-8) {
			t.Errorf("%s: variance %v, with a constant %v", vi.Name(e), a, b)
		}
	}
}
