package mcmc_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// reference is testdata/posteriors.json, by NumPyro: see internal/ref/mcmc.
type reference map[string]struct {
	Data      map[string]json.RawMessage
	Posterior map[string]moments
}

type moments struct{ Mean, SD, MCSE []float64 }

func readReference(t testing.TB) reference {
	t.Helper()
	b, err := os.ReadFile("testdata/posteriors.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func column(t testing.TB, raw json.RawMessage) []float64 {
	t.Helper()
	var v []float64
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func num(v float64) *graph.Node { return graph.Const(v) }

func normal(mean, std float64) prob.Normal {
	return prob.Normal{Mean: num(mean), LogStd: num(math.Log(std))}
}

// schools are Rubin's eight schools, centred or not.
func schools(y, sigma []float64, centred bool) mcmc.Build {
	return func(s *graph.Scope) (vi.Model, vi.Data) {
		n := len(y)
		logSigma := graph.Log(s.Tensor(sigma, n, 1))
		joint := func(t *vi.Trace) {
			mu := t.Global("mu", normal(0, 5))
			tau := t.Global("tau", prob.HalfCauchy{LogScale: num(math.Log(5))})
			var theta *graph.Node
			if centred {
				theta = t.Draw("theta", prob.Normal{Mean: mu, LogStd: graph.Log(tau)})
			} else {
				theta = t.Draw("eta", prob.StdNormal(1)).Mul(tau).Add(mu)
			}
			t.Draw("y", prob.Normal{Mean: theta, LogStd: logSigma})
		}
		return vi.Model{Joint: joint}, vi.Data{"y": s.Tensor(y, n, 1)}
	}
}

// effects are the effects of schools that are not centred.
func effects(r *vi.Record) map[string]*graph.Node {
	v := func(name string) *graph.Node { return r.Site(name).Value }
	theta := v("eta").Mul(v("tau")).Add(v("mu"))
	return map[string]*graph.Node{"theta": graph.Reshape(theta, r.Rows)}
}

// logistic is a regression of zeros and ones on the columns of x.
func logistic(x, y []float64, weight, bias float64) mcmc.Build {
	return func(s *graph.Scope) (vi.Model, vi.Data) {
		n := len(y)
		d := len(x) / n
		joint := func(t *vi.Trace) {
			w := t.Global("w", normal(0, weight), d)
			b := t.Global("b", normal(0, bias))
			t.Draw("y", prob.Bernoulli{Logits: graph.MatMul(t.Given("x"), w).Add(b)})
		}
		return vi.Model{Joint: joint}, vi.Data{"x": s.Tensor(x, n, d), "y": s.Tensor(y, n, 1)}
	}
}

// labelled is a mixture of two components, each datum's a discrete latent.
func labelled(y []float64) mcmc.Build {
	return func(s *graph.Scope) (vi.Model, vi.Data) {
		joint := func(t *vi.Trace) {
			mu := t.Global("mu", normal(0, 5))
			gap := t.Global("gap", prob.Exponential{LogRate: num(math.Log(.5))})
			p := t.Global("p", prob.Beta{LogA: num(math.Log(2)), LogB: num(math.Log(2))})
			one := t.Draw("one", prob.Bernoulli{Logits: graph.Log(p).Sub(graph.Log1p(p.Neg()))})
			t.Draw("y", prob.Normal{Mean: one.Mul(gap).Add(mu), LogStd: num(0)})
		}
		return vi.Model{Joint: joint}, vi.Data{"y": s.Tensor(y, len(y), 1)}
	}
}

// long tells whether tests may take their time.
var long = os.Getenv("LATENT_SWEEP") != ""

// agrees compares means and standard deviations with a reference, in standard
// deviations of the posterior.
func agrees(t *testing.T, p *mcmc.Posterior, want map[string]moments, within float64) {
	t.Helper()
	compared := 0
	for name, m := range want {
		if p.Values(name) == nil {
			continue
		}
		if len(m.Mean) != graph.Size(p.Shape(name)) {
			t.Fatalf("%s has shape %v, want %d numbers", name, p.Shape(name), len(m.Mean))
		}
		for i, r := range p.Summary(name) {
			compared++
			if math.Abs(r.Mean-m.Mean[i]) > within*m.SD[i] || math.Abs(r.SD-m.SD[i]) > within*m.SD[i] {
				t.Errorf("%s: mean %.3f and sd %.3f, want %.3f and %.3f", r.Name, r.Mean, r.SD, m.Mean[i], m.SD[i])
			}
			if worst := map[bool]float64{true: 1.01, false: 1.02}[long]; !(r.RHat < worst) {
				t.Errorf("%s: R̂ %v", r.Name, r.RHat)
			}
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func sample(t testing.TB, build mcmc.Build, c mcmc.Config) *mcmc.Posterior {
	t.Helper()
	p, err := mcmc.Sample(context.Background(), nil, build, c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAgainstNumPyro(t *testing.T) {
	ref := readReference(t)
	data := func(model, name string) []float64 { return column(t, ref[model].Data[name]) }
	y, sigma := data("schools", "y"), data("schools", "sigma")
	var x []float64
	var rows [][]float64
	if err := json.Unmarshal(ref["logistic"].Data["x"], &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		x = append(x, r...)
	}
	outcomes := data("logistic", "y")
	draws := map[bool]int{true: 8000, false: 2000}[long]
	for _, of := range []struct {
		name, model string
		build       mcmc.Build
		mcmc.Config
	}{
		{"schools", "schools", schools(y, sigma, false), mcmc.Config{Draws: draws, Accept: .9, Derived: effects}},
		{"schools, dense", "schools", schools(y, sigma, false), mcmc.Config{Draws: draws, Accept: .9, Mass: mcmc.Dense, Derived: effects}},
		{"schools, HMC", "schools", schools(y, sigma, false), mcmc.Config{Draws: 2 * draws, Kernel: mcmc.HMC{Steps: 12, Jitter: .3}, Derived: effects}},
		{"logistic", "logistic", logistic(x, outcomes, 2, 5), mcmc.Config{}},
		{"logistic, HMC", "logistic", logistic(x, outcomes, 2, 5), mcmc.Config{Kernel: mcmc.HMC{Steps: 8, Jitter: .2}}},
		{"labels summed out", "mixture", labelled(data("mixture", "y")), mcmc.Config{}},
	} {
		t.Run(of.name, func(t *testing.T) {
			agrees(t, sample(t, of.build, of.Config), ref[of.model].Posterior, .1)
		})
	}
}

// The centred schools are what NUTS is known not to get all of: draws diverge where
// τ is small, which is told.
func TestCentredSchoolsDiverge(t *testing.T) {
	ref := readReference(t)["schools"]
	p := sample(t, schools(column(t, ref.Data["y"]), column(t, ref.Data["sigma"]), true), mcmc.Config{Draws: 1000})
	bad := p.Divergences()
	if len(bad) == 0 {
		t.Fatal("no draw diverged")
	}
	tau := p.Series("tau", 0)
	var at []float64
	for _, d := range bad {
		at = append(at, tau[d.Chain][d.Draw])
	}
	if low, all := mcmc.Quantile([][]float64{at}, .5), mcmc.Quantile(tau, .5); low > all {
		t.Errorf("half of what diverged is at τ above %.2f, of all draws above %.2f", low, all)
	}
	if long { // with steps so small that few diverge, means and standard deviations are right
		p := sample(t, schools(column(t, ref.Data["y"]), column(t, ref.Data["sigma"]), true), mcmc.Config{Draws: 5000, Accept: .99})
		agrees(t, p, ref.Posterior, .1)
	}
	if w := p.Warnings(); len(w) == 0 || !strings.Contains(w[0], "diverged") {
		t.Errorf("warnings %q", w)
	}
	for _, r := range p.Summary("theta", "mu") { // with a sampler that misses some of the posterior, less exactly
		if r.Name == "mu" && math.Abs(r.Mean-ref.Posterior["mu"].Mean[0]) > .3*ref.Posterior["mu"].SD[0] {
			t.Errorf("mean of mu %.2f, want %.2f", r.Mean, ref.Posterior["mu"].Mean[0])
		}
	}
}
