package vi_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// predicted runs Predict and returns its outputs and their shapes.
func predicted(t *testing.T, model func(s *graph.Scope) vi.Model, d func(s *graph.Scope) vi.Data, c func(s *graph.Scope) vi.Prediction) map[string]*vi.Draws {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		v := vi.Predict(s, model(s), d(s), c(s))
		for _, nodes := range []map[string]*graph.Node{v.Rows, v.Globals} {
			for name, n := range nodes {
				s.Output(name, n)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 5}); err != nil {
		t.Fatal(err)
	}
	out := map[string]*vi.Draws{}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &vi.Draws{K: p.Shape(name)[0], Shape: p.Shape(name)[1:], Values: v}
	}
	return out
}

// predictable is y ~ N(a + b·x, ½²) with a guide N(1, .3²) of a, and of b N(a, .2²),
// and a latent u ~ N(y, 1) of rows that the guide leaves to the joint.
func predictable(s *graph.Scope) vi.Model {
	at := func(mean *graph.Node, std float64) prob.Normal {
		return prob.Normal{Mean: graph.BroadcastTo(mean, 1), LogStd: s.Const(math.Log(std))}
	}
	return vi.Model{
		Joint: func(t *vi.Trace) {
			a, b := t.Global("a", prob.StdNormal(1)), t.Global("b", prob.StdNormal(1))
			mean := t.Given("x").Mul(b).Add(a)
			y := t.Draw("y", prob.Normal{Mean: mean, LogStd: s.Const(math.Log(.5))})
			t.Draw("u", prob.Normal{Mean: y, LogStd: s.Const(0)})
		},
		Guide: func(t *vi.Trace) { t.Global("b", at(t.Global("a", at(s.Const(1), .3)), .2)) },
	}
}

func points(x ...float64) func(s *graph.Scope) vi.Data {
	return func(s *graph.Scope) vi.Data { return vi.Data{"x": s.Tensor(x, len(x), 1)} }
}

func many(k int) func(s *graph.Scope) vi.Prediction {
	return func(*graph.Scope) vi.Prediction { return vi.Prediction{K: k} }
}

func close(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// What the data leave out is drawn by the joint under draws of the guide, with the
// moments that follow from them, in one run.
func TestPredictDrawsWhatIsLeftOut(t *testing.T) {
	const k = 40000
	d := predicted(t, predictable, points(-1, 2), many(k))
	for _, c := range []struct {
		site      string
		shape     []int
		mean, std []float64
	}{
		{"a", []int{1}, []float64{1}, []float64{.3}},
		{"b", []int{1}, []float64{1}, []float64{math.Hypot(.3, .2)}},
		{"y", []int{2, 1}, []float64{0, 3}, []float64{math.Hypot(.2, .5), math.Sqrt(.9*.9 + .4*.4 + .25)}},
		{"u", []int{2, 1}, []float64{0, 3}, []float64{math.Sqrt(.04 + .25 + 1), math.Sqrt(.9*.9 + .4*.4 + 1.25)}},
	} {
		if !slices.Equal(d[c.site].Shape, c.shape) || d[c.site].K != k {
			t.Errorf("%s: %d draws of shape %v, want %d of %v", c.site, d[c.site].K, d[c.site].Shape, k, c.shape)
		}
		for i := range c.mean {
			close(t, c.site+" mean", d[c.site].Mean()[i], c.mean[i], 4*c.std[i]/math.Sqrt(k))
			close(t, c.site+" std", d[c.site].Std()[i], c.std[i], 4*c.std[i]/math.Sqrt(2*k))
		}
	}
	// All that is of one draw goes together.
	for i := range 5 {
		rest := d["y"].At(i)[0] - d["a"].At(i)[0] + d["b"].At(i)[0]
		if math.Abs(rest) > 5*.5 {
			t.Errorf("draw %d: y is %v from its line", i, rest)
		}
	}
	few := predicted(t, predictable, points(-1, 2), many(3))
	for site, f := range few {
		if !slices.Equal(f.Values, d[site].Values[:len(f.Values)]) {
			t.Errorf("%s: 3 draws %v, of more %v", site, f.Values, d[site].Values[:len(f.Values)])
		}
	}
	if other := predicted(t, predictable, points(7), many(3)); !slices.Equal(other["a"].Values, few["a"].Values) {
		t.Error("the rows change the draws of a global")
	}
}

// Without globals all draws are made at once, and are those of passes.
func TestPredictAtOnceIsInPasses(t *testing.T) {
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{
			Joint: func(t *vi.Trace) { t.Draw("y", normal1(t.Draw("z", prob.StdNormal(1)), s.Const(-1))) },
			Guide: func(t *vi.Trace) { t.Draw("z", normal1(t.Given("x").Scale(.5), s.Const(-2))) },
		}
	}
	once := predicted(t, model, points(1, 2, 3), many(6))
	passes := predicted(t, model, points(1, 2, 3), func(*graph.Scope) vi.Prediction {
		return vi.Prediction{K: 6, Of: func(r *vi.Record) map[string]*graph.Node {
			return map[string]*graph.Node{"twice": r.Site("y").Value.Scale(2)}
		}}
	})
	for _, site := range []string{"z", "y"} {
		if !slices.Equal(once[site].Shape, []int{3, 1}) || !slices.Equal(once[site].Values, passes[site].Values) {
			t.Errorf("%s: at once %v %v, in passes %v", site, once[site].Shape, once[site].Values, passes[site].Values)
		}
	}
	for i, v := range passes["twice"].Values {
		if v != 2*passes["y"].Values[i] {
			t.Fatalf("twice y is %v, y %v", v, passes["y"].Values[i])
		}
	}
}

