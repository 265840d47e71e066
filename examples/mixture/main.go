// Command mixture fits a mixture of three normal distributions to points in the
// plane, its classes summed out. Maximum likelihood, so no guide.
//
//	go run ./examples/mixture
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

const classes = 3

// mixture is p(y) = Categorical(π), p(x|y) = N(μ_y, σ_y²).
func mixture(s *graph.Scope, d vi.Data) *vi.Estimate {
	weights := s.Param("weights", graph.Constant(0), 1, classes)
	mean, logStd := s.Param("mean", graph.Gaussian{Std: 1}, classes, 2), s.Param("log_std", graph.Constant(0), classes, 2)
	m := vi.Model{Joint: func(t *vi.Trace) {
		y := graph.Labels(t.Draw("y", prob.Categorical{Logits: weights}), classes)
		t.Draw("x", prob.Normal{Mean: graph.MatMul(y, mean), LogStd: graph.MatMul(y, logStd)})
	}}
	return vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}}}.Estimate(s, m, d) // exact: log p(x) = log Σ_y p(y)p(x|y)
}

// points draws from three classes.
func points(n int) *data.Set {
	r, x := rand.New(rand.NewPCG(1, 2)), []float64{}
	for range n {
		y := []float64{-2, 0, 3}[r.IntN(classes)]
		x = append(x, y+.7*r.NormFloat64(), y*y/3+.5*r.NormFloat64())
	}
	d, err := data.New(data.FromFlat("x", x, 2))
	if err != nil {
		log.Fatal(err)
	}
	return d
}

func main() {
	c := trainers.Config{Epochs: 1500, Params: &graph.Params{Seed: 1, Dtype: graph.Float64}, Optimizer: trainers.Adam{Rate: .02}}
	r, err := trainers.Fit(context.Background(), mixture, points(600).Batches(data.BatchConfig{Size: 600}), c)
	if err != nil {
		log.Fatal(err)
	}
	_, err = fmt.Printf("log likelihood %.6f nats a point, means %.2f\n", r.Epochs[len(r.Epochs)-1].Train["bound"], r.Params.Tensor("mean").Data())
	if err != nil {
		log.Fatal(err)
	}
}
