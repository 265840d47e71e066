package vi_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// bias is the largest error of a mean gradient.
func bias(t *testing.T, p problem, o vi.Objective, k int, exact map[string]float64, only ...string) float64 {
	t.Helper()
	want := exact
	if only != nil {
		want = map[string]float64{}
		for _, name := range only {
			want[name] = exact[name]
		}
	}
	d, _ := off(p.compile(t, o, k, true).integrate(t, p.params).grad, want, -1)
	return d
}

// TestDeclaredBiasIsThere measures the estimators that the support matrix calls
// biased, which they must be, and shows where they are not.
func TestDeclaredBiasIsThere(t *testing.T) {
	exact := bits(1).compile(t, vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.Score{}}}}, 1, false).exact(t)
	relaxed := func(tau float64, straight bool) float64 {
		o := lazy{func() vi.Objective {
			var e vi.Estimator = vi.GumbelSoftmax{Temperature: graph.Const(tau)}
			if straight {
				e = vi.StraightThrough{Temperature: graph.Const(tau)}
			}
			return vi.ELBO{Config: vi.Config{Sites: choice{"z": e}}}
		}}
		return bias(t, relaxedBit(200), o, 1, exact)
	}
	warm, cool := relaxed(1, false), relaxed(.2, false)
	if !(warm > 1e-2 && cool > 1e-5 && cool < warm) {
		t.Errorf("bias of Gumbel-softmax %v at τ = 1, %v at .2: want it to be there and fall", warm, cool)
	}
	if d := relaxed(1, true); !(d > 1e-3) {
		t.Errorf("bias of straight-through %v, want some", d)
	}

	g := gaussian1()
	for _, o := range []func(vi.Estimator) vi.Objective{
		func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Sites: choice{"z": e}}} },
		func(e vi.Estimator) vi.Objective {
			return vi.Renyi{Config: vi.Config{K: 2, Sites: choice{"z": e}}, Alpha: .3}
		},
	} {
		exact := g.compile(t, o(nil), 2, false).exact(t)
		if d := bias(t, g, o(vi.STL{}), 2, exact); !(d > 1e-4) {
			t.Errorf("bias of STL with importance weights is %v, want some", d)
		}
		if d := bias(t, g, o(vi.STL{}), 2, exact, "w", "b", "m"); !(d <= 1e-6) {
			t.Errorf("STL is off by %v for the joint's parameters", d)
		}
	}

	exact = g.compile(t, vi.IWAE{Config: vi.Config{K: 2}}, 2, false).exact(t)
	rws := vi.ReweightedWakeSleep{K: 2}
	if d := bias(t, g, rws, 2, exact, "w", "b", "m"); !(d <= 1e-6) {
		t.Errorf("the wake phase is off by %v for the joint's parameters", d)
	}
}

// lazy makes its objective inside of the build, for one that has nodes.
type lazy struct{ make func() vi.Objective }

func (l lazy) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	return l.make().Estimate(s, m, d)
}

// TestWakePhaseOfTheGuideNearsTheInclusiveDivergence: its bias against
// −∇KL(p(z|x) ‖ q(z|x)) falls with the number of draws.
func TestWakePhaseOfTheGuideNearsTheInclusiveDivergence(t *testing.T) {
	p := bits(1)
	exact := func(name string) float64 { // Σ_z p(z|x) ∂log q(z|x), by finite differences
		at := func(v map[string]float64) float64 {
			x, sd := p.data["x"][0], math.Exp(-.5)
			q, pr := p.chance(v, 1, 0), logistic(p.params["m"])
			joint := func(z float64) float64 {
				h := z * p.params["w"]
				e := (x - h - math.Sin(2*h) - p.params["b"]) / sd
				if z == 0 {
					return (1 - pr) * math.Exp(-e*e/2)
				}
				return pr * math.Exp(-e*e/2)
			}
			one := joint(1) / (joint(0) + joint(1))
			return one*math.Log(q) + (1-one)*math.Log(1-q)
		}
		up, dn := map[string]float64{}, map[string]float64{}
		for n, v := range p.params {
			up[n], dn[n] = v, v
		}
		up[name] += 1e-5
		dn[name] -= 1e-5
		return (at(up) - at(dn)) / 2e-5
	}
	want := map[string]float64{"a": exact("a"), "c": exact("c")}
	last := math.Inf(1)
	for _, k := range []int{2, 4, 8} {
		d := bias(t, p, vi.ReweightedWakeSleep{K: k}, k, want)
		if !(d < last && d > 1e-4) {
			t.Errorf("bias %v with %d draws, %v with half", d, k, last)
		}
		last = d
	}
}