// Values of globals are given for all draws, or one for each, as another sampler
// made them; the prior needs no guide.
func TestPredictByGivenGlobals(t *testing.T) {
	alone := func(s *graph.Scope) vi.Model { return vi.Model{Joint: predictable(s).Joint} }
	a := []float64{3, -4, 10, 0, 7}
	d := predicted(t, alone, points(1), func(s *graph.Scope) vi.Prediction {
		return vi.Prediction{
			Sites:   []string{"y"},
			Globals: vi.Data{"b": s.Tensor([]float64{100}, 1)},
			Draws:   vi.Data{"a": s.Tensor(a, 5, 1)},
		}
	})
	if len(d) != 1 || d["y"].K != 5 {
		t.Fatalf("draws %+v", d)
	}
	for k, y := range d["y"].Values {
		close(t, "y", y, a[k]+100, 2.5)
	}
	if many := predicted(t, alone, points(1), many(4000)); math.Abs(many["y"].Std()[0]-1.5) > .06 { // 1 + 1 + ¼
		t.Errorf("std of y under the prior %v", many["y"].Std())
	}
}

func TestPredictRefusals(t *testing.T) {
	x := func(s *graph.Scope) vi.Data { return vi.Data{"x": s.Tensor([]float64{1}, 1, 1)} }
	row := func(s *graph.Scope, shape ...int) *graph.Node {
		return s.Tensor(make([]float64, graph.Size(shape)), shape...)
	}
	for want, c := range map[string]func(s *graph.Scope) vi.Prediction{
		"vi: Predict of -1 draws, want 1 or more":                 func(*graph.Scope) vi.Prediction { return vi.Prediction{K: -1} },
		"vi: Predict is to return v, which is no site":            func(*graph.Scope) vi.Prediction { return vi.Prediction{Sites: []string{"v"}} },
		"vi: Predict of 3 draws, and 2 of a are given":            func(s *graph.Scope) vi.Prediction { return vi.Prediction{K: 3, Draws: vi.Data{"a": row(s, 2, 1)}} },
		"vi: the draws of a have shape [2], want [K lead… event]": func(s *graph.Scope) vi.Prediction { return vi.Prediction{Draws: vi.Data{"a": row(s, 2)}} },
		"vi: the draws of a are nil":                              func(s *graph.Scope) vi.Prediction { return vi.Prediction{Draws: vi.Data{"a": nil}} },
		"vi: Globals gives y, which is no global site":            func(s *graph.Scope) vi.Prediction { return vi.Prediction{Globals: vi.Data{"y": row(s, 1)}} },
		"vi: x is given among the data and among the globals":     func(s *graph.Scope) vi.Prediction { return vi.Prediction{Globals: vi.Data{"x": row(s, 1)}} },
		"vi: the global a is given as a scalar":                   func(s *graph.Scope) vi.Prediction { return vi.Prediction{Globals: vi.Data{"a": s.Const(1)}} },
		"vi: Prediction has a value of a in Globals and draws of it": func(s *graph.Scope) vi.Prediction {
			return vi.Prediction{Globals: vi.Data{"a": row(s, 1)}, Draws: vi.Data{"a": row(s, 1, 1)}}
		},
		"vi: Predict is to return a, which is given": func(s *graph.Scope) vi.Prediction {
			return vi.Prediction{Sites: []string{"a"}, Globals: vi.Data{"a": row(s, 1)}}
		},
		"vi: a: value of shape [2], want": func(s *graph.Scope) vi.Prediction { return vi.Prediction{Globals: vi.Data{"a": row(s, 2, 1)}} },
		"vi: Predict: the value m is nil": func(*graph.Scope) vi.Prediction {
			return vi.Prediction{Of: func(*vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"m": nil} }}
		},
		"vi: Predict: the value y has the name of a site": func(*graph.Scope) vi.Prediction {
			return vi.Prediction{Of: func(r *vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"y": r.Site("y").Value} }}
		},
		"vi: Predict: the value m has shape [1], want [1 1 event…]": func(*graph.Scope) vi.Prediction {
			return vi.Prediction{Of: func(r *vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"m": r.Site("a").Value} }}
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { vi.Predict(s, predictable(s), x(s), c(s)) })
		if want == "vi: a: value of shape [2], want" {
			want = "vi: a: value of shape [2 1], want the leading axes"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}

