package prob_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// TestReferences holds log densities against mpmath and SciPy: the numbers are
// printed by internal/ref/compound/compound.py.
func TestReferences(t *testing.T) {
	// points evaluates one case a row: f gets the columns, each [rows, 1].
	points := func(rows [][]float64, f func(c []*graph.Node) *graph.Node) []float64 {
		return values(t, func(*graph.Scope) *graph.Node {
			c := make([]*graph.Node, len(rows[0]))
			for j := range c {
				v := make([]float64, len(rows))
				for i, r := range rows {
					v[i] = r[j]
				}
				c[j] = graph.Tensor(v, len(v), 1)
			}
			return f(c)
		})
	}
	// row evaluates one event of many elements.
	row := func(d func() prob.Dist, x ...float64) float64 {
		return values(t, func(*graph.Scope) *graph.Node { return d().LogProb(nums(x...)) })[0]
	}
	const tolerance = 1e-11

	near(t, "Poisson", points([][]float64{{0, 0}, {-3, 2}, {1.5, 4}, {2.5, 16}, {4, 30}, {13.8, 1e6}, {30, 3}, {-40, 0}, {7, 900}},
		func(c []*graph.Node) *graph.Node { return prob.Poisson{LogRate: c[0]}.LogProb(c[1]) }), []float64{
		-1.0, -6.7429342489278092524, -1.6597429006860104422, -2.8543540667841462418, -9.2563863819744034636,
		-127.49588720459796233, -10686474581436.253906, -4.2483542552915889953e-18, -23.108673927793885324}, tolerance)

	near(t, "Binomial", points([][]float64{{1, 0, 1}, {10, .5, 7}, {10, -3, 0}, {10, 3, 10}, {40, -1, 20}, {1e6, 2, 880797}, {5, 100, 0}, {5, -100, 5}},
		func(c []*graph.Node) *graph.Node { return prob.Binomial{Total: c[0], Logits: c[1]}.LogProb(c[2]) }), []float64{
		-0.69314718055994530942, -1.4532780990190208145, -0.48587351573742058759, -0.48587351573742058759,
		-6.8810607074784879922, -6.6997668232808867195, -500, -500}, tolerance)

	near(t, "NegativeBinomial", points([][]float64{{0, 0, 0}, {1, .5, 7}, {-3, 2, 1}, {3, -2, 40}, {12, -6, 400}, {-8, 1, 0}, {-8, 1, 3}},
		func(c []*graph.Node) *graph.Node {
			return prob.NegativeBinomial{LogTotal: c[0], Logits: c[1]}.LogProb(c[2])
		}), []float64{
		-0.69314718055994530942, -2.7692948336382797502, -3.2328215213422938436, -52.657945205280860241,
		-3.9306827835713762483, -0.00044055021681855036274, -10.038334777818073784}, 1e-10)

	near(t, "Geometric", points([][]float64{{0, 0}, {-2, 5}, {3, 2}, {-10, 1e4}, {50, 0}, {50, 1}},
		func(c []*graph.Node) *graph.Node { return prob.Geometric{Logits: c[0]}.LogProb(c[1]) }), []float64{
		-0.69314718055994530942, -2.7615680662578349787, -6.1457620547212261763, -10.454034391067863332,
		-1.928749847963917783e-22, -50}, tolerance)

	near(t, "ZeroInflated", points([][]float64{{1, 0, 0}, {1, 0, 3}, {-30, -2, 0}, {2, 30, 0}, {2, 30, 5}},
		func(c []*graph.Node) *graph.Node {
			return prob.ZeroInflated{Base: prob.Poisson{LogRate: c[0]}, Logits: c[1]}.LogProb(c[2])
		}), []float64{
		-0.62924507828892597355, -2.2031884782470455456, -8.2421669677730971227e-14, -9.3518401544549115018e-14,
		-32.176547841712789798}, tolerance)

	words := func() prob.Dist { return prob.Multinomial{Logits: nums(0, 1, -1, .5)} }
	near(t, "Multinomial", []float64{row(words, 0, 0, 0, 0), row(words, 1, 2, 0, 3), row(words, 0, 0, 9, 0), row(words, 100, 200, 50, 150)},
		[]float64{0, -2.885059052820646463, -24.719105422564120722, -17.422411675905190817}, tolerance)

	dirichlet := func(a ...float64) func() prob.Dist {
		return func() prob.Dist { return prob.Dirichlet{LogConcentration: nums(a...)} }
	}
	near(t, "Dirichlet", []float64{
		row(dirichlet(0, 0, 0), .25, .25, .5), row(dirichlet(1, -1, .5), .125, .625, .25), row(dirichlet(5, 4, 3), .5, .25, .25),
		row(dirichlet(-4, -3, -5), .0625, .875, .0625), row(dirichlet(13, 13, 14), .25, .25, .5)}, []float64{
		0.69314718055994530942, -2.615506366910329583, -15.782714880224633094, -3.8028632863223299936, -24268.18574915281545}, tolerance)

	near(t, "LowRankNormal", []float64{row(func() prob.Dist {
		return prob.LowRankNormal{Mean: nums(0, 1, 2), LogStd: nums(0, -1, .5), Factor: graph.Tensor([]float64{1, 0, 2, -1, 0, 3}, 3, 2)}
	}, 1, 2, -1)}, []float64{-5.5234427006000780902}, tolerance)

	near(t, "LowRankNormal with a factor that dwarfs the diagonal", []float64{row(func() prob.Dist {
		return prob.LowRankNormal{Mean: nums(0, 0), LogStd: graph.Const(-9), Factor: graph.Tensor([]float64{1000, 2000}, 2, 1)}
	}, 1000, 2000.0001)}, []float64{-1.1160113107129000225}, 1e-7) // the condition number is 10¹³

	relaxed := func(temperature float64, l ...float64) func() prob.Dist {
		return func() prob.Dist {
			return prob.RelaxedOneHot{Logits: nums(l...), Temperature: graph.Const(temperature)}
		}
	}
	near(t, "RelaxedOneHot", []float64{
		row(relaxed(.5, 0, 1, -1), math.Log(.25), math.Log(.25), math.Log(.5)),
		row(relaxed(2, 3, 0), math.Log(.125), math.Log(.875))},
		[]float64{-5.1823689114184122231, -6.2007042111057169033}, tolerance)

	// covariance [[4, 1], [1, 2.5]]
	mvn := func() prob.Dist {
		return prob.MultivariateNormal{Mean: nums(1, -1), Cholesky: graph.Tensor([]float64{2, 0, .5, 1.5}, 2, 2)}
	}
	near(t, "MultivariateNormal", []float64{row(mvn, .5, 2)}, []float64{-5.137878243966345}, tolerance)

	entropy := func(d func() prob.Dist) float64 {
		return values(t, func(*graph.Scope) *graph.Node { return d().(prob.Entropic).Entropy() })[0]
	}
	near(t, "entropies", []float64{
		entropy(dirichlet(math.Log(2), math.Log(3), math.Log(.5))), entropy(mvn),
		entropy(func() prob.Dist { return prob.Geometric{Logits: nums(math.Log(1. / 3))} })},
		[]float64{-1.9146769909858068, 3.9364893550774553, 2.249340578475233}, tolerance)
}

