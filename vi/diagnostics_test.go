package vi_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// program runs outputs on the PPCA model with its guide widened and shifted.
func ppcaRun(t *testing.T, f func(s *graph.Scope, m vi.Model, d vi.Data) map[string]*graph.Node) (map[string][]float64, *gaussian) {
	t.Helper()
	p := &graph.Params{Seed: 3, Dtype: graph.Float64}
	var names []string
	prog, err := graph.Build(p, func(s *graph.Scope) {
		for name, n := range f(s, newPPCA(s), vi.Data{"x": s.Input("x", len(ppcaRows)/ppcaData, ppcaData)}) {
			names = append(names, name)
			s.Output(name, n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	marginal := exactPPCA(t, p)
	for name, by := range map[string]float64{"log_s": .2, "c": .1} {
		v, _ := graph.Memory[float64](p, name)
		for i := range v {
			v[i] += by
		}
	}
	graph.Feed(prog, "x", ppcaRows)
	if err := prog.Run(context.Background(), graph.Key{Seed: 5}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range names {
		out[name], _ = prog.Value(name)
	}
	return out, marginal
}

// TestBoundsRiseToTheEvidence: ELBO < IWAE-5 < IWAE-50 < log p(x), which
// importance sampling finds within its own error.
func TestBoundsRiseToTheEvidence(t *testing.T) {
	const k = 20000
	out, marginal := ppcaRun(t, func(s *graph.Scope, m vi.Model, d vi.Data) map[string]*graph.Node {
		r := vi.Run(s.In("one"), m, d, vi.Config{K: k})
		e := r.Evidence()
		// Groups of 5 and 50 draws of the same run are draws of the bounds.
		group := func(n int) *graph.Node {
			w := graph.Reshape(r.LogWeights(), k/n, n, r.Rows)
			return graph.Mean(graph.LogSumExp(w, 1).Shift(-math.Log(float64(n))), 0)
		}
		var value *graph.Node
		door.Replay(s, func() { value = vi.Evidence{K: k, Chunk: k}.Estimate(s.In("one"), m, d).PerRow })
		return map[string]*graph.Node{"logp": e.LogP, "se": e.StdErr, "1": group(1), "5": group(5), "50": group(50),
			"iwae": vi.IWAE{Config: vi.Config{K: k}}.Estimate(s.In("two"), m, d).PerRow, "value": value}
	})
	for i, got := range out["logp"] {
		want := marginal.LogProb(ppcaRows[i*ppcaData : (i+1)*ppcaData])
		if se := out["se"][i]; !(se > 0 && se < .02) || math.Abs(got-want) > 4*se || math.Abs(out["iwae"][i]-want) > 4*se {
			t.Errorf("row %d: %v ± %v, IWAE %v, log p(x) = %v", i, got, se, out["iwae"][i], want)
		}
		if !(out["1"][i] < out["5"][i] && out["5"][i] < out["50"][i] && out["50"][i] < want) {
			t.Errorf("row %d: bounds of 1, 5, 50 draws %v %v %v, log p(x) = %v", i, out["1"][i], out["5"][i], out["50"][i], want)
		}
		if math.Abs(out["value"][i]-got) > 1e-12 {
			t.Errorf("row %d: Evidence %v, %v", i, out["value"][i], got)
		}
	}
}

func TestDivergencesByElement(t *testing.T) {
	out, _ := ppcaRun(t, func(s *graph.Scope, m vi.Model, d vi.Data) map[string]*graph.Node {
		e := vi.ELBO{}.Estimate(s, m, d)
		return map[string]*graph.Node{"each": e.Record.Divergences("z"), "kl": e.Terms["kl/z"], "means": e.Record.PosteriorMeans("z"),
			"mean": e.Record.Site("z").Q.(prob.Normal).Mean}
	})
	if sum := out["each"][0] + out["each"][1]; math.Abs(sum-out["kl"][0]) > 1e-12 || len(out["each"]) != ppcaLatent {
		t.Errorf("divergences %v add up to %v, want %v", out["each"], sum, out["kl"])
	}
	for i, v := range out["means"] {
		if v != out["mean"][i] {
			t.Errorf("posterior means %v, want %v", out["means"], out["mean"])
			break
		}
	}
}

// Posterior means of a latent with several event axes have all of them, also where
// the law has fewer or as many rows as there are; those that a run cannot give are
// refused with what to do.
func TestPosteriorMeansOfSeveralAxes(t *testing.T) {
	model := func(mean func(t *vi.Trace) *graph.Node) vi.Model {
		law := func(m *graph.Node) prob.Dist {
			return prob.Independent(prob.Normal{Mean: m, LogStd: graph.Const(0)}, 2)
		}
		return vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", law(graph.BroadcastTo(graph.Const(0), 2, 3)))
				t.Draw("x", prob.Normal{Mean: graph.Sum(z, -2), LogStd: graph.Const(0)})
			},
			Guide: func(t *vi.Trace) { t.Draw("z", law(mean(t))) },
		}
	}
	table := []float64{1, 2, 3, 4, 5, 6}
	want := map[string][]float64{
		"table": append(append([]float64{}, table...), table...),
		"line":  {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3},
		"datum": {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6},
	}
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Tensor(table, 2, 3)
		for name, mean := range map[string]func(t *vi.Trace) *graph.Node{
			"table": func(*vi.Trace) *graph.Node { return s.Tensor(table, 2, 3) }, // as many as there are rows
			"line":  func(*vi.Trace) *graph.Node { return s.Tensor(table[:3], 3) },
			"datum": func(t *vi.Trace) *graph.Node { return graph.ExpandDims(t.Given("x"), -2) },
		} {
			s.Output(name, vi.Run(s.In(name), model(mean), vi.Data{"x": x}, vi.Config{K: 4}).PosteriorMeans("z"))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for name, want := range want {
		if got, err := p.Value(name); err != nil || !slices.Equal(got, want) || !slices.Equal(p.Shape(name), []int{2, 2, 3}) {
			t.Errorf("%s: posterior means %v of shape %v, want %v, error %v", name, got, p.Shape(name), want, err)
		}
	}
	for want, of := range map[string]vi.Config{
		"vi: posterior means of x: want a latent drawn for each datum":                      {},
		"vi: posterior means of y: the run enumerates [y]; run the model without Enumerate": {Enumerate: []string{"y"}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			bit := func(t *vi.Trace) *graph.Node {
				return t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(graph.Const(0), 1)})
			}
			m := vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: bit(t)}) }, Guide: func(t *vi.Trace) { bit(t) }}
			r := vi.Run(s, m, vi.Data{"x": s.Input("x", 2, 1)}, of)
			r.PosteriorMeans(want[len("vi: posterior means of "):][:1])
		})
		if err == nil || err.Error() != want {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}

