package bench_test

import (
	"context"
	"math"
	"os"
	"testing"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// known is a problem whose gradient has a known variance, by one group of parameters.
type known struct {
	name     string
	model    func(s *graph.Scope) vi.Model
	with     bench.Case
	group    string
	x        float64
	variance float64
}

// coin is a Bernoulli z of logit l that is wanted to be x: of f = −(z−x)² − KL by
// draws, l's gradient by the score function takes two values.
func coin(s *graph.Scope) vi.Model {
	l := s.Param("l", graph.Constant(coinL), 1)
	return vi.Model{
		Guide: func(t *vi.Trace) {
			t.Given("x")
			t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(l, t.Rows(), 1)})
		},
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)})
			t.Draw("x", prob.Normal{Mean: z, LogStd: s.Const(0)})
		},
	}
}

const coinL = .6

// coinKnown has the two values: with f(z) = −½(x−z)² up to a constant, which the KL
// in closed form leaves alone, the gradient of −f is −f(z)·(z−p) + ∂KL/∂l.
func coinKnown(x float64) float64 {
	p := 1 / (1 + math.Exp(-coinL))
	f := func(z float64) float64 { return -.5*(x-z)*(x-z) - .5*math.Log(2*math.Pi) }
	d := f(1)*(1-p) + f(0)*p // of the two values, which have the chances p and 1−p
	return p * (1 - p) * d * d
}

func coinELBO(s *graph.Scope, d vi.Data) *vi.Estimate {
	return vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}}.Estimate(s, coin(s), d)
}

// TestIntervalsOfMeasurementsCover: of GradientVariance itself, seed after seed, on
// three problems with closed forms: normal, quadratic and discrete gradients. The
// intervals of bias and variance hold the truth in 93 to 97 % of 400 repeats, of fewer
// repeats as that says.
func TestIntervalsOfMeasurementsCover(t *testing.T) {
	const x = 1.7
	w, s := lineW, math.Exp(lineL)
	r := x - w*lineM
	elbo := vi.ELBO{}
	repeats, within := 60, 2.6 // standard errors
	if os.Getenv("LATENT_SWEEP") != "" {
		repeats, within = 400, 0
	}
	for _, k := range []known{
		{"mean of a normal", lineModel, bench.Case{Bound: elbo, Exact: lineELBO}, "m", x, math.Pow(w, 4) * s * s},
		{"scale of a normal", lineModel, bench.Case{Bound: elbo, Exact: lineELBO}, "l", x, w*w*s*s*r*r + 2*math.Pow(w*s, 4)},
		{"logit of a coin", coin, bench.Case{Bound: lineScore, Exact: trainers.Bound(coinELBO)}, "l", x, coinKnown(x)},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			d := set(t, k.x)
			bias, variance := 0, 0
			for seed := range repeats {
				rows, err := bench.GradientVariance(context.Background(), k.model, d, []bench.Case{k.with}, bench.Config{
					Params: float64s(t, k.model), Seed: uint64(seed), Draws: 1000, Group: func(p string) string { return map[string]string{k.group: p}[p] },
				})
				if err != nil {
					t.Fatal(err)
				}
				q := rows[0]
				if q.BiasLo <= 0 && 0 <= q.BiasHi {
					bias++
				}
				if q.VarLo <= k.variance && k.variance <= q.VarHi {
					variance++
				}
			}
			slack := within * math.Sqrt(.95*.05/float64(repeats))
			for what, n := range map[string]int{"bias": bias, "variance": variance} {
				covers := float64(n) / float64(repeats)
				t.Logf("%s: %d of %d", what, n, repeats)
				if covers < .93-slack || covers > .97+slack {
					t.Errorf("intervals of the %s cover %.4f of %d repeats", what, covers, repeats)
				}
			}
		})
	}
}

// float64s are the parameters of a model as they are at first.
func float64s(t *testing.T, m func(*graph.Scope) vi.Model) *graph.Params {
	t.Helper()
	p := &graph.Params{Dtype: graph.Float64}
	if _, err := graph.Build(p, func(s *graph.Scope) { m(s); s.Output("none", s.Const(0)) }); err != nil {
		t.Fatal(err)
	}
	return p
}
