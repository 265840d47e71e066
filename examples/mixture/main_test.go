package main

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// em is the algorithm of Dempster, Laird and Rubin (1977) for the same model.
type em struct {
	weight       [classes]float64
	mean, spread [classes][2]float64 // spread: variances
}

// step returns the log likelihood of the parameters, a point, and improves them.
func (m *em) step(x []float64) float64 {
	n := len(x) / 2
	var count [classes]float64
	var sum, squares [classes][2]float64
	total := 0.
	for i := range n {
		var p [classes]float64
		all := 0.
		for k := range classes {
			p[k] = m.weight[k]
			for d := range 2 {
				e := x[2*i+d] - m.mean[k][d]
				p[k] *= math.Exp(-e*e/(2*m.spread[k][d])) / math.Sqrt(2*math.Pi*m.spread[k][d])
			}
			all += p[k]
		}
		total += math.Log(all)
		for k := range classes {
			r := p[k] / all
			count[k] += r
			for d := range 2 {
				sum[k][d] += r * x[2*i+d]
				squares[k][d] += r * x[2*i+d] * x[2*i+d]
			}
		}
	}
	for k := range classes {
		m.weight[k] = count[k] / float64(n)
		for d := range 2 {
			m.mean[k][d] = sum[k][d] / count[k]
			m.spread[k][d] = squares[k][d]/count[k] - m.mean[k][d]*m.mean[k][d]
		}
	}
	return total / float64(n)
}

// values returns a parameter.
func values(t *testing.T, p *graph.Params, name string) []float64 {
	t.Helper()
	v, err := graph.Values[float64](p, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Gradient ascent and EM from the same start find the same likelihood.
func TestFindsWhatEMFinds(t *testing.T) {
	d := points(600)
	start := &graph.Params{Seed: 1, Dtype: graph.Float64}
	c := trainers.Config{Epochs: 1, Params: start, Optimizer: trainers.Adam{Rate: 1e-9}}
	if _, err := trainers.Fit(context.Background(), mixture, d.Batches(data.BatchConfig{Size: 600}), c); err != nil {
		t.Fatal(err)
	}
	m := em{}
	for k := range classes {
		m.weight[k] = 1. / classes
		m.mean[k] = [2]float64(values(t, start, "mean")[2*k:])
		m.spread[k] = [2]float64{1, 1}
	}
	x := make([]float64, 2*d.Len()) // rounded, which moves the likelihood by less than 1e-8
	for i, v := range d.Values("x") {
		x[i] = float64(v)
	}
	want := 0.
	for range 2000 {
		want = m.step(x)
	}
	c.Epochs, c.Params, c.Optimizer = 1500, &graph.Params{Seed: 1, Dtype: graph.Float64}, trainers.Adam{Rate: .02}
	r, err := trainers.Fit(context.Background(), mixture, d.Batches(data.BatchConfig{Size: 600}), c)
	if err != nil {
		t.Fatal(err)
	}
	got := r.Epochs[len(r.Epochs)-1].Train["bound"]
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("log likelihood %.9f a point, by EM %.9f", got, want)
	}
	t.Logf("%.9f, by EM %.9f", got, want)
}
