package guide_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// A guide made for states over time draws those of all times at once.
func TestGuideOfStatesOverTime(t *testing.T) {
	const rows, steps = 3, 4
	normal := func(mean *graph.Node) prob.Dist { return prob.Normal{Mean: mean, LogStd: graph.Const(0)} }
	joint := func(t *vi.Trace) {
		t.Scan(graph.Loop{Steps: steps}, []*graph.Node{graph.Tensor([]float64{0, 0}, 2)}, nil, func(t *vi.Trace, z, _ []*graph.Node) (next, outs []*graph.Node) {
			now := t.Draw("z", normal(z[0]))
			t.Draw("x", normal(now))
			return []*graph.Node{now}, nil
		})
	}
	p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		g := guide.New(s, joint, guide.Config{Index: "i", Rows: rows})
		e := vi.ELBO{}.Estimate(s, vi.Model{Joint: joint, Guide: g}, vi.Data{"x": s.Input("x", rows, steps, 2), "i": s.Input("i", rows, 1)})
		s.Output("z", e.Record.Site("z").Value)
		s.Output("bound", e.Value)
		s.Output("gradient", graph.Sum(e.Grad(s.Trainable()...)[0].Square()))
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string][]float32{"x": make([]float32, rows*steps*2), "i": {0, 1, 2}} {
		if err := graph.Feed(p, name, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if sh := p.Shape("z"); !slices.Equal(sh, graph.Shape{1, rows, steps, 2}) {
		t.Errorf("states of shape %v", sh)
	}
	bound, _ := p.Value("bound")
	gradient, _ := p.Value("gradient")
	if math.IsNaN(bound[0]) || math.IsInf(bound[0], 0) || !(gradient[0] > 0) {
		t.Errorf("bound %v, square of the gradient %v", bound, gradient)
	}
}
