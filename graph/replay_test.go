package graph_test

import (
	"context"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

func TestReplayTakesNoiseThatExists(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		a := s.In("z").Noise("noise", graph.Normal, 2, 3)
		again := s.Replay().In("z")
		if again.Noise("noise", graph.Normal, 2, 3) != a {
			t.Error("another node")
		}
		if again.Noise("other", graph.Normal, 2, 3) == a {
			t.Error("a new name gives an old node")
		}
		s.Output("a", a)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Inputs()) != 0 {
		t.Error("noise became an input")
	}
	for _, c := range []func(s *graph.Scope){
		func(s *graph.Scope) { s.Noise("noise", graph.Uniform, 2, 3) },
		func(s *graph.Scope) { s.Noise("noise", graph.Normal, 3, 2) },
	} {
		_, err = graph.Build(&graph.Params{}, func(s *graph.Scope) {
			s.Output("a", s.Noise("noise", graph.Normal, 2, 3))
			c(s.Replay())
		})
		if err == nil {
			t.Error("replay of another law or shape was accepted")
		}
	}
}

func TestNoiseAsInputIsFed(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s = s.NoiseAsInput()
		z := s.In("z").Noise("noise", graph.Normal, 1, 2)
		if s.Replay().In("z").Noise("noise", graph.Normal, 1, 2) != z {
			t.Error("replay declares anew")
		}
		s.Output("z", z)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Draw{}); err == nil {
		t.Error("ran without being fed")
	}
	if err := graph.Feed(p, "z/noise", []float64{1, -2}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Draw{}); err != nil {
		t.Fatal(err)
	}
	if v, _ := p.Output("z"); !slices.Equal(v, []float64{1, -2}) {
		t.Errorf("read %v", v)
	}
}
