package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// TestEveryOptionHasAnEffect: each field of Config and of the elements changes
// the parameters, the values or what is refused. A new field fails until it is
// listed.
func TestEveryOptionHasAnEffect(t *testing.T) {
	iaf := func(c flow.Config) func(s scope) prob.Bijector {
		return func(s scope) prob.Bijector { return flow.NewIAF(s, 3, c) }
	}
	linear := func(c flow.Config) func(s scope) prob.Bijector {
		return func(s scope) prob.Bijector { return flow.NewLinear(s, 3, c) }
	}
	hidden := []int{3}
	pairs := map[string][2]func(s scope) prob.Bijector{
		"Config.Context": {iaf(flow.Config{}), func(s scope) prob.Bijector {
			return flow.NewIAF(s, 3, flow.Config{Context: 2}).Given(s.Tensor([]float64{1, 2}, 1, 2))
		}},
		"Config.Hidden":     {iaf(flow.Config{}), iaf(flow.Config{Hidden: hidden})},
		"Config.Activation": {iaf(flow.Config{Hidden: hidden}), iaf(flow.Config{Hidden: hidden, Activation: graph.Relu})},
		"Config.Element":    {iaf(flow.Config{}), iaf(flow.Config{Element: flow.Affine{}})},
		"Config.Order":      {iaf(flow.Config{}), iaf(flow.Config{Order: []int{1, 0, 2}})},
		"Config.Longest": {iaf(flow.Config{}), func(s scope) prob.Bijector {
			return prob.Invert{Of: flow.NewIAF(s, 3, flow.Config{Longest: 2})}
		}},
		"Config.Skip":      {iaf(flow.Config{Hidden: hidden}), iaf(flow.Config{Hidden: hidden, Skip: true})},
		"Config.Residual":  {iaf(flow.Config{Hidden: []int{3, 3}}), iaf(flow.Config{Hidden: []int{3, 3}, Residual: true})},
		"Config.Seed":      {linear(flow.Config{}), linear(flow.Config{Seed: 1})},
		"Gated.ForgetBias": {iaf(flow.Config{}), iaf(flow.Config{Element: flow.Gated{ForgetBias: 1}})},
		"Spline.Bins":      {iaf(flow.Config{Element: flow.Spline{}}), iaf(flow.Config{Element: flow.Spline{Bins: 3}})},
		"Spline.Bound":     {iaf(flow.Config{Element: flow.Spline{}}), iaf(flow.Config{Element: flow.Spline{Bound: 2}})},
	}
	see := func(f func(s scope) prob.Bijector) string {
		p := &graph.Params{Dtype: graph.Float64}
		prog, err := graph.Build(p, func(s scope) {
			s.Output("y", f(s).Forward(s.Tensor([]float64{.5, -1, 2}, 1, 3)))
		})
		if err != nil {
			return "error " + err.Error()
		}
		for k, n := range p.Names() {
			m, err := graph.Memory[float64](p, n)
			if err != nil {
				t.Fatal(err)
			}
			for i := range m { // not where flows start, which is the identity
				m[i] += .1 * float64(1+(i+k)%5)
			}
		}
		return fmt.Sprint(p.Names(), run(t, prog, nil)["y"])
	}
	all := map[string][][]string{}
	for field, pair := range pairs {
		all[field] = [][]string{{see(pair[0]), see(pair[1])}}
	}
	all["Config.Longest"][0] = append(all["Config.Longest"][0], "Config.Longest allows 2")
	exported.Effects(t, all)
}

