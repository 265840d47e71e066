package prob_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/prob"
)

// dropoutAt evaluates a function of log α and its derivative by it.
func dropoutAt(t *testing.T, f func(node) node, alpha ...float64) (v, d []float64) {
	t.Helper()
	log := make([]float64, len(alpha))
	for i, a := range alpha {
		log[i] = math.Log(a)
	}
	out := evaluate(t, graph.Float64, func(s scope) {
		x := s.Tensor(log, len(log))
		y := f(x)
		s.Output("v", y)
		s.Output("d", graph.Grad(graph.Sum(y), []node{x})[0])
	})
	return out[0], out[1]
}

// The values are u·₂F₂(1,1;3/2,2;−u), u = 1/(2α), by mpmath (50 digits).
func TestDropoutKL(t *testing.T) {
	alpha := []float64{1e-8, 0.1, 0.5, 1, 10, 1e6}
	want := []float64{9.84552178970692174, 1.72413784647092621, 0.739441630099079301, 0.426685604296044806, 0.0491776597803956641, 4.99999916666677778e-7}
	v, d := dropoutAt(t, prob.DropoutKL, alpha...)
	for i := range want {
		if !(math.Abs(v[i]/want[i]-1) <= 1e-13) {
			t.Errorf("KL(%v) = %v, want %v", alpha[i], v[i], want[i])
		}
		if !(d[i] < 0) {
			t.Errorf("KL rises at %v: %v", alpha[i], d[i])
		}
	}
	gradcheck.Check(t, func(_ scope, in []node) node { return prob.DropoutKL(in[0]) }, gradcheck.Between(-6, 4, 7))
	gradcheck.CheckSecond(t, func(_ scope, in []node) node { return prob.DropoutKL(in[0]) }, gradcheck.Between(-6, 4, 7))
}

// The cubic is off by a constant below α = 1, the sigmoid by little anywhere.
func TestDropoutKLApproximations(t *testing.T) {
	alpha := []float64{0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1}
	exact, _ := dropoutAt(t, prob.DropoutKL, alpha...)
	cubic, _ := dropoutAt(t, prob.DropoutKLCubic, alpha...)
	for i, a := range alpha {
		if gap := exact[i] - cubic[i]; !(math.Abs(gap-.671) <= .0045) {
			t.Errorf("at %v the cubic is %v below the exact value, want .671", a, gap)
		}
	}
	alpha = []float64{1e-6, 1e-3, 0.03, 0.1, 0.5, 1, 3, 10, 100, 1e5}
	exact, _ = dropoutAt(t, prob.DropoutKL, alpha...)
	near, _ := dropoutAt(t, prob.DropoutKLSigmoid, alpha...)
	for i, a := range alpha {
		if gap := exact[i] - near[i]; !(math.Abs(gap) <= .01) {
			t.Errorf("at %v the sigmoid is off by %v", a, gap)
		}
	}
}

// The registered divergence is the function of α = σ²/μ², also in float32.
func TestKLToLogUniform(t *testing.T) {
	out := evaluate(t, graph.Float32, func(s scope) {
		q := prob.Normal{Mean: s.Tensor([]float64{0.3, -2, 0}, 3), LogStd: s.Tensor([]float64{-1, 1, 0}, 3)}
		s.Output("kl", prob.KLs(q, prob.LogUniform{}))
	})
	for i, log := range []float64{-2 - 2*math.Log(0.3), 2 - 2*math.Log(2)} {
		want, _ := dropoutAt(t, prob.DropoutKL, math.Exp(log))
		if !(math.Abs(out[0][i]-want[0]) <= 1e-6) {
			t.Errorf("KL is %v, want %v", out[0][i], want[0])
		}
	}
	if out[0][2] != 0 {
		t.Errorf("KL at mean 0 is %v", out[0][2])
	}
}

func TestUniformOutOfOrder(t *testing.T) {
	refuses(t, "prob: Uniform: interval from 2 to 1", func(s scope) node {
		return prob.Uniform{Low: s.Const(2), High: s.Const(1)}.LogProb(s.Input("x", 1))
	})
}
