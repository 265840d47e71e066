package graph_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// In passes of two samples a run sees the samples of one of six, of both laws,
// and carries what it found; noise that all samples share, and noise out of the
// passes, stays.
func TestPassesGoOnWithTheSamples(t *testing.T) {
	for _, law := range []graph.Noise{graph.GaussianNoise, graph.UniformNoise} {
		run := func(passes int) map[string][]float64 {
			p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
				in := s
				if passes > 1 {
					in = door.Passes(s, passes).(*graph.Scope)
				}
				k := 6 / passes
				z := in.Noise("z", law, k, 3, 4)
				door.Run(in, func() { s.Output("layer", graph.Slice(s.In("layer").Noise("e", law, k, 3, 4), 0, k-1, k)) })
				s.Output("last", graph.Slice(z, 0, k-1, k))
				s.Output("shared", in.Noise("shared", law, 1, 3, 4).Shift(0))
				s.Output("global", in.RowAxis(-1).Noise("global", law, 2, 3).Shift(0))
				s.Output("outside", s.Noise("outside", law, 2, 3, 4).Shift(0))
				carried := func() {
					sum := door.Carry(in.In("kept"), "sum", 7, 3, 4)
					most := door.Carry(in, "most", math.Inf(-1), 3, 4)
					newSum, newMost := sum.Add(graph.Sum(z, 0)), graph.Max(most, graph.MaxOver(z, 0))
					door.HandOn(in, sum, newSum)
					door.HandOn(in, most, newMost)
					s.Output("sum", newSum)
					s.Output("most", newMost)
				}
				carried()
				door.Replay(in, carried)
			})
			if err != nil {
				t.Fatal(err)
			}
			out := map[string][]float64{}
			for range 2 { // a second run begins anew
				if err := p.Run(context.Background(), graph.Key{Seed: 3, Row: 5}); err != nil {
					t.Fatal(err)
				}
				for _, name := range p.Outputs() {
					v, _ := p.Value(name)
					if out[name] != nil && !slices.Equal(out[name], v) {
						t.Errorf("%s differs in the second run", name)
					}
					out[name] = v
				}
			}
			return out
		}
		whole := run(1)
		for _, passes := range []int{2, 3} {
			for name, v := range run(passes) {
				for i := range v {
					if math.Abs(v[i]-whole[name][i]) > 1e-14 {
						t.Errorf("%d passes: %s %v, in one %v", passes, name, v, whole[name])
						break
					}
				}
			}
		}
	}
}

// A draw has the same numbers beside alternatives however many draws there are,
// in one pass or in several, in a run's own noise and in that of layers; what all
// draws share stays.
func TestDrawsBesideAlternatives(t *testing.T) {
	const rows, event = 3, 2
	run := func(k, passes int) map[string][]float64 {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			in := s
			if passes > 1 {
				in = door.Passes(s, passes).(*graph.Scope)
			}
			in, layer := door.Alternatives(in, 2).(*graph.Scope), s.In("layer")
			door.Run(in, func() {
				for name, n := range map[string]*graph.Node{
					"own": in.Noise("own", graph.GaussianNoise, 2, 3, k, rows, event), "layer": layer.Noise("e", graph.UniformNoise, 2, 1, k, rows, event),
					"shared": layer.Noise("shared", graph.GaussianNoise, 2, 3, 1, rows, event), "high": layer.RowAxis(3).Noise("high", graph.GaussianNoise, 1, 3, k, rows, 4, event),
				} {
					s.Output(name, n.Shift(0))
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
			t.Fatal(err)
		}
		out := map[string][]float64{}
		for _, name := range p.Outputs() {
			sh, v := p.Shape(name), []float64(nil)
			if v, err = p.Value(name); err != nil {
				t.Fatal(err)
			}
			per := graph.Size(sh[3:])
			for e := range len(v) / per / sh[2] { // the last draw of each alternative
				at := ((e+1)*sh[2] - 1) * per
				out[name] = append(out[name], v[at:at+per]...)
			}
		}
		return out
	}
	whole := run(6, 1)
	for _, passes := range []int{2, 3} {
		for name, v := range run(6/passes, passes) {
			if !slices.Equal(v, whole[name]) {
				t.Errorf("%d passes: the last draws of %s are %v, in one pass %v", passes, name, v, whole[name])
			}
		}
	}
	seen := map[float64]bool{}
	for _, v := range whole["own"] {
		seen[v] = true
	}
	if len(seen) != 2*3*rows*event {
		t.Errorf("%d different numbers among %d", len(seen), 2*3*rows*event)
	}
}

func TestMistakesWithPasses(t *testing.T) {
	for want, f := range map[string]func(s *graph.Scope){
		"3 passes in a program of 2":      func(s *graph.Scope) { door.Passes(s, 2); door.Passes(s, 3) },
		"0 passes, want 1 or more":        func(s *graph.Scope) { door.Passes(s, 0) },
		"hand on to x, which is no Carry": func(s *graph.Scope) { door.HandOn(s, s.Input("x"), s.Const(1)) },
		"hand on [2] to c of shape [3]":   func(s *graph.Scope) { door.HandOn(s, door.Carry(s, "c", 0, 3), s.Tensor([]float64{1, 2}, 2)) },
		"c is handed on twice":            func(s *graph.Scope) { c := door.Carry(s, "c", 0); door.HandOn(s, c, c); door.HandOn(s, c, c) },
		"c is never handed on":            func(s *graph.Scope) { s.Output("c", door.Carry(s, "c", 0).Shift(1)) },
		"z declared again by another run, with another law or shape": func(s *graph.Scope) {
			s.Noise("z", graph.GaussianNoise, 2, 3)
			door.Replay(s, func() { door.Passes(s, 2).(*graph.Scope).Noise("z", graph.GaussianNoise, 2, 3) })
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { f(s); s.Output("one", s.Const(1).Shift(1)) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
