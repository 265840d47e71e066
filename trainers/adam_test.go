package trainers_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
)

// The first step of Adam and AdaMax is α·sign(g), whatever β₁, β₂ and the size of
// the gradient; without the correction Adam's is α·sign(g)·(1−β₁)/√(1−β₂).
func TestFirstStepIsTheSign(t *testing.T) {
	eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
		for _, c := range []struct {
			rule trainers.Optimizer
			step float64
		}{
			{trainers.Adam{Rate: .1, Epsilon: 1e-30}, .1},
			{trainers.Adam{Rate: .1, Beta1: .3, Beta2: .9999, Epsilon: 1e-30}, .1},
			{trainers.Adam{Rate: .1, Epsilon: 1e-30, AMSGrad: true}, .1},
			{trainers.AdaMax{Rate: .1, Beta1: .3}, .1},
			{trainers.Adam{Rate: .1, Beta2: .9, Epsilon: 1e-30, Uncorrected: true}, .1 * .1 / math.Sqrt(.1)},
			{trainers.Adagrad{Rate: .1, Epsilon: 1e-30}, .1},
			{trainers.RMSProp{Rate: .1, Beta: .75, Epsilon: 1e-30}, .2},
		} {
			got := descend(t, dt, c.rule, 0, 1)[0]
			for i, x := range pull(1) {
				got[i] = (.5 - got[i]) * math.Copysign(1, .5-x)
			}
			compare(t, fmt.Sprintf("%T%+[1]v", c.rule), got, []float64{c.step, c.step, c.step}, 4*tol)
		}
	})
}

// The folded form of Adam's update of arXiv 1412.6980,
//
//	αₜ = α√(1−β₂ᵗ)/(1−β₁ᵗ),  θ ← θ − αₜ·m/(√v + ε′)
//
// is the same update where ε′ = ε√(1−β₂ᵗ), and another where ε′ = ε.
func TestFoldedAdam(t *testing.T) {
	a := trainers.Adam{Rate: .1, Epsilon: .5}
	folded := func(scaled bool) (path [][]float64) {
		m, v, at := make([]float64, 3), make([]float64, 3), []float64{.5, .5, .5}
		for step := 1; step <= 30; step++ {
			root := math.Sqrt(1 - math.Pow(.999, float64(step)))
			eps := .5
			if scaled {
				eps *= root
			}
			for i, x := range pull(step) {
				g := at[i] - x
				m[i], v[i] = .9*m[i]+.1*g, .999*v[i]+.001*g*g
				at[i] -= .1 * root / (1 - math.Pow(.9, float64(step))) * m[i] / (math.Sqrt(v[i]) + eps)
			}
			path = append(path, append([]float64(nil), at...))
		}
		return path
	}
	want, other := folded(true), folded(false)
	for step, got := range descend(t, graph.Float64, a, 0, 30) {
		compare(t, fmt.Sprint("update ", step+1), got, want[step], 1e-12)
		if math.Abs(got[0]-other[step][0]) < 1e-3 {
			t.Errorf("update %d: %v is that of an ε which is not scaled too", step+1, got)
		}
	}
}

// AdaMax keeps u = max(β₂u, |g|), which is the largest β₂ᵗ⁻ⁱ|gᵢ|.
func TestAdaMaxKeepsTheLargest(t *testing.T) {
	u, p := twoParts(t, graph.Float64, trainers.UpdateConfig{Optimizer: trainers.AdaMax{Beta2: .9, Rate: .3}})
	want := 0.
	for step := range 20 {
		a, b := elements(t, p.Params(), "a")[0], 0.
		for _, w := range elements(t, p.Params(), "b/w") {
			b += w
		}
		if step > 0 {
			if err := p.Run(t.Context(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
		}
		want = max(.9*want, math.Abs(a+b-1)) // x = 1
		if err := u.Step(p); err != nil {
			t.Fatal(err)
		}
		s, err := u.State()
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Slots["a"][1].At(0); math.Abs(got-want) > 1e-9*want {
			t.Fatalf("u after update %d is %v, want %v", step+1, got, want)
		}
	}
}

// Adam with β₁ = 0, β₂ → 1 and the rate α/√t is Adagrad, as arXiv 1412.6980 says,
// and with β₁ = 0 and no correction RMSProp.
func TestAdamIsAdagradInTheLimit(t *testing.T) {
	adam := descendBy(t, graph.Float64, trainers.UpdateConfig{
		Optimizer: trainers.Adam{Rate: .3, Beta1: -1, Beta2: 1 - 1e-9, Epsilon: 1e-30}, Rate: trainers.InverseRoot{},
	}, 50)
	for step, want := range descend(t, graph.Float64, trainers.Adagrad{Rate: .3, Epsilon: 1e-30}, 0, 50) {
		compare(t, fmt.Sprint("update ", step+1), adam[step], want, 1e-6)
	}
	adam = descend(t, graph.Float64, trainers.Adam{Rate: .01, Beta1: -1, Beta2: .99, Uncorrected: true}, 0, 50)
	for step, want := range descend(t, graph.Float64, trainers.RMSProp{}, 0, 50) {
		compare(t, fmt.Sprint("update ", step+1), adam[step], want, 1e-14)
	}
}

// A rule in another tells what its zeros mean.
func TestDefaults(t *testing.T) {
	for _, c := range [][2]any{
		{trainers.Adam{}.Defaults(), trainers.Adam{Rate: 1e-3, Beta1: .9, Beta2: .999, Epsilon: 1e-8}},
		{trainers.Adam{Beta1: -1, Uncorrected: true}.Defaults(), trainers.Adam{Rate: 1e-3, Beta1: -1, Beta2: .999, Epsilon: 1e-8, Uncorrected: true}},
		{trainers.AdaMax{}.Defaults(), trainers.AdaMax{Rate: 2e-3, Beta1: .9, Beta2: .999}},
		{trainers.Adagrad{}.Defaults(), trainers.Adagrad{Rate: 1e-2, Epsilon: 1e-10}},
		{trainers.RMSProp{}.Defaults(), trainers.RMSProp{Rate: 1e-2, Beta: .99, Epsilon: 1e-8}},
		{trainers.Momentum{Nesterov: true}.Defaults(), trainers.Momentum{Rate: 1e-2, Mu: .9, Nesterov: true}},
		{embedding{}.Defaults(), trainers.Adam{}.Defaults()},
		{trainers.SGD{}.Defaults(), trainers.SGD{Rate: 1e-2}},
	} {
		if c[0] != c[1] {
			t.Errorf("%+v, want %+v", c[0], c[1])
		}
	}
}
