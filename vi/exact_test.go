package vi_test

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
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

type rule = vitest.Rule

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
