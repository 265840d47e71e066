package vi_test

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// integral is a law whose score is f(z), so that ELBO of it is E[f(z)].
type integral struct {
	of func(z *graph.Node) *graph.Node
	z  *graph.Node
}

func (d integral) LogProb(*graph.Node) *graph.Node { return graph.Sum(d.of(d.z), -1) }

// integrand has one normal z ~ N(k, exp(l)²), of which guide and joint say the
// same, and f(z) as the score of its only observed site.
func integrand(f func(z *graph.Node) *graph.Node, k, l float64) problem {
	return problem{
		model: func(s *graph.Scope) vi.Model {
			mu, ls := param(s, "mu"), param(s, "ls")
			z := func(t *vi.Trace) *graph.Node { return t.Draw("z", normal1(graph.BroadcastTo(mu, 1), ls)) }
			return vi.Model{
				Guide: func(t *vi.Trace) { z(t) },
				Joint: func(t *vi.Trace) { t.Draw("x", integral{of: f, z: z(t)}) },
			}
		},
		params: map[string]float64{"mu": k, "ls": l},
		data:   map[string][]float64{"x": {0}},
		noise:  func(map[string]float64, int) []dimension { return []dimension{{"z/noise", 0, hermite(24)}} },
	}
}

// TestVarianceOfScoreAndPath holds the closed forms of f = (x−k)², x ~ N(k,σ²):
// by μ 15σ² and 4σ², by σ 74σ² and 8σ² about the mean 2σ.
func TestVarianceOfScoreAndPath(t *testing.T) {
	const k, l = .7, .3
	sd := math.Exp(l)
	f := func(z *graph.Node) *graph.Node { return z.Shift(-k).Square() }
	for _, c := range []struct {
		e       vi.Estimator
		mu, std float64
	}{{vi.Score{}, 15, 74}, {vi.Pathwise{}, 4, 8}} {
		p := integrand(f, k, l)
		got := p.compile(t, vi.ELBO{Config: vi.Config{Sites: choice{"z": c.e}}}, 1, true).integrate(t, p.params)
		// The parameter is log σ: ∂/∂σ = (1/σ)·∂/∂log σ. Costs are negative.
		for name, pair := range map[string][2]float64{
			"mean by μ": {got.grad["mu"], 0}, "variance by μ": {got.vari["mu"], c.mu * sd * sd},
			"mean by σ": {-got.grad["ls"] / sd, 2 * sd}, "variance by σ": {got.vari["ls"] / sd / sd, c.std * sd * sd},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s, %s: %v, want %v", vi.Name(c.e), name, pair[0], pair[1])
			}
		}
	}
}

// TestMomentsHaveKnownGradients: f = Σx has the gradient (1, 0) by (μ, log σ),
// f = Σx² has (2μ, 2e^{2s}).
func TestMomentsHaveKnownGradients(t *testing.T) {
	const mu, s = -.4, .2
	for _, c := range []struct {
		name string
		f    func(*graph.Node) *graph.Node
		want map[string]float64
	}{
		{"Σx", func(z *graph.Node) *graph.Node { return z }, map[string]float64{"mu": 1, "ls": 0}},
		{"Σx²", (*graph.Node).Square, map[string]float64{"mu": 2 * mu, "ls": 2 * math.Exp(2*s)}},
	} {
		for _, e := range []vi.Estimator{vi.Pathwise{}, vi.Score{}, vi.MeasureValued{}} {
			p := integrand(c.f, mu, s)
			if _, ok := e.(vi.MeasureValued); ok {
				p.noise = measured().noise
			}
			agree(t, c.name+" by "+vi.Name(e), p, vi.ELBO{Config: vi.Config{Sites: choice{"z": e}}}, 1, c.want, -1)
		}
	}
}

// spread returns the standard deviation over rows of the gradient by the guide's
// mean, target N(2, 3²), guide N(m, s²), ten draws.
func spread(t *testing.T, o vi.Objective, m, s float64) float64 {
	t.Helper()
	const rows = 20000
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(sc *graph.Scope) {
		mean := graph.BroadcastTo(sc.Const(m), rows, 1)
		mean = mean.Add(sc.Input("mean", rows, 1))
		e := o.Estimate(sc, vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", normal1(sc.Tensor([]float64{2}, 1), sc.Const(math.Log(3))))
				t.Draw("x", integral{of: func(z *graph.Node) *graph.Node { return z.Scale(0) }, z: z})
			},
			Guide: func(t *vi.Trace) {
				t.Draw("z", normal1(graph.ExpandDims(mean, 0), sc.Const(math.Log(s))))
			},
		}, vi.Data{"x": sc.Input("x", rows, 1)})
		sc.Output("g", e.Grad(mean)[0].Scale(rows))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Inputs() {
		graph.Feed(p, name, make([]float64, rows))
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 11}); err != nil {
		t.Fatal(err)
	}
	g, _ := p.Value("g")
	return stat.StdDev(g, nil)
}

// TestDReGIsNotAlwaysBetter repeats the two computed points: far from the
// posterior plain IWAE gradients vary less, near it DReG's.
func TestDReGIsNotAlwaysBetter(t *testing.T) {
	for _, c := range []struct {
		m, s       float64
		dreg, iwae float64
	}{{-3, 1, .638, .095}, {2, 2.5, .0123, .1275}} {
		dreg := spread(t, vi.IWAE{Config: vi.Config{K: 10, Estimator: vi.DReG{}}}, c.m, c.s)
		iwae := spread(t, vi.IWAE{Config: vi.Config{K: 10}}, c.m, c.s)
		for _, v := range [][2]float64{{dreg, c.dreg}, {iwae, c.iwae}} {
			if math.Abs(v[0]/v[1]-1) > .05 {
				t.Errorf("q = N(%v, %v²): sd %v of DReG and %v of IWAE, want %v and %v", c.m, c.s, dreg, iwae, c.dreg, c.iwae)
				break
			}
		}
	}
}
