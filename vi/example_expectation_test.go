package vi_test

import (
	"context"
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// An objective that the library does not have: in place of Σ log p(x|w) the
// β-divergence, under which a datum counts less the less probable it is (Futami,
// Sato and Sugiyama, arXiv 1710.06595), so that an outlier does not move the
// mean. Its second term is constant for a normal law of fixed scale.
func ExampleExpectation() {
	const beta = .5
	robust := func(r *vi.Record) []*graph.Node {
		x, w := r.Site("x"), r.Site("w")
		return []*graph.Node{
			graph.Exp(x.LogP.Scale(beta)).Scale((beta + 1) / beta), // [1, B]
			w.LogP.Sub(w.LogQ).Scale(1 / float64(r.Total)),         // of the data set
		}
	}
	run := vi.Config{Total: 5, Estimator: vi.STL{}}
	for _, o := range []vi.Objective{vi.ELBO{Config: run}, vi.Expectation{Config: run, Of: robust}} {
		params := &graph.Params{Dtype: graph.Float64}
		p, err := graph.BuildTraining(params, func(s *graph.Scope) {
			q := prob.Normal{Mean: s.Param("mean", graph.Constant(0), 1), LogStd: s.Param("log_std", graph.Constant(-1), 1)}
			e := o.Estimate(s, vi.Model{
				Guide: func(t *vi.Trace) { t.Global("w", q) },
				Joint: func(t *vi.Trace) {
					w := t.Global("w", prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(2)})
					t.Draw("x", prob.Normal{Mean: w, LogStd: graph.Const(0)})
				},
			}, vi.Data{"x": s.Tensor([]float64{.8, 1.1, .9, 1.2, 60}, 5, 1)})
			s.Output("down", e.Grad(q.Mean)[0])
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		mean, err := graph.Memory[float64](params, "mean")
		if err != nil {
			fmt.Println(err)
			return
		}
		for step := range 2000 {
			if err := p.Run(context.Background(), graph.Key{Step: uint32(step)}); err != nil {
				fmt.Println(err)
				return
			}
			down, _ := p.Value("down")
			mean[0] -= .05 * down[0]
		}
		fmt.Printf("%T: mean %.0f\n", o, mean[0])
	}
	// Output:
	// vi.ELBO: mean 13
	// vi.Expectation: mean 1
}
