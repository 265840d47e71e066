package serve_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

func normal(mean *graph.Node, std float64) prob.Normal {
	return prob.Normal{Mean: mean, LogStd: graph.Const(math.Log(std))}
}

// factor is z ~ N(0, 1), x_i ~ N(w_i·z, ½²), with the exact posterior of z given
// all of x as the guide.
func factor(s *graph.Scope) vi.Model {
	w := graph.Tensor(loading, len(loading))
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", normal(graph.MatMul(z, graph.Reshape(w, 1, len(loading))), .5))
		},
		Guide: func(t *vi.Trace) {
			precision := 1.
			for _, v := range loading {
				precision += v * v / .25
			}
			mean := graph.Sum(t.Given("x").Mul(w), -1).Scale(4 / precision)
			t.Draw("z", normal(graph.ExpandDims(mean, -1), 1/math.Sqrt(precision)))
		},
	}
}

var (
	loading = []float64{1, -2, .5, 1.5}
	factors = serve.Spec{Model: factor, Arrays: []serve.Array{{Name: "x", Shape: []int{4}}}}
)

// TestImpute compares with the exact law of what is missing: given the entries S
// that are there, z has precision λ = 1 + Σ_S 4·w² and mean Σ_S 4·w·x/λ.
func TestImpute(t *testing.T) {
	m := start(t, factors, &graph.Params{Dtype: graph.Float64}, serve.Config{Batch: 4})
	x := []float64{
		1, nan, nan, nan,
		nan, nan, nan, nan,
		.5, -1, nan, 2,
		1, 2, 3, 4,
		nan, 1, -1, nan,
	}
	r, err := m.Impute(context.Background(), serve.Request{Values: xs(x), Draws: 10000, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	for row := range 5 {
		at := x[row*4 : row*4+4]
		if khat := r.Get("khat")[row]; row == 1 && khat <= .7 || row >= 2 && khat > .7 {
			t.Errorf("row %d: Pareto shape %v", row, khat)
		}
		if row == 1 { // for which the guide is much too narrow, as the shape says
			continue
		}
		precision, sum := 1., 0.
		for i, v := range at {
			if v == v {
				precision += 4 * loading[i] * loading[i]
				sum += 4 * loading[i] * v
			}
		}
		quadratic, det := 0., math.Log(precision) // of the law of the entries that are there, z integrated out
		there := 0.
		for _, v := range at {
			if v == v {
				quadratic += 4 * v * v
				there++
			}
		}
		quadratic -= sum * sum / precision
		det += there * math.Log(.25)
		if want := -.5 * (quadratic + det + there*math.Log(2*math.Pi)); math.Abs(r.Get("logp")[row]-want) > .03+4*r.Get("stderr")[row] {
			t.Errorf("row %d: log p of what is there %v ± %v, want %v", row, r.Get("logp")[row], r.Get("stderr")[row], want)
		}
		for i, v := range at {
			mean, std := r.Get("x/mean")[row*4+i], r.Get("x/std")[row*4+i]
			if v == v {
				if mean != v || std != 0 {
					t.Errorf("row %d, element %d: %v ± %v, and it is %v", row, i, mean, std, v)
				}
				continue
			}
			wantMean, wantStd := loading[i]*sum/precision, math.Sqrt(.25+loading[i]*loading[i]/precision)
			if math.Abs(mean-wantMean) > .2 || math.Abs(std-wantStd) > .15 {
				t.Errorf("row %d, element %d: %v ± %v, want %v ± %v", row, i, mean, std, wantMean, wantStd)
			}
		}
	}
}

// TestImputeSteps sees the steps bring the guide to where the posterior is.
func TestImputeSteps(t *testing.T) {
	x := []float64{3, nan, nan, nan}
	var ess []float64
	for _, steps := range []int{1, 8} {
		m := start(t, factors, &graph.Params{}, serve.Config{Steps: steps})
		r, err := m.Impute(context.Background(), serve.Request{Values: xs(x), Draws: 2000, Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		ess = append(ess, r.Get("ess")[0])
	}
	if ess[1] < 2*ess[0] {
		t.Errorf("effective draws %v after 1 and 8 steps", ess)
	}
}

// classes is a semi-supervised model: y a class of three, z a number, both latent.
func classes(s *graph.Scope) vi.Model {
	enc, dec, cls := layers.NewDense(s.In("enc"), 4+1, 2), layers.NewDense(s.In("dec"), 2, 4), layers.NewDense(s.In("cls"), 4, 3)
	joined := func(a, y *graph.Node) *graph.Node { return graph.Concat(-1, broadcast(a, y), broadcast(y, a)) }
	return vi.Model{
		Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.Categorical{Logits: graph.Tensor(make([]float64, 3), 1, 3)})
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(joined(z, y))})
		},
		Guide: func(t *vi.Trace) {
			x := t.Given("x")
			y := t.Draw("y", prob.Categorical{Logits: graph.ExpandDims(cls.Apply(x), -2)})
			h := enc.Apply(joined(x, y))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 1), LogStd: graph.Cols(h, 1, 2)})
		},
	}
}

