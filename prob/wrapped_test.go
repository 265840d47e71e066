package prob_test

import (
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// What Independent and Masked return can do what the base can, and no more, and
// has its moments.
func TestWrappersKeepWhatTheBaseCan(t *testing.T) {
	for name, base := range map[string]func() prob.Factored{
		"drawn by path, with moments":    func() prob.Factored { return prob.Normal{Mean: nums(1, 2), LogStd: nums(0)} },
		"drawn by path, without moments": func() prob.Factored { return prob.Cauchy{Loc: nums(1, 2), LogScale: nums(0)} },
		"drawn, with moments":            func() prob.Factored { return prob.Bernoulli{Logits: nums(0, 1)} },
		"drawn, without moments":         func() prob.Factored { return prob.Categorical{Logits: graph.Tensor([]float64{0, 1, 2, 3}, 2, 2)} },
		"not drawn, with moments":        func() prob.Factored { return scoredMoments{inSupport{}} },
		"not drawn, and without moments": func() prob.Factored { return prob.LogUniform{} },
	} {
		type can struct{ draws, path, moments bool }
		of := func(d prob.Dist) (c can) {
			_, c.draws = d.(prob.Sampler)
			_, c.path = d.(prob.Pathwise)
			_, c.moments = d.(prob.Moments)
			return c
		}
		var wrapped, want []float64
		want = values(t, func(*graph.Scope) *graph.Node {
			b := base()
			for what, d := range map[string]prob.Dist{"Independent": prob.Independent(b, 3), "Masked": prob.Masked(b, graph.Const(1))} {
				if got, want := of(d), of(b); got != want {
					t.Errorf("%s, %s: %+v, want %+v", name, what, got, want)
				}
			}
			return both(b)
		})
		for _, wrap := range []func(prob.Factored) prob.Dist{
			func(b prob.Factored) prob.Dist { return prob.Independent(b, 3) },
			func(b prob.Factored) prob.Dist { return prob.Masked(b, nums(0, 1)) },
		} {
			wrapped = values(t, func(*graph.Scope) *graph.Node { return both(wrap(base())) })
			near(t, name, wrapped, want, 0)
		}
	}
}

// both returns the mean and the variance side by side, 0 where there are none.
func both(d prob.Dist) *graph.Node {
	m, ok := d.(prob.Moments)
	if !ok {
		return graph.Const(0)
	}
	mean, variance := m.Moments()
	return graph.Concat(-1, mean, graph.BroadcastTo(variance, mean.Shape()...))
}

// scoredMoments has moments and cannot be drawn from.
type scoredMoments struct{ inSupport }

func (scoredMoments) LogProbs(x *graph.Node) *graph.Node    { return x.Neg() }
func (scoredMoments) Moments() (mean, variance *graph.Node) { return nums(3, 4), nums(5, 6) }

// Messages name wrapped laws by what a user wrote.
func TestNameOf(t *testing.T) {
	bits := prob.Bernoulli{}
	for want, d := range map[string]prob.Dist{
		"prob.Bernoulli":                                     bits,
		"prob.Independent of prob.Bernoulli":                 prob.Independent(bits, 2),
		"prob.Masked of prob.Cauchy":                         prob.Masked(prob.Cauchy{}, nil),
		"prob.Independent of prob.Masked of prob.LogUniform": prob.Independent(prob.Masked(prob.LogUniform{}, nil), 2),
		"prob_test.inSupport":                                inSupport{},
		"<nil>":                                              nil,
	} {
		if got := prob.NameOf(d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	refuses(t, "no closed form for KL(prob.Independent of prob.StdNormal ‖ prob.StdNormal)", func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Independent(prob.StdNormal(3), 2), prob.StdNormal(3))
	})
}
