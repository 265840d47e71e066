package vi_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// normed and dropped are batch normalisation and dropout; kept, without the
// state and with noise that is declared once and handed out ever after.
func normed(s *graph.Scope, kept bool) layers.Layer {
	const momentum, eps = .25, .1
	if !kept {
		return layers.NormConfig{Momentum: momentum, Epsilon: eps}.NewBatchNorm(s, 2)
	}
	scale, shift := s.Param("scale", graph.Constant(1), 2), s.Param("shift", graph.Constant(0), 2)
	return layers.Func(func(x *graph.Node) *graph.Node {
		mean, variance := layers.Moments(x)
		return x.Sub(mean).Div(graph.Sqrt(variance.Shift(eps))).Mul(scale).Add(shift)
	})
}

func dropped(s *graph.Scope, kept bool) layers.Layer {
	const rate = .3
	if !kept {
		return layers.NewDropout(s, layers.DropoutConfig{Rate: rate})
	}
	var noise *graph.Node
	return layers.Func(func(x *graph.Node) *graph.Node {
		if noise == nil {
			noise = s.Noise("noise", graph.UniformNoise, x.Shape()...)
		}
		return x.Mul(noise.Gt(s.Const(rate))).Scale(1 / (1 - rate))
	})
}

// layered is a model of one kind of latent with such layers in guide and joint,
// which its constructor makes. With once they need no help: the state is left
// out and the noise made once.
func layered(s *graph.Scope, kind string, once bool) vi.Model {
	apply := func(name string) func(x *graph.Node) *graph.Node {
		return layers.Stack{normed(s.In(name), once), dropped(s.In(name), once)}.Apply
	}
	enc, dec := apply("enc"), apply("dec")
	a, c, l := s.Param("a", graph.Constant(.4), 2), s.Param("c", graph.Constant(-.3), 2), s.Param("l", graph.Constant(-.5), 2)
	b, m := s.Param("b", graph.Constant(.2), 2), s.Param("m", graph.Constant(.1), 2)
	return vi.Model{
		Guide: func(t *vi.Trace) {
			if kind == "global" || kind == "product" {
				t.Global("w", prob.Normal{Mean: graph.BroadcastTo(c, 2, 2).Add(a), LogStd: graph.BroadcastTo(l, 2, 2)}, 2)
				return
			}
			h := enc(t.Given("x")).Mul(a).Add(c)
			switch kind {
			case "discrete":
				t.Draw("z", prob.Bernoulli{Logits: h})
			case "reparameterised":
				t.Draw("z", prob.Normal{Mean: h, LogStd: l})
			case "hierarchy":
				z := t.Draw("z", prob.Normal{Mean: h, LogStd: l})
				t.Draw("y", prob.Bernoulli{Logits: graph.Tanh(z).Mul(a).Add(c)})
			}
		},
		Joint: func(t *vi.Trace) {
			flat := prob.Normal{Mean: graph.BroadcastTo(m, 2), LogStd: graph.BroadcastTo(s.Const(0), 2)}
			var z *graph.Node
			switch kind {
			case "discrete":
				z = t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(m, 2)})
			case "reparameterised":
				z = t.Draw("z", flat)
			case "hierarchy":
				y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 2)})
				z = t.Draw("z", prob.Normal{Mean: y.Mul(b), LogStd: graph.BroadcastTo(s.Const(0), 2)})
			case "product":
				z = t.Product("w", prob.StdNormal(2), enc(t.Given("x")), vi.MatMul{})
			default:
				z = graph.MatMul(enc(t.Given("x")), t.Global("w", prob.StdNormal(2), 2))
			}
			t.Draw("x", prob.Normal{Mean: dec(z).Add(b), LogStd: graph.BroadcastTo(s.Const(-.2), 2)})
		},
	}
}

var layeredRows = []float64{.4, -1.1, 2, .3, -.6, .9}

