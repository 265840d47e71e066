package vitest_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// bitAndClass has a bit z, data if it is given, and then one of n classes y:
// q(z|x)·q(y|z) and p(y)·p(z|y)·p(x|z,y).
func bitAndClass(n int, z ...float64) vitest.Problem {
	data := map[string][]float64{"x": {.8}}
	if z != nil {
		data["z"] = z
	}
	return vitest.Problem{
		Model: func(s *graph.Scope) vi.Model {
			p := func(name string) *graph.Node { return s.Param(name, graph.Constant(0)) }
			w, m, a, c, e := p("w"), p("m"), p("a"), p("c"), p("e")
			r := s.Tensor([]float64{1, .4, -.2}[:n], 1, n)
			law := func(l *graph.Node) prob.Dist { return prob.OneHot{Logits: l} }
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := graph.MatMulT(t.Draw("y", law(graph.Reshape(r.Mul(m), n))), r.Mul(w))
					z := t.Draw("z", prob.Bernoulli{Logits: y})
					h := z.Mul(w).Add(y)
					t.Draw("x", prob.Normal{Mean: h.Add(graph.Sin(h.Scale(2))), LogStd: graph.BroadcastTo(s.Const(-.4), 1)})
				},
				Guide: func(t *vi.Trace) {
					if t.Has("z") {
						t.Draw("y", law(graph.MatMul(t.Given("z").Shift(.3), r.Mul(e))))
						return
					}
					z := t.Draw("z", prob.Bernoulli{Logits: t.Given("x").Mul(a).Add(c)})
					t.Draw("y", law(graph.MatMul(z.Shift(.3), r.Mul(e))))
				},
			}
		},
		Params: map[string]float64{"w": .9, "m": -.6, "a": .8, "c": -.4, "e": 1.3},
		Data:   data,
	}
}

// chance is of a 1 of z, and those of the classes of y given the noise of z.
func chance(v map[string]float64) float64 { return 1 / (1 + math.Exp(-.8*v["a"]-v["c"])) }

func classesGiven(v map[string]float64, n int, z float64) []float64 {
	var l []float64
	for _, r := range []float64{1, .4, -.2}[:n] {
		l = append(l, (z+.3)*r*v["e"])
	}
	return softmax(l)
}

// bitOf is z as a score draws it.
func bitOf(v map[string]float64, u float64) float64 {
	if u < chance(v) {
		return 1
	}
	return 0
}

// sums are those of the first numbers.
func sums(p []float64) (at []float64) {
	sum := 0.
	for _, q := range p {
		sum += q
		at = append(at, sum)
	}
	return at
}

// classesAt is how an estimator of classes y is seen: with z given, or drawn before.
type classesAt struct {
	name  string
	e     vi.Estimator
	k, n  int
	z     []float64 // nil where it is drawn
	kl    vi.KL
	param map[string]float64 // that it learns, below y
	// noise is that of y, given the chances of each draw.
	noise func(p func(before []float64, draw int) []float64) []vitest.Dimension
}

// judge compares the mean gradient with that of the mean value.
func (c classesAt) judge(t *testing.T) {
	t.Helper()
	make := func(e vi.Estimator, k int, noise func(p func(before []float64, draw int) []float64) []vitest.Dimension) (vitest.Problem, vi.Objective) {
		p, sites := bitAndClass(c.n, c.z...), map[string]vi.Estimator{"y": e}
		if c.z == nil {
			sites["z"] = vi.Score{}
		}
		p.Noise = func(v map[string]float64, _ int) (ds []vitest.Dimension) {
			z := func(_ []float64, _ int) float64 { return c.z[0] }
			if c.z == nil {
				z = func(before []float64, draw int) float64 { return bitOf(v, before[draw]) }
				for i := range k {
					ds = append(ds, vitest.Dimension{Input: "z/noise", Element: i, Rule: vitest.Uniform(1, func([]float64) []float64 { return []float64{chance(v)} })})
				}
			}
			return append(ds, noise(func(before []float64, draw int) []float64 { return classesGiven(v, c.n, z(before, draw)) })...)
		}
		return p, vi.ELBO{Config: vi.Config{K: k, Sites: sites}, KL: c.kl}
	}
	p, o := make(vi.Score{}, 1, func(p func([]float64, int) []float64) []vitest.Dimension {
		return []vitest.Dimension{{Input: "y/noise", Rule: vitest.Uniform(1, func(before []float64) []float64 { return sums(p(before, 0)) })}}
	})
	exact, err := p.Exact(o, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, o = make(c.e, c.k, c.noise)
	for name, v := range c.param {
		p.Params["y/"+name] = v
	}
	got, err := p.Mean(o, c.k)
	if err != nil {
		t.Fatal(err)
	}
	if d, at := got.Off(exact); !(d <= 1e-6) {
		t.Errorf("%s, %s, KL %d: off by %v at %s", vi.Name(c.e), c.name, c.kl, d, at)
	}
}
