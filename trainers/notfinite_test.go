package trainers_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// observing is a model of one parameter m, of zeros, and data x with the law.
func observing(cols int, law func(m *graph.Node) prob.Dist) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(0), cols)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", law(m)) }}, d)
	}
}

// spoiled is 250 rows of an event, but for one element of row 207.
func spoiled(t *testing.T, event []float64, element int, v float64) *data.Set {
	t.Helper()
	var x []float64
	for range 250 {
		x = append(x, event...)
	}
	x[207*len(event)+element] = v
	s, err := data.New(data.FromFlat("x", x, len(event)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever the law, a datum that it cannot take is named with its site, its row
// of the data set and the support, in training and in evaluation.
func TestADatumOutsideTheSupportIsNamed(t *testing.T) {
	zero := func() *graph.Node { return graph.Const(0) }
	for _, c := range []struct {
		name  string
		law   func(m *graph.Node) prob.Dist
		event []float64
		at    int
		v     float64
		set   string
	}{
		{"Bernoulli", func(m *graph.Node) prob.Dist { return prob.Bernoulli{Logits: m} }, []float64{.5, 0, 1}, 1, 255, "{0 … 1}"},
		{"Poisson", func(m *graph.Node) prob.Dist { return prob.Poisson{LogRate: m} }, []float64{3, 0, 1}, 2, -1, "{0, 1, …}"},
		{"Poisson", func(m *graph.Node) prob.Dist { return prob.Poisson{LogRate: m} }, []float64{3, 0, 1}, 0, 2.5, "{0, 1, …}"},
		{"Geometric", func(m *graph.Node) prob.Dist { return prob.Geometric{Logits: m} }, []float64{3, 0}, 0, -2, "{0, 1, …}"},
		{"NegativeBinomial", func(m *graph.Node) prob.Dist { return prob.NegativeBinomial{LogTotal: m, Logits: zero()} }, []float64{3, 0}, 1, -2, "{0, 1, …}"},
		{"Binomial", func(m *graph.Node) prob.Dist { return prob.Binomial{Total: graph.Const(5), Logits: m} }, []float64{5, 0}, 1, 6, "{0 … 5}"},
		{"Categorical", func(m *graph.Node) prob.Dist { return prob.Categorical{Logits: graph.Reshape(m, 1, 3)} }, []float64{2}, 0, 3, "{0 … 2}"},
		{"OneHot", func(m *graph.Node) prob.Dist { return prob.OneHot{Logits: m} }, []float64{0, 1, 0}, 0, 7, "one-hot rows"},
		{"Gamma", func(m *graph.Node) prob.Dist { return prob.Gamma{LogConcentration: m, LogRate: m} }, []float64{1, 2}, 1, -3, "(0, +Inf)"},
		{"Exponential", func(m *graph.Node) prob.Dist { return prob.Exponential{LogRate: m} }, []float64{1, 2}, 1, -3, "(0, +Inf)"},
		{"LogNormal", func(m *graph.Node) prob.Dist { return prob.LogNormal{Loc: m, LogScale: m} }, []float64{1, 2}, 1, 0, "(0, +Inf)"},
		{"InverseGamma", func(m *graph.Node) prob.Dist { return prob.InverseGamma{LogConcentration: m, LogScale: m} }, []float64{1, 2}, 1, 0, "(0, +Inf)"},
		{"HalfNormal", func(m *graph.Node) prob.Dist { return prob.HalfNormal{LogScale: m} }, []float64{1, 2}, 1, -1, "(0, +Inf)"},
		{"HalfCauchy", func(m *graph.Node) prob.Dist { return prob.HalfCauchy{LogScale: m} }, []float64{1, 2}, 1, -1, "(0, +Inf)"},
		{"Beta", func(m *graph.Node) prob.Dist { return prob.Beta{LogA: m.Shift(1), LogB: m.Shift(1)} }, []float64{.5, .25}, 0, 1.5, "(0, 1)"},
		{"ContinuousBernoulli", func(m *graph.Node) prob.Dist { return prob.ContinuousBernoulli{Logits: m} }, []float64{.5, .25}, 0, 1.5, "(0, 1)"},
		{"Uniform", func(m *graph.Node) prob.Dist { return prob.Uniform{Low: graph.Const(-1), High: graph.Const(2)} }, []float64{.5, .25}, 1, 4, "(-1, 2)"},
		{"Dirichlet", func(m *graph.Node) prob.Dist { return prob.Dirichlet{LogConcentration: m} }, []float64{.5, .25, .25}, 1, -.5, "simplex"},
		{"Dirichlet", func(m *graph.Node) prob.Dist { return prob.Dirichlet{LogConcentration: m} }, []float64{.5, .25, .25}, 1, 3, "simplex"},
		{"Multinomial", func(m *graph.Node) prob.Dist { return prob.Multinomial{Logits: m} }, []float64{3, 0, 1}, 2, -1, "counts"},
		{"ZeroInflated", func(m *graph.Node) prob.Dist {
			return prob.ZeroInflated{Base: prob.Poisson{LogRate: m}, Logits: m}
		}, []float64{3, 0}, 1, -1, "{0, 1, …}"},
		{"Transformed", func(m *graph.Node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: m, LogStd: m}, Bijector: prob.Exp{}}
		}, []float64{1, 2}, 1, -1, "(0, +Inf)"},
	} {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			cols := len(c.event)
			if c.name == "Categorical" {
				cols = 3
			}
			m := observing(cols, c.law)
			if c.name == "Uniform" {
				m = func(s *graph.Scope, d vi.Data) *vi.Estimate {
					p := s.Param("m", graph.Constant(0), 1)
					return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
						t.Draw("w", prob.StdNormal(1))
						t.Draw("x", c.law(nil))
					}, Guide: func(t *vi.Trace) { t.Draw("w", prob.Normal{Mean: p, LogStd: p}) }}, d)
				}
			}
			set := spoiled(t, c.event, c.at, c.v)
			_, inTraining := trainers.Fit(context.Background(), m, set.Batches(data.BatchConfig{Size: 25}), trainers.Config{Params: &graph.Params{Dtype: dt}, Epochs: 1, Optimizer: trainers.SGD{Rate: 1e-9}})
			params := &graph.Params{Dtype: dt}
			_, inEvaluation := trainers.Evaluate(context.Background(), m, params, set.Batches(data.BatchConfig{Size: 25, Evaluation: true}), trainers.EvalConfig{})
			for _, err := range []error{inTraining, inEvaluation} {
				var e *trainers.NotFinite
				if !errors.As(err, &e) || e.Value == nil {
					t.Errorf("%s, %v: %v, want a *NotFinite with a Value", c.name, dt, err)
					continue
				}
				v := e.Value
				if v.Site != "x" || v.Row != 207 || v.Element != c.at || v.Value != c.v {
					t.Errorf("%s, %v: %+v, want x, 207, %d, %v", c.name, dt, *v, c.at, c.v)
				}
				want := fmt.Sprintf("the bound is -Inf: site x, row 207, element %d: value %v is outside of the support of prob.%s, %s; rescale or mend the data x, or choose a distribution that can take them", c.at, c.v, c.name, c.set)
				if !strings.HasSuffix(err.Error(), want) {
					t.Errorf("%s, %v:\n got %v\nwant …%s", c.name, dt, err, want)
				}
			}
			if inTraining == nil || !strings.HasPrefix(inTraining.Error(), "trainers: step ") ||
				inEvaluation == nil || !strings.HasPrefix(inEvaluation.Error(), "trainers: evaluate rows from 200: ") {
				t.Errorf("%s, %v: %v; %v", c.name, dt, inTraining, inEvaluation)
			}
		}
	}
}

