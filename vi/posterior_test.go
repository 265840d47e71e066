package vi_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// linearChain is z2 ~ N(0,1), z1 ~ N(a·z2, σ²), x ~ N(z1, τ²) with a guide that
// is the posterior: z1 | x and then z2 | z1.
func linearChain() problem {
	const a, s1, sx = .8, .6, .5
	v1 := a*a + s1*s1 // of z1
	gain := v1 / (v1 + sx*sx)
	post1 := v1 * (1 - gain)
	gain2 := a / v1
	post2 := 1 - a*a/v1
	return problem{
		model: func(s *graph.Scope) vi.Model {
			g, h, l1, l2 := param(s, "g"), param(s, "h"), param(s, "l1"), param(s, "l2")
			c := func(v float64) *graph.Node { return s.Const(math.Log(v)) }
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z2 := t.Draw("z2", prob.StdNormal(1))
					z1 := t.Draw("z1", normal1(z2.Scale(a), c(s1)))
					t.Draw("x", normal1(z1, c(sx)))
				},
				Guide: func(t *vi.Trace) {
					z1 := t.Draw("z1", normal1(t.Given("x").Mul(g), l1))
					t.Draw("z2", normal1(z1.Mul(h), l2))
				},
			}
		},
		params: map[string]float64{"g": gain, "h": gain2, "l1": math.Log(post1) / 2, "l2": math.Log(post2) / 2},
		data:   map[string][]float64{"x": {1.3}},
		noise: func(_ map[string]float64, k int) []dimension {
			return []dimension{{"z1/noise", 0, hermite(12)}, {"z2/noise", 0, hermite(12)}}
		},
	}
}

// TestNoVarianceAtThePosterior: of a chain of two latents, the value with Monte
// Carlo divergences and the STL gradient are the same for every noise; the
// pathwise gradient is not.
func TestNoVarianceAtThePosterior(t *testing.T) {
	p := linearChain()
	for _, c := range []struct {
		o   vi.Objective
		has bool
	}{
		{vi.ELBO{KL: vi.MonteCarlo}, true},
		{vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}, false},
		{vi.ELBO{Config: vi.Config{Estimator: vi.DReG{}}}, false},
		{vi.IWAE{Config: vi.Config{K: 1, Estimator: vi.DReG{}}}, false},
		{vi.IWAE{Config: vi.Config{K: 1, Estimator: vi.STL{}}}, false},
	} {
		got := p.compile(t, c.o, 1, true).integrate(t, p.params)
		worst := 0.0
		for _, v := range got.vari {
			worst = max(worst, v)
		}
		if has := worst > 1e-9; has != c.has {
			t.Errorf("%T: largest variance of the gradient %v", c.o, worst)
		}
		variance := .8*.8 + .6*.6 + .5*.5
		want := -.5*(1.3*1.3/variance+math.Log(variance)) - .5*math.Log(2*math.Pi)
		if math.Abs(got.value-want) > 1e-10 {
			t.Errorf("%T: value %v, log p(x) = %v", c.o, got.value, want)
		}
	}
}

// TestLocalNoiseHasNoCovariance: Var[Σ/M over M rows] = N²(Var/M + (M−1)/M·Cov)
// per datum squared; with local and separate noise Cov is 0, with one weight it is
// not (thesis, chapter 6; arXiv 1506.02557); with flipout it lies between, as rows
// share the size of the perturbation.
func TestLocalNoiseHasNoCovariance(t *testing.T) {
	for noise, e := range noises {
		vari := func(rows int, x, y []float64) float64 {
			p := weight(noise, rows)
			p.data = map[string][]float64{"x": x, "y": y}
			return p.compile(t, vi.ELBO{Config: vi.Config{Total: 7, Sites: choice{"w": e}}}, 1, true).integrate(t, p.params).vari["m"]
		}
		one := vari(1, []float64{.7}, []float64{1})
		both := vari(2, []float64{.7, .7}, []float64{1, 1}) // the same row twice: Cov = Var with one weight
		cov := 2*both - one
		want := map[string]float64{"single": one, "perdraw": one, "local": 0, "separate": 0}[noise]
		if noise == "flipout" {
			if !(cov > 1e-6 && cov < .5*one) {
				t.Errorf("flipout: covariance of two rows %v, want above 0 and much less than the variance %v", cov, one)
			}
		} else if math.Abs(cov-want) > 1e-9 {
			t.Errorf("%s noise: covariance of two rows %v, want %v (variance %v)", noise, cov, want, one)
		}
	}
}

