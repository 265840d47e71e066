package vitest

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Model is a model with a guide that an estimator is tested by.
type Model struct {
	Name  string
	Sites []string // the latents, in the order of the guide

	model  func(s *graph.Scope) vi.Model
	params map[string]float64
	data   map[string][]float64
	sites  []site
}

// site is a latent as its noise is integrated over.
type site struct {
	name   string
	events int // numbers of uniform noise
	class  bool
	// breaks lists where the draw of element i may jump.
	breaks func(v map[string]float64, i int) []float64
}

// Models are those that Unbiased goes through: one layer of a bit, of two bits and
// of three classes; and a bit, or three classes, with a bit of a second layer that
// depends on it.
func Models() []Model {
	return []Model{bits(1), bits(2), classes(3), layers(2), layers(3)}
}

// Problem returns a model with the noise of k draws: that of the law of each site,
// "SITE/noise", and as many numbers of each name in more. Between the jumps the
// integral by the noise of a law is exact for polynomials of degree 5 with one draw,
// and of degree 1 with more, by that in more of degree 15 and 7.
func (m Model) Problem(k int, more ...string) Problem { return m.problem(k, nil, more...) }

// problem is Problem with other noise of classes.
func (m Model) problem(k int, classes func(chances []float64) []Rule, more ...string) Problem {
	points, smooth := 3, 8
	if k > 1 {
		points, smooth = 1, 4
	}
	return Problem{Model: m.model, Params: maps.Clone(m.params), Data: m.data, Noise: func(v map[string]float64, k int) (ds []Dimension) {
		for i := range k {
			for _, s := range m.sites {
				rules := make([]Rule, s.events)
				for j := range rules {
					at := s.breaks(v, j)
					rules[j] = Uniform(points, func([]float64) []float64 { return at })
				}
				if s.class && classes != nil {
					rules = classes(differences(s.breaks(v, 0)))
				}
				for j, rule := range rules {
					ds = append(ds, Dimension{s.name + "/noise", i*len(rules) + j, rule})
					for _, name := range more {
						ds = append(ds, Dimension{s.name + "/" + name, i*len(rules) + j, Uniform(smooth, nil)})
					}
				}
			}
		}
		return ds
	}}
}

// differences are those of each number from the one before.
func differences(x []float64) []float64 {
	d := slices.Clone(x)
	for i := 1; i < len(x); i++ {
		d[i] -= x[i-1]
	}
	return d
}

// scores is the choice of Score at all sites.
func (m Model) scores() map[string]vi.Estimator {
	c := map[string]vi.Estimator{}
	for _, s := range m.Sites {
		c[s] = vi.Score{}
	}
	return c
}

// places are the choices of an estimator for the sites.
func (m Model) places(e vi.Estimator) (all []map[string]vi.Estimator) {
	for _, at := range m.Sites {
		c := m.scores()
		c[at] = e
		all = append(all, c)
	}
	if len(m.Sites) > 1 {
		c := map[string]vi.Estimator{}
		for _, s := range m.Sites {
			c[s] = e
		}
		all = append(all, c)
	}
	return all
}

func scalar(s *graph.Scope, name string) *graph.Node { return s.Param(name, graph.Constant(0)) }

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// normal is N(mean, e^{2l}) of one number.
func normal(mean *graph.Node, l float64) prob.Dist {
	return prob.Normal{Mean: mean, LogStd: graph.BroadcastTo(graph.Const(l), 1)}
}

// bend is a function of no simple form.
func bend(h *graph.Node) *graph.Node { return h.Add(graph.Sin(h.Scale(2))) }

// ramp makes n elements differ.
func ramp(n int) []float64 {
	r := make([]float64, n)
	for i := range r {
		r[i] = 1 - .6*float64(i)
	}
	return r
}

// twoSided are the jumps of a bit of some logits, for draws u < p and u > 1−p.
func twoSided(logits ...float64) (at []float64) {
	for _, l := range logits {
		at = append(at, logistic(l), logistic(-l))
	}
	return at
}

