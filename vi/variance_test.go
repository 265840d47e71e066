package vi_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// solved is a problem at whose parameters the guide is the exact posterior.
type solved struct {
	problem
	site  string   // with the estimator
	guide []string // parameters of the guide
	level float64  // what its draws are judged by there, where no closed form is
	place string   // of an enumerated y; "" if there is none
}

// openKL is a law whose divergence from others has no closed form.
type openKL struct{ prob.Dist }

func logNormal(x, mean, variance float64) float64 {
	return -(x-mean)*(x-mean)/(2*variance) - .5*math.Log(2*math.Pi*variance)
}

// exactNormal has z ~ N(0,1), x ~ N(z,1), and beside it an x₂ that has nothing
// to do with z and no bearing on its signal.
func exactNormal() solved {
	x := .8
	return solved{site: "z", guide: []string{"a", "l"}, level: logNormal(x, 0, 2), problem: problem{
		model: func(s *graph.Scope) vi.Model {
			a, l := param(s, "a"), param(s, "l")
			return vi.Model{
				Guide: func(t *vi.Trace) { t.Draw("z", normal1(t.Given("x").Mul(a), l)) },
				Joint: func(t *vi.Trace) {
					t.Draw("x", normal1(t.Draw("z", prob.StdNormal(1)), s.Const(0)))
					t.Draw("x2", normal1(s.Const(3), s.Const(-4)))
				},
			}
		},
		params: map[string]float64{"a": .5, "l": -.5 * math.Ln2},
		data:   map[string][]float64{"x": {x}, "x2": {.1}},
		noise:  perDraw("z/noise", func(map[string]float64) rule { return hermite(6) }),
	}}
}

type rule = func([]float64) ([]float64, []float64)

// perDraw integrates over one element of noise a draw.
func perDraw(name string, f func(v map[string]float64) rule) func(map[string]float64, int) []dimension {
	return func(v map[string]float64, k int) (ds []dimension) {
		for i := range k {
			ds = append(ds, dimension{name, i, f(v)})
		}
		return ds
	}
}

// halves are the cells of a bit whose probability the guide gives.
func halves(l string) func(v map[string]float64) rule {
	return func(v map[string]float64) rule {
		q := logistic(v[l])
		return smoothCells(3, func([]float64) []float64 { return []float64{q, 1 - q} })
	}
}

// bitTable is log p(x|y,z) of two bits.
var bitTable = [2][2]float64{{-1.2, -.4}, {-.9, -2.1}}

// tableDist scores x by bitTable, linearly between the bits.
type tableDist struct{ y, z *graph.Node }

func (d tableDist) LogProb(*graph.Node) *graph.Node {
	line := func(x *graph.Node, v [2]float64) *graph.Node { return x.Scale(v[1] - v[0]).Shift(v[0]) }
	low, high := line(d.z, bitTable[0]), line(d.z, bitTable[1])
	return graph.Sum(low.Add(d.y.Mul(high.Sub(low))), -1)
}

