package mcmc_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// factor is x = z·w + b + σ·ε with one z ~ N(0, 1) for each datum, x of three
// numbers, and p(x) normal.
func factor(s *graph.Scope, d vi.Data) vi.Model {
	w := s.Param("w", graph.Constant(.5), 1, 3)
	b := s.Param("b", graph.Constant(0), 3)
	std := s.Param("log_std", graph.Constant(0), 1)
	return vi.Model{Joint: func(t *vi.Trace) {
		z := t.Draw("z", prob.StdNormal(1))
		t.Draw("x", prob.Normal{Mean: graph.MatMul(z, w).Add(b), LogStd: std})
	}}
}

// factorData are draws of it.
func factorData(n int) []float64 {
	r := rand.New(rand.NewPCG(2, 3))
	var x []float64
	for range n {
		z := r.NormFloat64()
		for _, w := range []float64{1.5, -1, .3} {
			x = append(x, z*w+1+.4*r.NormFloat64())
		}
	}
	return x
}

// marginal is log p(x) of factor with the parameters as they are.
func marginal(t *testing.T, params *graph.Params) func(x []float64) float64 {
	t.Helper()
	value := func(name string) []float64 {
		v, err := graph.Values[float64](params, name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	w, b := value("w"), value("b")
	noise := math.Exp(2 * value("log_std")[0])
	cov := mat.NewSymDense(3, nil)
	for i := range 3 {
		for j := range i + 1 {
			cov.SetSym(i, j, w[i]*w[j])
		}
		cov.SetSym(i, i, cov.At(i, i)+noise)
	}
	var c mat.Cholesky
	if !c.Factorize(cov) {
		t.Fatal("no normal law")
	}
	return func(x []float64) float64 {
		off := mat.NewVecDense(3, []float64{x[0] - b[0], x[1] - b[1], x[2] - b[2]})
		var solved mat.VecDense
		if err := c.SolveVecTo(&solved, off); err != nil {
			t.Fatal(err)
		}
		return -.5 * (mat.Dot(off, &solved) + c.LogDet() + 3*math.Log(2*math.Pi))
	}
}

// best is the largest mean log p(x) that parameters of factor have: that of
// probabilistic principal components (Tipping and Bishop, Journal of the Royal
// Statistical Society B 61, 1999),
//
//	−½·(d·log 2π + log λ₁ + (d−1)·log σ² + d),  σ² = (λ₂ + … + λ_d)/(d−1)
func best(x []float64) float64 {
	var cov mat.SymDense
	n := len(x) / 3
	stat.CovarianceMatrix(&cov, mat.NewDense(n, 3, x), nil)
	cov.ScaleSym(float64(n-1)/float64(n), &cov)
	var e mat.EigenSym
	e.Factorize(&cov, false)
	l := e.Values(nil)
	return -.5 * (3*math.Log(2*math.Pi) + math.Log(l[2]) + 2*math.Log((l[0]+l[1])/2) + 3)
}

// Monte Carlo EM finds the maximum of the likelihood, with an M step of trainers that
// knows nothing of chains.
func TestMonteCarloEM(t *testing.T) {
	const n = 60
	ctx := context.Background()
	x := factorData(n)
	params := &graph.Params{Dtype: graph.Float64}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.Adam{Rate: .03}})
	m, err := graph.BuildTraining(params, func(s *graph.Scope) {
		d := vi.Data{"x": s.Input("x", n, 3), "z": s.Input("z", n, 1)}
		u.Declare(s, vi.ELBO{}.Estimate(s, factor(s, d), d))
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := mcmc.NewEStep(params, factor, mcmc.EStepConfig{Rows: map[string][]int{"x": {3}}, Batch: n})
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(m, "x", x); err != nil {
		t.Fatal(err)
	}
	at := make([]float64, n*e.Size())
	accepted, tail := 0., 0.
	const steps = 600
	for step := range steps {
		a, err := e.Draw(ctx, map[string][]float64{"x": x}, at)
		if err != nil {
			t.Fatal(err)
		}
		z, err := e.Values(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(m, "z", z["z"]); err != nil {
			t.Fatal(err)
		}
		if err := m.Run(ctx, graph.Key{Step: uint32(step)}); err != nil {
			t.Fatal(err)
		}
		if err := u.Step(m); err != nil {
			t.Fatal(err)
		}
		if step >= steps/2 {
			accepted, tail = accepted+a, tail+1
		}
	}
	law, got, want := marginal(t, params), 0., best(x)
	for i := range n {
		got += law(x[3*i:3*i+3]) / n
	}
	if got < want-.02 || got > want+1e-9 {
		t.Errorf("log p(x) %.4f nats per datum, the maximum is %.4f", got, want)
	}
	if a := accepted / tail; math.Abs(a-.9) > .02 {
		t.Errorf("acceptance %.3f, want .9", a)
	}
}

// The draws of an E step are of each datum's own posterior.
func TestEStepDraws(t *testing.T) {
	const n = 5
	ctx := context.Background()
	params := &graph.Params{Dtype: graph.Float64}
	x := factorData(n)
	e, err := mcmc.NewEStep(params, factor, mcmc.EStepConfig{Rows: map[string][]int{"x": {3}}, Batch: n, Transitions: 3})
	if err != nil {
		t.Fatal(err)
	}
	at := make([]float64, n)
	draws := make([][]float64, n)
	for i := range 1500 {
		if _, err := e.Draw(ctx, map[string][]float64{"x": x}, at); err != nil {
			t.Fatal(err)
		}
		for row, z := range at {
			if i >= 100 {
				draws[row] = append(draws[row], z)
			}
		}
	}
	for row, of := range draws { // w = ½ and σ = 1: precision 1 + ¾, mean ½Σx/1.75
		sum := x[3*row] + x[3*row+1] + x[3*row+2]
		mean, sd := stat.MeanStdDev(of, nil)
		if want := .5 * sum / 1.75; math.Abs(mean-want) > 4*mcmc.MeanError([][]float64{of}) || math.Abs(sd-1/math.Sqrt(1.75)) > 4*mcmc.StdError([][]float64{of}) {
			t.Errorf("row %d: %.3f ± %.3f, want %.3f ± %.3f", row, mean, sd, want, 1/math.Sqrt(1.75))
		}
	}
}

func TestEvidence(t *testing.T) {
	const n = 7
	params := &graph.Params{Dtype: graph.Float64}
	x := factorData(n)
	rows := map[string][]int{"x": {3}}
	got, err := mcmc.Evidence(context.Background(), params, factor, map[string][]float64{"x": x}, mcmc.EvidenceConfig{Rows: rows, Batch: 4, Warmup: 300, Draws: 400})
	if err != nil {
		t.Fatal(err)
	}
	law := marginal(t, params)
	for i, e := range got {
		if want := law(x[3*i : 3*i+3]); !(math.Abs(e.LogP-want) < 5*e.StdErr+1e-3) || !(e.StdErr < .05) {
			t.Errorf("row %d: log p(x) %.4f ± %.4f, want %.4f", i, e.LogP, e.StdErr, want)
		}
	}
	if len(got) != n {
		t.Errorf("%d rows, want %d", len(got), n)
	}
}

func TestEStepRefuses(t *testing.T) {
	ctx := context.Background()
	params := &graph.Params{Dtype: graph.Float64}
	rows := map[string][]int{"x": {3}}
	good := mcmc.EStepConfig{Rows: rows, Batch: 2}
	shared := func(s *graph.Scope, d vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(3)).Add(t.Global("m", prob.StdNormal(3))), LogStd: num(0)})
		}}
	}
	refused := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "mcmc:") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	with := func(p *graph.Params, m mcmc.RowModel, c mcmc.EStepConfig) error {
		_, err := mcmc.NewEStep(p, m, c)
		return err
	}
	refused(with(nil, factor, good), "without Params")
	refused(with(params, nil, good), "without a model")
	refused(with(params, factor, mcmc.EStepConfig{Rows: rows}), "Batch of 0")
	refused(with(params, factor, mcmc.EStepConfig{Rows: rows, Batch: 1, Transitions: -1}), "-1 Transitions")
	refused(with(params, factor, mcmc.EStepConfig{Rows: map[string][]int{"x": nil}, Batch: 1}), "rows of x of shape []")
	refused(with(params, shared, good), "site m is Global")
	e, err := mcmc.NewEStep(params, factor, good)
	if err != nil {
		t.Fatal(err)
	}
	data := map[string][]float64{"x": factorData(2)}
	draw := func(d map[string][]float64, u []float64) error {
		before := slices.Clone(u)
		_, err := e.Draw(ctx, d, u)
		if err != nil && !slices.EqualFunc(before, u, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			t.Error("an error moved the chains")
		}
		return err
	}
	refused(draw(data, make([]float64, 3)), "3 reals of 2 chains")
	refused(draw(data, []float64{0, math.NaN()}), "not finite")
	refused(draw(nil, []float64{0, 0}), "no data x")
	refused(draw(map[string][]float64{"x": {1}}, []float64{0, 0}), "1 numbers of data x, want 6")
	refused(draw(map[string][]float64{"x": factorData(2), "y": nil}, []float64{0, 0}), "data y have no shape")
	refused(draw(map[string][]float64{"x": {1, 2, 3, math.NaN(), 1, 1}}, []float64{0, 0}), "chain 1 has no start: the log density of site x is NaN")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.Draw(cancelled, data, []float64{0, 0}); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("error %v", err)
	}
	if err := draw(data, []float64{0, 0}); err != nil {
		t.Errorf("after mistakes: %v", err)
	}
	_, err = mcmc.Evidence(ctx, params, factor, nil, mcmc.EvidenceConfig{Rows: rows})
	refused(err, "Evidence of no data")
	_, err = mcmc.Evidence(ctx, params, factor, data, mcmc.EvidenceConfig{Rows: rows, Draws: 2})
	refused(err, "not fitted to so few")
	_, err = mcmc.Evidence(ctx, params, factor, data, mcmc.EvidenceConfig{Rows: rows, Batch: -1})
	refused(err, "Batch -1")
}