// bits has n bits z at one site and a normal x around a curve of theirs.
func bits(n int) Model {
	x := .8
	return Model{
		Name: fmt.Sprintf("%d bits", n), Sites: []string{"z"},
		model: func(s *graph.Scope) vi.Model {
			w, m, a, c := scalar(s, "w"), scalar(s, "m"), scalar(s, "a"), scalar(s, "c")
			r := s.Tensor(ramp(n), 1, n)
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(m, n)})
					t.Draw("x", normal(bend(graph.MatMulT(z, r.Mul(w))), -.5))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", prob.Bernoulli{Logits: graph.MatMul(t.Given("x"), r.Mul(a)).Add(c)})
				},
			}
		},
		params: map[string]float64{"w": .9, "m": -.6, "a": .6, "c": -.2},
		data:   map[string][]float64{"x": {x}},
		sites: []site{{"z", n, false, func(v map[string]float64, i int) []float64 {
			return twoSided(x*v["a"]*ramp(n)[i] + v["c"])
		}}},
	}
}

// cumulative are the sums of the probabilities of classes by their logits.
func cumulative(logits []float64) (at []float64) {
	total, sum := 0., 0.
	for _, l := range logits {
		total += math.Exp(l)
	}
	for _, l := range logits {
		sum += math.Exp(l) / total
		at = append(at, sum)
	}
	return at
}

// classLogits are those of the guide of n classes.
func classLogits(n int, x, a, c float64) []float64 {
	out := make([]float64, n)
	for i, r := range ramp(n) {
		out[i] = x*a*r + c*r*r
	}
	return out
}

// classes has one of n classes z and a normal x around a curve of it.
func classes(n int) Model {
	x := .8
	return Model{
		Name: fmt.Sprintf("%d classes", n), Sites: []string{"z"},
		model: func(s *graph.Scope) vi.Model {
			w, m, a, c := scalar(s, "w"), scalar(s, "m"), scalar(s, "a"), scalar(s, "c")
			r := s.Tensor(ramp(n), 1, n)
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.OneHot{Logits: graph.Reshape(r.Mul(m), n)})
					t.Draw("x", normal(bend(graph.MatMulT(z, r.Mul(w))), -.5))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", prob.OneHot{Logits: graph.MatMul(t.Given("x"), r.Mul(a)).Add(r.Square().Mul(c))})
				},
			}
		},
		params: map[string]float64{"w": .9, "m": -.6, "a": 1.1, "c": -.7},
		data:   map[string][]float64{"x": {x}},
		sites: []site{{"z", 1, true, func(v map[string]float64, _ int) []float64 {
			return cumulative(classLogits(n, x, v["a"], v["c"]))
		}}},
	}
}

// layers has a first layer z, of a bit for n = 2, of n classes for more, and a bit
// y of a second layer: q(z|x)·q(y|z) and p(y)·p(z|y)·p(x|z,y).
func layers(n int) Model {
	x, d := .8, max(n, 3)
	if n == 2 {
		d = 1
	}
	m := Model{
		Name: fmt.Sprintf("layers of %d values and a bit", n), Sites: []string{"z", "y"},
		model: func(s *graph.Scope) vi.Model {
			w, m, a, c, e := scalar(s, "w"), scalar(s, "m"), scalar(s, "a"), scalar(s, "c"), scalar(s, "e")
			r := s.Tensor(ramp(d), 1, d)
			law := func(l *graph.Node) prob.Dist {
				if n == 2 {
					return prob.Bernoulli{Logits: l}
				}
				return prob.OneHot{Logits: l}
			}
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", law(graph.MatMul(y, r.Mul(w))))
					t.Draw("x", normal(bend(graph.MatMulT(z, r.Mul(w)).Add(y.Mul(m))), -.4))
				},
				Guide: func(t *vi.Trace) {
					z := t.Draw("z", law(graph.MatMul(t.Given("x"), r.Mul(a)).Add(r.Square().Mul(c))))
					t.Draw("y", prob.Bernoulli{Logits: graph.MatMulT(z, r.Mul(e)).Shift(.1)})
				},
			}
		},
		params: map[string]float64{"w": .9, "m": -.6, "a": .8, "c": -.4, "e": .9},
		data:   map[string][]float64{"x": {x}},
	}
	first := site{"z", 1, n > 2, func(v map[string]float64, _ int) []float64 {
		l := classLogits(d, x, v["a"], v["c"])
		if n == 2 {
			return twoSided(l[0])
		}
		return cumulative(l)
	}}
	second := site{"y", 1, false, func(v map[string]float64, _ int) []float64 {
		var l []float64
		if n == 2 {
			l = append(l, .1)
		}
		for _, r := range ramp(d) {
			l = append(l, r*v["e"]+.1)
		}
		return twoSided(l...)
	}}
	m.sites = []site{first, second}
	return m
}
