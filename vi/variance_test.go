package vi_test

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/vi"
)

// TestNoVarianceOfControlledScores: with a guide that is the exact posterior, every
// estimator with a control of the score has a gradient of the guide without
// variance, under every objective, whatever is enumerated beside it.
func TestNoVarianceOfControlledScores(t *testing.T) {
	settings := []struct {
		kind, name string
		p          solved
	}{
		{"reparameterised", "normal", exactNormal()}, {"discrete", "bit", exactBits("")}, {"discrete", "bit, y before", exactBits("before")},
		{"discrete", "bit, y after", exactBits("after")}, {"discrete", "bit, y in the joint", exactBits("joint")},
		{"global", "normal", exactGlobal(false)}, {"global", "bit", exactGlobal(true)},
	}
	with := map[string]bool{"STL": true, "DReG": true, "Score{MovingAverage}": true, "Score{LeaveOneOut}": true, "Score{NVIL}": true,
		"VIMCO": true, "Enumerate": true, "ARM": true, "DisARM": true, "ARMS": true, "DoubleCV": true, "RODEO": true, "REBAR": true, "RELAX": true, "MeasureValued": true}
	known := estimators()
	seen := map[string]bool{}
	for _, c := range matrix() {
		if c.verdict == "-" || !with[c.estimator] || phased(c.objective) {
			continue
		}
		for _, set := range settings {
			p, e, inside := set.p, known[c.estimator], c.objective == "IWVI"
			if set.kind != c.kind || p.beyond(c) || (c.estimator == "STL" || c.estimator == "DReG" || c.estimator == "MeasureValued") && set.name == "bit" || inside && c.kind != "global" { // whose draws have no derivative
				continue
			}
			seen[c.kind+"/"+c.estimator+"/"+c.objective] = true
			t.Run(fmt.Sprintf("%s/%s/%s/%s", c.objective, c.kind, set.name, c.estimator), func(t *testing.T) {
				t.Parallel()
				v := maps.Clone(p.params)
				switch c.estimator {
				case "Score{MovingAverage}":
					v[p.site+"/baseline"] = p.level
				case "Score{NVIL}":
					v[p.site+"/baseline/1/w"], v[p.site+"/baseline/1/b"] = 0, p.level
				case "REBAR":
					v["z/rebar/scale"] = 1
				case "RELAX":
					v["z/rebar/net/1/w"], v["z/rebar/net/1/b"] = 0, 0
				}
				sites := choice{p.site: e}
				if p.place != "" {
					sites["y"] = vi.Enumerate{}
				}
				noisy, k := p.under(c.estimator, p.place), 2
				if set.kind == "global" {
					noisy, k = p.underGlobal(c.estimator)
				}
				if inside {
					noisy, k = p.whole(), 2
				}
				for _, o := range posteriorWays(c.objective, len(p.data["x"])) {
					got := noisy.compile(t, o(k, sites), k, true).integrate(t, v)
					for _, name := range p.guide {
						if g := got.vari[name]; !(math.Abs(g) <= 1e-20) {
							t.Errorf("variance of the gradient by %s is %v (mean %v)", name, g, got.grad[name])
						}
						if g := got.grad[name]; !(math.Abs(g) <= 1e-10) {
							t.Errorf("mean gradient by %s is %v at the posterior", name, g)
						}
					}
				}
			})
		}
	}
	for _, c := range matrix() {
		if c.verdict != "-" && with[c.estimator] && !phased(c.objective) && !(c.kind == "discrete" && c.objective == "IWVI") && !seen[c.kind+"/"+c.estimator+"/"+c.objective] {
			t.Errorf("no exact posterior for %v", c)
		}
	}
}

// beyond tells whether an estimator's control cannot follow what the draws are
// judged by: one relaxed value where log Σ_y is no line between the bits, or one
// number where it is log p(x|y), another for each y.
func (p solved) beyond(c cell) bool {
	switch c.estimator {
	case "REBAR", "RELAX", "DoubleCV":
		return p.place == "after" || p.place == "joint"
	case "Score{MovingAverage}", "Score{NVIL}":
		return c.averages() && p.place == "before"
	}
	return false
}

// posteriorWays makes an objective without closed forms.
func posteriorWays(objective string, total int) []func(k int, c choice) vi.Objective {
	switch objective {
	case "ELBO":
		return []func(k int, c choice) vi.Objective{
			func(k int, c choice) vi.Objective {
				return vi.ELBO{Config: vi.Config{K: k, Total: total, Sites: c}, KL: vi.MonteCarlo}
			},
		}
	case "Expectation":
		return []func(k int, c choice) vi.Objective{func(k int, c choice) vi.Objective {
			return vi.Expectation{Config: vi.Config{K: k, Total: total, Sites: c}, Of: monteCarlo}
		}}
	case "IWAE":
		return []func(k int, c choice) vi.Objective{func(k int, c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Total: total, Sites: c}} }}
	case "IWVI":
		return []func(k int, c choice) vi.Objective{func(k int, c choice) vi.Objective { return vi.IWVI{Config: vi.Config{K: k, Total: total, Sites: c}} }}
	case "Renyi":
		return []func(k int, c choice) vi.Objective{
			func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: .4}
			},
			func(k int, c choice) vi.Objective {
				return vi.Renyi{Config: vi.Config{K: k, Total: total, Sites: c}, Alpha: 1.5}
			},
		}
	}
	return column(objective)
}

// under integrates over the noise of an estimator.
func (p problem) under(estimator, place string) problem {
	noise := p.noise
	more := func(name string) problem {
		return p.with(func(v map[string]float64, k int) []dimension {
			return append(noise(v, k), perDraw(name, func(map[string]float64) rule {
				return smoothCells(2, func([]float64) []float64 { return nil })
			})(v, k)...)
		})
	}
	switch estimator {
	case "Enumerate":
		return p.with(func(map[string]float64, int) []dimension { return nil })
	case "REBAR", "RELAX":
		return more("z/given")
	case "MeasureValued":
		return more("z/measure")
	}
	if place != "before" || !strings.HasPrefix(estimator, "Score") && estimator != "VIMCO" {
		return p
	}
	return p.with(func(v map[string]float64, k int) (ds []dimension) {
		for i, l := range []string{"l", "l1"} {
			for j := range k {
				ds = append(ds, dimension{"z/each/noise", i*k + j, halves(l)(v)})
			}
		}
		return ds
	})
}