func TestActivity(t *testing.T) {
	var a vi.Activity
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var batch []float64
		for range 40 {
			batch = append(batch, 3+2*r.NormFloat64(), .05*r.NormFloat64(), 7)
		}
		a.Add(batch, 3)
	}
	v := a.Variances()
	if math.Abs(v[0]-4) > .5 || math.Abs(v[1]-.0025) > .0005 || v[2] != 0 || a.Active() != 1 {
		t.Errorf("variances %v, %d active", v, a.Active())
	}
}

func TestActivityPanics(t *testing.T) {
	for want, add := range map[string]func(a *vi.Activity){
		"vi: Activity: 3 means are not rows of 2 units":  func(a *vi.Activity) { a.Add([]float64{1, 2, 3}, 2) },
		"vi: Activity: 3 means are not rows of 0 units":  func(a *vi.Activity) { a.Add([]float64{1, 2, 3}, 0) },
		"vi: Activity: 3 units after rows of 2":          func(a *vi.Activity) { a.Add([]float64{1, 2, 3}, 3) },
		"vi: Activity: 1 units after rows of 2":          func(a *vi.Activity) { a.Add([]float64{1, 2, 3}, 1) },
		"vi: Activity: 0 means are not rows of -1 units": func(a *vi.Activity) { a.Add(nil, -1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			var a vi.Activity
			a.Add([]float64{1, 2, 3, 4}, 2)
			add(&a)
		}()
	}
}

// TestParetoShape fits weights whose tail has a known shape: u^−k.
func TestParetoShape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []float64{.1, .4, .7, 1, 1.5} {
		mean := 0.0
		for range 20 {
			logw := make([]float64, 20000)
			for i := range logw {
				logw[i] = 5 - k*math.Log(r.Float64())
			}
			mean += vi.ParetoShape(logw) / 20
		}
		if math.Abs(mean-k) > .05 {
			t.Errorf("shape %v of weights with %v", mean, k)
		}
	}
}

