// Command custom trains a model of two stochastic layers, the lower of which
// has a distribution that the library does not: go run ./examples/custom
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

// Moyal is the density exp(−½(y+e⁻ʸ))/(s√2π) of y = (x−m)/s, of energy losses.
type Moyal struct{ Loc, LogScale *graph.Node }

func (d Moyal) LogProb(x *graph.Node) *graph.Node {
	y := x.Sub(d.Loc).Mul(graph.Exp(d.LogScale.Neg()))
	l := d.LogScale.Add(y.Add(graph.Exp(y.Neg())).Scale(.5))
	return graph.Sum(l.Neg().Shift(-.5*math.Log(2*math.Pi)), -1)
}

func (d Moyal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	e := s.Noise("noise", graph.GaussianNoise, append(lead, d.Loc.Shape()[len(d.Loc.Shape())-1])...)
	return d.Loc.Sub(graph.Exp(d.LogScale).Mul(graph.Log(e.Square()))) // e⁻ʸ is χ²₁
}

func (Moyal) Pathwise() {} // derivatives pass Sample

func model(s *graph.Scope, d vi.Data) *vi.Estimate {
	up, high := layers.NewMLP(s.In("up"), 784, 100, 20), layers.NewMLP(s.In("high"), 10, 20, 4)
	down, out := layers.NewDense(s.In("down"), 4, 10), layers.NewMLP(s.In("out"), 10, 100, 784)
	m := vi.Model{Joint: func(t *vi.Trace) { // z2 → z1 → x
		z1 := t.Draw("z1", Moyal{Loc: down.Apply(t.Draw("z2", prob.StdNormal(4))), LogScale: s.Const(0)})
		t.Draw("x", prob.Bernoulli{Logits: out.Apply(z1)})
	}, Guide: func(t *vi.Trace) { // x → z1 → z2
		h := up.Apply(t.Given("x"))
		z1 := t.Draw("z1", Moyal{Loc: graph.Cols(h, 0, 10), LogScale: graph.Cols(h, 10, 20)})
		t.Draw("z2", prob.Normal{Mean: high.Apply(z1), LogStd: s.Const(-.5)})
	}}
	return vi.ELBO{}.Estimate(s, m, d)
}

func main() {
	d := data.Digits(1, 2000).Batches(data.BatchConfig{
		Arrays: []string{"x"}, Seed: 1, Flat: true, Map: map[string]data.Transform{"x": data.Binarize},
	})
	r, err := trainers.Fit(context.Background(), model, d, trainers.Config{Epochs: 20, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	_, err = fmt.Printf("ELBO %.1f after an epoch, %.1f after 20\n", r.Epochs[0].Train["elbo"], r.Epochs[19].Train["elbo"])
	if err != nil {
		log.Fatal(err)
	}
}