// exactBits has fair bits y and z and an x that depends on both. y is enumerated
// in a place, or is 0 and no latent if that is "".
func exactBits(place string) solved {
	e := func(y, z int) float64 { return math.Exp(bitTable[y][z]) }
	p := problem{data: map[string][]float64{"x": {0}}, params: map[string]float64{}}
	out := solved{site: "z", place: place}
	var guide func(t *vi.Trace, l func(name string) *graph.Node)
	bit := func(l *graph.Node) prob.Dist { return prob.Bernoulli{Logits: l} }
	z := "l"
	set := func(name string, odds float64) {
		p.params[name] = math.Log(odds)
		out.guide = append(out.guide, name)
	}
	switch place {
	case "":
		set("l", e(0, 1)/e(0, 0))
		out.level = math.Log((e(0, 0) + e(0, 1)) / 2)
		guide = func(t *vi.Trace, l func(string) *graph.Node) { t.Draw("z", bit(l("l"))) }
	case "before":
		set("ly", (e(1, 0)+e(1, 1))/(e(0, 0)+e(0, 1)))
		set("l", e(0, 1)/e(0, 0))
		set("l1", e(1, 1)/e(1, 0))
		guide = func(t *vi.Trace, l func(string) *graph.Node) {
			y := t.Draw("y", bit(l("ly")))
			t.Draw("z", bit(l("l").Add(y.Mul(l("l1").Sub(l("l"))))))
		}
	case "after":
		set("l", (e(0, 1)+e(1, 1))/(e(0, 0)+e(1, 0)))
		set("ly", e(1, 0)/e(0, 0))
		set("ly1", e(1, 1)/e(0, 1))
		guide = func(t *vi.Trace, l func(string) *graph.Node) {
			z := t.Draw("z", bit(l("l")))
			t.Draw("y", bit(l("ly").Add(z.Mul(l("ly1").Sub(l("ly"))))))
		}
	case "joint":
		set("l", (e(0, 1)+e(1, 1))/(e(0, 0)+e(1, 0)))
		guide = func(t *vi.Trace, l func(string) *graph.Node) { t.Draw("z", bit(l("l"))) }
	}
	if place != "" {
		out.level = math.Log((e(0, 0) + e(0, 1) + e(1, 0) + e(1, 1)) / 4)
	}
	p.model = func(s *graph.Scope) vi.Model {
		nodes, enum := map[string]*graph.Node{}, []string{"y"}
		if place == "" {
			enum = nil
		}
		for _, name := range out.guide {
			nodes[name] = graph.BroadcastTo(param(s, name), append(slices.Repeat([]int{1}, len(enum)), 1, 1, 1)...)
		}
		fair := s.Tensor([]float64{0}, 1)
		return vi.Model{
			Guide: func(t *vi.Trace) { guide(t, func(name string) *graph.Node { return nodes[name] }) },
			Joint: func(t *vi.Trace) {
				y := s.Tensor([]float64{0}, 1)
				if place != "" {
					y = t.Draw("y", bit(fair))
				}
				t.Draw("x", tableDist{y, t.Draw("z", bit(fair))})
			},
		}
	}
	p.noise = perDraw("z/noise", halves(z))
	if place == "before" {
		both := func(v map[string]float64) rule {
			return smoothCells(2, func([]float64) []float64 {
				return []float64{logistic(v["l"]), logistic(-v["l"]), logistic(v["l1"]), logistic(-v["l1"])}
			})
		}
		p.noise = perDraw("z/noise", both)
	}
	out.problem = p
	return out
}

// exactGlobal has one latent for the whole data set: a normal w with x ~ N(w,1),
// or a bit.
func exactGlobal(bit bool) solved {
	const n = 3
	x := []float64{.8, -.3, 1.1}
	sum, squares := 0.0, 0.0
	for _, v := range x {
		sum += v
		squares += v * v
	}
	variance := 1. / (n + 1)
	p := problem{
		params: map[string]float64{"m": sum * variance, "l": math.Log(variance) / 2},
		data:   map[string][]float64{"x": x},
		noise:  func(map[string]float64, int) []dimension { return []dimension{{"w/noise", 0, hermite(6)}} },
	}
	// log p(D) of n rows N(0, I + 11ᵀ)
	evidence := -.5*(squares-sum*sum*variance) - .5*math.Log(n+1) - n/2.*math.Log(2*math.Pi)
	guide := []string{"m", "l"}
	if bit {
		at := func(w float64) (s float64) {
			for _, v := range x {
				s += logNormal(v, w, 1)
			}
			return s
		}
		evidence = math.Log((math.Exp(at(0)) + math.Exp(at(1))) / 2)
		p.params = map[string]float64{"m": at(1) - at(0)}
		guide = guide[:1]
		p.noise = func(v map[string]float64, _ int) []dimension { return []dimension{{"w/noise", 0, halves("m")(v)}} }
	}
	p.model = func(s *graph.Scope) vi.Model {
		m := graph.BroadcastTo(param(s, "m"), 1)
		prior := prob.Dist(openKL{prob.StdNormal(1)})
		q := prob.Dist(prob.Bernoulli{Logits: m})
		if bit {
			prior = openKL{prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)}}
		} else {
			q = prob.Normal{Mean: m, LogStd: graph.BroadcastTo(param(s, "l"), 1)}
		}
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", q) },
			Joint: func(t *vi.Trace) {
				w := t.Global("w", prior)
				t.Draw("x", normal1(graph.BroadcastTo(w, 1, n, 1), s.Const(0)))
			},
		}
	}
	return solved{site: "w", guide: guide, level: evidence / n, problem: p}
}