// TestParetoShapeWithoutFit has weights that no Pareto distribution is fitted to.
func TestParetoShapeWithoutFit(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	thousand := func(w float64, others ...float64) []float64 {
		return append(slices.Repeat([]float64{w}, 1000), others...)
	}
	rising := make([]float64, 1000)
	for i := range rising {
		rising[i] = float64(i) / 100
	}
	for name, c := range map[string]struct {
		logw []float64
		want float64
	}{
		"three":                  {[]float64{1, 2, 3}, inf},
		"none":                   {nil, inf},
		"equal":                  {thousand(-90), -inf},
		"equal but for rounding": {thousand(-90, -90-1e-14, -90+1e-14), -inf},
		"an equal tail":          {append(rising, slices.Repeat([]float64{20}, 200)...), -inf},
		"three above the rest":   {thousand(0, 1, 2, 3), inf},
		"no weight":              {thousand(-inf), inf},
		"an infinite weight":     {thousand(0, inf), inf},
		"a NaN":                  {thousand(0, nan), nan},
		"a NaN in a tail":        {append(slices.Clone(rising), nan), nan},
		"a NaN of three":         {[]float64{1, nan, 3}, nan},
	} {
		if k := vi.ParetoShape(c.logw); k != c.want && !(math.IsNaN(k) && math.IsNaN(c.want)) {
			t.Errorf("%s: shape %v, want %v", name, k, c.want)
		}
	}
}

// TestEffectiveSampleSize has known values.
func TestEffectiveSampleSize(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s.Output("ess", vi.EffectiveSampleSize(s.Tensor([]float64{0, 1000, 0, -1000, 0, -1000, 0, math.Log(3) - 1000}, 4, 2), 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if v, _ := p.Value("ess"); math.Abs(v[0]-4) > 1e-12 || math.Abs(v[1]-1) > 1e-12 {
		t.Errorf("sizes %v, want 4 and 1", v)
	}
}

// TestNoMoreMatrixProducts: on the one-layer VAE, STL and DReG, of the prior too, run the
// matrix products of the pathwise gradient and no others.
func TestNoMoreMatrixProducts(t *testing.T) {
	work := func(o vi.Objective) float64 {
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			enc, dec := layers.NewMLP(s.In("enc"), 20, 10, 8), layers.NewMLP(s.In("dec"), 4, 10, 20)
			prior := prob.Normal{Mean: s.Param("mean", graph.Constant(0), 4), LogStd: s.Param("std", graph.Constant(0), 4)}
			m := vi.Model{
				Guide: func(t *vi.Trace) {
					h := enc.Apply(t.Given("x"))
					t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 4), LogStd: graph.Cols(h, 4, 8)})
				},
				Joint: func(t *vi.Trace) {
					t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prior))})
				},
			}
			e := o.Estimate(s, m, vi.Data{"x": s.Input("x", 6, 20)})
			s.Output("value", e.Value)
			wrt := s.Trainable()
			for i, g := range e.Grad(wrt...) {
				s.Output("grad/"+wrt[i].Name(), g)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		flops, _ := p.Work()
		return flops
	}
	if elbo, stl := work(vi.ELBO{}), work(vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}); elbo != stl || elbo == 0 {
		t.Errorf("products of ELBO %v, STL %v", elbo, stl)
	}
	iwae := work(vi.IWAE{Config: vi.Config{K: 5}})
	for _, e := range []vi.Estimator{vi.STL{}, vi.DReG{}, vi.DReG{Prior: true}} {
		if w := work(vi.IWAE{Config: vi.Config{K: 5, Estimator: e}}); w != iwae {
			t.Errorf("products of IWAE %v, with %s %v", iwae, vi.Name(e), w)
		}
	}
}
