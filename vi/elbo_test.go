package vi_test

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// chain has two latents. The guide draws z1 then z2 (bottom-up) or the other
// way round.
func chain(s *graph.Scope, bottomUp bool) vi.Model {
	w := s.Param("w", graph.Constant(.5))
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z2 := t.Draw("z2", prob.StdNormal(2))
			z1 := t.Draw("z1", normal(z2.Mul(w)))
			t.Draw("x", normal(z1))
		},
		Guide: func(t *vi.Trace) {
			x := t.Given("x")
			if bottomUp {
				t.Draw("z2", normal(t.Draw("z1", normal(x.Mul(w))).Mul(w)))
			} else {
				t.Draw("z1", normal(x.Add(t.Draw("z2", normal(x.Mul(w))))))
			}
		},
	}
}

// outputs builds and runs an estimate of a chain on two rows.
func chainTerms(t *testing.T, o vi.ELBO, bottomUp bool) (terms map[string]float64, drawn []string, err error) {
	t.Helper()
	var names []string
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		e := o.Estimate(s, chain(s, bottomUp), vi.Data{"x": s.Input("x", 2, 2)})
		e.Terms["value"], drawn = e.Value, e.MonteCarlo
		names = slices.Sorted(maps.Keys(e.Terms))
		for _, name := range names {
			s.Output(name, e.Terms[name])
		}
	})
	if err != nil {
		return nil, nil, err
	}
	if err := graph.Feed(p, "x", []float64{1, -2, .3, .4}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	terms = map[string]float64{}
	for _, name := range names {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		terms[name] = v[0]
	}
	return terms, drawn, nil
}

func TestClosedFormOnlyWhereItKeepsTheBound(t *testing.T) {
	for _, c := range []struct {
		name     string
		kl       vi.KL
		bottomUp bool
		drawn    []string // whose divergence is by Monte Carlo
	}{
		{"bottom-up", vi.Auto, true, []string{"z1"}},
		{"top-down", vi.Auto, false, nil},
		{"top-down closed", vi.ClosedForm, false, nil},
		{"Monte Carlo", vi.MonteCarlo, false, []string{"z2", "z1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			terms, drawn, err := chainTerms(t, vi.ELBO{KL: c.kl}, c.bottomUp)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			sum := 0.0
			for _, name := range slices.Sorted(maps.Keys(terms)) {
				if strings.HasPrefix(name, "kl/") {
					got = append(got, name)
					sum += terms[name]
				}
			}
			if want := []string{"kl/z1", "kl/z2"}; !slices.Equal(got, want) || !slices.Equal(drawn, c.drawn) {
				t.Errorf("terms %v, by Monte Carlo %v, want %v and %v", got, drawn, want, c.drawn)
			}
			if math.Abs(sum-terms["kl"]) > 1e-12 || math.Abs(terms["reconstruction"]-sum-terms["elbo"]) > 1e-12 || terms["elbo"] != terms["value"] {
				t.Errorf("terms do not add up: %v", terms)
			}
		})
	}
	_, _, err := chainTerms(t, vi.ELBO{KL: vi.ClosedForm}, true)
	want := "vi: closed-form KL at z1: p(z1) depends on z2, which the guide does not draw before it, so the sum would be no bound; use vi.Auto or vi.MonteCarlo"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestBetaWeighsTheDivergence(t *testing.T) {
	var plain, half map[string]float64
	for beta, out := range map[float64]*map[string]float64{1: &plain, .5: &half} {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			e := vi.ELBO{Beta: s.Input("beta")}.Estimate(s, newPPCA(s), vi.Data{"x": s.Input("x", 1, ppcaData)})
			s.Output("value", e.Value)
			s.Output("kl", e.Terms["kl"])
			s.Output("elbo", e.Terms["elbo"])
		})
		if err != nil {
			t.Fatal(err)
		}
		graph.Feed(p, "beta", []float64{beta})
		graph.Feed(p, "x", ppcaRows[:ppcaData])
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		*out = map[string]float64{}
		for _, name := range p.Outputs() {
			v, _ := p.Value(name)
			(*out)[name] = v[0]
		}
	}
	if plain["elbo"] != half["elbo"] || plain["value"] != plain["elbo"] {
		t.Errorf("the term elbo must not depend on β: %v %v", plain, half)
	}
	if d := half["value"] - plain["value"]; math.Abs(d-half["kl"]/2) > 1e-12 {
		t.Errorf("β = ½ raises the bound by %v, want half of KL %v", d, half["kl"])
	}
}

