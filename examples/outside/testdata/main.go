// Command outside is a program of another module: a factor model of rows of
// four numbers whose noise has a distribution of its own, written as a formula.
package main

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Sech is the hyperbolic secant density ½ sech(½π(x−m)), of unit variance.
type Sech struct{ Mean *graph.Node }

// LogProb returns Σ log ½ − log cosh(½π(x−m)), without overflow.
func (d Sech) LogProb(x *graph.Node) *graph.Node {
	a := graph.Abs(x.Sub(d.Mean)).Scale(math.Pi / 2)
	cosh := a.Add(graph.Softplus(a.Scale(-2))).Shift(-math.Ln2)
	return graph.Sum(cosh.Neg().Shift(-math.Ln2), -1)
}

func model(s *graph.Scope, d vi.Data) *vi.Estimate {
	dec := layers.NewDense(s.In("dec"), 1, 4)
	enc := layers.NewMLP(s.In("enc"), 4, 8, 2)
	return vi.ELBO{}.Estimate(s, vi.Model{
		Joint: func(t *vi.Trace) {
			t.Draw("x", Sech{Mean: dec.Apply(t.Draw("z", prob.StdNormal(1)))})
		},
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 1), LogStd: graph.Cols(h, 1, 2)})
		},
	}, d)
}

func main() {
	var rows []float64
	for i := range 400 {
		z := 3 * math.Sin(float64(i))
		rows = append(rows, z+math.Sin(7.1*float64(i)), -z+math.Cos(5.3*float64(i)), 1, z/2)
	}
	set, err := data.New(data.FromFlat("x", rows, 4))
	if err != nil {
		log.Fatal(err)
	}
	r, err := trainers.Fit(context.Background(), model, set.Batches(data.BatchConfig{Size: 50}), trainers.Config{Epochs: 30, Optimizer: trainers.Adam{Rate: 1e-2}})
	if err != nil {
		log.Fatal(err)
	}
	first, last := r.Epochs[0].Train["elbo"], r.Epochs[len(r.Epochs)-1].Train["elbo"]
	fmt.Printf("ELBO rose by more than a nat: %v\n", last > first+1)
}