func TestRefusals(t *testing.T) {
	input := func(s scope, n int) node { return s.Input("x", 5, n) }
	for _, c := range []struct {
		want string
		f    func(s scope)
	}{
		{"flow: planar f: events of 0 elements, want 1 or more", func(s scope) { flow.NewPlanar(s, 0, flow.Config{}) }},
		{"flow: coupling f: events of 1 elements, want 2 or more", func(s scope) { flow.NewCoupling(s, 1, flow.Config{}) }},
		{"flow: linear IAF f: events of 1 elements, want 2 or more", func(s scope) { flow.NewLinearIAF(s, 1, flow.Config{}) }},
		{"flow: linear f: events of 5000 elements, want 4096 at most", func(s scope) { flow.NewLinear(s, 5000, flow.Config{}) }},
		{"flow: radial f: Context is -1, want 0 or more", func(s scope) { flow.NewRadial(s, 2, flow.Config{Context: -1}) }},
		{"flow: planar f: Config.Hidden is set, which it has no use for", func(s scope) { flow.NewPlanar(s, 2, flow.Config{Hidden: []int{3}}) }},
		{"flow: coupling f: Config.Order is set, which it has no use for", func(s scope) { flow.NewCoupling(s, 2, flow.Config{Order: []int{1, 0}}) }},
		{"flow: ActNorm f: Config.Context is set, which it has no use for", func(s scope) { flow.NewActNorm(s, 2, flow.Config{Context: 2}) }},
		{"flow: linear f: Config.Context is set, which it has no use for", func(s scope) { flow.NewLinear(s, 2, flow.Config{Context: 2}) }},
		{"flow: Sylvester f: -1 reflections, want 0 to 16777216", func(s scope) { flow.NewSylvester(s, 2, -1, flow.Config{}) }},
		{"flow: IAF f: Longest is -1, want 0 or more", func(s scope) { flow.NewIAF(s, 2, flow.Config{Longest: -1}) }},
		{"flow: IAF f: Config.Element is a nil *flow.Spline", func(s scope) { flow.NewIAF(s, 2, flow.Config{Element: (*flow.Spline)(nil)}) }},
		{"flow: Spline: Bins is -1, want 2 to 500", func(s scope) { flow.NewMAF(s, 2, flow.Config{Element: flow.Spline{Bins: -1}}) }},
		{"flow: Spline: Bins is 1, want 2 to 500", func(s scope) { flow.NewMAF(s, 2, flow.Config{Element: flow.Spline{Bins: 1}}) }},
		{"flow: Spline: Bound is -2, want a positive number", func(s scope) { flow.NewMAF(s, 2, flow.Config{Element: flow.Spline{Bound: -2}}) }},
		{"layers: MADE f: Order [0 0], want every variable from 0 to 1 once", func(s scope) { flow.NewMAF(s, 2, flow.Config{Order: []int{0, 0}}) }},
		{"flow: a zero flow, want one of a function New…, which declares its weights", func(s scope) { flow.IAF{}.Forward(input(s, 2)) }},
		{"flow: planar f: the value is nil", func(s scope) { flow.NewPlanar(s, 2, flow.Config{}).LogDet(nil) }},
		{"flow: planar f: value [5 3], want [… 2] with a batch axis", func(s scope) { flow.NewPlanar(s, 2, flow.Config{}).Forward(input(s, 3)) }},
		{"flow: MAF f: it was made for a context of 4: Given(context) is the bijector", func(s scope) {
			flow.NewMAF(s, 2, flow.Config{Context: 4}).Inverse(input(s, 2))
		}},
		{"flow: MAF f: Given: it was made without a context; set Config.Context", func(s scope) {
			flow.NewMAF(s, 2, flow.Config{}).Given(input(s, 2))
		}},
		{"flow: coupling f: Given: the context is nil", func(s scope) { flow.NewCoupling(s, 2, flow.Config{Context: 4}).Given(nil) }},
		{"flow: coupling f: context [5 2], want [… 4] with a batch axis", func(s scope) {
			flow.NewCoupling(s, 2, flow.Config{Context: 4}).Given(input(s, 2))
		}},
		{"flow: IAF f: the inverse of 65 elements takes as many passes of its network; Config.Longest allows 64 (a coupling flow is one pass both ways)", func(s scope) {
			flow.NewIAF(s, 65, flow.Config{}).Inverse(input(s, 65))
		}},
		{"flow: MAF f: a draw of 3 elements takes as many passes of its network; Config.Longest allows 2 (a coupling flow is one pass both ways)", func(s scope) {
			prob.Transformed{Base: prob.StdNormal(3), Bijector: flow.NewMAF(s, 3, flow.Config{Longest: 2})}.Sample(s.In("z"), 5)
		}},
		{"flow: Reverse: events of 0 elements, want 1 to 2²⁴", func(scope) { flow.Reverse(0) }},
		{"prob: Transformed: flow.Planar has no inverse: it scores its own draws only (SampleScore)", func(s scope) {
			prob.Transformed{Base: prob.StdNormal(2), Bijector: flow.NewPlanar(s, 2, flow.Config{})}.LogProb(input(s, 2))
		}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s scope) {
			s.Output("none", s.Const(0))
			c.f(s.In("f"))
		})
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