func TestDreamDecodeEncodeAreOneModel(t *testing.T) {
	p := &graph.Params{Dtype: graph.Float64}
	build := func(f func(s *graph.Scope, m vi.Model) *graph.Node) []float64 {
		t.Helper()
		prog, err := graph.Build(p, func(s *graph.Scope) { s.Output("out", f(s, newPPCA(s))) })
		if err != nil {
			t.Fatal(err)
		}
		exactPPCA(t, p)
		for _, name := range prog.Inputs() {
			if err := graph.Feed(prog, name, make([]float64, graph.Size(prog.Shape(name)))); err != nil {
				t.Fatal(err)
			}
		}
		if err := prog.Run(context.Background(), graph.Key{Seed: 1}); err != nil {
			t.Fatal(err)
		}
		out, err := prog.Value("out")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	dream := build(func(s *graph.Scope, m vi.Model) *graph.Node {
		return vi.Run(s, vi.Model{Joint: m.Joint}, nil, vi.Config{Rows: 7}).Site("x").Value
	})
	if len(dream) != 7*ppcaData {
		t.Errorf("dreamt %d numbers, want %d", len(dream), 7*ppcaData)
	}
	decoded := build(func(s *graph.Scope, m vi.Model) *graph.Node {
		r := vi.Run(s, vi.Model{Joint: m.Joint}, vi.Data{"z": s.Input("z", 1, ppcaLatent)}, vi.Config{})
		return r.Site("x").P.(prob.Normal).Mean
	})
	if want := []float64{.3, -1, 2, 0, .1}; !slices.Equal(decoded, want) {
		t.Errorf("z = 0 decodes to %v, want the bias %v", decoded, want)
	}
	encoded := build(func(s *graph.Scope, m vi.Model) *graph.Node {
		r := vi.Run(s, m, vi.Data{"x": s.Input("x", 1, ppcaData)}, vi.Config{K: 3})
		return r.Site("z").Value
	})
	if len(encoded) != 3*ppcaLatent || encoded[0] == encoded[2] {
		t.Errorf("three draws of z: %v", encoded)
	}
}

func TestTimesAndSum(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		m, d := newPPCA(s), vi.Data{"x": s.Input("x", 3, ppcaData)}
		a := vi.ELBO{KL: vi.MonteCarlo}.Estimate(s.In("a"), m, d)
		b := vi.ELBO{KL: vi.ClosedForm}.Estimate(s.In("b"), m, d).Times(s.Const(2))
		sum := vi.Sum(a, b)
		w := s.Trainable()[0]
		s.Output("a", a.Value)
		s.Output("b", b.Value)
		s.Output("sum", sum.Value)
		s.Output("term", sum.Terms["b/kl"])
		s.Output("da", a.Grad(w)[0])
		s.Output("db", b.Grad(w)[0])
		s.Output("dsum", sum.Grad(w)[0])
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", ppcaRows)
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "d"} {
		a, _ := p.Value(name + "a")
		b, _ := p.Value(name + "b")
		sum, _ := p.Value(name + "sum")
		for i := range a {
			if math.Abs(a[i]+b[i]-sum[i]) > 1e-12 {
				t.Errorf("%ssum[%d] = %v, want %v + %v", name, i, sum[i], a[i], b[i])
			}
		}
	}
}