// Where every value is inside of its support, the operation is named that made
// the number, and where it stands.
func TestTheOperationThatMadeItIsNamed(t *testing.T) {
	normal := func(mean *graph.Node) prob.Dist { return prob.Normal{Mean: mean, LogStd: graph.Const(0)} }
	inLayer := func(f func(h *graph.Node) *graph.Node) func(m *graph.Node) prob.Dist {
		return func(m *graph.Node) prob.Dist {
			defer graph.Enter("layer dec/1")()
			return normal(f(m))
		}
	}
	mask := func(m *graph.Node) *graph.Node { // a deliberate −Inf that is harmless
		masked := graph.Where(graph.Tensor([]float64{0, 1}, 2), graph.Const(math.Inf(-1)), m)
		return graph.ExpandDims(graph.LogSumExp(masked, -1), -1)
	}
	for _, c := range []struct {
		law  func(m *graph.Node) prob.Dist
		want string
	}{
		{inLayer(func(h *graph.Node) *graph.Node { return graph.Log(h.Shift(-.5)) }),
			"the bound is NaN: log of -0.5 is NaN in joint: layer dec/1 (log(shift{-0.5}(…)), element [0] of [2])"},
		{inLayer(func(h *graph.Node) *graph.Node { return h.Shift(1).Div(h) }),
			"the bound is -Inf: div of 1 and 0 is +Inf in joint: layer dec/1 (div(shift{1}(…), m), element [0] of [2])"},
		{inLayer(func(h *graph.Node) *graph.Node { return mask(h).Add(graph.Log(h)) }),
			"the bound is -Inf: log of 0 is -Inf in joint: layer dec/1 (log(m), element [0] of [2])"},
		{inLayer(func(h *graph.Node) *graph.Node { return mask(h).Add(graph.Exp(h.Shift(800))) }),
			"the bound is -Inf: exp of 800 is +Inf in joint: layer dec/1 (exp(shift{800}(…)), element [0] of [2])"},
		{inLayer(func(h *graph.Node) *graph.Node {
			return graph.Where(h.Le(graph.Const(0)), graph.Const(math.Inf(1)), h)
		}), "the bound is -Inf: where chooses +Inf in joint: layer dec/1 (where(le(…), +Inf, m), element [0] of [2])"},
		{inLayer(graph.Sqrt),
			"the gradient of m is not finite: div of -0.5 and 0 is -Inf, in the derivative of sqrt(m) in joint: layer dec/1 (div(scale{0.5}(…), sqrt(…)), element [0] of [2])"},
	} {
		_, err := trainers.Fit(context.Background(), observing(2, c.law), spoiled(t, []float64{1, 2}, 0, 1).Batches(data.BatchConfig{}),
			trainers.Config{Params: &graph.Params{Dtype: graph.Float64}, Epochs: 1})
		want := "trainers: step 1 (epoch 1): " + c.want + " on the way to site x; keep the operands away from there, such as by graph.Clamp or another parametrisation"
		var e *trainers.NotFinite
		if !errors.As(err, &e) || e.Origin == nil || err.Error() != want {
			t.Errorf(" got %v\nwant %s", err, want)
		}
	}
}