func TestWhatIsOutside(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, c := range map[string]struct {
		d    func() prob.Dist
		x    []float64 // events of one size, outside and then one of NaN
		size int
	}{
		"Poisson":   {func() prob.Dist { return prob.Poisson{LogRate: nums(1)} }, []float64{-1, .5, inf, -inf, nan}, 1},
		"Geometric": {func() prob.Dist { return prob.Geometric{Logits: nums(1)} }, []float64{-1, .5, inf, -inf, nan}, 1},
		"Binomial":  {func() prob.Dist { return prob.Binomial{Total: nums(3), Logits: nums(1)} }, []float64{-1, .5, 4, inf, nan}, 1},
		"Multinomial": {func() prob.Dist { return prob.Multinomial{Logits: nums(1, 2), Total: graph.Const(3)} },
			[]float64{-1, 4, .5, 2.5, 1, 1, inf, 0, nan, 1}, 2},
		"OneHot":        {func() prob.Dist { return prob.OneHot{Logits: nums(1, 2)} }, []float64{1, 1, 0, 0, .5, .5, -1, 2, nan, 1}, 2},
		"Categorical":   {func() prob.Dist { return prob.Categorical{Logits: graph.Tensor([]float64{1, 2}, 1, 2)} }, []float64{-1, 2, .5, inf, nan}, 1},
		"Dirichlet":     {func() prob.Dist { return prob.Dirichlet{LogConcentration: nums(1, 2)} }, []float64{.4, .4, 1.5, -.5, 0, 1, nan, .5}, 2},
		"RelaxedOneHot": {func() prob.Dist { return prob.RelaxedOneHot{Logits: nums(1, 2), Temperature: nums(1)} }, []float64{0, 0, -1, -1, inf, 0, nan, 0}, 2},
		"Transformed": {func() prob.Dist {
			return prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Chain(prob.Sigmoid{}, prob.Affine{Shift: nums(2)})}
		}, []float64{1, 2, 3, 4, nan}, 1},
		"Transformed to the simplex": {func() prob.Dist {
			return prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.StickBreaking{}}
		}, []float64{.4, .4, 1.5, -.5, nan, .5}, 2},
		"Delta": {func() prob.Dist { return prob.Delta{Value: nums(1)} }, []float64{0, inf, nan}, 1},
		"Mixture": {func() prob.Dist {
			return prob.Mixture{Logits: nums(0, 1), Components: prob.Poisson{LogRate: graph.Tensor([]float64{0, 1}, 2, 1)}}
		}, []float64{-1, .5, nan}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := len(c.x) / c.size
			got := values(t, func(s *graph.Scope) *graph.Node { return c.d().LogProb(graph.Tensor(c.x, n, c.size)) })
			want := make([]float64, n)
			for i := range want {
				want[i] = -inf
			}
			want[n-1] = nan
			near(t, "log density", got, want, 0)
			grad := values(t, func(s *graph.Scope) *graph.Node {
				x := graph.Tensor(c.x[:len(c.x)-c.size], n-1, c.size)
				return graph.Grad(graph.Sum(c.d().LogProb(x)), []*graph.Node{x})[0]
			})
			near(t, "gradient", grad, make([]float64, len(grad)), 0)
		})
	}
}
