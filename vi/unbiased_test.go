package vi_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/vi"
)

type choice map[string]vi.Estimator

func TestEstimatorsAreUnbiased(t *testing.T) {
	stl, loo, avg, nvil := vi.STL{}, vi.Score{Baseline: vi.LeaveOneOut{}}, vi.Score{Baseline: vi.MovingAverage{}}, vi.Score{Baseline: vi.NVIL{Hidden: 2}}
	elbo := func(k int, kl vi.KL) func(choice) vi.Objective {
		return func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: k, Sites: c}, KL: kl} }
	}
	iwae := func(k int) func(choice) vi.Objective {
		return func(c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Sites: c}} }
	}
	z := func(e vi.Estimator) choice { return choice{"z": e} }
	zy := func(a, b vi.Estimator) choice { return choice{"z": a, "y": b} }
	for _, c := range []struct {
		name string
		p    problem
		k    int
		o    func(choice) vi.Objective
		base choice // an estimator for the value alone
		est  []choice
	}{
		{"normal/ELBO closed", gaussian1(), 1, elbo(1, vi.Auto), z(vi.Pathwise{}),
			[]choice{z(nil), z(stl), z(vi.DReG{}), z(vi.Score{}), z(avg), z(nvil)}},
		{"normal/ELBO Monte Carlo", gaussian1(), 1, elbo(1, vi.MonteCarlo), z(vi.Pathwise{}),
			[]choice{z(nil), z(stl), z(vi.DReG{}), z(vi.Score{}), z(avg), z(nvil)}},
		{"3 bits/ELBO", bits(3), 1, elbo(1, vi.Auto), z(vi.Score{}),
			[]choice{z(vi.Score{}), z(avg), z(nvil), z(vi.DisARM{})}},
		{"2 bits/IWAE of three", bits(2), 3, iwae(3), z(vi.Score{}), []choice{z(vi.VIMCO{})}},
		{"mixed/ELBO", mixed(false), 1, elbo(1, vi.Auto), zy(nil, vi.Score{}),
			[]choice{zy(nil, vi.Score{}), zy(stl, vi.Score{}), zy(vi.Score{}, vi.Score{}), zy(nil, avg), zy(stl, nvil)}},
		{"mixed/ELBO with DisARM", mixed(true), 1, elbo(1, vi.Auto), zy(nil, vi.Score{}),
			[]choice{zy(nil, vi.DisARM{}), zy(stl, vi.DisARM{})}},
		{"mixed/ELBO of two", mixed(false), 2, elbo(2, vi.MonteCarlo), zy(nil, vi.Score{}),
			[]choice{zy(nil, loo), zy(stl, vi.VIMCO{}), zy(loo, loo)}},
		{"mixed/IWAE", mixed(false), 2, iwae(2), zy(nil, vi.Score{}),
			[]choice{zy(nil, vi.Score{}), zy(nil, vi.VIMCO{}), zy(vi.VIMCO{}, vi.VIMCO{})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			exact := c.p.compile(t, c.o(c.base), c.k, false).exact(t)
			for _, est := range c.est {
				agree(t, fmt.Sprint(est), c.p, c.o(est), c.k, exact, -1)
			}
		})
	}
}

// agree checks that the mean gradient of a problem is the exact one.
func agree(t *testing.T, name string, p problem, o vi.Objective, k int, exact map[string]float64, sign float64) {
	t.Helper()
	got := p.compile(t, o, k, true).integrate(t, p.params)
	if d, at := off(got.grad, exact, sign); !(d <= 1e-6) {
		t.Errorf("%s: mean gradient is off by %.3g at %s", name, d, at)
	}
}

// Other scales and temperatures than the default.
func TestREBARIsUnbiasedAtAnyTemperature(t *testing.T) {
	for _, kl := range []vi.KL{vi.Auto, vi.MonteCarlo} {
		o := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{Sites: choice{"z": e}}, KL: kl} }
		exact := bits(1).compile(t, o(vi.Score{}), 1, false).exact(t)
		agree(t, "REBAR", relaxedBit(60, "z/given"), o(vi.REBAR{Scale: .3, Temperature: .25}), 1, exact, -1)
		p := relaxedBit(40, "z/given")
		p.params["z/rebar/product"], p.params["z/rebar/square"] = -.3, .5
		agree(t, "REBAR by regression", p, o(vi.REBAR{Regress: true}), 1, exact, -1)
	}
}
