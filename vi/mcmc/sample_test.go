package mcmc_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// pair is a model with a global, a local latent and data.
func pair(s *graph.Scope) (vi.Model, vi.Data) {
	guide := func(t *vi.Trace) {
		t.Global("m", prob.Gamma{LogConcentration: graph.Tensor([]float64{5}, 1), LogRate: num(5)})
		t.Draw("z", prob.Normal{Mean: s.Const(3), LogStd: num(-9)})
	}
	joint := func(t *vi.Trace) {
		m := t.Global("m", prob.Gamma{LogConcentration: graph.Tensor([]float64{0}, 1), LogRate: num(0)})
		z := t.Draw("z", prob.Normal{Mean: graph.Log(m), LogStd: num(0)})
		t.Draw("x", prob.Normal{Mean: z, LogStd: num(0)})
	}
	return vi.Model{Joint: joint, Guide: guide}, vi.Data{"x": s.Tensor([]float64{1, 2, 3, 4}, 4, 1)}
}

// Draws are a function of the seed, whatever GOMAXPROCS is.
func TestSameDrawsOnAnyProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, k := range []mcmc.Kernel{mcmc.NUTS{}, mcmc.HMC{Jitter: .5}} {
		var first *mcmc.Posterior
		for _, procs := range []int{1, 2, 5, 1} {
			runtime.GOMAXPROCS(procs)
			p := sample(t, pair, mcmc.Config{Kernel: k, Chains: 3, Warmup: 60, Draws: 30, Seed: 7})
			if first == nil {
				first = p
			}
			for _, name := range p.Names() {
				if !slices.Equal(p.Values(name), first.Values(name)) {
					t.Errorf("%T: draws of %s with %d processors are others than with 1", k, name, procs)
				}
			}
			if !slices.EqualFunc(p.Transitions, first.Transitions, slices.Equal) {
				t.Errorf("%T: transitions with %d processors are others than with 1", k, procs)
			}
		}
		other := sample(t, pair, mcmc.Config{Kernel: k, Chains: 3, Warmup: 60, Draws: 30, Seed: 8})
		if slices.Equal(other.Values("m"), first.Values("m")) {
			t.Errorf("%T: another seed has the same draws", k)
		}
	}
}

// Chains begin where they are told, and draw different numbers.
func TestStart(t *testing.T) {
	first := func(st mcmc.Start) (m, z [][]float64) {
		p := sample(t, pair, mcmc.Config{Chains: 3, Draws: 1, Fixed: true, StepSize: 1e-9, Kernel: mcmc.HMC{Steps: 1}, Start: st})
		return p.Series("m", 0), p.Series("z", 2)
	}
	near := func(got [][]float64, want ...float64) {
		t.Helper()
		for c, w := range want {
			if math.Abs(got[c][0]-w) > 1e-6 {
				t.Errorf("chain %d begins at %v, want %v", c, got[c][0], w)
			}
		}
	}
	m, z := first(mcmc.Start{Values: map[string][]float64{"m": {2.5}, "z": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}})
	near(m, 2.5, 2.5, 2.5)
	near(z, 3, 7, 11)
	m, z = first(mcmc.Start{Values: map[string][]float64{"m": {1, 2, 3}}})
	near(m, 1, 2, 3)
	if z[0][0] == z[1][0] || math.Abs(z[0][0]) > 2 {
		t.Errorf("what is not given begins at %v", z)
	}
	m, z = first(mcmc.Start{Guide: true})
	for c := range z {
		if math.Abs(m[c][0]-1) > .4 || math.Abs(z[c][0]-3) > 1e-2 {
			t.Errorf("chain %d begins at %v, %v, the guide draws 1 ± .1 and 3", c, m[c][0], z[c][0])
		}
	}
	if m[0][0] == m[1][0] {
		t.Error("two chains begin at one draw of the guide")
	}
	m, _ = first(mcmc.Start{Radius: 1e-3})
	for c := range m {
		if math.Abs(math.Log(m[c][0])) > 2e-3 {
			t.Errorf("chain %d begins at %v", c, m[c][0])
		}
	}
}

// limited is a context that ends after so many looks at it.
type limited struct {
	context.Context
	left int
	end  func()
}

func (l *limited) Err() error {
	if l.left--; l.left == 0 {
		l.end()
	}
	return l.Context.Err()
}

// The end of the context leaves the draws that every chain has.
func TestInterrupted(t *testing.T) {
	count := &limited{Context: context.Background(), left: 1 << 30}
	whole, err := mcmc.Sample(count, nil, pair, mcmc.Config{Chains: 2, Warmup: 50, Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	some, all := 0, 1<<30-count.left
	for _, looks := range []int{1, all / 8, all / 2, all * 3 / 4} {
		ctx, cancel := context.WithCancel(context.Background())
		p, err := mcmc.Sample(&limited{ctx, looks, cancel}, nil, pair, mcmc.Config{Chains: 2, Warmup: 50, Draws: 100})
		if !errors.Is(err, mcmc.ErrInterrupted) || !errors.Is(err, context.Canceled) {
			t.Errorf("%d looks: error %v", looks, err)
		}
		if p == nil {
			continue
		}
		some++
		if p.Draws == 0 || p.Draws >= 100 || len(p.Transitions[1]) != p.Draws {
			t.Errorf("%d draws", p.Draws)
		}
		for c := range 2 {
			if !slices.Equal(p.Series("m", 0)[c], whole.Series("m", 0)[c][:p.Draws]) {
				t.Error("the draws are others than those of the whole run")
			}
		}
	}
	if some == 0 {
		t.Error("no interrupted run left draws")
	}
}

// Float32 parameters, such as those of a trained model, do.
func TestFloat32(t *testing.T) {
	p, err := mcmc.Sample(context.Background(), &graph.Params{}, pair, mcmc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := sample(t, pair, mcmc.Config{Seed: 1})
	for i, r := range p.Summary() {
		w := want.Summary()[i]
		if math.Abs(r.Mean-w.Mean) > .1*w.SD || math.Abs(r.SD-w.SD) > .15*w.SD {
			t.Errorf("%s: mean %.3f and sd %.3f, in float64 %.3f and %.3f", r.Name, r.Mean, r.SD, w.Mean, w.SD)
		}
	}
}

// What cannot be told is not passed over in silence: chains of a few draws, and chains
// that do not move.
func TestWarningsOfTooLittle(t *testing.T) {
	for want, c := range map[string]mcmc.Config{
		"1 draws of a chain are too few":  {Chains: 2, Draws: 1, Warmup: 200},
		"3 draws of a chain are too few":  {Chains: 1, Draws: 3, Warmup: 200},
		"all draws are the same":          {Chains: 3, Draws: 20, Fixed: true, StepSize: 1e4, Kernel: mcmc.HMC{Steps: 1}, Start: mcmc.Start{Values: map[string][]float64{"m": {1}, "z": {1, 2, 3, 4}}}},
		"effective draws, want 200 or mo": {Chains: 2, Draws: 4, Warmup: 200},
	} {
		p := sample(t, pair, c)
		if w := strings.Join(p.Warnings(), "\n"); !strings.Contains(w, want) {
			t.Errorf("warnings %q, want %q", w, want)
		}
	}
}
