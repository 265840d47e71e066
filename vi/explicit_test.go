package vi_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// affine is y = e^s·x + m, with no state of its own.
type affine struct{ mean, logScale *graph.Node }

func (b affine) Forward(x *graph.Node) *graph.Node {
	return b.mean.Add(graph.Exp(b.logScale).Mul(x))
}
func (b affine) LogDet(x *graph.Node) *graph.Node { return graph.Sum(b.logScale, -1) }

// inverted is affine with its inverse.
type inverted struct{ affine }

func (b inverted) Inverse(y *graph.Node) *graph.Node {
	return y.Sub(b.mean).Mul(graph.Exp(b.logScale.Neg()))
}

// guided replaces the guide of gaussian1 by another of the same law.
func guided(draw func(t *vi.Trace, mean, logStd *graph.Node)) problem {
	p := gaussian1()
	model := p.model
	p.model = func(s *graph.Scope) vi.Model {
		m := model(s)
		a, c, l := s.Trainable()[3], s.Trainable()[4], s.Trainable()[5]
		m.Guide = func(t *vi.Trace) {
			draw(t, t.Given("x").Mul(a).Add(c), graph.BroadcastTo(l, 1, 1, 1))
		}
		return m
	}
	return p
}

// A guide that scores its own draws, as flows do, is scored as a function of
// the value where the estimator holds that, and does what the same law does as
// a Normal.
func TestGuidesThatScoreTheirOwnDraws(t *testing.T) {
	plain := gaussian1()
	flow := guided(func(t *vi.Trace, mean, logStd *graph.Node) {
		t.Draw("z", prob.Transformed{Base: prob.StdNormal(1), Bijector: inverted{affine{mean, logStd}}})
	})
	for name, o := range map[string]func(e vi.Estimator) vi.Objective{
		"ELBO": func(e vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{K: 2, Estimator: e}, KL: vi.MonteCarlo}
		},
		"IWAE": func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Estimator: e}} },
	} {
		exact := plain.compile(t, o(nil), 2, false).exact(t)
		for _, e := range []vi.Estimator{nil, vi.DReG{}, vi.Score{}, vi.VIMCO{}} {
			agree(t, name, flow, o(e), 2, exact, -1)
		}
	}
	want := plain.compile(t, vi.ReweightedWakeSleep{K: 2}, 2, true).integrate(t, plain.params)
	got := flow.compile(t, vi.ReweightedWakeSleep{K: 2}, 2, true).integrate(t, flow.params)
	if d, at := off(got.grad, want.grad, 1); !(d <= 1e-10) {
		t.Errorf("reweighted wake-sleep is off by %v at %s", d, at)
	}
}

// A pointer to an estimator is the estimator.
func TestPointersToEstimators(t *testing.T) {
	p := gaussian1()
	for _, pair := range [][2]vi.Estimator{
		{vi.DReG{}, &vi.DReG{}}, {vi.Score{Baseline: vi.LeaveOneOut{}}, &vi.Score{Baseline: &vi.LeaveOneOut{}}},
	} {
		var o [2]vi.Objective
		for i, e := range pair {
			o[i] = vi.ELBO{Config: vi.Config{K: 2, Sites: choice{"z": e}}, KL: vi.MonteCarlo}
		}
		want := p.compile(t, o[0], 2, true).integrate(t, p.params)
		got := p.compile(t, o[1], 2, true).integrate(t, p.params)
		if d, at := off(got.vari, want.vari, 1); !(d <= 1e-12) {
			t.Errorf("%T: the variance is off by %v at %s", pair[1], d, at)
		}
	}
}

