package prob_test

import (
	"math"
	"os"
	"testing"

	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// cross lists every combination of the numbers.
func cross(axes ...[]float64) [][]float64 {
	all := [][]float64{nil}
	for _, axis := range axes {
		var longer [][]float64
		for _, head := range all {
			for _, v := range axis {
				longer = append(longer, append(head[:len(head):len(head)], v))
			}
		}
		all = longer
	}
	return all
}

var (
	inf        = math.Inf(1)
	shapes     = []float64{-85, -30, -10, -4.6, -2.3, 0, 3, 10}
	wideScales = []float64{-60, -10, 0, 10, 60}
	logits     = []float64{-80, -20, 0, 20, 80}
)

// edges are settings at which draws come near to the ends of the support, and
// then ones at which a law degenerates, by the name in the conformance table.
var edges = map[string]struct{ near, degenerate [][]float64 }{
	"Gamma":        {cross(shapes, wideScales), [][]float64{{-inf, 0}, {-200, 0}, {0, inf}, {0, -inf}, {0, 100}}},
	"InverseGamma": {cross(shapes, []float64{-10, 0, 10}), [][]float64{{-inf, 0}, {-200, 0}, {0, -inf}, {0, -100}, {-85, 60}, {10, -60}}},
	"Beta":         {cross([]float64{-85, -30, -4.6, 0, 3}, []float64{-85, -30, -4.6, 0, 3}), [][]float64{{-inf, 0}, {0, -inf}, {-inf, -inf}, {-200, -200}, {inf, 0}}},
	"Dirichlet": {cross([]float64{-85, -10, -2.3, 3}, []float64{-85, -10, 0}, []float64{-85, -2.3}),
		[][]float64{{-inf, -inf, -inf}, {-inf, 0, 0}, {-200, -200, -200}, {-86, -84, -85}}},
	"StudentT":    {cross([]float64{-10, -5, -1, 0, 15}, []float64{0}, []float64{-10, 0, 10}), [][]float64{{-inf, 0, 0}, {0, 1, -inf}, {-200, 0, 0}, {inf, 0, 0}, {-5, 0, 60}}},
	"Exponential": {cross(wideScales), [][]float64{{inf}, {-inf}, {100}, {-100}}},
	"HalfNormal":  {cross(wideScales), [][]float64{{inf}, {-inf}, {100}, {-100}}},
	"HalfCauchy":  {cross([]float64{-60, -10, 0, 10, 40}), [][]float64{{inf}, {-inf}, {100}, {-100}}},
	"LogNormal":   {cross([]float64{-80, -20, 0, 20, 80}, []float64{-5, 0, 2, 3}), [][]float64{{0, -inf}, {-inf, 0}, {inf, 0}, {0, -100}, {0, 60}}},
	"Uniform":     {[][]float64{{0, 1}, {-1, 0}, {1e6, 1e6 + 1}, {-1e30, 1e30}, {0, 1e-30}, {2, 2 + 0x1p-21}}, [][]float64{{1, 1}, {0, 0}}},
	"ContinuousBernoulli": {cross([]float64{-1e30, -1e6, -80, -1e-30, 0, 80, 1e6, 1e9, 1e30}),
		[][]float64{{inf}, {-inf}}},
	"Normal":           {cross([]float64{-1e6, 0}, []float64{-5, 0, 10}), [][]float64{{3, -inf}, {3, -100}}},
	"Laplace":          {cross([]float64{-1e6, 0}, []float64{-5, 0, 10}), [][]float64{{3, -inf}, {3, -100}}},
	"Logistic":         {cross([]float64{-1e6, 0}, []float64{-5, 0, 10}), [][]float64{{3, -inf}, {3, -100}}},
	"Cauchy":           {cross([]float64{-1e6, 0}, []float64{-5, 0, 10}), [][]float64{{3, -inf}, {3, -100}}},
	"Gumbel":           {cross([]float64{-10, 0}, []float64{0, 10}), [][]float64{{3, -inf}, {3, -100}}},
	"RelaxedBernoulli": {cross(logits, []float64{1e-3, 1, 100}), [][]float64{{inf, 1}, {-inf, 1}, {1, 1e-38}}},
	"RelaxedOneHot":    {cross(logits, []float64{0}, []float64{-80, 5}, []float64{1e-3, 1, 100}), [][]float64{{0, 0, 0, 1e-38}, {-inf, 0, 0, 1}}},
	"Bernoulli":        {cross(logits), [][]float64{{inf}, {-inf}}},
	"Binomial":         {cross([]float64{0, 1, 1000}, logits), [][]float64{{5, inf}, {5, -inf}}},
	"Poisson":          {cross([]float64{-80, -10, 0, 10, 30}), [][]float64{{-inf}, {inf}, {200}}},
	"NegativeBinomial": {cross([]float64{-10, 0, 10}, []float64{-20, 0, 5}), [][]float64{{-inf, 0}, {0, -inf}, {0, inf}, {inf, 0}, {-inf, inf}, {-200, 0}}},
	"Geometric":        {cross(logits), [][]float64{{inf}, {-inf}, {-200}}},
	"Categorical":      {nil, [][]float64{{-inf, 0, -inf, 0}, {-inf, -inf, 0, -inf}}},
	"OneHot":           {nil, [][]float64{{-inf, 0, -inf, 0}, {-inf, -inf, 0, -inf}}},
	"Multinomial":      {nil, [][]float64{{-inf, 0, 0}, {-inf, 0, -inf}}},
	"ZeroInflated":     {nil, [][]float64{{0, inf}, {0, -inf}, {-inf, 0}}},
	"Transformed by Exp": {cross([]float64{-100, 0, 100}, []float64{0, 3}),
		[][]float64{{0, -inf}, {-inf, 0}}},
	"Transformed by Sigmoid":  {cross([]float64{-100, 0, 100}, []float64{0, 1.6, 4}), [][]float64{{0, -inf}}},
	"Transformed by Softmax":  {cross([]float64{-100, 0}, []float64{0, 100}, []float64{1.6, 4}, []float64{1.6}), nil},
	"Transformed by Rising":   {cross([]float64{-100, 0}, []float64{-50, 0, 50}, []float64{0}, []float64{1.6, 3}), nil},
	"Transformed by Tanh":     {cross([]float64{-100, 0, 100}, []float64{0, 1.6, 4}), [][]float64{{0, -inf}}},
	"Transformed to (2, 5)":   {cross([]float64{-100, 0, 100}, []float64{0, 1.6, 4}), nil},
	"Transformed by a chain":  {cross([]float64{-100, 0, 100}, []float64{0, 1.6, 4}), nil},
	"Transformed by sticks":   {cross([]float64{-100, 0}, []float64{0, 100}, []float64{1.6, 4}, []float64{1.6}), nil},
	"Transformed by Softplus": {cross([]float64{-100, 0, 100}, []float64{0, 1.6, 4}), nil},
}

// transformed are cases of edges only.
var transformed = []family{
	throughNormal("Transformed by Tanh", func() prob.Bijector { return prob.Tanh{} }, -1, 1),
	throughNormal("Transformed to (2, 5)", constrain(2, 5), 2, 5),
	throughNormal("Transformed by a chain", func() prob.Bijector { return chainTo(2, 3) }, 2, 5),
	throughNormal("Transformed by Softplus", func() prob.Bijector { return prob.Softplus{} }, 0, inf),
	{"Transformed by sticks", probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.StickBreaking{}}
		},
		Shapes:  [][]int{{2}, {2}},
		Event:   3,
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Simplex} },
	}},
}

func throughNormal(name string, b func() prob.Bijector, lo, hi float64) family {
	return family{name, probtest.Case{
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: b()}
		},
		Support: func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Lo: lo, Hi: hi} },
	}}
}

// TestDrawsStayInside sweeps the samplers over settings at which the numbers
// of a dtype end: 200 draws each, or 10⁴ with LATENT_SWEEP.
func TestDrawsStayInside(t *testing.T) {
	n := 200
	if os.Getenv("LATENT_SWEEP") != "" {
		n = 10_000
	}
	tested := map[string]bool{}
	for _, f := range append(append([]family(nil), families...), transformed...) {
		e, ok := edges[f.name]
		if !ok {
			continue
		}
		tested[f.name] = true
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c := f.Case
			c.Draws = 50 * n // the rule looks at one in 50
			if e.near != nil {
				c.Params = e.near
			}
			c.Extremes, c.Degenerate = nil, e.degenerate
			for _, r := range probtest.Rules() {
				if r.Name != "draws inside" {
					continue
				}
				if err := r.Check(c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for name := range edges {
		if !tested[name] {
			t.Errorf("no case of the name %s", name)
		}
	}
}
