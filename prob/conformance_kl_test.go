package prob_test

import (
	"go/ast"
	"reflect"
	"slices"
	"testing"

	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// find returns the case of a family.
func find(t testing.TB, name string) probtest.Case {
	t.Helper()
	i := slices.IndexFunc(families, func(f family) bool { return f.name == name })
	if i < 0 {
		t.Fatalf("no family %s", name)
	}
	return families[i].Case
}

// plane returns a normal law in two dimensions.
func plane(t testing.TB, name string) probtest.Case {
	switch name {
	case "Normal":
		c := planes[name]
		c.Event, c.Params = 2, [][]float64{{0, 0, 0, 0}, {1, -2, 0.5, -0.7}}
		return c
	case "StdNormal":
		c := planes[name]
		c.Event, c.Params = 2, [][]float64{{}}
		return c
	}
	return find(t, name)
}

// TestKL tests the closed forms between different types; those between two of
// a type are tested by the type's own conformance. Every registered pair must
// be tested.
func TestKL(t *testing.T) {
	tested := map[[2]string]bool{}
	check := func(q, p string, qc, pc probtest.Case) {
		tested[[2]string{q, p}] = true
		t.Run(q+" to "+p, func(t *testing.T) {
			t.Parallel()
			probtest.KL(t, qc, pc)
		})
	}
	gaussians := []string{"Normal", "StdNormal", "MultivariateNormal", "LowRankNormal"}
	for _, q := range gaussians {
		for _, p := range gaussians {
			check(q, p, plane(t, q), plane(t, p))
		}
	}
	low := find(t, "Normal") // of densities below 1: a point has none, so this divergence can be negative
	low.Params = [][]float64{{0, 0}, {-1.5, 1.2}}
	check("Delta", "Dist", find(t, "Delta"), low)
	for _, pair := range [][2]string{
		{"Gamma", "Exponential"}, {"Exponential", "Gamma"}, {"Laplace", "Normal"}, {"Normal", "Laplace"}, {"Normal", "LogUniform"},
	} {
		check(pair[0], pair[1], find(t, pair[0]), find(t, pair[1]))
	}
	names := map[string]bool{}
	for _, f := range families {
		names[f.name] = true
	}
	for _, pair := range prob.KLPairs() {
		q, p := pair[0].Name(), pair[1].Name()
		same := q == p && (names[q] || reflect.TypeOf(prob.Transformed{}) == pair[0])
		if ast.IsExported(q) && !same && !tested[[2]string{q, p}] {
			t.Errorf("the closed form of KL(%s ‖ %s) is not tested", q, p)
		}
	}
}
