package vi_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// noisy is a model whose networks drop units in every program: of the guide
// before its draws, where all draws share the noise, and of the joint behind
// them; with a class that is given no value and enumerated, by the guide too or by
// the joint alone.
func noisy(s *graph.Scope, guided, enumerated bool) vi.Model {
	enc, dec, class := layers.NewMLP(s.In("enc"), 3, 2), layers.NewMLP(s.In("dec"), 2, 4), layers.NewMLP(s.In("class"), 2, 4)
	first := layers.NewDropout(s.In("first"), layers.DropoutConfig{Alpha: .4, Always: true})
	last := layers.NewDropout(s.In("last"), layers.DropoutConfig{Rate: .4, Always: true})
	out, shift := layers.NewMLP(s.In("out"), 4, 3), layers.NewMLP(s.In("shift"), 2, 2)
	fair := prob.OneHot{Logits: s.Tensor([]float64{0, .3}, 2)}
	return vi.Model{
		Joint: func(t *vi.Trace) {
			h := dec.Apply(t.Draw("z", prob.StdNormal(2)))
			if enumerated {
				h = h.Add(class.Apply(t.Draw("y", fair)))
			}
			t.Draw("x", prob.Bernoulli{Logits: out.Apply(last.Apply(graph.Tanh(h)))})
		},
		Guide: func(t *vi.Trace) {
			mean := enc.Apply(t.Given("x"))
			if enumerated && guided {
				mean = mean.Add(shift.Apply(t.Draw("y", fair)))
			}
			t.Draw("z", prob.Normal{Mean: first.Apply(mean), LogStd: s.Tensor([]float64{0, 0}, 2)})
		},
	}
}

// TestNoiseOfLayersDoesNotDependOnTheDraws: the first draws have the same noise of
// layers for any K, and in any chunks, beside an enumeration too.
func TestNoiseOfLayersDoesNotDependOnTheDraws(t *testing.T) {
	run := func(estimate func(s *graph.Scope, d vi.Data) *graph.Node) []float64 {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64, Seed: 2}, func(s *graph.Scope) {
			x := s.Tensor([]float64{1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0}, 4, 3)
			s.Output("out", estimate(s, vi.Data{"x": x}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
			t.Fatal(err)
		}
		v, err := p.Value("out")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for i := range 4 {
		guided, enumerated := i&1 > 0, i&2 > 0
		var sites []string
		if enumerated {
			sites = []string{"y"}
		}
		same := func(what string, got, want []float64) {
			t.Helper()
			for j := range got {
				if len(got) != len(want) || !(math.Abs(got[j]-want[j]) <= 1e-12) {
					t.Fatalf("%s, y of the guide %v, enumerated %v: %v, want %v", what, guided, enumerated, got, want)
				}
			}
		}
		evidence := func(chunk int) []float64 {
			return run(func(s *graph.Scope, d vi.Data) *graph.Node {
				return vi.Evidence{K: 150, Chunk: chunk, Enumerate: sites}.Estimate(s, noisy(s, guided, enumerated), d).PerRow
			})
		}
		for _, chunk := range []int{50, 100} {
			same(fmt.Sprint("chunks of ", chunk), evidence(chunk), evidence(150))
		}
		weights := func(k int) []float64 {
			return run(func(s *graph.Scope, d vi.Data) *graph.Node {
				w := vi.Run(s, noisy(s, guided, enumerated), d, vi.Config{K: k, Enumerate: sites}).LogWeights()
				return graph.Slice(w, len(w.Shape())-2, 0, 3)
			})
		}
		same("three of seven draws", weights(7), weights(3))
	}
}