// Models whose estimators would be wrong are refused.
func TestRefusalsOfUnsoundModels(t *testing.T) {
	zero := func(shape ...int) *graph.Node { return graph.BroadcastTo(graph.Const(0), shape...) }
	bern := func(l *graph.Node) prob.Dist { return prob.Bernoulli{Logits: l} }
	gauss := func(m *graph.Node) prob.Dist { return normal1(m, graph.Const(0)) }
	x := func(t *vi.Trace, m *graph.Node) { t.Draw("x", gauss(m)) }
	fair := func() prob.Dist { return bern(zero(1)) }
	one := vi.Model{ // a normal latent
		Guide: func(t *vi.Trace) { t.Draw("z", gauss(t.Given("x"))) },
		Joint: func(t *vi.Trace) { x(t, t.Draw("z", prob.StdNormal(1))) },
	}
	guide := func(f func(t *vi.Trace)) vi.Model { return vi.Model{Guide: f, Joint: one.Joint} }
	bit := vi.Model{
		Guide: func(t *vi.Trace) { t.Draw("z", bern(t.Given("x"))) },
		Joint: func(t *vi.Trace) { x(t, t.Draw("z", bern(zero(1)))) },
	}
	chain := func(second func(t *vi.Trace, z *graph.Node), p func() prob.Dist) vi.Model { // a bit, and then y
		return vi.Model{
			Guide: func(t *vi.Trace) { second(t, t.Draw("z", bern(t.Given("x")))) },
			Joint: func(t *vi.Trace) { x(t, t.Draw("z", bern(zero(1))).Add(t.Draw("y", p()))) },
		}
	}
	toBit := chain(func(t *vi.Trace, z *graph.Node) { t.Draw("y", bern(z)) }, fair)
	toNormal := chain(func(t *vi.Trace, z *graph.Node) { t.Draw("y", gauss(z)) }, func() prob.Dist { return prob.StdNormal(1) })
	weight := func(q func() prob.Dist, z func(t *vi.Trace, w *graph.Node), use func(t *vi.Trace, w func(x *graph.Node) *graph.Node)) vi.Model {
		return vi.Model{
			Guide: func(t *vi.Trace) { z(t, t.Global("w", q(), 1)) },
			Joint: func(t *vi.Trace) {
				use(t, func(x *graph.Node) *graph.Node { return t.Product("w", prob.StdNormal(1), x, vi.MatMul{}) })
			},
		}
	}
	alone := func(*vi.Trace, *graph.Node) {}
	flat := func() prob.Dist { return prob.Normal{Mean: zero(1, 1), LogStd: zero(1, 1)} }
	for _, c := range []struct {
		name string
		o    vi.Objective
		m    vi.Model
		want string
	}{
		{"enumerate by default", vi.ELBO{Config: vi.Config{Estimator: vi.Enumerate{}}}, bit,
			"vi: site z: Enumerate as the Estimator of every latent gives the site no axis: choose it for the site in Sites, or for Enumerate name the site in Config.Enumerate"},
		{"enumerated twice", vi.ELBO{Config: vi.Config{Enumerate: []string{"z", "z"}}}, bit, "vi: Enumerate names z twice"},
		{"nil pointer", vi.ELBO{Config: vi.Config{Estimator: (*vi.STL)(nil)}}, one, "vi: the estimator of every latent is a nil *vi.STL"},
		{"a flow without an inverse", vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, guide(func(t *vi.Trace) {
			t.Draw("z", prob.Transformed{Base: prob.StdNormal(1), Bijector: affine{t.Given("x"), zero(1)}})
		}), "in guide: site z: vi: site z: Score needs log q as a function of the value, and vi_test.affine has no inverse to compute it with; use vi.Pathwise"},
		{"a score of a set value", vi.ELBO{Config: vi.Config{Estimator: vi.VIMCO{}, K: 2}}, guide(func(t *vi.Trace) {
			e := t.Noise("z", graph.GaussianNoise, 1)
			t.Set("z", e.Add(t.Given("x")), prob.StdNormal(1).LogProb(e))
		}), "vi: site z: VIMCO needs log q as a function of the value, and the guide Set a value whose density is known there only; use vi.Pathwise"},
		{"STL of a set value whose density reaches it", vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}, guide(func(t *vi.Trace) {
			e := t.Noise("z", graph.GaussianNoise, 1)
			z := graph.Sigmoid(e)
			t.Set("z", z, prob.StdNormal(1).LogProb(e).Sub(graph.Sum(graph.Log(z), -1)))
		}), "vi: site z: STL needs log q as a function of the value, and the guide Set a value"},
		{"wake-sleep of a set value", vi.WakeSleep{}, guide(func(t *vi.Trace) {
			e := t.Noise("z", graph.GaussianNoise, 1)
			t.Set("z", e, prob.StdNormal(1).LogProb(e))
		}), "vi: site z: wake-sleep scores the guide at values that it did not draw, and the guide Set a value whose density is known there only"},
		{"wake-sleep of a flow", vi.ReweightedWakeSleep{}, guide(func(t *vi.Trace) {
			t.Draw("z", prob.Transformed{Base: prob.StdNormal(1), Bijector: affine{t.Given("x"), zero(1)}})
		}), "site z: wake-sleep scores the guide at values that it did not draw, and vi_test.affine has no inverse to compute it with"},
		{"REBAR of a prior before a bit", vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.REBAR{}, "y": vi.Score{}}}}, vi.Model{Joint: func(t *vi.Trace) {
			x(t, t.Draw("y", bern(t.Draw("z", bern(zero(1))))))
		}}, "vi: site z: REBAR differentiates what follows, and site y, drawn from prob.Bernoulli, stops that"},
		{"a weight used beside its product", vi.ELBO{Config: vi.Config{Total: 3}}, weight(flat, alone,
			func(t *vi.Trace, w func(*graph.Node) *graph.Node) {
				own := t.Given("w")
				x(t, w(zero(1, 4, 1)).Add(own))
			}), "vi: site x depends on the weight w, which Local noise draws anew for each row; use vi.Single for w"},
		{"no x", vi.ELBO{Config: vi.Config{Total: 3}}, weight(flat, alone, func(t *vi.Trace, w func(*graph.Node) *graph.Node) { x(t, w(nil)) }),
			"in joint: product w: vi: w: a Product without its x or its map"},
		{"one set value for two draws", vi.ELBO{Config: vi.Config{K: 2}}, guide(func(t *vi.Trace) { t.Set("z", t.Given("x"), prob.StdNormal(1).LogProb(t.Given("x"))) }),
			"in guide: site z: vi: z is Set to a value of shape [1 4 1], want [2 4 event…]"},
		{"nothing set", vi.ELBO{}, guide(func(t *vi.Trace) { t.Set("z", nil, nil) }), "in guide: site z: vi: z is Set without a value or without its log density"},
		{"no distribution", vi.ELBO{}, guide(func(t *vi.Trace) { t.Draw("z", nil) }), "in guide: site z: vi: z is drawn from no distribution"},
		{"REBAR before a bit", vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.REBAR{}, "y": vi.Score{}}}}, toBit,
			"vi: site z: REBAR differentiates what follows, and site y, drawn from prob.Bernoulli, stops that; use vi.DisARM or vi.Score at z, or enumerate y"},
		{"RELAX before STL", vi.ELBO{Config: vi.Config{Sites: choice{"z": vi.RELAX{}, "y": vi.STL{}}}}, toNormal,
			"vi: site z: RELAX differentiates what follows, and STL at site y drops a part of that; use vi.Pathwise at y"},
		{"temperature", vi.ELBO{Config: vi.Config{Estimator: vi.REBAR{Temperature: math.NaN()}}}, bit,
			"vi: site z: REBAR with a scale of 0 and a temperature of NaN, want finite numbers, the temperature not below 0"},
		{"level", vi.FreeBits{Lambda: math.Inf(1)}, one, "vi: FreeBits with a Lambda of +Inf, want a finite number not below 0"},
		{"pathwise global bit", vi.ELBO{Config: vi.Config{Total: 3, Sites: choice{"w": vi.Pathwise{}}}}, vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", bern(zero(1)), 1) },
			Joint: func(t *vi.Trace) { x(t, t.Global("w", bern(zero(1)), 1).Mul(zero(1, 4, 1))) },
		}, "vi: site w is drawn from prob.Bernoulli, whose draws have no pathwise derivative: ELBO takes Score, Score{MovingAverage}, Score{LeaveOneOut}, Score{NVIL} there; or draw it"},
		{"product with a bit", vi.ELBO{Config: vi.Config{Total: 3, Estimator: vi.Single{}}}, weight(fair, alone,
			func(t *vi.Trace, w func(*graph.Node) *graph.Node) { x(t, w(zero(1, 4, 1))) }),
			"vi: site w is drawn from prob.Bernoulli, whose draws have no pathwise derivative: ELBO takes none there; or draw it"},
		{"a guide that saw the weight", vi.ELBO{Config: vi.Config{Total: 3}}, weight(flat,
			func(t *vi.Trace, w *graph.Node) { t.Draw("z", gauss(t.Given("x").Add(w))) },
			func(t *vi.Trace, w func(*graph.Node) *graph.Node) { x(t, w(t.Draw("z", prob.StdNormal(1)))) }),
			"vi: site z depends on the weight w, which Local noise draws anew for each row; use vi.Single for w"},
		{"x without draws", vi.ELBO{Config: vi.Config{Total: 3}}, weight(flat, alone,
			func(t *vi.Trace, w func(*graph.Node) *graph.Node) { x(t, w(zero(4, 1))) }),
			"in joint: product w: vi: w: x of shape [4 1], want [1 4 …]"},
		{"no mul", vi.ELBO{Config: vi.Config{Total: 3}}, vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", flat(), 1) },
			Joint: func(t *vi.Trace) { x(t, t.Product("w", prob.StdNormal(1), t.Given("x"), nil)) },
		}, "in joint: product w: vi: w: a Product without its x or its map"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				s.Output("bound", c.o.Estimate(s, c.m, vi.Data{"x": s.Input("x", 4, 1)}).Value)
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant   %s", err, c.want)
			}
		})
	}
}