// layeredRun takes one training step's numbers: bound, gradients, and the states
// as committed.
func layeredRun(kind string, o vi.Objective, once bool) (out map[string][]float64, err error) {
	params := &graph.Params{Dtype: graph.Float64, Seed: 3}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		m := layered(s, kind, once)
		e := o.Estimate(s, m, vi.Data{"x": s.Input("x", 3, 2)})
		s.Output("value", e.Value)
		if len(e.Costs) > 0 {
			wrt := s.Trainable()
			for i, g := range e.Grad(wrt...) {
				s.Output("grad/"+wrt[i].Name(), g)
			}
		}
		if r := e.Record; r != nil && kind != "product" && kind != "global" {
			z := r.Site("z").Value
			var axes []int
			for a := range len(z.Shape()) - 1 {
				axes = append(axes, a)
			}
			s.Output("z", graph.Mean(z, axes...))
		}
	})
	if err != nil {
		return nil, err
	}
	graph.Feed(p, "x", layeredRows)
	if err := p.Run(context.Background(), graph.Key{Seed: 5}); err != nil {
		return nil, err
	}
	out = map[string][]float64{}
	for _, name := range p.Outputs() {
		out[name], _ = p.Value(name)
	}
	if err := p.Commit(); err != nil {
		return nil, err
	}
	for _, name := range params.Names() {
		if strings.HasSuffix(name, "/mean") {
			v, _ := graph.Values[float64](params, name)
			out[name] = slices.Clone(v)
		}
	}
	return out, nil
}

// TestLayersUnderEveryEstimator: a layer with a state and one with noise inside
// of guide and joint train, under every estimator and objective, as layers that
// are run once: the same numbers, and the states of the first run.
func TestLayersUnderEveryEstimator(t *testing.T) {
	type job struct {
		name, kind string
		o          vi.Objective
	}
	var jobs []job
	known := estimators()
	for _, c := range matrix() {
		if c.verdict == "-" {
			continue
		}
		kind, site, k := c.kind, "z", 2
		if kind == "global" || kind == "product" {
			site, k = "w", 1
		}
		if c.objective == "IWVI" && c.estimator == "Enumerate" {
			k = 1
		}
		if c.estimator == "Score{LeaveOneOut}" || c.estimator == "VIMCO" {
			k = 2
		}
		name := fmt.Sprintf("%s/%s/%s", c.objective, c.kind, c.estimator)
		switch {
		case c.objective == "WakeSleep":
			jobs = append(jobs, job{name, kind, vi.WakeSleep{K: k}})
		case c.objective == "TVO":
			if c.estimator != "Enumerate" {
				jobs = append(jobs, job{name, kind, vi.TVO{K: k}})
			}
		case c.objective == "ReweightedWakeSleep" && c.estimator != "Enumerate":
			jobs = append(jobs, job{name, kind, vi.ReweightedWakeSleep{K: k}})
		case c.objective == "ReweightedWakeSleep": // sums a site out of the joint, which has no guide then
		default:
			for i, o := range column(c.objective) {
				jobs = append(jobs, job{fmt.Sprintf("%s/%d", name, i), kind, o(k, choice{site: known[c.estimator]})})
			}
		}
	}
	for _, es := range []choice{{"z": vi.MeasureValued{}, "y": vi.DisARM{}}, {"z": vi.Pathwise{}, "y": vi.REBAR{}}, {"z": vi.Score{}, "y": vi.RELAX{}}, {"z": vi.MeasureValued{}, "y": vi.VIMCO{}}} {
		jobs = append(jobs, job{fmt.Sprintf("hierarchy/%v", es), "hierarchy", vi.ELBO{Config: vi.Config{K: 2, Sites: es}}})
	}
	jobs = append(jobs, job{"Evidence", "reparameterised", vi.Evidence{K: 3}}, job{"Evidence by values", "discrete", vi.Evidence{K: 3, Enumerate: []string{"z"}}})
	for _, j := range jobs {
		t.Run(j.name, func(t *testing.T) {
			got, err := layeredRun(j.kind, j.o, false)
			if err != nil {
				t.Fatal(err)
			}
			x := []float64{(.4 + 2 - .6) / 3, (-1.1 + .3 + .9) / 3}
			for i := range 2 {
				if want := .25 * x[i]; math.Abs(got["enc/mean"][i]-want) > 1e-12 {
					t.Errorf("the guide's state %v, want %v", got["enc/mean"][i], want)
				}
				if z := got["z"]; z != nil && math.Abs(got["dec/mean"][i]-.25*z[i]) > 1e-12 {
					t.Errorf("the joint's state %v, want %v", got["dec/mean"][i], .25*z[i])
				}
			}
			if strings.HasPrefix(j.name, "WakeSleep") || strings.HasPrefix(j.name, "IWVI/global/VIMCO") {
				return // the dreams, and each weight, have noise of their own, below
			}
			want, err := layeredRun(j.kind, j.o, true)
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range want {
				for i := range v {
					if d := math.Abs(got[name][i] - v[i]); !(d <= 1e-12*(1+math.Abs(v[i]))) {
						t.Errorf("%s is %v, want %v", name, got[name], v)
					}
				}
			}
		})
	}
}
