package layers_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// drop applies a dropout to ones of a shape and returns the result and the
// program's noise, by name.
func drop(t *testing.T, c layers.DropoutConfig, training bool, key graph.Key, shape ...int) []float64 {
	t.Helper()
	build := graph.Build
	if training {
		build = graph.BuildTraining
	}
	p, err := build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s.Output("y", layers.NewDropout(s.In("d"), c).Apply(graph.BroadcastTo(s.Const(1), shape...)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	y, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// TestDropoutLaw: in training an element is multiplied by 0 or 1/(1−p) with the
// right frequency, or by a normal number of mean 1 and variance α; otherwise
// nothing happens unless it is asked for.
func TestDropoutLaw(t *testing.T) {
	const rows, cols = 500, 100
	for _, rate := range []float64{.1, .5, .9} {
		y := drop(t, layers.DropoutConfig{Rate: rate}, true, graph.Key{Seed: 1}, rows, cols)
		kept := 0.
		for _, v := range y {
			if v != 0 {
				kept++
				if math.Abs(v-1/(1-rate)) > 1e-12 {
					t.Fatalf("rate %v: an element of 1 is %v", rate, v)
				}
			}
		}
		n := float64(rows * cols)
		if z := (kept - n*(1-rate)) / math.Sqrt(n*rate*(1-rate)); math.Abs(z) > 4 {
			t.Errorf("rate %v: %v of %v kept, %v standard deviations off", rate, kept, n, z)
		}
	}
	for _, alpha := range []float64{.25, 1} {
		mean, variance := moments(drop(t, layers.DropoutConfig{Alpha: alpha}, true, graph.Key{Seed: 1}, rows, cols), 1, 0)
		n := float64(rows * cols)
		if math.Abs(mean-1) > 4*math.Sqrt(alpha/n) || math.Abs(variance/alpha-1) > 4*math.Sqrt(2/n) {
			t.Errorf("α = %v: mean %v and variance %v", alpha, mean, variance)
		}
	}
	for name, c := range map[string]struct {
		layers.DropoutConfig
		training, noisy bool
	}{
		"none":                   {layers.DropoutConfig{}, true, false},
		"evaluation":             {layers.DropoutConfig{Rate: .5}, false, false},
		"Gaussian in evaluation": {layers.DropoutConfig{Alpha: .5}, false, false},
		"always":                 {layers.DropoutConfig{Rate: .5, Always: true}, false, true},
		"always, training":       {layers.DropoutConfig{Rate: .5, Always: true}, true, true},
		"Gaussian always":        {layers.DropoutConfig{Alpha: .5, Always: true}, false, true},
	} {
		y := drop(t, c.DropoutConfig, c.training, graph.Key{}, 10, 10)
		if noisy := slices.ContainsFunc(y, func(v float64) bool { return v != 1 }); noisy != c.noisy {
			t.Errorf("%s: noise %v, want %v", name, noisy, c.noisy)
		}
	}
}

// TestDropoutNoiseHasPlaces: a batch run in parts, and with fewer samples, drops
// the same elements.
func TestDropoutNoiseHasPlaces(t *testing.T) {
	c := layers.DropoutConfig{Rate: .5}
	whole := drop(t, c, true, graph.Key{Seed: 9}, 3, 8, 5)
	first := drop(t, c, true, graph.Key{Seed: 9}, 2, 8, 5)
	if !slices.Equal(first, whole[:len(first)]) {
		t.Error("two samples are not the first two of three")
	}
	second := drop(t, c, true, graph.Key{Seed: 9, Row: 5}, 1, 3, 5)
	if !slices.Equal(second, whole[5*5:8*5]) {
		t.Error("the rows from 5 on are not those of the whole batch")
	}
	if slices.Equal(whole[:40], whole[40:80]) {
		t.Error("two samples drop the same elements")
	}
}

// TestDropoutNoiseBelongsToItsScope: the noise is an input of its name where
// noise is fed, and the product of it.
func TestDropoutNoiseBelongsToItsScope(t *testing.T) {
	p, err := graph.BuildTraining(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s = s.NoiseAsInput()
		x := s.Tensor([]float64{1, 2, 3, 4}, 2, 2)
		s.Output("y", layers.NewDropout(s.In("a"), layers.DropoutConfig{Rate: .2}).Apply(x))
		s.Output("z", layers.NewDropout(s.In("b"), layers.DropoutConfig{Alpha: 4}).Apply(x))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Inputs(); !slices.Equal(got, []string{"a/noise", "b/noise"}) {
		t.Fatalf("noise %v", got)
	}
	for _, name := range p.Inputs() {
		if err := graph.Feed(p, name, []float64{.1, .3, .19, .21}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	y, _ := p.Value("y")
	near(t, "dropped", y, []float64{0, 2.5, 0, 5}, graph.Float64)
	z, _ := p.Value("z")
	near(t, "Gaussian", z, []float64{1.2, 3.2, 4.14, 5.68}, graph.Float64)
}

// TestEmbeddingIsATable: values and gradients with leading axes; what is no
// class stops the run.
func TestEmbeddingIsATable(t *testing.T) {
	table := matrix{1, 2, 3, 4, 5, 6}
	net := func(s *graph.Scope, x *graph.Node) *graph.Node {
		return layers.Config{Weights: table}.NewEmbedding(s.In("e"), 3, 2).Apply(x)
	}
	for _, shape := range [][]int{{4, 1}, {2, 2, 1}, {1, 2, 1, 2, 1}} {
		y := run(t, &graph.Params{}, net, []float64{2, 0, 2, 1}, shape...)
		near(t, "rows", y, []float64{5, 6, 1, 2, 5, 6, 3, 4}, graph.Float32)
	}
	g := run(t, &graph.Params{Dtype: graph.Float64}, func(s *graph.Scope, x *graph.Node) *graph.Node {
		y := net(s, x)
		return graph.Grad(graph.Sum(y.Mul(s.Tensor([]float64{1, 10, 2, 20, 3, 30, 4, 40}, 4, 2))), s.Trainable())[0]
	}, []float64{2, 0, 2, 1}, 4, 1)
	near(t, "gradient", g, []float64{2, 20, 4, 40, 4, 40}, graph.Float64)
	for _, bad := range []float64{-1, 3, .5, math.NaN()} {
		p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { s.Output("y", net(s, s.Input("x", 1, 1))) })
		if err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(p, "x", []float64{bad}); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err == nil {
			t.Errorf("class %v is taken", bad)
		}
	}
	// One-hot rows pick, relaxed ones mix.
	y := run(t, &graph.Params{}, func(s *graph.Scope, x *graph.Node) *graph.Node {
		return layers.Config{Weights: table}.NewEmbedding(s.In("e"), 3, 2).ApplyOneHot(x)
	}, []float64{0, 1, 0, .5, 0, .5}, 1, 2, 3)
	near(t, "mixed", y, []float64{3, 4, 3, 4}, graph.Float32)
	gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node {
		return layers.NewEmbedding(s, 3, 2).ApplyOneHot(in[0])
	}, gradcheck.Between(0, 1, 2, 3))
}
