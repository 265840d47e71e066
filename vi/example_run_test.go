package vi_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// groups is y ~ N(a_g, ½²) with one level a_g ~ N(m, 1) for each group, shared by
// all of its rows, around m ~ N(0, 10²). Three groups have data. The fourth has
// none: its guide is its prior given m, whose divergence is 0.
type groups struct{ m, levels prob.Normal }

const known = 3

func newGroups(s *graph.Scope) groups {
	free := func(name string, shape ...int) prob.Normal {
		return prob.Normal{Mean: s.Param(name+"/mean", graph.Constant(0), shape...), LogStd: s.Param(name+"/log_std", graph.Constant(-1), shape...)}
	}
	return groups{free("m", 1), free("levels", known, 1)}
}

func (g groups) model() vi.Model {
	return vi.Model{
		Joint: func(t *vi.Trace) {
			m := t.Global("m", prob.Normal{Mean: graph.Const(0), LogStd: graph.Log(graph.Const(10))})
			a := t.Global("a", prob.Normal{Mean: m, LogStd: graph.Const(0)}, known+1) // [4, 1]
			level := graph.Gather(a, graph.Squeeze(t.Given("group"), -1))
			t.Draw("y", prob.Normal{Mean: level, LogStd: graph.Log(graph.Const(.5))})
		},
		Guide: func(t *vi.Trace) {
			m := t.Global("m", g.m)
			t.Global("a", prob.Normal{
				Mean:   graph.Concat(0, g.levels.Mean, graph.Reshape(m, 1, 1)),
				LogStd: graph.Concat(0, g.levels.LogStd, graph.Tensor([]float64{0}, 1, 1)),
			}, known+1)
		},
	}
}

// A prediction is the law of a site of the joint under draws of the guide. The
// levels of groups with few rows are drawn towards the others', and that of a new
// group is as uncertain as groups differ. By the exact posterior the four are
// 5.0 ± .54, 7.4 ± .68, 3.2 ± .57 and 5.2 ± 1.27.
func ExampleRun_newGroup() {
	set, err := data.New(
		data.FromFlat("group", []int{0, 0, 0, 0, 0, 0, 1, 2, 2, 2}, 1),
		data.FromFlat("y", []float64{5.1, 4.8, 5.3, 4.9, 5.2, 4.7, 8, 3.2, 2.9, 2.9}, 1),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fit, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: set.Len()}}.Estimate(s, newGroups(s).model(), d)
	}, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 3000, Optimizer: trainers.Adam{Rate: .01}})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := graph.Build(fit.Params, func(s *graph.Scope) {
		r := vi.Run(s, newGroups(s).model(), vi.Data{
			"group": s.Tensor([]float64{0, 1, 2, 3}, known+1, 1),
			"y":     s.Tensor(make([]float64, known+1), known+1, 1), // has no bearing: y is there to be scored, and its law is what is wanted
		}, vi.Config{})
		s.Output("y", r.Site("y").P.(prob.Sampler).Sample(s.In("predict"), 1, known+1))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var ys [known + 1][]float64
	for i := range 4000 {
		if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream, Step: uint32(i)}); err != nil {
			fmt.Println(err)
			return
		}
		y, err := p.Value("y")
		if err != nil {
			fmt.Println(err)
			return
		}
		for g := range ys {
			ys[g] = append(ys[g], y[g])
		}
	}
	for g, y := range ys {
		mean, std := stat.MeanStdDev(y, nil)
		fmt.Printf("group %d: %.1f ± %.1f\n", g, mean, std)
	}
	// Output:
	// group 0: 5.0 ± 0.5
	// group 1: 7.4 ± 0.7
	// group 2: 3.2 ± 0.6
	// group 3: 5.2 ± 1.2
}
