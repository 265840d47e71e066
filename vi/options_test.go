package vi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// models to see an option by, of data x [3, 2].
func optionModel(kind string) func(s *graph.Scope) vi.Model {
	return func(s *graph.Scope) vi.Model {
		a, b := s.Param("a", graph.Constant(.4), 2), s.Param("b", graph.Constant(.3), 2)
		zero := graph.BroadcastTo(s.Const(0), 2)
		var latent func(t *vi.Trace, h *graph.Node) *graph.Node
		switch kind {
		case "bits":
			latent = func(t *vi.Trace, h *graph.Node) *graph.Node { return t.Draw("z", prob.Bernoulli{Logits: h}) }
		case "normals":
			latent = func(t *vi.Trace, h *graph.Node) *graph.Node {
				return t.Draw("z", prob.Normal{Mean: h, LogStd: zero})
			}
		case "global", "product", "both":
			w := func(t *vi.Trace, mean *graph.Node) *graph.Node {
				return t.Global("w", prob.Normal{Mean: graph.BroadcastTo(mean, 2, 2), LogStd: graph.BroadcastTo(zero, 2, 2)}, 2)
			}
			return vi.Model{
				Guide: func(t *vi.Trace) {
					w(t, a)
					if kind == "both" {
						t.Draw("z", prob.Normal{Mean: t.Given("x").Mul(b), LogStd: zero})
					}
				},
				Joint: func(t *vi.Trace) {
					x := t.Given("x")
					if kind == "product" {
						x = t.Product("w", prob.StdNormal(2), x, vi.MatMul{})
					} else {
						x = graph.MatMul(x, w(t, zero))
					}
					if kind == "both" {
						x = x.Add(t.Draw("z", prob.StdNormal(2)))
					}
					t.Draw("x", prob.Normal{Mean: x.Add(b), LogStd: zero})
				},
			}
		}
		return vi.Model{
			Guide: func(t *vi.Trace) { latent(t, t.Given("x").Mul(a)) },
			Joint: func(t *vi.Trace) {
				z := latent(t, zero)
				t.Draw("x", prob.Normal{Mean: z.Add(b), LogStd: zero})
			},
		}
	}
}

// fingerprint is what one training step of an objective computes: value, terms,
// gradients, parameters and states, as text.
func fingerprint(kind string, o func() vi.Objective) (string, error) {
	params := &graph.Params{Seed: 1, Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		e := o().Estimate(s, optionModel(kind)(s), vi.Data{"x": s.Input("x", 3, 2)})
		s.Output("value", e.Value)
		for name, n := range e.Terms {
			s.Output("term/"+name, n)
		}
		if len(e.Costs) > 0 {
			wrt := s.Trainable()
			for i, g := range e.Grad(wrt...) {
				s.Output("grad/"+wrt[i].Name(), g)
			}
		}
	})
	if err != nil {
		return "", err
	}
	graph.Feed(p, "x", []float64{.5, -1, 2, .3, -.2, .8})
	for range 2 { // the second sees the states of the first
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			return "", err
		}
		if err := p.Commit(); err != nil {
			return "", err
		}
	}
	var out []string
	for _, name := range p.Outputs() {
		v, _ := p.Value(name)
		out = append(out, fmt.Sprintf("%s %.12g", name, v))
	}
	for _, name := range params.Names() {
		v, _ := graph.Values[float64](params, name)
		out = append(out, fmt.Sprintf("%s %.12g", name, v))
	}
	slices.Sort(out)
	return strings.Join(out, "\n"), nil
}

// change is two objectives that an option tells apart: they compute different
// things, or want says what the second is refused for.
type change struct {
	kind     string
	from, to any // vi.Objective or a function that makes one
	want     string
}

func made(o any) func() vi.Objective {
	if f, ok := o.(func() vi.Objective); ok {
		return f
	}
	return func() vi.Objective { return o.(vi.Objective) }
}

func (c change) see(t *testing.T) {
	t.Helper()
	from, err := fingerprint(c.kind, made(c.from))
	if err != nil {
		t.Fatalf("%+v: %v", c.from, err)
	}
	to, err := fingerprint(c.kind, made(c.to))
	switch {
	case c.want != "":
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %s", c.to, err, c.want)
		}
	case err != nil:
		t.Errorf("%+v: %v", c.to, err)
	case from == to:
		t.Errorf("%+v and %+v are the same on %s:\n%s", c.from, c.to, c.kind, from)
	}
}

// runs is an objective whose value is what a Run of some Config draws.
type runs struct{ c vi.Config }

func (o runs) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	r := vi.Run(s, m, d, o.c)
	return &vi.Estimate{Value: graph.Sum(r.LogWeights()).Add(graph.Const(float64(r.Total)))}
}

// without drops a part of the model.
type without struct{ part string }

func (o without) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	if o.part == "Joint" {
		m.Joint = nil
	} else {
		m.Guide = nil
	}
	return vi.ELBO{}.Estimate(s, m, d)
}

func of(e vi.Estimator) choice { return choice{"z": e} }

// outcomes are structs that a user reads, or makes as a whole, and sets no
// option by.
var outcomes = []string{"At", "Record", "Site", "Estimate", "Cost", "Outside", "RowEvidence", "Predicted", "Draws"}

// inherited puts the fields of Config in place of an embedded one.
func inherited(fields []string) (out []string) {
	for _, field := range fields {
		of, embedded := strings.CutSuffix(field, ".Config")
		if !embedded {
			out = append(out, field)
			continue
		}
		for _, field := range fields {
			if name, ok := strings.CutPrefix(field, "Config."); ok {
				out = append(out, of+"."+name)
			}
		}
	}
	return out
}

// TestEveryOptionHasAnEffect goes through every exported field of every struct
// that says what to do: each has changes that show it, by other numbers or by a
// refusal. A new field has none and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	fields, err := exported.Fields(".")
	if err != nil {
		t.Fatal(err)
	}
	all := optionChanges()
	for _, field := range inherited(fields) {
		if of, _, _ := strings.Cut(field, "."); slices.Contains(outcomes, of) {
			continue
		}
		changes := all[field]
		delete(all, field)
		if len(changes) == 0 {
			t.Errorf("%s has no change that shows it", field)
		}
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			for _, c := range changes {
				c.see(t)
			}
		})
	}
	for field := range all {
		t.Errorf("%s is no option", field)
	}
}
