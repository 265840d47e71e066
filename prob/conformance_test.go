package prob_test

import (
	"flag"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

type (
	node  = *graph.Node
	scope = *graph.Scope
)

// family is a distribution under its name, which may have several cases.
type family struct {
	name string
	probtest.Case
}

var families = []family{
	{"Normal", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.Normal{Mean: p[0], LogStd: p[1]} },
		Params:   [][]float64{{0, 0}, {-1.5, 1.2}, {3, -2}},
		Extremes: [][]float64{{0, -13.8}, {0, 13.8}, {1e6, -13.8}, {-1e6, 13.8}, {1e6, 0}},
	}},
	{"StdNormal", probtest.Case{
		New:    func(scope, []node) prob.Dist { return prob.StdNormal(1) },
		Same:   []func(scope, []node) prob.Dist{func(_ scope, _ []node) prob.Dist { return prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(0)} }},
		Params: [][]float64{{}},
	}},
	{"Bernoulli", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.Bernoulli{Logits: p[0]} },
		Degenerate: [][]float64{{math.Inf(1)}, {math.Inf(-1)}},
		Params:     [][]float64{{0}, {1.3}, {-4}},
		Extremes:   [][]float64{{100}, {-100}, {1e4}},
		Grey:       true,
	}},
	{"Binomial", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.Binomial{Total: p[0], Logits: p[1]} },
		Degenerate: [][]float64{{10, math.Inf(1)}, {10, math.Inf(-1)}, {0, math.Inf(1)}},
		Params:     [][]float64{{10, 0.5}, {3, -2}, {40, 1}, {1, 0}},
		Constant:   []int{0},
		Support:    func(p []float64) prob.Support { return prob.Support{Kind: prob.Integers, Hi: p[0]} },
		Extremes:   [][]float64{{1e6, 0}, {1e6, 100}, {1e6, -100}, {10, 100}, {0, 0}},
	}},
	{"Poisson", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.Poisson{LogRate: p[0]} },
		Degenerate: [][]float64{{math.Inf(-1)}},
		Params:     [][]float64{{0}, {2.3}, {6}, {-3}},
		Extremes:   [][]float64{{13.8}, {-100}, {-13.8}},
	}},
	{"NegativeBinomial", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.NegativeBinomial{LogTotal: p[0], Logits: p[1]} },
		Degenerate: [][]float64{{math.Inf(-1), 0}, {0, math.Inf(-1)}, {math.Inf(-1), math.Inf(-1)}},
		Params:     [][]float64{{0, 0}, {1.5, -1}, {-1, 2}, {3, 1}},
		Extremes:   [][]float64{{13.8, 0}, {-13.8, 0}, {0, 10}, {0, -100}, {10, -10}},
	}},
	{"Geometric", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.Geometric{Logits: p[0]} },
		Degenerate: [][]float64{{math.Inf(1)}},
		Same: []func(scope, []node) prob.Dist{func(_ scope, p []node) prob.Dist {
			return prob.NegativeBinomial{LogTotal: p[0].Scale(0), Logits: p[0].Neg()}
		}},
		Params:   [][]float64{{0}, {-3}, {2}},
		Extremes: [][]float64{{13.8}, {-13.8}, {100}},
	}},
	{"Categorical", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.Categorical{Logits: p[0]} },
		Shapes:     [][]int{{1, 4}},
		Degenerate: [][]float64{{0, math.Inf(-1), 1, math.Inf(-1)}, {math.Inf(-1), math.Inf(-1), 3, math.Inf(-1)}},
		Params:     [][]float64{{0, 1, -1, 0.5}, {3, 0, 0, -4}},
		Extremes:   [][]float64{{100, 0, -100, 50}, {1e6, 1e6, -1e6, 0}},
	}},
	{"Categorical of two", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.Categorical{Logits: p[0]} },
		Shapes:   [][]int{{2, 3}},
		Event:    2,
		Params:   [][]float64{{0, 1, -1, 0.5, 0.5, 0}, {3, 0, 0, -4, 1, 0}},
		Extremes: [][]float64{{100, 0, -100, 50, 100, 100}},
		Outside:  [][]float64{{0, 3}},
	}},
	{"OneHot", probtest.Case{
		New:        func(_ scope, p []node) prob.Dist { return prob.OneHot{Logits: p[0]} },
		Shapes:     [][]int{{4}},
		Event:      4,
		Degenerate: [][]float64{{0, math.Inf(-1), 1, math.Inf(-1)}, {math.Inf(-1), math.Inf(-1), 3, math.Inf(-1)}},
		Params:     [][]float64{{0, 1, -1, 0.5}, {3, 0, 0, -4}},
		Extremes:   [][]float64{{100, 0, -100, 50}, {1e6, 1e6, -1e6, 0}},
	}},
	{"Multinomial", probtest.Case{
		New:        func(s scope, p []node) prob.Dist { return prob.Multinomial{Logits: p[0], Total: s.Const(6)} },
		Shapes:     [][]int{{3}},
		Event:      3,
		Degenerate: [][]float64{{0, math.Inf(-1), 1}},
		Params:     [][]float64{{0, 1, -1}, {3, 0, 0.5}},
		Extremes:   [][]float64{{100, 0, -100}, {0, 0, 0}},
		Values:     [][]float64{{0, 0, 0}, {1e6, 0, 0}, {5e5, 4e5, 1e5}, {1, 2, 3}},
	}},
	{"Dirichlet", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.Dirichlet{LogConcentration: p[0]} },
		Shapes:   [][]int{{3}},
		Event:    3,
		Params:   [][]float64{{0, 0, 0}, {1, 0.5, 2}, {-0.3, 0.2, 0.7}},
		Extremes: [][]float64{{13.8, 0, -2}, {-10, -10, -10}, {10, 10, 10}},
	}},
	{"Dirichlet of five", probtest.Case{
		New:    func(_ scope, p []node) prob.Dist { return prob.Dirichlet{LogConcentration: p[0]} },
		Shapes: [][]int{{5}},
		Event:  5,
		Params: [][]float64{{0.5, 1, 1.5, 0.7, 1}},
	}},
	{"MultivariateNormal", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.MultivariateNormal{Mean: p[0], Cholesky: p[1]}
		},
		Shapes:   [][]int{{2}, {2, 2}},
		Event:    2,
		Params:   [][]float64{{0, 0, 1, 0, 0, 1}, {1, -2, 0.5, 0, -0.7, 2}},
		Extremes: [][]float64{{0, 0, 1e-6, 0, 0, 1e6}, {1e6, 0, 1e6, 0, 1e6, 1e-3}},
	}},
	{"MultivariateNormal of four", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.MultivariateNormal{Mean: p[0], Cholesky: p[1]}
		},
		Shapes: [][]int{{4}, {4, 4}},
		Event:  4,
		Params: [][]float64{{0, 1, 2, -1, 1, 0, 0, 0, 0.5, 2, 0, 0, -0.3, 0.1, 0.7, 0, 1, 1, 1, 0.4}},
	}},
	{"LowRankNormal", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.LowRankNormal{Mean: p[0], LogStd: p[1], Factor: p[2]}
		},
		Shapes:   [][]int{{2}, {2}, {2, 1}},
		Event:    2,
		Params:   [][]float64{{0, 0, 0, 0, 0, 0}, {1, -2, 0.5, -1, 1, 0.6}},
		Skip:     []string{"precision of closed forms"}, // a factor of 1e4 beside a deviation of 1e-6: terms of 1e8 cancel
		Extremes: [][]float64{{0, 0, 13.8, -13.8, 1, 1}, {0, 0, 0, 0, 1e4, -1e4}},
	}},
	{"LowRankNormal of three", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.LowRankNormal{Mean: p[0], LogStd: p[1], Factor: p[2]}
		},
		Shapes: [][]int{{3}, {3}, {3, 2}},
		Event:  3,
		Params: [][]float64{{0, 1, 2, -0.3, 0.2, 0, 1, 0.2, -0.5, 0.3, 0, 1}},
	}},
	{"RelaxedBernoulli", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.RelaxedBernoulli{Logits: p[0], Temperature: p[1]} },
		Params:   [][]float64{{0, 1}, {1.5, 0.5}, {-3, 2}},
		Extremes: [][]float64{{100, 0.1}, {-100, 0.01}, {100, 10}},
	}},
	{"RelaxedOneHot", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.RelaxedOneHot{Logits: p[0], Temperature: p[1]} },
		Shapes:   [][]int{{3}, {1}},
		Event:    3,
		Params:   [][]float64{{0, 0.5, -1, 1}, {1, -1, 0, 0.6}},
		Extremes: [][]float64{{100, 0, -100, 0.1}, {0, 0, 0, 0.01}},
	}},
	{"Mixture", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Mixture{Logits: p[0], Components: prob.Normal{Mean: p[1], LogStd: p[2]}}
		},
		Shapes:   [][]int{{2}, {2, 1}, {2, 1}},
		Params:   [][]float64{{0, 1, -2, 3, 0, -1}, {3, 0, 0, 1, 1, -2}},
		Extremes: [][]float64{{100, -100, 0, 1e6, 13.8, -13.8}},
	}},
	{"Mixture of planes", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Mixture{Logits: p[0], Components: prob.Normal{Mean: p[1], LogStd: p[2]}}
		},
		Shapes: [][]int{{2}, {2, 2}, {2, 2}},
		Event:  2,
		Params: [][]float64{{0, 1, -1, 1, 0, -1, 0, 0, 0.3, -0.5}},
	}},
	{"ElementMixture", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.ElementMixture{Logits: p[0], Components: prob.Logistic{Loc: p[1], LogScale: p[2]}}
		},
		Shapes:   [][]int{{1, 2}, {2, 1}, {2, 1}},
		Params:   [][]float64{{0, 1, -2, 3, 0, -1}, {3, 0, 0, 1, 1, -2}},
		Extremes: [][]float64{{100, -100, 0, 1e6, 13.8, -13.8}},
	}},
	{"ZeroInflated", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.ZeroInflated{Base: prob.Poisson{LogRate: p[0]}, Logits: p[1]}
		},
		Degenerate: [][]float64{{0, math.Inf(1)}, {0, math.Inf(-1)}, {math.Inf(-1), 0}, {math.Inf(-1), math.Inf(-1)}},
		Params:     [][]float64{{0, 0}, {2.3, -1}, {1, 2}},
		Extremes:   [][]float64{{13.8, 100}, {-100, -100}, {13.8, -100}},
	}},
	{"Delta", probtest.Case{
		New:      func(_ scope, p []node) prob.Dist { return prob.Delta{Value: p[0]} },
		Params:   [][]float64{{0}, {3}, {-2}},
		Constant: []int{0}, // its unit mass moves with it: no difference quotient
		Support:  func(p []float64) prob.Support { return prob.Support{Kind: prob.Integers, Lo: p[0], Hi: p[0]} },
	}},
	{"Masked", probtest.Case{
		New: func(s scope, p []node) prob.Dist {
			return prob.Masked(prob.Normal{Mean: p[0], LogStd: p[1]}, s.Const(1))
		},
		Params: [][]float64{{0, 0}, {-1.5, 1.2}},
	}},
	{"Transformed by Exp", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Exp{}}
		},
		Params:  [][]float64{{0, 0}, {-1.5, 0.3}},
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: math.Inf(1)} },
	}},
	{"Transformed by Sigmoid", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Sigmoid{}}
		},
		Params:  [][]float64{{0, 0}, {-1.5, 0.3}},
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: 1} },
	}},
	{"Transformed by Softmax", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Softmax{}}
		},
		Shapes:  [][]int{{2}, {2}},
		Event:   3,
		Params:  [][]float64{{0, 0.5, 0, -0.3}},
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Simplex} },
	}},
	{"Transformed by Rising", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Rising{}}
		},
		Shapes:  [][]int{{2}, {2}},
		Event:   2,
		Params:  [][]float64{{0, 0.5, 0, -0.3}},
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Ordered} },
	}},
}

var draws = flag.Int("draws", 0, "draws in each test of a sampler, such as 1000000; 0 means 100000, in short tests 20000")

func TestConformance(t *testing.T) {
	for _, c := range families {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.Draws = *draws
			if c.Draws == 0 && testing.Short() {
				c.Draws = 20_000
			}
			probtest.Run(t, c.Case)
		})
	}
}