// Noise of a Set site is the same where an estimator runs the guide again.
func TestNoiseOfSetReplays(t *testing.T) {
	m := vi.Model{
		Guide: func(t *vi.Trace) {
			e := t.Noise("y", graph.GaussianNoise, 1)
			t.Set("y", e.Add(t.Given("x")), prob.StdNormal(1).LogProb(e))
			t.Draw("z", prob.Bernoulli{Logits: t.Given("y")})
		},
		Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.StdNormal(1))
			t.Draw("x", normal1(y.Add(t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(graph.Const(0), 1)})), graph.Const(0)))
		},
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		e := vi.ELBO{Config: vi.Config{K: 3, Sites: choice{"z": vi.DisARM{}}}}.Estimate(s, m, vi.Data{"x": s.Input("x", 3, 1)})
		z := e.Record.Site("z").Value
		if moved := e.Record.With(vi.Data{"z": z.Shift(1)}); moved.Site("y").Value != e.Record.Site("y").Value {
			t.Error("the second run draws another y")
		}
		s.Output("v", e.Value)
	})
	if err != nil {
		t.Error(err)
	}
}

// What the guide enumerates counts by its probability.
func TestDivergencesOfAnEnumeration(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		m := vi.Model{
			Guide: func(t *vi.Trace) {
				y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(s.Const(-4), 1)})
				t.Draw("z", normal1(y.Scale(3), s.Const(0)))
			},
			Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(s.Const(0), 1)})
				t.Draw("x", normal1(t.Draw("z", prob.StdNormal(1)), s.Const(0)))
			},
		}
		e := vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s, m, vi.Data{"x": s.Input("x", 2, 1)})
		s.Output("kl", e.Record.Divergences("z"))
		s.Output("term", e.Terms["kl/z"])
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float64{.3, 1})
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	want := logistic(-4) * 4.5
	for _, name := range p.Outputs() {
		if v, _ := p.Value(name); math.Abs(v[0]-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
}

// Data that only the guide reads are no trouble to the dreams.
func TestWakeSleepWithDataOfTheGuide(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", normal1(t.Given("x").Add(t.Given("c")), s.Const(0))) },
			Joint: func(t *vi.Trace) { t.Draw("x", normal1(t.Draw("z", prob.StdNormal(1)), s.Const(0))) },
		}
		s.Output("v", vi.WakeSleep{}.Estimate(s, m, vi.Data{"x": s.Input("x", 2, 1), "c": s.Input("c", 2, 1)}).Value)
	})
	if err != nil {
		t.Error(err)
	}
}
