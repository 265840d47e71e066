package mcmc_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat"

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
			tau := t.Global("tau", prob.HalfCauchy{LogScale: num(math.Log(5))}, 1)
			tau = graph.Reshape(tau, 1)
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

func TestTry(t *testing.T) {
	ref := readReference(t)["schools"]
	y, sigma := column(t, ref.Data["y"]), column(t, ref.Data["sigma"])
	for _, centred := range []bool{false, true} {
		p, err := mcmc.Sample(context.Background(), nil, schools(y, sigma, centred), mcmc.Config{Chains: 4, Draws: 2000, Accept: .95})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(p.Names(), p.Leapfrogs, p.StepSize, len(p.Divergences()))
		for _, n := range p.Names() {
			for i := range graph.Size(p.Shape(n)) {
				var all []float64
				for _, c := range p.Series(n, i) {
					all = append(all, c...)
				}
				m, s := stat.MeanStdDev(all, nil)
				t.Log(n, i, m, s)
			}
		}
	}
}
