package graph_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// TestReplayTakesWhatExists declares one of each in a run and again in a
// replay, in scopes inside and outside of the run's.
func TestReplayTakesWhatExists(t *testing.T) {
	for _, fed := range []bool{false, true} {
		p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
			if fed {
				s = s.NoiseAsInput()
			}
			declare := func(b *graph.Scope) (ns []*graph.Node) {
				for _, b := range []*graph.Scope{b, s.In("net")} {
					mean := b.State("mean", graph.Constant(0), 2)
					ns = append(ns, mean, b.Param("w", graph.Constant(0), 2), b.Input("in", 2), b.Noise("noise", graph.GaussianNoise, 1, 2))
				}
				return ns
			}
			b := s.In("b")
			var first []*graph.Node
			door.Run(b, func() { first = declare(b) })
			door.Replay(b, func() {
				if !slices.Equal(declare(b), first) {
					t.Error("a replay makes other nodes")
				}
				for range 2 {
					if b.In("new").Noise("z", graph.GaussianNoise, 1, 2) == first[3] {
						t.Error("a new name gives an old node")
					}
				}
				b.Output("y", b.In("new").Noise("z", graph.GaussianNoise, 1, 2).Add(first[7]))
				b.Output("y", first[0])
				s.Assign(first[0], first[0].Shift(1))
				s.Assign(first[0], first[0].Shift(2))
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"b/in", "net/in"}
		if fed {
			want = []string{"b/in", "b/net/noise", "b/new/z", "b/noise", "net/in"}
		}
		if got := p.Inputs(); !slices.Equal(got, want) {
			t.Errorf("inputs %v, want %v", got, want)
		}
	}
}

// TestRunsShareANetwork: two runs draw their own noise, find each other's
// parameters, have outputs of their own and write the mean to a state.
func TestRunsShareANetwork(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		x, net := s.Input("x", 3), s.In("net")
		var ws, es []*graph.Node
		for i, scope := range []*graph.Scope{s, s.In("a"), s.In("b")} {
			door.Run(scope, func() {
				w := net.Param("w", graph.Constant(2), 1)
				e := net.Noise("e", graph.GaussianNoise, 1, 1)
				ws, es = append(ws, w), append(es, e)
				c := net.State("c", graph.Constant(10), 1)
				for range 2 { // the same value again is no second assignment
					net.Assign(c, c.Add(graph.Slice(x, 0, i, i+1)))
				}
				net.Output("e", e)
			})
		}
		if ws[0] != ws[1] || ws[0] != ws[2] || es[0] == es[1] || es[1] == es[2] {
			t.Error("runs share their noise or not their parameters")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Outputs(), []string{"net/e", "a/net/e", "b/net/e"}; !slices.Equal(got, want) {
		t.Errorf("outputs %v, want %v", got, want)
	}
	graph.Feed(p, "x", []float64{1, 2, 6})
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	if v, _ := graph.Values[float64](params, "net/c"); v[0] != 13 {
		t.Errorf("the state is %v, want 13", v)
	}
}

func TestRunsRefuse(t *testing.T) {
	for _, c := range []struct {
		f    func(s *graph.Scope)
		want string
	}{
		{func(s *graph.Scope) { door.Replay(s, func() { s.Noise("e", graph.UniformNoise, 1, 2) }) }, "graph: e declared again by another run, with another law or shape, [1 2], than at first, [1 2]"},
		{func(s *graph.Scope) { door.Replay(s, func() { s.Noise("e", graph.GaussianNoise, 2, 2) }) }, "another law or shape, [2 2]"},
		{func(s *graph.Scope) { door.Replay(s, func() { s.Param("e", graph.Constant(0), 1, 2) }) }, "another law or shape"},
		{func(s *graph.Scope) { s.Noise("e", graph.GaussianNoise, 1, 2) }, "graph: e declared twice at the root; a second layer, a layer with noise applied twice, or a second run of a model in one build needs a scope of its own, s.In(NAME)"},
		{func(s *graph.Scope) { door.Run(s, func() { s.Noise("e", graph.GaussianNoise, 1, 2) }) }, "e declared twice at the root"},
		{func(s *graph.Scope) { s.In("a").Input("x"); s.In("a").Param("x", graph.Constant(0)) }, "a/x declared twice in scope a"},
		{func(s *graph.Scope) {
			door.Run(s, func() { s.Param("w", graph.Constant(0)); s.Param("w", graph.Constant(0)) })
		}, "w declared twice"},
		{func(s *graph.Scope) {
			door.Run(s, func() { s.Param("w", graph.Constant(0)) })
			door.Run(s.In("a"), func() { s.Param("w", graph.Constant(0), 1) })
		}, "w declared again"},
		{func(s *graph.Scope) {
			door.Run(s, func() { s.Param("w", graph.Constant(0)) })
			door.Run(s.In("a"), func() { s.Frozen().Param("w", graph.Constant(0)) })
		}, "graph: w is frozen in one run and trained in another"},
		{func(s *graph.Scope) { door.Replay(s, func() { s.RowAxis(-1).Noise("e", graph.GaussianNoise, 1, 2) }) }, "another law or shape"},
		{func(s *graph.Scope) {
			c := s.State("c", graph.Constant(0))
			door.Run(s, func() { s.Assign(c, s.Const(1)); s.Assign(c, s.Const(2)) })
		}, "graph: state c assigned twice"},
	} {
		for _, fed := range []bool{false, true} {
			_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
				if fed {
					s = s.NoiseAsInput()
				}
				s.Output("a", s.Noise("e", graph.GaussianNoise, 1, 2))
				c.f(s)
			})
			if want := c.want; err == nil || !strings.Contains(err.Error(), want) && !fed {
				t.Errorf("fed %v: error %v, want %s", fed, err, want)
			}
		}
	}
}

func TestNoiseAsInputIsFed(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s = s.NoiseAsInput()
		s.Output("z", s.In("z").Noise("noise", graph.GaussianNoise, 1, 2))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err == nil {
		t.Error("ran without being fed")
	}
	if err := graph.Feed(p, "z/noise", []float64{1, -2}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if v, _ := p.Value("z"); !slices.Equal(v, []float64{1, -2}) {
		t.Errorf("read %v", v)
	}
}
