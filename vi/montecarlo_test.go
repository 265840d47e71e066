package vi_test

import (
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// TestMonteCarloNamesTheDivergences: the terms of divergences are "kl/NAME"
// however they were computed, and the estimate says which are of draws.
func TestMonteCarloNamesTheDivergences(t *testing.T) {
	stl, mc := vi.STL{}, vi.MonteCarlo
	at := func(sites ...string) (c vi.Config) {
		c.Total, c.Sites = 5, choice{}
		for _, s := range sites {
			c.Sites[s] = stl
		}
		return c
	}
	for name, c := range map[string]struct {
		kind string
		o    vi.Objective
		kl   []string // terms
		want []string
	}{
		"closed":                     {"normals", vi.ELBO{}, []string{"kl/z"}, nil},
		"by choice":                  {"normals", vi.ELBO{KL: mc}, []string{"kl/z"}, []string{"z"}},
		"by the estimator":           {"both", vi.ELBO{Config: at("z")}, []string{"kl/w", "kl/z"}, []string{"z"}},
		"of globals":                 {"both", vi.ELBO{Config: at("w")}, []string{"kl/w", "kl/z"}, []string{"w"}},
		"of values":                  {"bits", vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}, KL: mc}, []string{"kl/z"}, nil},
		"of weights without a value": {"product", vi.ELBO{Config: at(), KL: mc}, []string{"kl/w"}, nil},
		"free bits":                  {"both", vi.FreeBits{Config: at(), KL: mc}, []string{"kl/w", "kl/z"}, []string{"z", "w"}},
		"globals beside weights":     {"global", vi.IWAE{Config: at("w")}, []string{"kl/w"}, []string{"w"}},
		"closed beside weights":      {"global", vi.IWAE{Config: at()}, []string{"kl/w"}, nil},
		"no divergence":              {"normals", vi.Expectation{Of: monteCarlo}, nil, nil},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			m, x := optionModel(c.kind)(s), s.Input("x", 3, 2)
			e := c.o.Estimate(s, m, vi.Data{"x": x})
			var kl []string
			for _, name := range []string{"kl/w", "kl/z", "kl-mc/w", "kl-mc/z"} {
				if e.Terms[name] != nil {
					kl = append(kl, name)
				}
			}
			if !slices.Equal(kl, c.kl) || !slices.Equal(e.MonteCarlo, c.want) {
				t.Errorf("%s: terms %v, by draws %v; want %v, %v", name, kl, e.MonteCarlo, c.kl, c.want)
			}
			s.Output("value", e.Value)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m, d := optionModel("normals")(s), vi.Data{"x": s.Input("x", 3, 2)}
		both := vi.Sum(vi.ELBO{KL: mc}.Estimate(s.In("a"), m, d), vi.ELBO{}.Estimate(s.In("b"), m, d), vi.ELBO{KL: mc}.Estimate(s.In("c"), m, d))
		if want := []string{"a/z", "c/z"}; !slices.Equal(both.MonteCarlo, want) {
			t.Errorf("a sum has %v by draws, want %v", both.MonteCarlo, want)
		}
		s.Output("value", both.Value)
	})
	if err != nil {
		t.Error(err)
	}
}
