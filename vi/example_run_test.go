package vi_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// groups is y ~ N(a, ½²) with a level a ~ N(m, 1) of each group, around a global
// m. Its guide has a level for each of three groups, which the data "group"
// choose from.
type groups struct {
	m     prob.Normal
	level *graph.Node
}

func newGroups(s *graph.Scope) groups {
	return groups{
		prob.Normal{Mean: s.Param("m/mean", graph.Constant(2), 1), LogStd: s.Param("m/log_std", graph.Constant(-3), 1)},
		s.Param("level", graph.Constant(5), 3, 1),
	}
}

func (g groups) joint(t *vi.Trace) {
	a := t.Draw("a", prob.Normal{Mean: t.Global("m", prob.StdNormal(1)), LogStd: graph.Const(0)})
	t.Draw("y", prob.Normal{Mean: a, LogStd: graph.Const(-.7)})
}

func (g groups) guide(t *vi.Trace) {
	t.Global("m", g.m)
	t.Draw("a", prob.Normal{Mean: graph.Gather(g.level, graph.Squeeze(t.Given("group"), -1)), LogStd: graph.Const(-2)})
}

// unseen guides a group without data: its level follows its prior, given what
// the guide knows of m.
func (g groups) unseen(t *vi.Trace) {
	t.Draw("a", prob.Normal{Mean: t.Global("m", g.m), LogStd: graph.Const(0)})
}

// A prediction is the law of a site of the joint under draws of the guide. For a
// known group that is the guide of training, for a new one a guide whose local
// variables follow their prior.
func ExampleRun_newGroup() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		g := newGroups(s)
		y := s.Tensor([]float64{0}, 1, 1) // has no bearing: y is there to be scored, and its law is what is wanted
		predict := func(name string, guide vi.Func, d vi.Data) {
			s := s.In(name)
			r := vi.Run(s, vi.Model{Joint: g.joint, Guide: guide}, d, vi.Config{})
			s.Output("y", r.Site("y").P.(prob.Sampler).Sample(s.In("predict"), 1, 1))
		}
		predict("known", g.guide, vi.Data{"y": y, "group": s.Tensor([]float64{1}, 1, 1)})
		predict("new", g.unseen, vi.Data{"y": y})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ys := map[string][]float64{}
	for i := range 4000 {
		if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream, Step: uint32(i)}); err != nil {
			fmt.Println(err)
			return
		}
		for _, name := range []string{"known", "new"} {
			y, _ := p.Value(name + "/y")
			ys[name] = append(ys[name], y[0])
		}
	}
	for _, name := range []string{"known", "new"} {
		mean, std := stat.MeanStdDev(ys[name], nil)
		fmt.Printf("%s: %.1f ± %.1f\n", name, mean, std)
	}
	// Output:
	// known: 5.0 ± 0.5
	// new: 2.0 ± 1.1
}
