package vi_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

type nodes = []*graph.Node

// A walk is a linear-Gaussian model of time with one number a step,
//
//	z_t = a·z_{t−1} + q·ε,  x_t = c·z_t + r·ε,  z_{−1} = 0.
type walk struct {
	a, q, c, r float64
	steps      int
}

var aWalk = walk{.8, .6, 1.2, .5, 6}

func gaussianOf(mean *graph.Node, std float64) prob.Normal {
	return prob.Normal{Mean: mean, LogStd: graph.Const(math.Log(std))}
}

func zero() nodes { return nodes{graph.BroadcastTo(graph.Const(0), 1)} }

func (m walk) joint(t *vi.Trace) {
	t.Scan(graph.Loop{Steps: m.steps}, zero(), nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
		now := t.Draw("z", gaussianOf(z[0].Scale(m.a), m.q))
		t.Draw("x", gaussianOf(now.Scale(m.c), m.r))
		return nodes{now}, nil
	})
}

// posterior is q(z_t | z_{t−1}, x_t, x_{t+1} …), what that comes to by Bayes' rule:
// what the data from a time on say of z is a normal factor with a precision and a
// precision times mean, which go back from step to step.
func (m walk) posterior(w *graph.Node) vi.Func {
	precision := make([]float64, m.steps) // of the data from each time on
	later := 0.
	for t := m.steps - 1; t >= 0; t-- {
		precision[t] = m.c*m.c/(m.r*m.r) + later
		later = m.a * m.a * precision[t] / (1 + m.q*m.q*precision[t])
	}
	return func(t *vi.Trace) {
		l := graph.Tensor(precision, 1, 1, m.steps, 1)
		x := t.Given("x")
		from := graph.BroadcastTo(graph.Const(0), 1, t.Rows(), 1)
		_, future := t.Scan(graph.Loop{Reverse: true}, nodes{from}, nodes{x, l}, func(_ *vi.Trace, later, in nodes) (next, outs nodes) {
			e := in[0].Scale(m.c / (m.r * m.r)).Add(later[0])
			return nodes{e.Scale(m.a).Div(in[1].Scale(m.q * m.q).Shift(1))}, nodes{e}
		})
		t.Scan(graph.Loop{}, zero(), nodes{future[0], l}, func(t *vi.Trace, z, in nodes) (next, outs nodes) {
			all := in[1].Shift(1 / (m.q * m.q))
			mean := z[0].Scale(m.a / (m.q * m.q)).Add(in[0]).Div(all)
			return nodes{t.Draw("z", prob.Normal{Mean: mean.Add(w), LogStd: graph.Log(all).Scale(-.5)})}, nil
		})
	}
}

// evidence is log p(x) by the Kalman filter.
func (m walk) evidence(x []float64) (sum float64) {
	mean, variance := 0., 0.
	for _, x := range x {
		mean, variance = m.a*mean, m.a*m.a*variance+m.q*m.q
		s := m.c*m.c*variance + m.r*m.r
		sum += logNormal(x, m.c*mean, s)
		gain := variance * m.c / s
		mean, variance = mean+gain*(x-m.c*mean), (1-gain*m.c)*variance
	}
	return sum
}

// walkProgram is an estimate of two rows, and its gradient by a shift of the guide.
func walkProgram(t *testing.T, o vi.Objective, shift float64) (*graph.Program, float64) {
	t.Helper()
	rows := [][]float64{{.3, 1.1, -.4, .8, 2, -1}, {-1, 0, .2, .1, -.7, -2}}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		w := s.Param("w", graph.Constant(shift), 1)
		x := s.Tensor(slices.Concat(rows...), 2, aWalk.steps, 1)
		e := o.Estimate(s, vi.Model{Joint: aWalk.joint, Guide: aWalk.posterior(w)}, vi.Data{"x": x})
		s.Output("value", e.Value)
		s.Output("grad", e.Grad(w)[0])
		s.Output("z", e.Record.Site("z").Value)
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, (aWalk.evidence(rows[0]) + aWalk.evidence(rows[1])) / 2
}

func numbers(t *testing.T, p *graph.Program, name string) []float64 {
	t.Helper()
	if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
		t.Fatal(err)
	}
	v, err := p.Value(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// At the exact posterior every draw gives log p(x), that of the Kalman filter.
func TestScanOfTheExactPosterior(t *testing.T) {
	for _, o := range []vi.Objective{vi.ELBO{Config: vi.Config{K: 3}}, vi.IWAE{Config: vi.Config{K: 3}}} {
		p, want := walkProgram(t, o, 0)
		if got := numbers(t, p, "value")[0]; !(math.Abs(got-want) < 1e-12*math.Abs(want)) {
			t.Errorf("%T: %v, want %v", o, got, want)
		}
		if sh := p.Shape("z"); !slices.Equal(sh, graph.Shape{3, 2, aWalk.steps, 1}) {
			t.Errorf("values of shape %v", sh)
		}
	}
}

// The gradient passes the draws of all steps.
func TestScanGradient(t *testing.T) {
	for _, o := range []vi.Objective{vi.ELBO{Config: vi.Config{K: 3}}, vi.IWAE{Config: vi.Config{K: 3}}} {
		at := func(shift float64) float64 {
			p, _ := walkProgram(t, o, shift)
			return numbers(t, p, "value")[0]
		}
		const h = 1e-4
		p, _ := walkProgram(t, o, .3)
		got, want := -numbers(t, p, "grad")[0], (at(.3+h)-at(.3-h))/(2*h)
		if !(math.Abs(got-want) < 1e-6*math.Abs(want)) || want == 0 {
			t.Errorf("%T: %v, differences give %v", o, got, want)
		}
	}
}

// The joint alone draws everything, step by step; with values given in place of draws
// it scores those.
func TestScanDrawsAndScores(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		r := vi.Run(s, vi.Model{Joint: aWalk.joint}, nil, vi.Config{Rows: 4000})
		s.Output("x", r.Site("x").Value)
		again := r.With(vi.Data{"z": r.Site("z").Value, "x": r.Site("x").Value})
		s.Output("score", graph.Sum(r.Site("x").LogP))
		s.Output("again", graph.Sum(again.Site("x").LogP))
		if set := r.Site("z").Reals(); set.Kind != prob.Reals {
			t.Errorf("z takes values in %v", set)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	x := numbers(t, p, "x")
	variance, want := 0., 0.
	for range aWalk.steps {
		want = aWalk.a*aWalk.a*want + aWalk.q*aWalk.q
	}
	want = aWalk.c*aWalk.c*want + aWalk.r*aWalk.r
	for i := aWalk.steps - 1; i < len(x); i += aWalk.steps {
		variance += x[i] * x[i] / 4000
	}
	if sd := want * math.Sqrt(2./4000); math.Abs(variance-want) > 4*sd {
		t.Errorf("variance %v of the last step, want %v ± %v", variance, want, sd)
	}
	if a, b := numbers(t, p, "score")[0], numbers(t, p, "again")[0]; a != b {
		t.Errorf("scores %v and %v of the same values", a, b)
	}
}
