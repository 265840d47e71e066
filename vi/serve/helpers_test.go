package serve_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

const pixels, latents, hidden = 30, 3, 40

var nan = math.NaN()

// vae is p(z) = N(0, I), p(x|z) = Bernoulli(dec(z)), q(z|x) = N(enc(x)).
func vae(s *graph.Scope) vi.Model {
	enc, dec := layers.NewMLP(s.In("enc"), pixels, hidden, 2*latents), layers.NewMLP(s.In("dec"), latents, hidden, pixels)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(latents))
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(z)})
		},
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latents), LogStd: graph.Cols(h, latents, 2*latents)})
		},
	}
}

var vaeSpec = serve.Spec{Model: vae, Arrays: []serve.Array{{Name: "x", Shape: []int{pixels}}}}

// start serves a model of new parameters until the test ends.
func start(t testing.TB, spec serve.Spec, params *graph.Params, c serve.Config) *serve.Model {
	t.Helper()
	m, err := serve.New(spec, params, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// bits are rows of zeros and ones.
func bits(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(r.IntN(2))
	}
	return x
}

func xs(x []float64) map[string][]float64 { return map[string][]float64{"x": x} }

// direct builds a program for some rows and returns its outputs.
func direct(t testing.TB, params *graph.Params, seed uint64, in map[string][]float64, shapes map[string][]int, outputs func(s *graph.Scope, d vi.Data) map[string]*graph.Node) map[string][]float64 {
	t.Helper()
	p, err := graph.Build(params, func(s *graph.Scope) {
		d := vi.Data{}
		for name := range in {
			d[name] = s.Input(name, shapes[name]...)
		}
		for name, n := range outputs(s, d) {
			s.Output("out/"+name, n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range in {
		if err := graph.Feed(p, name, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{Seed: seed, Stream: graph.EvaluationStream}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range p.Outputs() {
		if out[name[len("out/"):]], err = p.Value(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// near tells whether numbers agree to a relative and absolute error.
func near(got, want []float64, tol float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tol*(1+math.Abs(want[i]))) && !(math.IsInf(got[i], 0) && got[i] == want[i]) {
			return false
		}
	}
	return true
}