// TestNoVarianceOfControlledScores: with a guide that is the exact posterior, every
// estimator with a control of the score has a gradient of the guide without
// variance, under every objective, whatever is enumerated beside it.
func TestNoVarianceOfControlledScores(t *testing.T) {
	settings := []struct {
		kind, name string
		p          solved
	}{
		{"reparameterised", "normal", exactNormal()}, {"discrete", "bit", exactBits("")}, {"discrete", "bit, y before", exactBits("before")},
		{"discrete", "bit, y after", exactBits("after")}, {"discrete", "bit, y in the joint", exactBits("joint")},
		{"global", "normal", exactGlobal(false)}, {"global", "bit", exactGlobal(true)},
	}
	with := map[string]bool{"STL": true, "DReG": true, "Score{MovingAverage}": true, "Score{LeaveOneOut}": true, "Score{NVIL}": true,
		"VIMCO": true, "Enumerate": true, "DisARM": true, "REBAR": true, "RELAX": true, "MeasureValued": true}
	known := estimators()
	seen := map[string]bool{}
	for _, c := range matrix() {
		if c.verdict == "-" || !with[c.estimator] || strings.HasSuffix(c.objective, "WakeSleep") {
			continue
		}
		for _, set := range settings {
			p, e := set.p, known[c.estimator]
			if set.kind != c.kind || p.beyond(c) || c.estimator == "STL" && set.name == "bit" { // whose draws have no derivative
				continue
			}
			seen[c.kind+"/"+c.estimator+"/"+c.objective] = true
			t.Run(fmt.Sprintf("%s/%s/%s/%s", c.objective, c.kind, set.name, c.estimator), func(t *testing.T) {
				t.Parallel()
				v := maps.Clone(p.params)
				switch c.estimator {
				case "Score{MovingAverage}":
					v[p.site+"/baseline"] = p.level
				case "Score{NVIL}":
					v[p.site+"/baseline/1/w"], v[p.site+"/baseline/1/b"] = 0, p.level
				case "REBAR":
					v["z/rebar/scale"] = 1
				case "RELAX":
					v["z/rebar/net/1/w"], v["z/rebar/net/1/b"] = 0, 0
				}
				sites := choice{p.site: e}
				if p.place != "" {
					sites["y"] = vi.Enumerate{}
				}
				noisy, k := p.under(c.estimator, p.place), 2
				if set.kind == "global" {
					k = 1
				}
				for _, o := range posteriorWays(c.objective, len(p.data["x"])) {
					got := noisy.compile(t, o(k, sites), k, true).integrate(t, v)
					for _, name := range p.guide {
						if g := got.vari[name]; !(math.Abs(g) <= 1e-20) {
							t.Errorf("variance of the gradient by %s is %v (mean %v)", name, g, got.grad[name])
						}
						if g := got.grad[name]; !(math.Abs(g) <= 1e-10) {
							t.Errorf("mean gradient by %s is %v at the posterior", name, g)
						}
					}
				}
			})
		}
	}
	for _, c := range matrix() {
		if c.verdict != "-" && with[c.estimator] && !strings.HasSuffix(c.objective, "WakeSleep") && !seen[c.kind+"/"+c.estimator+"/"+c.objective] {
			t.Errorf("no exact posterior for %v", c)
		}
	}
}

