package vi_test

import (
	"context"
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// One line switches the objective of a model, or its estimator.
func ExampleIWAE() {
	for _, o := range []vi.Objective{
		vi.ELBO{},
		vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}},
		vi.IWAE{Config: vi.Config{K: 50}},
		vi.IWAE{Config: vi.Config{K: 50, Estimator: vi.DReG{}}},
		vi.Renyi{Config: vi.Config{K: 50}, Alpha: .5},
	} {
		p, err := graph.Build(&graph.Params{Seed: 1}, func(s *graph.Scope) {
			m := newPPCA(s)
			w := s.Trainable()
			e := o.Estimate(s, m, vi.Data{"x": s.Input("x", 3, ppcaData)})
			s.Output("bound", e.Value)
			s.Output("gradient", e.Grad(w...)[0])
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		graph.Feed(p, "x", ppcaRows)
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			fmt.Println(err)
			return
		}
		bound, _ := p.Value("bound")
		fmt.Printf("%T %.2f\n", o, bound[0])
	}
	// Output:
	// vi.ELBO -10.18
	// vi.ELBO -10.44
	// vi.IWAE -8.67
	// vi.IWAE -8.67
	// vi.Renyi -9.16
}

// A discrete latent needs an estimator; the error lists them.
func ExampleScore() {
	o := vi.IWAE{Config: vi.Config{K: 5, Sites: map[string]vi.Estimator{"z": vi.Score{Baseline: vi.LeaveOneOut{}}}}}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		o.Estimate(s, bits(3).model(s), vi.Data{"x": s.Input("x", 1, 1)})
	})
	fmt.Println(err)
	// Output: vi: site z: IWAE does not take Score{LeaveOneOut} at a discrete site; it takes Score, Score{MovingAverage}, Score{NVIL}, VIMCO, Enumerate, GumbelSoftmax, StraightThrough, GappedST, DecoupledST
}
