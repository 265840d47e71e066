package vi_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// latentChain has a normal z and then a normal y around it, which the joint draws in
// the other order.
func latentChain() problem {
	return problem{
		model: func(s *graph.Scope) vi.Model {
			w, a, l, d := param(s, "w"), param(s, "a"), param(s, "l"), param(s, "d")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.StdNormal(1))
					z := t.Draw("z", normal1(y.Mul(w), s.Const(-.1)))
					t.Draw("x", normal1(z.Add(graph.Sin(y).Scale(.3)), s.Const(.1)))
				},
				Guide: func(t *vi.Trace) {
					z := t.Draw("z", normal1(t.Given("x").Mul(a), l))
					t.Draw("y", normal1(z.Mul(d), s.Const(-.3)))
				},
			}
		},
		params: map[string]float64{"w": .6, "a": .5, "l": -.4, "d": .4},
		data:   map[string][]float64{"x": {.7}},
		noise: func(_ map[string]float64, k int) (ds []dimension) {
			n := 20
			if k > 1 {
				n = 10
			}
			for i := range k {
				ds = append(ds, dimension{"z/noise", i, hermite(n)}, dimension{"y/noise", i, hermite(n)})
			}
			return ds
		},
	}
}

// switched has a bit y and then a normal z whose mean depends on it.
func switched() problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			w, m, a, c, l := param(s, "w"), param(s, "m"), param(s, "a"), param(s, "c"), param(s, "l")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", normal1(y.Mul(w), s.Const(.1)))
					t.Draw("x", normal1(z.Add(graph.Sin(y.Mul(z)).Scale(.4)), s.Const(-.2)))
				},
				Guide: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: t.Given("x").Mul(a)})
					t.Draw("z", normal1(y.Scale(.7).Add(c), l))
				},
			}
		},
		params: map[string]float64{"w": .8, "m": -.4, "a": .5, "c": -.1, "l": -.4},
		data:   map[string][]float64{"x": {.9}},
	}
	p.noise = func(v map[string]float64, _ int) []dimension {
		q := logistic(p.data["x"][0] * v["a"])
		both := func([]float64) []float64 { return []float64{q, 1 - q} } // as Score or as REBAR draws it
		return []dimension{{"y/noise", 0, cells(both)}, {"z/noise", 0, hermite(20)}}
	}
	return p
}

// TestEstimatorsInAChain has one estimator after another.
func TestEstimatorsInAChain(t *testing.T) {
	zy := func(z, y vi.Estimator) choice { return choice{"z": z, "y": y} }
	elbo := func(k int, kl vi.KL) func(choice) vi.Objective {
		return func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: k, Sites: c}, KL: kl} }
	}
	iwae := func(k int) func(choice) vi.Objective {
		return func(c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Sites: c}} }
	}
	stl, dreg, score, loo, nvil, vimco := vi.STL{}, vi.DReG{}, vi.Score{}, vi.Score{Baseline: vi.LeaveOneOut{}}, vi.Score{Baseline: vi.NVIL{Hidden: 2}}, vi.VIMCO{}
	relaxed := switched().with(func(v map[string]float64, _ int) []dimension {
		off := logistic(-switched().data["x"][0] * v["a"])
		return []dimension{
			{"y/noise", 0, smoothCells(24, func([]float64) []float64 { return []float64{off} })},
			{"y/given", 0, smoothCells(24, func([]float64) []float64 { return nil })},
			{"z/noise", 0, hermite(12)},
		}
	})
	weak := func(p problem, n int) problem { // z by its measure-valued derivative
		return p.with(func(map[string]float64, int) []dimension {
			return append(measured().noise(nil, 1), dimension{"y/noise", 0, hermite(n)})
		})
	}
	m := mixed(false)
	weakMixed := m.with(func(v map[string]float64, _ int) []dimension {
		return append(measured().noise(nil, 1), dimension{"y/noise", 0, cells(func(before []float64) (ends []float64) {
			e, w2 := before[0], -2*math.Log(before[1])
			for _, e := range []float64{e, math.Sqrt(w2), -math.Sqrt(w2), math.Copysign(math.Sqrt(e*e+w2), e)} {
				ends = append(ends, logistic((m.data["x"][0]*v["a"]+math.Exp(v["l"])*e)*v["d"]+v["c"]))
			}
			return ends
		})})
	})
	for _, c := range []struct {
		name     string
		p, value problem
		k        int
		o        func(choice) vi.Objective
		base     choice
		est      []choice
	}{
		{"ELBO", latentChain(), latentChain(), 1, elbo(1, vi.Auto), zy(nil, nil),
			[]choice{zy(nil, nil), zy(stl, stl), zy(dreg, dreg), zy(stl, nil), zy(nil, stl), zy(score, nil), zy(nil, score), zy(score, stl), zy(stl, score), zy(score, nvil)}},
		{"ELBO of two", latentChain(), latentChain(), 2, elbo(2, vi.MonteCarlo), zy(nil, nil),
			[]choice{zy(stl, dreg), zy(vimco, nil), zy(nil, vimco), zy(stl, loo)}},
		{"IWAE", latentChain(), latentChain(), 2, iwae(2), zy(nil, nil),
			[]choice{zy(nil, nil), zy(dreg, dreg), zy(vi.DReG{Prior: true}, vi.DReG{Prior: true}), zy(vimco, nil), zy(nil, vimco), zy(vimco, vimco), zy(score, nil), zy(nil, nvil)}},
		{"ELBO of a measure, then pathwise", weak(latentChain(), 12), latentChain(), 1, elbo(1, vi.Auto), zy(nil, nil),
			[]choice{zy(vi.MeasureValued{}, nil)}},
		{"ELBO of a measure, then a score", weakMixed, m, 1, elbo(1, vi.Auto), zy(nil, score),
			[]choice{zy(vi.MeasureValued{}, score)}},
		{"ELBO of a bit, then a normal", switched(), switched(), 1, elbo(1, vi.Auto), zy(nil, score),
			[]choice{zy(nil, vi.DisARM{}), zy(stl, vi.DisARM{}), zy(score, vi.DisARM{}), zy(stl, score)}},
		{"ELBO of REBAR, then a normal", relaxed, switched(), 1, elbo(1, vi.Auto), zy(nil, score),
			[]choice{zy(nil, vi.REBAR{}), zy(score, vi.REBAR{})}},
		{"Monte Carlo ELBO of REBAR, then a normal", relaxed, switched(), 1, elbo(1, vi.MonteCarlo), zy(nil, score),
			[]choice{zy(nil, vi.REBAR{}), zy(score, vi.REBAR{}), zy(nil, vi.RELAX{Hidden: 2})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			exact := c.value.compile(t, c.o(c.base), c.k, false).exact(t)
			for _, est := range c.est {
				t.Run(fmt.Sprintf("%T %T", est["z"], est["y"]), func(t *testing.T) {
					judge(t, "", "unbiased", c.p.mean(t, c.o(est), c.k), exact, -1)
				})
			}
		})
	}
}