// beyond tells whether an estimator's control cannot follow what the draws are
// judged by: one relaxed value where log Σ_y is no line between the bits, or one
// number where it is log p(x|y), another for each y.
func (p solved) beyond(c cell) bool {
	switch c.estimator {
	case "REBAR", "RELAX":
		return p.place == "after" || p.place == "joint"
	case "Score{MovingAverage}", "Score{NVIL}":
		return (c.objective == "ELBO" || c.objective == "Expectation") && p.place == "before"
	}
	return false
}

// posteriorWays makes an objective without closed forms.
func posteriorWays(objective string, total int) []func(k int, c choice) vi.Objective {
	switch objective {
	case "ELBO":
		return []func(k int, c choice) vi.Objective{
			func(k int, c choice) vi.Objective {
				return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, KL: vi.MonteCarlo}
			},
		}
	case "Expectation":
		return []func(k int, c choice) vi.Objective{func(k int, c choice) vi.Objective {
			return vi.Expectation{Config: vi.Config{K: k, Total: total, Sites: c}, Of: monteCarlo}
		}}
	case "IWAE":
		return []func(k int, c choice) vi.Objective{func(k int, c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Total: total, Sites: c}} }}
	case "Renyi":
		return []func(k int, c choice) vi.Objective{
			func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: .4}
			},
			func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: 1.5}
			},
		}
	}
	return column(objective)
}

// under integrates over the noise of an estimator.
func (p problem) under(estimator, place string) problem {
	noise := p.noise
	more := func(name string) problem {
		return p.with(func(v map[string]float64, k int) []dimension {
			return append(noise(v, k), perDraw(name, func(map[string]float64) rule {
				return smoothCells(2, func([]float64) []float64 { return nil })
			})(v, k)...)
		})
	}
	switch estimator {
	case "Enumerate":
		return p.with(func(map[string]float64, int) []dimension { return nil })
	case "REBAR", "RELAX":
		return more("z/given")
	case "MeasureValued":
		return more("z/measure")
	}
	if place != "before" || estimator == "DisARM" {
		return p
	}
	return p.with(func(v map[string]float64, k int) (ds []dimension) {
		for i, l := range []string{"l", "l1"} {
			for j := range k {
				ds = append(ds, dimension{"z/each/noise", i*k + j, halves(l)(v)})
			}
		}
		return ds
	})
}

// apart returns the problem with terms that have nothing to do with its sites: a
// far datum and, if they are wanted, a latent of the data set and latents of the
// datum, one of them enumerated.
func (p problem) apart(global, latents bool) problem {
	model, noise := p.model, p.noise
	p.data = maps.Clone(p.data)
	p.data["far"] = slices.Repeat([]float64{1}, len(p.data["x"]))
	p.model = func(s *graph.Scope) vi.Model {
		m := model(s)
		at := func(mean *graph.Node) prob.Dist { return normal1(mean, s.Const(0)) }
		return vi.Model{
			Guide: func(t *vi.Trace) {
				if global {
					t.Global("g0", at(graph.BroadcastTo(s.Const(9), 1)))
				}
				if latents {
					t.Draw("z0", at(t.Given("far").Shift(5)))
					t.Draw("b0", prob.Bernoulli{Logits: t.Given("far").Shift(5)})
				}
				m.Guide(t)
			},
			Joint: func(t *vi.Trace) {
				h := s.Tensor([]float64{30}, 1)
				if global {
					h = t.Global("g0", prob.StdNormal(1))
				}
				if latents {
					h = h.Add(t.Draw("z0", prob.StdNormal(1)).Add(t.Draw("b0", prob.Bernoulli{Logits: s.Tensor([]float64{-3}, 1)})))
				}
				t.Draw("far", normal1(h, s.Const(-2)))
				m.Joint(t)
			},
		}
	}
	return p.with(func(v map[string]float64, k int) []dimension {
		ds := noise(v, k)
		if global {
			ds = append(ds, dimension{"g0/noise", 0, hermite(1)})
		}
		for i := range k {
			if latents {
				ds = append(ds, dimension{"z0/noise", i, hermite(1)})
			}
		}
		return ds
	})
}

