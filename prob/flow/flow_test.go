package flow_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/prob/flow/flowtest"
)

type (
	node  = *graph.Node
	scope = *graph.Scope
)

// made is a flow of the package: how it is declared, and its bijector for a
// context, nil for none.
type made struct {
	name string
	new  func(s scope, d int, c flow.Config, context node) prob.Bijector
	// config is that of the tests, but for the context.
	config flow.Config
	// context tells whether the flow takes one, order whether it is triangular.
	context, order bool
	least          int // the smallest event
}

// given is Given where there is a context.
func given[F interface {
	prob.Bijector
	Given(node) F
}](f F, context node) prob.Bijector {
	if context == nil {
		return f
	}
	return f.Given(context)
}

var net = flow.Config{Hidden: []int{5}}

func with(e flow.Element) flow.Config { return flow.Config{Hidden: []int{5}, Element: e} }

func newCoupling(s scope, d int, c flow.Config, x node) prob.Bijector {
	return given(flow.NewCoupling(s, d, c), x)
}

func newIAF(s scope, d int, c flow.Config, x node) prob.Bijector {
	return given(flow.NewIAF(s, d, c), x)
}

func newMAF(s scope, d int, c flow.Config, x node) prob.Bijector {
	return given(flow.NewMAF(s, d, c), x)
}

// flows are all flows of the package.
var flows = []made{
	{"planar", func(s scope, d int, c flow.Config, x node) prob.Bijector { return given(flow.NewPlanar(s, d, c), x) }, flow.Config{}, true, false, 1},
	{"radial", func(s scope, d int, c flow.Config, x node) prob.Bijector { return given(flow.NewRadial(s, d, c), x) }, flow.Config{}, true, false, 1},
	{"triangular Sylvester", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		return given(flow.NewSylvester(s, d, 0, c), x)
	}, flow.Config{}, true, false, 1},
	{"Householder Sylvester", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		return given(flow.NewSylvester(s, d, 2, c), x)
	}, flow.Config{}, true, false, 1},
	{"linear IAF", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		return given(flow.NewLinearIAF(s, d, c), x)
	}, flow.Config{}, true, true, 2},
	{"linear", func(s scope, d int, c flow.Config, _ node) prob.Bijector { return flow.NewLinear(s, d, c) }, flow.Config{}, false, false, 1},
	{"ActNorm", func(s scope, d int, c flow.Config, _ node) prob.Bijector { return flow.NewActNorm(s, d, c) }, flow.Config{}, false, true, 1},
	{"IAF", newIAF, net, true, true, 1},
	{"affine IAF", newIAF, with(flow.Affine{}), true, true, 1},
	{"spline IAF", newIAF, with(flow.Spline{}), true, true, 1},
	{"MAF", newMAF, net, true, true, 1},
	{"spline MAF", newMAF, with(flow.Spline{Bins: 3}), true, true, 1},
	{"NICE", newCoupling, with(flow.Additive{}), true, true, 2},
	{"RealNVP", newCoupling, net, true, true, 2},
	{"spline coupling", newCoupling, with(flow.Spline{Bins: 4, Bound: 2}), true, true, 2},
}

// more are flows that differ from these in what the table does not count.
var more = []made{
	{"spline of two bins", newCoupling, with(flow.Spline{Bins: 2}), true, true, 2},
	{"IAF without a hidden layer", newIAF, flow.Config{}, true, true, 1},
	{"coupling without a hidden layer", newCoupling, flow.Config{}, true, true, 2},
	{"IAF of another order", newIAF, flow.Config{Order: []int{2, 0, 1}, Hidden: []int{4, 4}, Activation: graph.Elu, Element: flow.Gated{ForgetBias: -1}}, true, false, 3},
	{"residual IAF", newIAF, flow.Config{Hidden: []int{6, 6}, Skip: true, Residual: true}, true, true, 2},
	{"MAF of an element of one's own", newMAF, with(slopes{}), true, true, 1},
	{"chain", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		c.Hidden = []int{5}
		return prob.Chain(newIAF(s.In("0"), d, c, x), flow.Reverse(d), newCoupling(s.In("1"), d, c, x), flow.Shuffle(d, 1), prob.Invert{Of: flow.NewActNorm(s.In("2"), d, flow.Config{})})
	}, flow.Config{}, true, false, 2},
	{"chain without an inverse", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		return prob.Chain(given(flow.NewPlanar(s.In("0"), d, c), x), given(flow.NewRadial(s.In("1"), d, c), x))
	}, flow.Config{}, true, false, 1},
	{"MAF turned round", func(s scope, d int, c flow.Config, x node) prob.Bijector {
		return prob.Invert{Of: given(flow.NewMAF(s, d, c), x).(prob.Inverter)}
	}, net, true, true, 1},
}

// test is the flow as a case of the suite.
func (f made) test(d, context int) flowtest.Case {
	c := f.config
	c.Context = context
	t := flowtest.Case{Event: d, Context: context, New: func(s scope, x node) prob.Bijector { return f.new(s, d, c, x) }}
	if t.Order = c.Order; f.order && c.Order == nil {
		for i := range d {
			t.Order = append(t.Order, i)
		}
	}
	return t
}

func TestConformance(t *testing.T) {
	for _, f := range slices.Concat(flows, more) {
		t.Run(f.name, func(t *testing.T) {
			t.Run("alone", func(t *testing.T) { flowtest.Run(t, f.test(3, 0)) })
			t.Run("smallest", func(t *testing.T) { flowtest.Run(t, f.test(f.least, 0)) })
			if f.context {
				t.Run("in context", func(t *testing.T) { flowtest.Run(t, f.test(3, 2)) })
			}
			if os.Getenv("LATENT_SWEEP") == "" || f.config.Order != nil {
				return
			}
			for seed := range uint64(3) {
				for _, d := range []int{f.least + 1, 5} {
					c := f.test(d, int(seed))
					if c.Seed = seed + 1; c.Context > 0 == f.context || c.Context == 0 {
						t.Run(fmt.Sprint("sweep ", seed, " ", d), func(t *testing.T) { flowtest.Run(t, c) })
					}
				}
			}
		})
	}
}
