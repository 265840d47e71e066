package graph_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

// shifted is a model of two layers, each of which starts at minus the mean of
// what comes to it; the second squares first. It has a state, and its second
// layer is frozen if asked.
func shifted(frozen bool) func(s *graph.Scope) {
	return func(s *graph.Scope) {
		x := s.Input("x", 4, 2)
		mean := s.State("mean", graph.Constant(5), 2)
		s.Assign(mean, graph.Mean(x, 0))
		in := s.In("b")
		if frozen {
			in = in.Frozen()
		}
		layer := func(s *graph.Scope, x *graph.Node) *graph.Node {
			b := s.Param("b", graph.Constant(3), 2)
			for range 2 { // the second call finds the first
				m := s.Initial(b, func() *graph.Node { return graph.Mean(x, 0).Neg() })
				x = x.Add(m)
			}
			return x
		}
		s.Output("y", layer(in, layer(s.In("a"), x).Square()))
	}
}

// TestInitialising: one run starts each layer by what comes out of the ones
// before as they will be, what it puts out is what any other program then does,
// and states and frozen parameters stay.
func TestInitialising(t *testing.T) {
	x := []float64{1, 2, 3, 5, 8, 13, 0, -1}
	for _, frozen := range []bool{false, true} {
		params := &graph.Params{Dtype: graph.Float64}
		values := map[string][]float64{}
		var y [2][]float64
		for i, build := range []func(*graph.Params, func(*graph.Scope)) (*graph.Program, error){graph.BuildInitialising, graph.Build} {
			p, err := build(params, shifted(frozen))
			if err != nil {
				t.Fatal(err)
			}
			if err := graph.Feed(p, "x", x); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			if err := p.Commit(); err != nil {
				t.Fatal(err)
			}
			if y[i], err = p.Value("y"); err != nil {
				t.Fatal(err)
			}
			for _, name := range params.Names() {
				if values[name], err = graph.Values[float64](params, name); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !slices.Equal(y[0], y[1]) {
			t.Errorf("initialising it computes %v, then %v", y[0], y[1])
		}
		mean := []float64{3, 19. / 4}
		var next [2]float64 // mean of the second layer's input
		for i, v := range x {
			d := v - 2*mean[i%2]
			next[i%2] += d * d / 4
		}
		want := map[string][]float64{"a/b": {-mean[0], -mean[1]}, "b/b": {-next[0], -next[1]}, "mean": {5, 5}}
		if frozen {
			want["b/b"] = []float64{3, 3}
		}
		for name, w := range want {
			for i := range w {
				if !(math.Abs(values[name][i]-w[i]) < 1e-12) {
					t.Errorf("frozen %v: %s is %v, want %v", frozen, name, values[name], w)
				}
			}
		}
	}
}

// TestInitialisingIsOneOfThree: a program is for evaluation, training or
// initialisation, and only the last writes parameters.
func TestInitialisingIsOneOfThree(t *testing.T) {
	for name, c := range map[string]struct {
		build        func(*graph.Params, func(*graph.Scope)) (*graph.Program, error)
		training     bool
		initialising bool
		want         float64
	}{
		"evaluating":   {graph.Build, false, false, 3},
		"training":     {graph.BuildTraining, true, false, 3},
		"initialising": {graph.BuildInitialising, false, true, 7},
	} {
		params := &graph.Params{Dtype: graph.Float64}
		p, err := c.build(params, func(s *graph.Scope) {
			if s.Training() != c.training || s.Initialising() != c.initialising {
				t.Errorf("%s: Training %v, Initialising %v", name, s.Training(), s.Initialising())
			}
			if f := s.In("pretrained").Frozen().In("deeper"); f.Training() || f.Initialising() {
				t.Errorf("%s: a frozen scope trains %v, initialises %v", name, f.Training(), f.Initialising())
			}
			w := s.Param("w", graph.Constant(3))
			s.Output("y", s.Initial(w, func() *graph.Node { return s.Const(7) }).Scale(2))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		y, _ := p.Value("y")
		w, _ := graph.Values[float64](params, "w")
		if w[0] != c.want || y[0] != 2*c.want {
			t.Errorf("%s: w is %v and y %v, want w %v", name, w, y, c.want)
		}
	}
}

func TestInitialisingRefuses(t *testing.T) {
	for _, c := range []struct {
		want string
		f    func(s *graph.Scope)
	}{
		{"graph: initialise x, which is no Param", func(s *graph.Scope) { s.Initial(s.Input("x", 2), func() *graph.Node { return nil }) }},
		{"graph: initialise w by no function", func(s *graph.Scope) { s.Initial(s.Param("w", graph.Constant(0), 2), nil) }},
		{"graph: initialise w of shape [2] by [3]", func(s *graph.Scope) {
			s.Initial(s.Param("w", graph.Constant(0), 2), func() *graph.Node { return s.Input("x", 3) })
		}},
		{"graph: initialise w: node is nil", func(s *graph.Scope) {
			s.Initial(s.Param("w", graph.Constant(0), 2), func() *graph.Node { return nil })
		}},
		{"graph: nothing to initialise: no layer called Scope.Initial, and no Output was declared", func(s *graph.Scope) {
			s.Param("w", graph.Constant(1))
		}},
		{"graph: initialise: node is nil", func(s *graph.Scope) { s.Initial(nil, func() *graph.Node { return nil }) }},
	} {
		if _, err := graph.BuildInitialising(&graph.Params{}, c.f); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	params := &graph.Params{}
	p, err := graph.BuildInitialising(params, func(s *graph.Scope) {
		w := s.Param("w", graph.Constant(1))
		s.Output("y", s.Initial(w, func() *graph.Node { return graph.Log(s.Const(-1)) }))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err, want := p.Commit(), "graph: commit: the value for w is not finite"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if w, _ := graph.Values[float32](params, "w"); w[0] != 1 {
		t.Errorf("w is %v after a commit that failed", w)
	}
}

// TestInitialisingWithoutOutputs: what parameters start at is all there is to
// compute.
func TestInitialisingWithoutOutputs(t *testing.T) {
	params := &graph.Params{}
	p, err := graph.BuildInitialising(params, func(s *graph.Scope) {
		x := s.Input("x", 4)
		s.Initial(s.Param("w", graph.Constant(0)), func() *graph.Node { return graph.Mean(x) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float32{1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	if w, err := graph.Values[float32](params, "w"); err != nil || w[0] != 2.5 {
		t.Errorf("w starts at %v, want 2.5, error %v", w, err)
	}
}

// TestFrozenStatesStay: a training step does not write them.
func TestFrozenStatesStay(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		for _, s := range []*graph.Scope{s.In("live"), s.In("kept").Frozen()} {
			state := s.State("n", graph.Constant(0))
			s.Assign(state, state.Shift(1))
		}
		s.Output("y", s.Const(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"live/n": 1, "kept/n": 0} {
		if got, _ := graph.Values[float64](params, name); got[0] != want {
			t.Errorf("%s is %v, want %v", name, got[0], want)
		}
	}
}