// TestWhatDoesNotDependOnADrawAddsNoVariance: the score of a draw is not
// multiplied by terms that it has no part in, of other sites or in closed form
// of its own.
func TestWhatDoesNotDependOnADrawAddsNoVariance(t *testing.T) {
	known := estimators()
	for _, c := range matrix() {
		e := known[c.estimator]
		scores := strings.HasPrefix(c.estimator, "Score") || slices.Contains([]string{"VIMCO", "DisARM", "REBAR", "RELAX", "MeasureValued"}, c.estimator)
		if c.verdict == "-" || !scores {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/%s", c.objective, c.kind, c.estimator), func(t *testing.T) {
			t.Parallel()
			p, site, k := bits(1), "z", 2
			switch c.kind {
			case "reparameterised":
				p = gaussian1()
				p.noise = perDraw("z/noise", func(map[string]float64) rule { return hermite(5) })
			case "global":
				p, site, k = besideGlobal("joint", c, e).p, "w", 1
			}
			v := maps.Clone(p.params)
			if c.estimator == "Score{MovingAverage}" {
				v[site+"/baseline"] = .7
			}
			p = p.under(c.estimator, "")
			sites := choice{site: e}
			if c.kind == "global" {
				sites["y"] = vi.Enumerate{}
			}
			for _, o := range column(c.objective) {
				want := p.compile(t, o(k, sites), k, true).integrate(t, v)
				for _, latents := range []bool{false, true} {
					if latents && c.objective != "ELBO" {
						continue // which weigh the draws of all latents together
					}
					far := p.apart(c.objective != "Chi", latents)
					beside := maps.Clone(sites)
					if latents {
						beside["b0"] = vi.Enumerate{}
					}
					got := far.compile(t, o(k, beside), k, true).integrate(t, v)
					for name := range p.params {
						if a, b := got.vari[name], want.vari[name]; !(math.Abs(a-b) <= 1e-9*(1+b)) {
							t.Errorf("variance of the gradient by %s is %v with a far datum, %v without (latents %v)", name, a, b, latents)
						}
					}
				}
			}
		})
	}
	// Nothing depends on this draw but its own divergence.
	alone := problem{
		model: func(s *graph.Scope) vi.Model {
			m := param(s, "m")
			return vi.Model{
				Guide: func(t *vi.Trace) {
					t.Global("w", normal1(graph.BroadcastTo(m, 1), s.Const(0)))
				},
				Joint: func(t *vi.Trace) {
					t.Global("w", prob.StdNormal(1))
					t.Draw("x", normal1(s.Tensor([]float64{0}, 1), s.Const(0)))
				},
			}
		},
		params: map[string]float64{"m": 4}, data: map[string][]float64{"x": {.3}},
		noise: func(map[string]float64, int) []dimension { return []dimension{{"w/noise", 0, hermite(5)}} },
	}
	for _, e := range []vi.Estimator{nil, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}} {
		got := alone.compile(t, vi.ELBO{Config: vi.Config{Total: 1, Sites: choice{"w": e}}}, 1, true).integrate(t, alone.params)
		if got.vari["m"] > 1e-20 || math.Abs(got.grad["m"]-4) > 1e-12 {
			t.Errorf("%T: gradient of the divergence %v with variance %v, want 4 and 0", e, got.grad["m"], got.vari["m"])
		}
	}
}