// TestChiOnTheLogScaleIsBiased: the estimate lies below (1/n) log E[w^n], by
// less with more draws, and above ELBO, which it would be with one.
func TestChiOnTheLogScaleIsBiased(t *testing.T) {
	p := bits(2)
	value := func(o vi.Objective, k int) float64 {
		return p.compile(t, o, k, false).integrate(t, p.params).value
	}
	z := choice{"z": vi.Score{}}
	elbo := value(vi.ELBO{Config: vi.Config{Sites: z}}, 1)
	two, four := value(vi.Chi{Config: vi.Config{K: 2, Sites: z}}, 2), value(vi.Chi{Config: vi.Config{K: 4, Sites: z}}, 4)
	exact := value(vi.Chi{Config: vi.Config{Enumerate: []string{"z"}}}, 0)
	if !(elbo < two && two < four && four < exact) {
		t.Errorf("ELBO %v, χ of 2 and 4 draws %v and %v, of all values %v", elbo, two, four, exact)
	}
}

// TestChiTrainsTheGuideAlone: a parameter of joint and guide is trained by its
// part in the guide, draws that depend on it included.
func TestChiTrainsTheGuideAlone(t *testing.T) {
	model := func(shared bool) func(s *graph.Scope) vi.Model {
		return func(s *graph.Scope) vi.Model {
			w := s.Param("w", graph.Constant(.7))
			own := w
			if !shared {
				own = s.Param("own", graph.Constant(.7))
			}
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(own, 1)})
					z := t.Draw("z", normal1(y.Mul(own), own))
					t.Draw("x", normal1(z.Mul(own), s.Const(-.2)))
				},
				Guide: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: t.Given("x").Mul(w)})
					t.Draw("z", normal1(y.Scale(.3).Add(w), s.Const(-.5)))
				},
			}
		}
	}
	for _, z := range []vi.Estimator{nil, vi.STL{}, vi.Score{}, vi.VIMCO{}} {
		for _, y := range []vi.Estimator{vi.Enumerate{}, vi.VIMCO{}, vi.Score{}} {
			o := vi.Chi{Config: vi.Config{K: 3, Sites: choice{"z": z, "y": y}}}
			_, got := gradients(t, graph.Float64, o, model(true), []float64{.9})
			_, want := gradients(t, graph.Float64, o, model(false), []float64{.9})
			if want["own"][0] != 0 || want["w"][0] == 0 || math.Abs(got["w"][0]-want["w"][0]) > 1e-12 {
				t.Errorf("%T and %T: gradient by a shared parameter %v, by parameters apart %v", z, y, got, want)
			}
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		w := param(s, "w")
		m := vi.Model{Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(w, 1)})
			t.Draw("x", normal1(y, w))
		}}
		vi.Chi{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s, m, vi.Data{"x": s.Input("x", 1, 1)}).Grad(w)
	})
	if want := "vi: the gradient of an estimate that has no costs, such as Evidence, or Chi of a model without a guide"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestWakeSleepTrainsEachOnItsOwn: the wake gradient is ELBO's by the joint's
// parameters, the sleep gradient that of E_p log q by the guide's.
func TestWakeSleepTrainsEachOnItsOwn(t *testing.T) {
	p := bits(1)
	p = p.with(func(v map[string]float64, k int) []dimension {
		q, pr := p.chance(v, 1, 0), logistic(v["m"])
		at := func(b float64) func([]float64) []float64 { return func([]float64) []float64 { return []float64{b} } }
		return []dimension{{"z/noise", 0, cells(at(q))}, {"sleep/z/noise", 0, cells(at(pr))}, {"sleep/x/noise", 0, hermite(24)}}
	})
	elbo := bits(1).compile(t, vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.Score{}}}}, 1, false).exact(t)
	sleep := p.compile(t, asleep{}, 1, false).exact(t)
	want := map[string]float64{"w": elbo["w"], "b": elbo["b"], "m": elbo["m"], "a": sleep["a"], "c": sleep["c"]}
	agree(t, "wake-sleep", p, vi.WakeSleep{}, 1, want, -1)
}

// asleep has the sleep phase's score as its value.
type asleep struct{}

func (asleep) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	e := vi.WakeSleep{}.Estimate(s, m, d)
	e.Value = e.Terms["sleep"]
	return e
}

// TestStoppingZInLogQIsTheSilentBug: with z held in log q(y|z) the gradient by
// the parameters of z is wrong, and everything else looks as before.
func TestStoppingZInLogQIsTheSilentBug(t *testing.T) {
	p := mixed(false)
	o := vi.ELBO{Config: vi.Config{Sites: choice{"y": vi.Score{}}}}
	exact := p.compile(t, o, 1, false).exact(t)
	if d := bias(t, p, stops{o}, 1, exact, "a", "l"); !(d > 1e-2) {
		t.Errorf("bias %v, want some", d)
	}
	if d := bias(t, p, stops{o}, 1, exact, "w", "m", "c", "d"); !(d <= 1e-6) {
		t.Errorf("the other gradients are off by %v", d)
	}
}

type stops struct{ vi.Objective }

func (o stops) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	e := o.Objective.Estimate(s, m, d)
	for i, c := range e.Costs {
		if c.Name == "score/y" {
			e.Costs[i].Hold = append(c.Hold, e.Record.Site("z").Value)
		}
	}
	return e
}