// A given global is scored: a bound is that of the other latents given it.
func TestGivenGlobalIsScored(t *testing.T) {
	const total, w = 4, .7
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{
			Joint: func(t *vi.Trace) {
				m := t.Global("m", prob.StdNormal(1))
				t.Draw("x", normal1(graph.BroadcastTo(t.Global("w", normal1(m, s.Const(0))), 1, 1, 1), s.Const(0)))
			},
			Guide: func(t *vi.Trace) { t.Global("m", normal1(s.Tensor([]float64{w / 2}, 1), s.Const(math.Log(.5)/2))) },
		}
	}
	x := []float64{.2, -.4, 1, 1.3}
	for name, o := range map[string]func(c vi.Config) vi.Objective{
		"ELBO":     func(c vi.Config) vi.Objective { return vi.ELBO{Config: c, KL: vi.MonteCarlo} },
		"FreeBits": func(c vi.Config) vi.Objective { return vi.FreeBits{Config: c, KL: vi.MonteCarlo} },
		"IWAE":     func(c vi.Config) vi.Objective { return vi.IWAE{Config: c} },
	} {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			e := o(vi.Config{Total: total, Globals: vi.Data{"w": s.Tensor([]float64{w}, 1)}}).Estimate(s, model(s), points(x...)(s))
			s.Output("bound", e.Value)
		})
		if err != nil {
			t.Fatal(err)
		}
		// The guide is the posterior of m given w: with Monte Carlo divergences every
		// draw gives log p(x, w); IWAE has the divergence in closed form.
		want, sum := -w*w/4-.5*math.Log(2*math.Pi*2), 0.
		for _, x := range x {
			want -= .5*(x-w)*(x-w) + .5*math.Log(2*math.Pi)
		}
		const runs = 4000
		for i := range runs {
			if err := p.Run(context.Background(), graph.Key{Step: uint32(i)}); err != nil {
				t.Fatal(err)
			}
			v, _ := p.Value("bound")
			if name != "IWAE" {
				close(t, name, v[0]*total, want, 1e-12)
			}
			sum += v[0] / runs
		}
		close(t, name+" on average", sum*total, want, .05)
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		vi.ELBO{Config: vi.Config{Globals: vi.Data{"w": s.Tensor([]float64{w}, 1)}}}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", normal1(graph.BroadcastTo(t.Global("w", prob.StdNormal(1)), 1, 1, 1), s.Const(0)))
		}}, points(x...)(s))
	})
	if want := "vi: the global site w is given: set Total"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestDraws(t *testing.T) {
	d := vi.Draws{K: 5, Shape: []int{2}, Values: []float64{1, 10, 2, 20, 3, 30, 4, 40, 5, 50}}
	for name, c := range map[string]struct{ got, want []float64 }{
		"mean":     {d.Mean(), []float64{3, 30}},
		"std":      {d.Std(), []float64{math.Sqrt(2.5), math.Sqrt(250)}},
		"least":    {d.Quantile(0), []float64{1, 10}},
		"quartile": {d.Quantile(.25), []float64{2, 20}},
		"between":  {d.Quantile(.3), []float64{2.2, 22}},
		"most":     {d.Quantile(1), []float64{5, 50}},
		"third":    {d.At(2), []float64{3, 30}},
	} {
		for i := range c.want {
			close(t, name, c.got[i], c.want[i], 1e-12)
		}
	}
}