// A draw that the joint's law cannot take is named like a datum.
func TestADrawOutsideTheSupportIsNamed(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(-3), 2)
		law := func(mean *graph.Node) prob.Normal { return prob.Normal{Mean: mean, LogStd: s.Const(-2)} }
		return vi.ELBO{Config: vi.Config{K: 3}}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", law(t.Draw("z", prob.Gamma{LogConcentration: s.Const(0), LogRate: s.Const(0)})))
			},
			Guide: func(t *vi.Trace) { t.Draw("z", law(m)) },
		}, d)
	}
	params := &graph.Params{}
	_, err := trainers.Fit(context.Background(), model, spoiled(t, []float64{1, 2}, 0, 1).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 1})
	var e *trainers.NotFinite
	if !errors.As(err, &e) || e.Value == nil || e.Value.Observed || e.Value.Site != "z" || !(e.Value.Value < 0) {
		t.Fatalf("%v, want a draw of z below 0", err)
	}
	if want := "; the guide's law reaches values that the joint's cannot take: give both the same support"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want …%s", err, want)
	}
	if m, _ := graph.Values[float32](params, "m"); m[0] != -3 {
		t.Errorf("parameters %v after no good step", m)
	}
}

// A training that diverges says so, with the size of the parameters, and leaves
// those of the last good step.
func TestDivergence(t *testing.T) {
	model := observing(1, func(m *graph.Node) prob.Dist { return prob.Normal{Mean: m, LogStd: graph.Const(0)} })
	params := &graph.Params{}
	_, err := trainers.Fit(context.Background(), model, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 99, Optimizer: trainers.SGD{Rate: 1e4}})
	var e *trainers.NotFinite
	if !errors.As(err, &e) || e.Step < 2 {
		t.Fatalf("%v, want a *NotFinite after some steps", err)
	}
	if !strings.Contains(err.Error(), "in m): lower the optimiser's rate or set ClipNorm") || !strings.Contains(err.Error(), "square of ") {
		t.Error(err)
	}
	if m, _ := graph.Values[float32](params, "m"); math.IsNaN(float64(m[0])) || math.IsInf(float64(m[0]), 0) {
		t.Errorf("parameter %v", m)
	}
}

// A training loop of one's own is told the same, with the row of its batch; a
// NaN is named as such.
func TestNaNIsNamedInATrainingLoopOfOnesOwn(t *testing.T) {
	model := observing(2, func(m *graph.Node) prob.Dist { return prob.Normal{Mean: m, LogStd: m} })
	params := &graph.Params{}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.Adam{}})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) { u.Declare(s, model(s, vi.Data{"x": s.Input("x", 3, 2)})) })
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float64{1, 2, 3, math.NaN(), 5, 6}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	err = u.Step(p)
	want := "the gradient of m is not finite: site x, row 1, element 1: the value is NaN; mend the data, or leave the entry out with prob.Masked"
	var e *trainers.NotFinite
	if !errors.As(err, &e) || err.Error() != want {
		t.Errorf(" got %v\nwant %s", err, want)
	}
	if m, _ := graph.Values[float32](params, "m"); m[0] != 0 || m[1] != 0 {
		t.Errorf("parameters %v after no good step", m)
	}
}

// A parameter that holds a NaN is named, not what was computed from it.
func TestNaNInAParameterIsNamed(t *testing.T) {
	model := observing(2, func(m *graph.Node) prob.Dist { return prob.Normal{Mean: m, LogStd: graph.Const(0)} })
	params := &graph.Params{}
	rows := spoiled(t, []float64{1, 2}, 0, 1)
	if _, err := trainers.Evaluate(context.Background(), model, params, rows.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{}); err != nil {
		t.Fatal(err)
	}
	m, err := graph.Memory[float32](params, "m")
	if err != nil {
		t.Fatal(err)
	}
	m[1] = float32(math.NaN())
	_, err = trainers.Evaluate(context.Background(), model, params, rows.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	want := "trainers: evaluate rows from 0: the bound is NaN: parameter m holds NaN: element [1] of [2] on the way to site x; it was so before this step: initialise or load it anew"
	if err == nil || err.Error() != want {
		t.Errorf(" got %v\nwant %s", err, want)
	}
}