// broadcast gives x the leading axes of y too.
func broadcast(x, y *graph.Node) *graph.Node {
	sh := x.Shape()
	for i, d := range y.Shape()[:len(sh)-1] {
		sh[i] = max(sh[i], d)
	}
	return graph.BroadcastTo(x, sh...)
}

// TestClasses gives and leaves out labels, and sums them out.
func TestClasses(t *testing.T) {
	ctx := context.Background()
	params := &graph.Params{Seed: 2}
	spec := serve.Spec{
		Model: classes, Arrays: []serve.Array{{Name: "x", Shape: []int{4}}, {Name: "y", Shape: []int{1}, Optional: true}}, Enumerate: []string{"y"},
		Objective: vi.ELBO{Config: vi.Config{Sites: map[string]vi.Estimator{"y": vi.Enumerate{}}}},
	}
	m := start(t, spec, params, serve.Config{})
	x := []float64{1, 0, 1, 1, 0, 0, 1, 0}
	r, err := m.Encode(ctx, serve.Request{Values: xs(x), Draws: 3})
	if err != nil {
		t.Fatal(err)
	}
	want := direct(t, params, 0, xs(x), map[string][]int{"x": {2, 4}}, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		r := vi.Run(s, classes(s), d, vi.Config{K: 3})
		q := r.Site("z").Q.(prob.Normal)
		variance := graph.Mean(graph.Exp(q.LogStd.Scale(2)), 0).Add(graph.Mean(q.Mean.Square(), 0)).Sub(graph.Mean(q.Mean, 0).Square())
		out := map[string]*graph.Node{"y/probs": graph.Softmax(r.Site("y").Q.(prob.Categorical).Logits), "z/mean": graph.Mean(q.Mean, 0), "z/std": graph.Sqrt(variance)}
		return out
	})
	for name, w := range want {
		if !near(r.Get(name), w, 1e-5) {
			t.Errorf("%s is %v, want %v", name, r.Get(name), w)
		}
	}
	logp := func(values map[string][]float64) float64 {
		r, err := m.LogLikelihood(ctx, serve.Request{Values: values, Draws: 2000})
		if err != nil {
			t.Fatal(err)
		}
		if khat := r.Get("khat")[0]; khat > .7 {
			t.Errorf("Pareto shape %v", khat)
		}
		return r.Get("logp")[0]
	}
	sum := 0.
	for y := range 3 {
		sum += math.Exp(logp(map[string][]float64{"x": x[:4], "y": {float64(y)}}))
	}
	if got := logp(xs(x[:4])); math.Abs(got-math.Log(sum)) > .02 {
		t.Errorf("log p(x) = %v, log Σ p(x, y) = %v", got, math.Log(sum))
	}
	if _, err := m.ELBO(ctx, serve.Request{Values: xs(x)}); err != nil {
		t.Error(err)
	}
	if r, err = m.Sample(ctx, serve.Request{Values: map[string][]float64{"y": {2, 1}}}); err != nil || r.Get("y") != nil || len(r.Get("x")) != 8 || len(r.Get("z")) != 2 {
		t.Errorf("samples of classes: %+v, %v", r, err)
	}
	if _, err = m.Sample(ctx, serve.Request{Values: xs(x)}); !errors.Is(err, serve.ErrRequest) || !strings.Contains(err.Error(), "x is given and depends on ") {
		t.Errorf("a sample of latents given data: %v", err)
	}
	if _, err = m.Decode(ctx, serve.Request{Values: map[string][]float64{"y": {2, 1}}, Draws: 10}); err != nil {
		t.Errorf("decode a class: %v", err)
	}
}

// TestGlobal serves a regression whose weight is latent and shared: each request
// draws its own, for all its rows, whatever their number.
func TestGlobal(t *testing.T) {
	line := func(s *graph.Scope) vi.Model {
		return vi.Model{
			Joint: func(t *vi.Trace) {
				mean := t.Given("x").Mul(t.Global("w", prob.StdNormal(1)))
				t.Draw("y", normal(mean, .5))
			},
			Guide: func(t *vi.Trace) { t.Global("w", normal(graph.Const(0), 1)) },
		}
	}
	m := start(t, serve.Spec{Model: line, Arrays: []serve.Array{{Name: "x", Shape: []int{1}}, {Name: "y", Shape: []int{1}}}}, &graph.Params{Dtype: graph.Float64}, serve.Config{Batch: 4})
	ctx := context.Background()
	x := slices.Repeat([]float64{2}, 11)
	r, err := m.Decode(ctx, serve.Request{Values: xs(x), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	mean := r.Get("y/mean")
	for _, v := range mean {
		if v != mean[0] {
			t.Fatalf("rows of one request have several weights: %v", mean)
		}
	}
	if r, err = m.Decode(ctx, serve.Request{Values: xs(x), Seed: 2}); err != nil || r.Get("y/mean")[0] == mean[0] {
		t.Errorf("another seed: %v, %v", r, err)
	}
	if _, err = m.LogLikelihood(ctx, serve.Request{Values: map[string][]float64{"x": {1}, "y": {1}}}); !errors.Is(err, serve.ErrOperation) || !strings.Contains(err.Error(), "global w") {
		t.Errorf("log likelihood of a model with globals: %v", err)
	}
}
