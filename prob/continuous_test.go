package prob_test

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// The continuous laws of one element. locScale are settings of a location and a log scale, and extreme ones.
var (
	locScale        = [][]float64{{0, 0}, {-1.5, 1.2}, {3, -2}}
	locScaleExtreme = [][]float64{{0, -13.8}, {0, 13.8}, {1e6, -13.8}, {-1e6, 13.8}, {1e6, 0}}
	logScale        = [][]float64{{0}, {1.2}, {-2}}
	logScaleExtreme = [][]float64{{13.8}, {-13.8}}
	logShape        = [][]float64{{0, 0}, {1.5, -1}, {-1, 0.5}, {4, 2}}
	logShapeExtreme = [][]float64{{13.8, 0}, {-6.9, 0}, {0, 13.8}, {0, -13.8}, {13.8, 13.8}, {10, 10}, {-13.8, 1}}
)

func init() {
	families = append(families, []family{
		{"LogNormal", probtest.Case{
			New: func(_ scope, p []node) prob.Dist { return prob.LogNormal{Loc: p[0], LogScale: p[1]} },
			Same: []func(scope, []node) prob.Dist{func(_ scope, p []node) prob.Dist {
				return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Exp{}}
			}},
			Params:   [][]float64{{0, 0}, {-1.5, -0.7}, {3, -2}},
			Extremes: [][]float64{{0, -13.8}, {0, 13.8}, {1e6, -13.8}, {10, 3}, {-80, 1}},
		}},
		{"Laplace", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Laplace{Loc: p[0], LogScale: p[1]} },
			Params:   locScale,
			Extremes: locScaleExtreme,
		}},
		{"Logistic", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Logistic{Loc: p[0], LogScale: p[1]} },
			Params:   locScale,
			Extremes: locScaleExtreme,
		}},
		{"Cauchy", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Cauchy{Loc: p[0], LogScale: p[1]} },
			Params:   locScale,
			Extremes: locScaleExtreme,
		}},
		{"Gumbel", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Gumbel{Loc: p[0], LogScale: p[1]} },
			Params:   locScale,
			Extremes: locScaleExtreme,
		}},
		{"Exponential", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Exponential{LogRate: p[0]} },
			Same:     []func(scope, []node) prob.Dist{func(_ scope, p []node) prob.Dist { return prob.Gamma{LogConcentration: graph.Const(0), LogRate: p[0]} }},
			Params:   logScale,
			Extremes: logScaleExtreme,
		}},
		{"HalfNormal", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.HalfNormal{LogScale: p[0]} },
			Params:   logScale,
			Extremes: logScaleExtreme,
		}},
		{"HalfCauchy", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.HalfCauchy{LogScale: p[0]} },
			Params:   logScale,
			Extremes: logScaleExtreme,
		}},
		{"Gamma", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Gamma{LogConcentration: p[0], LogRate: p[1]} },
			Params:   logShape,
			Extremes: logShapeExtreme,
		}},
		{"InverseGamma", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.InverseGamma{LogConcentration: p[0], LogScale: p[1]} },
			Params:   [][]float64{{0, 0}, {2, -1}, {-1, 0.5}, {4, 2}},
			Extremes: logShapeExtreme,
		}},
		{"Beta", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Beta{LogA: p[0], LogB: p[1]} },
			Params:   [][]float64{{0, 0}, {1.5, -0.5}, {-0.5, -0.5}, {4, 2}},
			Extremes: [][]float64{{13.8, 0}, {-6.9, 0}, {0, 13.8}, {-6.9, -6.9}, {10, 10}, {13.8, 13.8}},
		}},
		{"StudentT", probtest.Case{
			New: func(_ scope, p []node) prob.Dist {
				return prob.StudentT{LogDF: p[0], Loc: p[1], LogScale: p[2]}
			},
			Params:   [][]float64{{0, 0, 0}, {2, -1.5, 1.2}, {4, 3, -2}, {0.5, 0, 0}, {9, 0, 0}},
			Extremes: [][]float64{{0, 0, 13.8}, {0, 0, -13.8}, {13.8, 0, 0}, {-3, 0, 0}, {2, 1e6, 0}, {1, 1e6, -13.8}},
		}},
		{"Uniform", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.Uniform{Low: p[0], High: p[1]} },
			Params:   [][]float64{{0, 1}, {-3, 5}, {100, 101}},
			Support:  func(p []float64) prob.Support { return prob.Support{Kind: prob.Interval, Lo: p[0], Hi: p[1]} },
			Extremes: [][]float64{{-1e6, 1e6}, {0, 1e-6}, {1e6, 2e6}},
		}},
		{"LogUniform", probtest.Case{
			New:      func(scope, []node) prob.Dist { return prob.LogUniform{} },
			Params:   [][]float64{{}},
			Values:   [][]float64{{0.5}, {-2}, {3}, {0.1}, {1e6}, {-1e6}},
			Improper: true,
		}},
		{"ContinuousBernoulli", probtest.Case{
			New:      func(_ scope, p []node) prob.Dist { return prob.ContinuousBernoulli{Logits: p[0]} },
			Params:   [][]float64{{0}, {1.3}, {-4}, {1e-4}},
			Extremes: [][]float64{{100}, {-100}, {1e6}, {1e-6}, {1e-30}},
			Support:  func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: 1} },
		}},
		{"DiscretizedLogistic", probtest.Case{
			New: func(_ scope, p []node) prob.Dist {
				return prob.DiscretizedLogistic{Loc: p[0], LogScale: p[1]}
			},
			Degenerate: [][]float64{{0.25, math.Inf(-1)}, {0.25, math.Inf(1)}},
			Params:     [][]float64{{0.5, -2}, {-0.1, -1}, {0.9, -4}, {0.3, 1}},
			Extremes:   [][]float64{{0.5, -13.8}, {0.5, 13.8}, {-1e6, 0}, {1e6, -5}, {0.50001, -8}},
			Support:    func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: 1} },
			Discrete:   steps(255),
			Grey:       true,
		}},
		{"DiscretizedLogistic of four", probtest.Case{
			New: func(_ scope, p []node) prob.Dist {
				return prob.DiscretizedLogistic{Loc: p[0], LogScale: p[1], Bins: 4}
			},
			Params:   [][]float64{{0.5, -2}, {-0.1, -1}},
			Support:  func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: 1} },
			Discrete: steps(3),
			Grey:     true,
		}},
		{"Mixture of DiscretizedLogistic", probtest.Case{
			New: func(_ scope, p []node) prob.Dist {
				return prob.ElementMixture{Logits: p[0], Components: prob.DiscretizedLogistic{Loc: p[1], LogScale: p[2]}}
			},
			Shapes:   [][]int{{1, 2}, {2, 1}, {2, 1}},
			Skip:     []string{"moments"},
			Params:   [][]float64{{0, 1, 0.2, 0.8, -2, -3}},
			Extremes: [][]float64{{100, -100, 0, 1, -13, 13}},
			Support:  func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: 1} },
			Discrete: steps(255),
			Grey:     true,
		}},
	}...)
}

// steps lists the numbers from 0 to 1 in n steps.
func steps(n int) [][]float64 {
	var v [][]float64
	for i := range n + 1 {
		v = append(v, []float64{float64(i) / float64(n)})
	}
	return v
}
