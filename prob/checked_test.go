package prob_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func TestChecked(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		d    func() prob.Dist
		x    []float64 // [1, 2, len/2]
		want string    // "" is no error
	}{
		"counts":     {func() prob.Dist { return prob.Poisson{LogRate: nums(0)} }, []float64{0, 3, 1e6, 7}, ""},
		"a fraction": {func() prob.Dist { return prob.Poisson{LogRate: nums(0)} }, []float64{0, 3, 1, .5}, ": x is 0.5 at [0 1 1], want a value in {0, 1, …}"},
		"not a number": {func() prob.Dist { return prob.StdNormal(2) }, []float64{0, nan, 1, .5},
			": x is NaN at [0 0 1], want a value"},
		"a class too many": {func() prob.Dist { return prob.Categorical{Logits: graph.Tensor([]float64{0, 0}, 1, 2)} }, []float64{0, 1, 2, 3},
			": x is 2 at [0 1 0], want a value in {0 … 1}"},
		"two ones":   {func() prob.Dist { return prob.OneHot{Logits: nums(0, 0)} }, []float64{0, 1, 1, 1}, ": x is 1 at [0 1 0], want a value in one-hot rows"},
		"no support": {func() prob.Dist { return unsaid{prob.Poisson{LogRate: nums(0)}} }, []float64{0, 1, 2, -1}, ": x is 2 at [0 1 0], want a value of positive probability"},
		"many rows of parameters": {func() prob.Dist { return unsaid{prob.Poisson{LogRate: graph.Tensor([]float64{0, 1, 2}, 3, 1, 1)}} },
			[]float64{0, 1, 2, 1}, ""},
		"missing":        {func() prob.Dist { return prob.Masked(prob.Poisson{LogRate: nums(0)}, nums(1, 0)) }, []float64{0, -1, 1, .5}, ""},
		"beside missing": {func() prob.Dist { return prob.Masked(prob.Poisson{LogRate: nums(0)}, nums(1, 0)) }, []float64{0, nan, -2, nan}, ": x is -2 at [0 1 0], want a value in {0, 1, …}"},
	} {
		t.Run(name, func(t *testing.T) {
			p := build(t, func(s *graph.Scope) *graph.Node {
				x := s.Input("in", 1, 2, len(c.x)/2)
				return prob.Checked("x", c.d(), x)
			})
			if err := graph.Feed(p, "in", c.x); err != nil {
				t.Fatal(err)
			}
			err := p.Run(context.Background(), graph.Key{})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if v, _ := p.Value("y"); err == nil {
				near(t, "value", v, c.x, 0)
			}
		})
	}
}

// TestCheckedIsMadeThoughUnused drops what it returns.
func TestCheckedIsMadeThoughUnused(t *testing.T) {
	for _, count := range []float64{3, -1} {
		p := build(t, func(s *graph.Scope) *graph.Node {
			x := s.Input("in", 1, 1)
			prob.Checked("counts", prob.Poisson{LogRate: nums(0)}, x)
			return x.Square()
		})
		graph.Feed(p, "in", []float64{count})
		err := p.Run(context.Background(), graph.Key{})
		if bad := err != nil && strings.Contains(err.Error(), "counts is -1 at [0 0]"); bad != (count < 0) {
			t.Errorf("%v: error %v", count, err)
		}
	}
}

// unsaid does not say its support.
type unsaid struct{ d prob.Dist }

func (u unsaid) LogProb(x *graph.Node) *graph.Node { return u.d.LogProb(x) }

func TestCheckedPassesDerivative(t *testing.T) {
	got := values(t, func(*graph.Scope) *graph.Node {
		x := nums(3, 4)
		y := prob.Checked("x", prob.StdNormal(2), x)
		return graph.Grad(graph.Sum(y.Square()), []*graph.Node{x})[0]
	})
	near(t, "gradient", got, []float64{6, 8}, 0)
}