// TestFreeBitsHaveNoGradientBelowTheLevel: the maximum comes after the mean
// over the batch, group by group.
func TestFreeBitsHaveNoGradientBelowTheLevel(t *testing.T) {
	build := func(o vi.FreeBits) map[string][]float64 {
		model := func(s *graph.Scope) vi.Model {
			m := s.Param("m", graph.Constant(0), 1, 4)
			return vi.Model{
				Guide: func(t *vi.Trace) {
					mean := graph.BroadcastTo(t.Given("x"), 1, 2, 4).Mul(s.Tensor([]float64{1, 2, .1, 3}, 4)).Add(m)
					t.Draw("z", prob.Normal{Mean: mean, LogStd: s.Tensor(make([]float64, 4), 4)})
				},
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.StdNormal(4))
					t.Draw("x", integral{of: func(z *graph.Node) *graph.Node { return z.Scale(0) }, z: z})
				},
			}
		}
		return run(t, model, o, []float64{1, 0}, func(e *vi.Estimate, s *graph.Scope) map[string]*graph.Node {
			return map[string]*graph.Node{"value": e.Value, "kl": e.Terms["kl"], "g": e.Grad(s.Trainable()...)[0], "free": e.Terms["free"]}
		})
	}
	// KL of element j, averaged over the rows 1 and 0: c_j²/4.
	kl := []float64{.25, 1, .0025, 2.25}
	for _, c := range []struct {
		lambda float64
		group  int
		want   float64
		grad   []bool
	}{
		{.5, 0, .5 + 1 + .5 + 2.25, []bool{false, true, false, true}},
		{1.5, 2, 1.5 + 2.2525, []bool{false, false, true, true}},
		{3, -1, 3.5025, []bool{true, true, true, true}},
		{4, -1, 4, []bool{false, false, false, false}},
		{0, 0, 3.5025, []bool{true, true, true, true}},
	} {
		out := build(vi.FreeBits{Lambda: c.lambda, Group: c.group})
		sum := kl[0] + kl[1] + kl[2] + kl[3]
		if math.Abs(out["value"][0]+c.want) > 1e-12 || math.Abs(out["kl"][0]-sum) > 1e-12 || math.Abs(out["free"][0]-(c.want-sum)) > 1e-12 {
			t.Errorf("λ %v, groups of %d: %v, want %v", c.lambda, c.group, out, -c.want)
		}
		for j, g := range out["g"] {
			if (g != 0) != c.grad[j] {
				t.Errorf("λ %v, groups of %d: gradient %v", c.lambda, c.group, out["g"])
				break
			}
		}
	}
}

// TestCapacityHoldsTheDivergence: β·|KL − C|.
func TestCapacityHoldsTheDivergence(t *testing.T) {
	p := gaussian1()
	for _, c := range []float64{0, .1, 5} {
		o := lazy{func() vi.Objective { return vi.ELBO{Capacity: graph.Const(c), Beta: graph.Const(2)} }}
		exact := p.compile(t, o, 1, false).exact(t)
		agree(t, fmt.Sprint("capacity ", c), p, o, 1, exact, -1)
		plain := p.compile(t, vi.ELBO{}, 1, false).integrate(t, p.params).value
		m, l, m0, l0 := .7*.3-.1, -.4, .2, .1
		kl := l0 - l + (math.Exp(2*l)+(m-m0)*(m-m0))/(2*math.Exp(2*l0)) - .5
		if got, want := p.compile(t, o, 1, false).integrate(t, p.params).value, plain+kl-2*math.Abs(kl-c); math.Abs(got-want) > 1e-10 {
			t.Errorf("capacity %v: %v, want %v", c, got, want)
		}
	}
}
