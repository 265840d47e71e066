package trainers_test

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// topics is latent Dirichlet allocation with the words summed out:
// θ ~ Dirichlet(.1), x ~ Multinomial(θ·softmax(B)), and a Dirichlet guide.
// Most elements of its draws are next to 0.
func topics(o vi.Objective, words, n int) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc := layers.NewDense(s.In("enc"), words, n)
		b := s.Param("topics", graph.Gaussian{Std: 1}, n, words)
		prior := make([]float64, n)
		for i := range prior {
			prior[i] = -2.302585
		}
		return o.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				theta := t.Draw("theta", prob.Dirichlet{LogConcentration: s.Tensor(prior, n)})
				t.Draw("x", prob.Multinomial{Logits: graph.Log(graph.MatMul(theta, graph.Softmax(b)))})
			},
			Guide: func(t *vi.Trace) {
				t.Draw("theta", prob.Dirichlet{LogConcentration: enc.Apply(t.Given("x"))})
			},
		}, d)
	}
}

// A float32 topic model trains to the end under each of the objectives that
// score the draws of its guide, and its bound rises.
func TestTopicModelStaysFinite(t *testing.T) {
	const rows, words, n = 40, 8, 10
	x := make([]float64, rows*words)
	noise := make([]float64, rows*words)
	kernel.Uniform(noise, kernel.Noise{Key: 11}, 0, 0, 0)
	for r := range rows {
		for w := range words { // each document has the words of one half
			if w/4 == r%2 {
				x[r*words+w] = float64(int(6 * noise[r*words+w]))
			}
		}
	}
	set, err := data.New(data.FromFlat("x", x, words))
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]vi.Objective{
		"IWAE": vi.IWAE{Config: vi.Config{K: 5}}, "DReG": vi.IWAE{Config: vi.Config{K: 5, Estimator: vi.DReG{}}},
		"ELBO": vi.ELBO{KL: vi.MonteCarlo}, "STL": vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}, KL: vi.MonteCarlo},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := trainers.Fit(context.Background(), topics(o, words, n), set.Batches(data.BatchConfig{Size: 10, Seed: 3}), trainers.Config{
				Epochs: 50, Seed: 3, Optimizer: trainers.Adam{Rate: 1e-2},
			})
			if err != nil {
				t.Fatal(err)
			}
			first, last := res.Epochs[0].Train["bound"], res.Epochs[len(res.Epochs)-1].Train["bound"]
			if res.Steps != 200 || !(last > first) {
				t.Errorf("%d steps, the bound went from %v to %v", res.Steps, first, last)
			}
		})
	}
}
