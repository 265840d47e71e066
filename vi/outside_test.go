package vi_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Whatever the objective, and with draws, enumerations and globals beside it, a
// datum that its law cannot take is found with its row and element.
func TestOutsideUnderEveryObjective(t *testing.T) {
	for _, o := range []vi.Objective{
		vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, vi.ELBO{Config: vi.Config{K: 3, Estimator: vi.Score{}}}, vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}, Estimator: vi.Score{}}}, vi.IWAE{Config: vi.Config{K: 4, Estimator: vi.Score{}}}, vi.IWAE{Config: vi.Config{K: 2, Enumerate: []string{"y"}, Estimator: vi.Score{}}},
		vi.Renyi{Config: vi.Config{K: 2, Estimator: vi.Score{}}}, vi.Evidence{K: 5}, vi.WakeSleep{}, vi.ReweightedWakeSleep{K: 3},
	} {
		name := fmt.Sprintf("%T%+v", o, o)
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			m := s.Param("m", graph.Constant(0), 2)
			e := o.Estimate(s, vi.Model{
				Guide: func(t *vi.Trace) {
					t.Draw("y", prob.Bernoulli{Logits: graph.Sum(m)})
					t.Draw("z", prob.Bernoulli{Logits: m})
				},
				Joint: func(t *vi.Trace) {
					y, z := t.Draw("y", prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)}), t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{0, 0}, 2)})
					t.Draw("x", prob.Poisson{LogRate: y.Add(z)})
				},
			}, vi.Data{"x": s.Input("x", 3, 2)})
			s.Output("bound", e.Value)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := graph.Feed(p, "x", []float64{1, 2, 0, 4, 3, -5}); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		found := false
		for _, n := range door.Notes(p) {
			out, err := n.(*vi.Record).Outside(p)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if out != nil {
				found = true
				if want := "site x, row 2, element 1: value -5 is outside of the support of prob.Poisson, {0, 1, …}"; out.Error() != want {
					t.Errorf("%s: %v, want %s", name, out, want)
				}
			}
		}
		if !found {
			t.Errorf("%s: nothing is outside", name)
		}
	}
}

// A law that does not say its support is named with the row; one that takes the
// value is not.
func TestOutsideOfALawWithoutSupport(t *testing.T) {
	for _, c := range []struct {
		law  prob.Dist
		x    float64
		want string
	}{
		{point{}, 3, "site x, row 1: the value is impossible under vi_test.point: log density -Inf"},
		{point{}, 0, "<nil>"},
		{prob.StdNormal(1), 1e30, "<nil>"}, // too far for float32, and a real number
	} {
		var r *vi.Record
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			e := vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", c.law) }}, vi.Data{"x": s.Input("x", 2, 1)})
			r = e.Record
			s.Output("bound", e.Value)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(p, "x", []float64{0, c.x}); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		out, err := r.Outside(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(out); out == nil && c.want != "<nil>" || out != nil && got != c.want {
			t.Errorf("%T at %v: %s, want %s", c.law, c.x, got, c.want)
		}
	}
}

// point is certain to be 0.
type point struct{}

func (point) LogProb(x *graph.Node) *graph.Node {
	return graph.Sum(prob.Delta{Value: graph.Const(0)}.LogProbs(x), -1)
}

// Where parameters are NaN a value that the law may score, a grey one or one on
// an end, is not to blame; one beyond the support is all the same.
func TestOutsideBlamesNoValueForParameters(t *testing.T) {
	nan := func() *graph.Node { return graph.Const(math.NaN()) }
	laws := map[string]struct {
		law     func() prob.Dist
		may     []float64
		mayNot  float64
		support string
	}{
		"Bernoulli":           {func() prob.Dist { return prob.Bernoulli{Logits: nan()} }, []float64{0, .3, 1}, 1.5, "prob.Bernoulli, {0 … 1}"},
		"ContinuousBernoulli": {func() prob.Dist { return prob.ContinuousBernoulli{Logits: nan()} }, []float64{0, .3, 1}, -1, "prob.ContinuousBernoulli, (0, 1)"},
		"Beta":                {func() prob.Dist { return prob.Beta{LogA: nan(), LogB: nan()} }, []float64{0, .3, 1}, 2, "prob.Beta, (0, 1)"},
		"Exponential":         {func() prob.Dist { return prob.Exponential{LogRate: nan()} }, []float64{0, 3}, -2, "prob.Exponential, (0, +Inf)"},
		"HalfNormal":          {func() prob.Dist { return prob.HalfNormal{LogScale: nan()} }, []float64{0, 3}, -2, "prob.HalfNormal, (0, +Inf)"},
		"Poisson":             {func() prob.Dist { return prob.Poisson{LogRate: nan()} }, []float64{0, 3}, -2, "prob.Poisson, {0, 1, …}"},
	}
	for name, c := range laws {
		for _, x := range append(c.may, c.mayNot) {
			var r *vi.Record
			p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				e := vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", c.law()) }}, vi.Data{"x": s.Input("x", 1, 1)})
				r = e.Record
				s.Output("bound", e.Value)
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := graph.Feed(p, "x", []float64{x}); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			want := "<nil>"
			if x == c.mayNot {
				want = fmt.Sprintf("site x, row 0, element 0: value %v is outside of the support of %s", x, c.support)
			}
			out, err := r.Outside(p)
			if got := fmt.Sprint(out); err != nil || out == nil && x == c.mayNot || out != nil && got != want {
				t.Errorf("%s at %v: %s, %v, want %s", name, x, got, err, want)
			}
		}
	}
}
