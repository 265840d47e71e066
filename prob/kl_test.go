package prob_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func TestKLValues(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		q, p func() prob.Dist
		want float64
	}{
		"Binomial of one n": {
			func() prob.Dist { return prob.Binomial{Total: graph.Const(7), Logits: nums(0)} },
			func() prob.Dist { return prob.Binomial{Total: graph.Const(7), Logits: nums(math.Log(3))} },
			7 * .5 * math.Log(4./3), // ½ log(½/¾) + ½ log(½/¼)
		},
		"NegativeBinomial of one r": {
			func() prob.Dist { return prob.NegativeBinomial{LogTotal: nums(math.Log(7)), Logits: nums(0)} },
			func() prob.Dist {
				return prob.NegativeBinomial{LogTotal: nums(math.Log(7)), Logits: nums(math.Log(3))}
			},
			7 * math.Log(4./3), // log(½/¾) + log(½/¼)
		},
		"Poisson": {
			func() prob.Dist { return prob.Poisson{LogRate: nums(math.Log(2))} },
			func() prob.Dist { return prob.Poisson{LogRate: nums(math.Log(3))} },
			2*math.Log(2./3) + 1,
		},
		"Geometric": {
			func() prob.Dist { return prob.Geometric{Logits: nums(0)} },
			func() prob.Dist { return prob.Geometric{Logits: nums(math.Log(3))} },
			math.Log(4. / 3), // 2·(½ log(4/3))
		},
		"Categorical": {
			func() prob.Dist { return prob.Categorical{Logits: graph.Tensor([]float64{0, 0, 0, -inf}, 2, 2)} },
			func() prob.Dist { return prob.Categorical{Logits: graph.Tensor([]float64{math.Log(3), 0, 0, 0}, 2, 2)} },
			.5*math.Log(4./3) + math.Ln2,
		},
		"OneHot of a class that never comes": {
			func() prob.Dist { return prob.OneHot{Logits: nums(0, 0)} },
			func() prob.Dist { return prob.OneHot{Logits: nums(0, -inf)} },
			inf,
		},
		"Dirichlet": { // scipy: betaln and digamma by hand
			func() prob.Dist { return prob.Dirichlet{LogConcentration: nums(0, 0)} },
			func() prob.Dist { return prob.Dirichlet{LogConcentration: nums(math.Log(2), 0)} },
			1 - math.Ln2, // uniform against 2x: −log 2 − E log x
		},
		"Delta and Poisson": {
			func() prob.Dist { return prob.Delta{Value: nums(0)} },
			func() prob.Dist { return prob.Poisson{LogRate: nums(0)} },
			1,
		},
	} {
		got := values(t, func(*graph.Scope) *graph.Node { return prob.KL(c.q(), c.p()) })
		near(t, name, got, []float64{c.want}, 1e-13)
	}
	values(t, func(*graph.Scope) *graph.Node {
		q := prob.Binomial{Total: graph.Const(7), Logits: nums(0)}
		if prob.HasKL(q, prob.Binomial{Total: graph.Const(8), Logits: nums(0)}) {
			t.Error("binomials of different n have a closed form")
		}
		n := prob.NegativeBinomial{LogTotal: graph.Const(7), Logits: nums(0)}
		if prob.HasKL(n, prob.NegativeBinomial{LogTotal: graph.Const(8), Logits: nums(0)}) {
			t.Error("negative binomials of different r have a closed form")
		}
		return nums(0)
	})
}

func TestKLErrors(t *testing.T) {
	refuses(t, "no closed form for KL(prob.Poisson ‖ prob.Geometric); register one with prob.RegisterKL, or estimate it with prob.MonteCarloKL",
		func(*graph.Scope) *graph.Node {
			return prob.KL(prob.Poisson{LogRate: nums(0)}, prob.Geometric{Logits: nums(0)})
		})
	refuses(t, "KL of OneHot with 2 and 3 classes", func(*graph.Scope) *graph.Node {
		return prob.KL(prob.OneHot{Logits: nums(0, 1)}, prob.OneHot{Logits: nums(0, 1, 2)})
	})
	refuses(t, "KL of Categorical with 2 and 3 classes", func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Categorical{Logits: graph.Tensor(make([]float64, 2), 1, 2)}, prob.Categorical{Logits: graph.Tensor(make([]float64, 3), 1, 3)})
	})
	refuses(t, "KL of Dirichlet with 2 and 3 classes", func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Dirichlet{LogConcentration: nums(0, 1)}, prob.Dirichlet{LogConcentration: nums(0, 1, 2)})
	})
	defer func() {
		if recover() == nil {
			t.Error("a pair can be registered twice")
		}
	}()
	prob.RegisterKL(func(q, p prob.Poisson) *graph.Node { return nil })
}

func TestMonteCarloKL(t *testing.T) {
	const draws = 100_000
	got := values(t, func(s *graph.Scope) *graph.Node {
		q, p := prob.Geometric{Logits: nums(0)}, prob.Poisson{LogRate: nums(0)}
		return graph.Mean(prob.MonteCarloKL(q, p, q.Sample(s, draws)))
	})
	want := 0.0 // Σ 2⁻ˣ⁻¹·(−(x+1)·log 2 + 1 + log x!)
	for x := range 60 {
		lg, _ := math.Lgamma(float64(x) + 1)
		want += math.Exp2(-float64(x)-1) * (-float64(x+1)*math.Ln2 + 1 + lg)
	}
	near(t, "estimate", got, []float64{want}, .03)
}
