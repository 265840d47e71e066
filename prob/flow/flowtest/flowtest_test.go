package flowtest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow/flowtest"
)

type node = *graph.Node

// scale is y_i = exp(w + v·c)·x_i, with faults that a test may put in its place.
type scale struct {
	w, add                              node // add is what the context adds
	forward, logDet, inverse, inverseLD func(f scale, x node) node
}

func (f scale) s() node {
	if f.add == nil {
		return f.w
	}
	return f.w.Add(f.add)
}

// wide is the log scale in the shape of x.
func (f scale) wide(x node) node { return x.Scale(0).Add(f.s()) }

func (f scale) Forward(x node) node {
	if f.forward != nil {
		return f.forward(f, x)
	}
	return x.Mul(graph.Exp(f.s()))
}

func (f scale) LogDet(x node) node {
	if f.logDet != nil {
		return f.logDet(f, x)
	}
	return graph.Sum(f.wide(x), -1)
}

func (f scale) Inverse(y node) node {
	if f.inverse != nil {
		return f.inverse(f, y)
	}
	return y.Mul(graph.Exp(f.s().Neg()))
}

func (f scale) InverseLogDet(y node) node {
	if f.inverseLD != nil {
		return f.inverseLD(f, y)
	}
	return graph.Sum(f.wide(y), -1).Neg()
}

// oneWay has no inverse.
type oneWay struct{ prob.Bijector }

// of returns a case with a fault.
func of(context int, fault func(f *scale, s *graph.Scope, c node)) flowtest.Case {
	return flowtest.Case{Event: 3, Context: context, Order: []int{0, 1, 2}, New: func(s *graph.Scope, c node) prob.Bijector {
		f := scale{w: s.Param("w", graph.Constant(.5), 3)}
		if c != nil {
			f.add = graph.MatMul(c, s.Param("v", graph.Gaussian{Std: 1}, context, 3))
		}
		if fault != nil {
			fault(&f, s, c)
		}
		return f
	}}
}

func TestRightFlowsPass(t *testing.T) {
	modest := func(f *scale, _ *graph.Scope, _ node) { // float32 has no room for exp of any weight
		f.w = graph.Tanh(f.w)
		if f.add != nil {
			f.add = graph.Tanh(f.add)
		}
	}
	flowtest.Run(t, of(0, modest))
	flowtest.Run(t, of(2, modest))
	flowtest.Run(t, flowtest.Case{Event: 2, New: func(*graph.Scope, node) prob.Bijector { return oneWay{prob.Reflect{}} }})
}

// Every rule finds the faults that it is there for.
func TestFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		rule  string
		fault flowtest.Case
		want  string // in the error
	}{
		{"shape", of(0, func(f *scale, _ *graph.Scope, _ node) { f.logDet = scale.wide }), "LogDet of a value [1 3] has shape [1 3], want [1]"},
		{"shape", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(_ scale, x node) node { return x.Add(graph.ExpandDims(graph.Mean(x, 0), 0)) }
		}), "in a batch of one row"},
		{"round trip", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.inverse = func(f scale, y node) node { return y.Mul(graph.Exp(f.w.Scale(-.999))) }
		}), "of it is"},
		{"log determinant", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.logDet = func(f scale, x node) node { return graph.Sum(f.wide(x), -1).Scale(2) }
		}), "LogDet of event 0"},
		{"log determinant", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(_ scale, x node) node { return x.Square() }
			f.logDet = func(_ scale, x node) node { return graph.Sum(graph.Log(graph.Abs(x.Scale(2))), -1) }
		}), "changes its sign"},
		{"log determinant of the inverse", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.inverseLD = func(f scale, x node) node { return graph.Sum(f.wide(x), -1) }
		}), "InverseLogDet of event 0"},
		{"triangular", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(f scale, x node) node { return x.Add(graph.Reverse(x, -1).Scale(.1)) }
		}), "y_0 depends on x_2, which comes later"},
		{"triangular", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(f scale, x node) node { return x.Scale(0) }
		}), "y_0 does not depend on x_0"},
		{"draw and score", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.inverseLD = func(f scale, x node) node { return graph.Sum(f.wide(x), -1) }
		}), "the score of draw 0"},
		{"gradient by value", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(_ scale, x node) node { return x.Mul(graph.Exp(graph.StopGrad(x))) }
		}), "the derivative by node 0 along"},
		{"gradient by parameters", of(0, func(f *scale, _ *graph.Scope, _ node) { f.w = graph.StopGrad(f.w) }), "the derivative by node 0 along"},
		{"gradient by context", of(2, func(f *scale, _ *graph.Scope, _ node) { f.add = graph.StopGrad(f.add) }), "the derivative by node 0 along"},
		{"context", of(2, func(f *scale, _ *graph.Scope, _ node) { f.add = graph.Mean(f.add, 0) }), "changes with the context of row 1"},
		{"context", of(2, func(f *scale, _ *graph.Scope, _ node) { f.add = f.add.Scale(0) }), "Forward of row 1 does not depend on its context"},
		{"float32", of(0, func(f *scale, _ *graph.Scope, _ node) { // 1 − tanh² where nothing is left of it
			f.logDet = func(_ scale, x node) node { return graph.Sum(graph.Log(graph.Tanh(x).Square().Neg().Shift(1)), -1) }
		}), "LogDet at"},
		{"float32", of(0, func(f *scale, _ *graph.Scope, _ node) {
			f.forward = func(_ scale, x node) node { return x.Add(graph.Sqrt(graph.Abs(f.w))) }
			f.w = f.w.Scale(0)
		}), "the gradient of y_0 at"},
	} {
		i := slices.IndexFunc(flowtest.Rules(), func(r flowtest.Rule) bool { return r.Name == c.rule })
		if err := flowtest.Rules()[i].Check(c.fault); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.rule, err, c.want)
		}
	}
}

func TestCasesThatAreNone(t *testing.T) {
	identity := func(*graph.Scope, node) prob.Bijector { return prob.Identity{} }
	for _, c := range []struct {
		c    flowtest.Case
		want string
	}{
		{flowtest.Case{Event: 1}, "flowtest: a case with New false, Event 1 and Context 0"},
		{flowtest.Case{New: identity}, "flowtest: a case with New true, Event 0"},
		{flowtest.Case{New: identity, Event: 2, Order: []int{0, 0}}, "flowtest: Order [0 0] is none of 2 elements"},
		{flowtest.Case{New: identity, Event: 2, Points: [][]float64{{1}}}, "flowtest: point [1], want 2 numbers"},
		{flowtest.Case{New: identity, Event: 2, Skip: []string{"nothing"}}, `flowtest: the case skips "nothing", which is no rule`},
		{flowtest.Case{New: func(*graph.Scope, node) prob.Bijector { return nil }, Event: 2}, "flowtest: the case's New returned no bijector"},
	} {
		for _, r := range flowtest.Rules() {
			if err := r.Check(c.c); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", r.Name, err, c.want)
			}
		}
	}
	skipped := flowtest.Case{New: identity, Event: 2, Context: 1, Skip: []string{"context"}}
	for _, r := range flowtest.Rules() {
		if err := r.Check(skipped); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
	if err := (flowtest.Rule{}).Check(skipped); err == nil || err.Error() != "flowtest: a zero Rule, want one of Rules" {
		t.Error(err)
	}
}
