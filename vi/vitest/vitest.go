// Package vitest holds an estimator to its word without sampling: the mean of its
// gradient, an integral over the noise of a model of few numbers, is that of the
// gradient of the mean of the value. It is what the estimators of package vi are
// tested by, for a user's own, vi.Own, too:
//
//	func TestMine(t *testing.T) { vitest.Unbiased(t, vitest.Case{Estimator: Mine()}) }
//
// Unbiased goes through Problems, models with one and with two stochastic layers,
// of bits and of classes, with one draw a datum and with two. A model of one's own
// is a Problem whose Noise says how each number of noise is integrated over:
// Normal, Uniform, and what is built of them.
//
// The files: quadrature.go has the rules of integration, problem.go integrates a
// value and its gradient, models.go has the models.
package vitest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/vi"
)

// tolerance is of a mean gradient, absolute. Gradients of the problems are of
// order 1.
const tolerance = 1e-6

// Case is an estimator to be tested.
type Case struct {
	Estimator vi.Estimator

	// Noise names the noise that it draws besides that of the law, such as "given" of a
	// site's own "SITE/given", as many numbers as the event has. What is integrated over
	// it is smooth.
	Noise []string
	// Classes are the rules for the noise "SITE/noise" of an estimator that does not draw
	// a class as its law does, by one number; nil means that it does.
	Classes func(chances []float64) []Rule
	// Learned has values for what it learns, by name below the site, such as
	// "doublecv/scale": each number of a parameter or state has that value. Others stay
	// as they begin.
	Learned map[string]float64
	// Draws are the numbers of draws, each at most 3; nil means 1 and 2.
	Draws []int
}

// Unbiased tests an estimator of discrete sites on the models of Models whose laws it
// takes, under ELBO with divergences in closed form and by Monte Carlo: at each
// stochastic layer, with Score at the other, and at both. It fails where a mean
// gradient is off by more than 1e-6, and if nothing was taken. A refusal is logged.
func Unbiased(t *testing.T, c Case) {
	t.Helper()
	taken := false
	if c.Draws == nil {
		c.Draws = []int{1, 2}
	}
	for _, m := range Models() {
		for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
			o := func(k int, sites map[string]vi.Estimator) vi.Objective {
				return vi.ELBO{Config: vi.Config{K: k, Sites: sites}, KL: kl}
			}
			exact, err := m.Problem(1).Exact(o(1, m.scores()), 1)
			if err != nil {
				t.Fatalf("%s: %v", m.Name, err)
			}
			for _, k := range c.Draws {
				for _, at := range m.places(c.Estimator) {
					p := m.problem(k, c.Classes, c.Noise...)
					for site, e := range at {
						for name, v := range c.Learned {
							if e == c.Estimator {
								p.Params[site+"/"+name] = v
							}
						}
					}
					got, err := p.Mean(o(k, at), k)
					if err != nil {
						t.Logf("%s, K of %d: %v", m.Name, k, err)
						continue
					}
					taken = true
					if d, where := got.Off(exact); !(d <= tolerance) {
						t.Errorf("%s, K of %d, %T at %v, KL %d: the mean gradient is off by %.3g at %s", m.Name, k, c.Estimator, at, kl, d, where)
					}
				}
			}
		}
	}
	if !taken {
		t.Errorf("%s: no model takes it", vi.Name(c.Estimator))
	}
}

// Off returns the largest difference of a mean gradient, which is that of what is
// made small, from minus the exact one of what is made large, and where; NaN if
// one is.
func (m Mean) Off(exact map[string]float64) (worst float64, at string) {
	names := make([]string, 0, len(exact))
	for name := range exact {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if d := math.Abs(m.Grad[name] + exact[name]); !(d <= worst) && !math.IsNaN(worst) {
			worst, at = d, fmt.Sprintf("%s: %.9g, want %.9g", name, m.Grad[name], -exact[name])
		}
	}
	return worst, at
}
