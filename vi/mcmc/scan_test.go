package mcmc_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// States over time as latents of a Scan: the last one has the law that the Kalman
// filter gives.
func TestStatesOverTime(t *testing.T) {
	const a, q, r = .9, .5, .7
	x := []float64{.3, 1.2, -.4, .8}
	mean, variance := 0., 0.
	for _, y := range x {
		mean, variance = a*mean, a*a*variance+q*q
		gain := variance / (variance + r*r)
		mean, variance = mean+gain*(y-mean), (1-gain)*variance
	}
	at := func(mean *graph.Node, std float64) prob.Normal {
		return prob.Normal{Mean: mean, LogStd: num(math.Log(std))}
	}
	p, err := mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
		joint := func(t *vi.Trace) {
			t.Scan(graph.Loop{Steps: len(x)}, []*graph.Node{graph.Tensor([]float64{0}, 1)}, nil, func(t *vi.Trace, z, _ []*graph.Node) (next, outs []*graph.Node) {
				now := t.Draw("z", at(z[0].Scale(a), q))
				t.Draw("x", at(now, r))
				return []*graph.Node{now}, nil
			})
		}
		return vi.Model{Joint: joint}, vi.Data{"x": s.Tensor(x, 1, len(x), 1)}
	}, mcmc.Config{Seed: 1, Draws: 2000})
	if err != nil {
		t.Fatal(err)
	}
	rows := p.Summary()
	last := rows[len(rows)-1]
	if len(rows) != len(x) || math.Abs(last.Mean-mean) > 5*last.Error || math.Abs(last.SD-math.Sqrt(variance)) > .05 {
		t.Errorf("%+v, want mean %v and standard deviation %v", last, mean, math.Sqrt(variance))
	}
}
