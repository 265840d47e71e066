package graph_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

// A first value is a function of seed, name and shape, not of the order.
func TestInitialisationDependsOnNameAndSeed(t *testing.T) {
	build := func(seed uint64, order []int) map[string][]float64 {
		p := &graph.Params{Seed: seed}
		if err := declare(t, p, func(s *scope) {
			for _, i := range order {
				s.Param(fmt.Sprint(i), graph.Gaussian{Std: 1}, 2, 2)
			}
		}); err != nil {
			t.Fatal(err)
		}
		m := map[string][]float64{}
		for _, i := range order {
			m[fmt.Sprint(i)] = values(t, p, fmt.Sprint(i))
		}
		return m
	}
	a, b, c := build(1, []int{0, 1, 2, 3, 4, 5}), build(1, []int{5, 2, 0}), build(2, []int{0, 1, 2, 3, 4, 5})
	seen := map[string]string{}
	for name, v := range a {
		if w, ok := b[name]; ok && !slices.Equal(v, w) {
			t.Errorf("%s depends on the order of declaration", name)
		}
		if slices.Equal(v, c[name]) {
			t.Errorf("%s does not depend on the seed", name)
		}
		if other := seen[fmt.Sprint(v)]; other != "" {
			t.Errorf("%s equals %s", name, other)
		}
		seen[fmt.Sprint(v)] = name
	}
}

func TestInitialisers(t *testing.T) {
	p := &graph.Params{Dtype: graph.Float64}
	if err := declare(t, p, func(s *scope) {
		s.Param("glorot", graph.Glorot{}, 300, 200)
		s.Param("glorotconv", graph.Glorot{}, 3, 3, 60, 40)
		s.Param("he", graph.He{}, 300, 200)
		s.Param("heconv", graph.He{}, 3, 3, 60, 40)
		s.Param("lecun", graph.LeCun{}, 300, 200)
		s.Param("gaussian", graph.Gaussian{Std: .3}, 300, 200)
		s.Param("zero", graph.Gaussian{}, 3)
		s.Param("empty", graph.He{}, 0, 3)
	}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ std, kurtosis float64 }{
		"glorot": {math.Sqrt(2. / 500), 1.8}, "glorotconv": {math.Sqrt(2. / 900), 1.8},
		"he": {math.Sqrt(2. / 300), 3}, "heconv": {math.Sqrt(2. / 540), 3}, "lecun": {math.Sqrt(1. / 300), 3}, "gaussian": {.3, 3},
	} {
		v := values(t, p, name)
		n := float64(len(v))
		var m1, m2, m4 float64
		for _, x := range v {
			x /= c.std
			m1, m2, m4 = m1+x/n, m2+x*x/n, m4+x*x*x*x/n
		}
		// five standard errors; the fourth moment of the normal has variance 96/n
		if math.Abs(m1) > 5/math.Sqrt(n) || math.Abs(m2-1) > 5*math.Sqrt(2/n) || math.Abs(m4-c.kurtosis) > 5*math.Sqrt(96/n) {
			t.Errorf("%s: moments %.4f, %.4f, %.4f, want 0, 1, %v", name, m1, m2, m4, c.kurtosis)
		}
	}
	if v := values(t, p, "zero"); !slices.Equal(v, []float64{0, 0, 0}) {
		t.Errorf("Gaussian{}: %v", v)
	}
}

func TestOrthogonal(t *testing.T) {
	for _, c := range []struct {
		shape []int
		gain  float64
	}{{[]int{5, 5}, 0}, {[]int{7, 3}, 2}, {[]int{3, 7}, 2}, {[]int{2, 2, 3, 4}, 1}, {[]int{1, 4}, -1}} {
		p := &graph.Params{Dtype: graph.Float64}
		if err := declare(t, p, func(s *scope) { s.Param("w", graph.Orthogonal{Gain: c.gain}, c.shape...) }); err != nil {
			t.Fatal(err)
		}
		v := values(t, p, "w")
		cols := c.shape[len(c.shape)-1]
		rows := len(v) / cols
		want := 1.0
		if c.gain != 0 {
			want = c.gain * c.gain
		}
		dot := func(i, j int) float64 { // of the fewer of rows and columns
			return sum(max(rows, cols), func(k int) float64 {
				if rows < cols {
					return v[i*cols+k] * v[j*cols+k]
				}
				return v[k*cols+i] * v[k*cols+j]
			})
		}
		for i := range min(rows, cols) {
			for j := range i + 1 {
				if d := dot(i, j); math.Abs(d-want*truth(i == j)) > 1e-13 {
					t.Errorf("shape %v gain %v: product of %d and %d is %v", c.shape, c.gain, i, j, d)
				}
			}
		}
	}
}
