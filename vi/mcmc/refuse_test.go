package mcmc_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// silent is a law that does not say its support.
type silent struct{ prob.Normal }

func (d silent) LogProb(x *graph.Node) *graph.Node { return d.Normal.LogProb(x) }
func (silent) Support(int)                         {} // hides that of Normal

// flat is a law that cannot be drawn from.
type flat struct{}

func (flat) LogProb(x *graph.Node) *graph.Node { return graph.Sum(x, -1).Scale(0) }

// Each mistake is refused by name, with a way out.
func TestRefuses(t *testing.T) {
	std := prob.StdNormal(1)
	one := func(t *vi.Trace) { t.Global("z", std) }
	ok := mcmc.Config{Chains: 2, Warmup: 10, Draws: 10, Rows: 1}
	with := func(f func(c *mcmc.Config)) mcmc.Config {
		c := ok
		f(&c)
		return c
	}
	for _, of := range []struct {
		name  string
		joint vi.Func
		c     mcmc.Config
		want  []string
	}{
		{"no joint", nil, ok, []string{"mcmc: the model has no joint"}},
		{"no latent", func(t *vi.Trace) { t.Given("nothing") }, ok, []string{"nothing is given by neither"}},
		{"nothing drawn", func(t *vi.Trace) {}, ok, []string{"no continuous latent"}},
		{"improper", func(t *vi.Trace) { t.Global("z", flat{}) }, ok, []string{"z has no value", "no Sample method", "use a proper law"}},
		{"counts", func(t *vi.Trace) { t.Draw("n", prob.Poisson{LogRate: num(0)}) }, ok, []string{"site n is drawn from prob.Poisson, which is discrete", "sum it out in the joint, as by a prob.Mixture"}},
		{"discrete and global", func(t *vi.Trace) { t.Global("b", prob.Bernoulli{Logits: graph.Tensor([]float64{0}, 1)}) }, ok, []string{"site b is drawn from prob.Bernoulli, which is discrete", "once for each of its values"}},
		{"delta", func(t *vi.Trace) { t.Global("d", prob.Delta{Value: graph.Tensor([]float64{0}, 1)}) }, ok, []string{"site d has no density", "use its value"}},
		{"moving ends", func(t *vi.Trace) {
			t.Global("u", prob.Uniform{Low: t.Global("z", std), High: num(9)})
		}, ok, []string{"site u: prob.Uniform does not say", "its ends are not constants", "low + (high − low)·u"}},
		{"silent", func(t *vi.Trace) {
			t.Global("s", silent{prob.Normal{Mean: graph.Tensor([]float64{0}, 1), LogStd: num(0)}})
		}, ok, []string{"site s", "silent does not say which values it can take", "Support()"}},
		{"unknown range", func(t *vi.Trace) {
			t.Global("t", prob.Transformed{Base: prob.Exponential{LogRate: graph.Tensor([]float64{0}, 1)}, Bijector: prob.Affine{Shift: num(1), LogScale: num(0)}})
		}, ok, []string{"site t: prob.Transformed does not say", "apply the bijector to the draw"}},
		{"moved after it was bounded", func(t *vi.Trace) {
			t.Global("t", prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Chain(prob.Exp{}, prob.Affine{Shift: num(1), LogScale: num(0)})})
		}, ok, []string{"site t: prob.Transformed does not say", "apply the bijector to the draw"}},
		{"dropout", func(t *vi.Trace) {
			t.Draw("z", prob.Normal{Mean: t.Noise("dropped", graph.GaussianNoise, 1), LogStd: num(0)})
		}, ok, []string{"the joint depends on", "noise or an input"}},
		{"NaN", func(t *vi.Trace) {
			t.Draw("bad", prob.Normal{Mean: graph.Log(t.Global("z", std).Square().Neg().Shift(-1)), LogStd: num(0)})
		}, ok, []string{"chain 0 has no start", "the log density of site bad, a latent, is NaN", "Start.Values"}},
		{"NaN gradient", func(t *vi.Trace) {
			z := t.Global("z", std)
			t.Global("y", prob.Normal{Mean: graph.Sqrt(z.Sub(z)), LogStd: num(0)})
		}, ok, []string{"has no start", "the derivative by z is"}},
		{"constant", func(t *vi.Trace) { t.Global("z", level{}) }, ok, []string{"finds no step size", "improper"}},
		{"start elsewhere", one, with(func(c *mcmc.Config) { c.Start.Values = map[string][]float64{"y": {1}} }), []string{"Start.Values has y", "[z]"}},
		{"start of another size", one, with(func(c *mcmc.Config) { c.Start.Values = map[string][]float64{"z": {1, 2, 3}} }), []string{"3 numbers for z, want 1 of shape [1]", "2 chains"}},
		{"start outside", func(t *vi.Trace) { t.Global("z", prob.Exponential{LogRate: graph.Tensor([]float64{0}, 1)}) }, with(func(c *mcmc.Config) { c.Start.Values = map[string][]float64{"z": {-1}} }), []string{"starts with a value of z outside of its support, (0, +Inf)"}},
		{"start by no guide", one, with(func(c *mcmc.Config) { c.Start.Guide = true }), []string{"Start.Guide, and the model has no guide"}},
		{"start by both", one, with(func(c *mcmc.Config) { c.Start.Guide, c.Start.Values = true, map[string][]float64{"z": {0}} }), []string{"both Guide and Values"}},
		{"radius", one, with(func(c *mcmc.Config) { c.Start.Radius = math.NaN() }), []string{"Start.Radius NaN"}},
		{"chains", one, with(func(c *mcmc.Config) { c.Chains = -1 }), []string{"Chains is -1"}},
		{"draws", one, with(func(c *mcmc.Config) { c.Draws = math.MaxInt32 }), []string{"Draws is"}},
		{"too many", one, with(func(c *mcmc.Config) { c.Draws, c.Chains = 1<<24, 1<<10 }), []string{"numbers, more than", "fewer draws"}},
		{"accept", one, with(func(c *mcmc.Config) { c.Accept = 1 }), []string{"Accept 1, want a number between 0 and 1"}},
		{"mass", one, with(func(c *mcmc.Config) { c.Mass = 7 }), []string{"Mass 7"}},
		{"step", one, with(func(c *mcmc.Config) { c.StepSize = math.Inf(1) }), []string{"StepSize +Inf"}},
		{"fixed", one, with(func(c *mcmc.Config) { c.Fixed = true }), []string{"Fixed without a StepSize"}},
		{"depth", one, with(func(c *mcmc.Config) { c.Kernel = mcmc.NUTS{MaxDepth: 99} }), []string{"MaxDepth 99"}},
		{"steps", one, with(func(c *mcmc.Config) { c.Kernel = mcmc.HMC{Steps: -1} }), []string{"-1 Steps"}},
		{"jitter", one, with(func(c *mcmc.Config) { c.Kernel = mcmc.HMC{Jitter: 1} }), []string{"Jitter of 1"}},
		{"nil kernel", one, with(func(c *mcmc.Config) { c.Kernel = (*mcmc.HMC)(nil) }), []string{"Kernel is a nil *mcmc.HMC"}},
		{"derived", one, with(func(c *mcmc.Config) {
			c.Derived = func(r *vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"z": r.Site("z").Value} }
		}), []string{"the derived z has the name of a latent"}},
		{"derived nil", one, with(func(c *mcmc.Config) {
			c.Derived = func(r *vi.Record) map[string]*graph.Node { return map[string]*graph.Node{"y": nil} }
		}), []string{"the derived y is nil"}},
	} {
		t.Run(of.name, func(t *testing.T) {
			p, err := mcmc.Sample(context.Background(), nil, func(*graph.Scope) (vi.Model, vi.Data) { return vi.Model{Joint: of.joint}, nil }, of.c)
			if err == nil || p != nil {
				t.Fatalf("no error")
			}
			for _, w := range append(of.want, "mcmc:") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
	t.Run("input", func(t *testing.T) {
		_, err := mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
			return vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: t.Global("z", std), LogStd: num(0)}) }}, vi.Data{"x": s.Input("x", 1, 1)}
		}, ok)
		if err == nil || !strings.Contains(err.Error(), "nothing is fed to the input x of the model: declare it as a constant") {
			t.Errorf("error %v", err)
		}
	})
}

// level is a density that is constant.
type level struct{}

func (level) LogProb(x *graph.Node) *graph.Node { return graph.Sum(x, -1).Scale(0) }
func (level) Support() prob.Support             { return prob.Support{} }
func (level) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return prob.StdNormal(1).Sample(s, lead...)
}

// A network with dropout is refused in training form only: in evaluation it is a
// function, and its weights are as trained.
func TestNetworkInTheJoint(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64, Seed: 3}
	build := func(s *graph.Scope) (vi.Model, vi.Data) {
		net := layers.NewMLP(s.In("net"), 2, 8, 1)
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(2))
			t.Draw("x", prob.Normal{Mean: net.Apply(z), LogStd: num(0)})
		}}, vi.Data{"x": s.Tensor([]float64{1, -1, .5}, 3, 1)}
	}
	p, err := mcmc.Sample(context.Background(), params, build, mcmc.Config{Draws: 200, Warmup: 200})
	if err != nil {
		t.Fatal(err)
	}
	if sh := p.Shape("z"); len(sh) != 2 || sh[0] != 3 || sh[1] != 2 {
		t.Errorf("shape %v", sh)
	}
	if len(params.Names()) == 0 {
		t.Error("the network has no parameters")
	}
}
