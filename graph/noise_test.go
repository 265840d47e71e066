package graph_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

// drawn returns the noise of a name, law and shape.
func drawn(t testing.TB, dt graph.Dtype, name string, law graph.Noise, d graph.Key, shape ...int) []float64 {
	t.Helper()
	p := build(t, &graph.Params{Dtype: dt}, func(s *scope) { s.Output("e", s.Noise(name, law, shape...)) })
	run(t, p, d)
	return output(t, p, "e")
}

func TestNoise(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, law := range []graph.Noise{graph.GaussianNoise, graph.UniformNoise} {
			at := graph.Key{Seed: 9, Step: 3}
			five, fifty := drawn(t, dt, "z", law, at, 5, 4, 3), drawn(t, dt, "z", law, at, 50, 4, 3)
			if !slices.Equal(five, fifty[:len(five)]) {
				t.Errorf("law %d: 5 samples are not the first of 50", law)
			}
			for row := range 4 { // a batch in parts
				part := at
				part.Row = row
				one := drawn(t, dt, "z", law, part, 5, 1, 3)
				for k := range 5 {
					if !slices.Equal(one[k*3:k*3+3], five[(k*4+row)*3:(k*4+row)*3+3]) {
						t.Errorf("law %d: sample %d of row %d differs when drawn alone", law, k, row)
					}
				}
			}
			if narrow := drawn(t, dt, "z", law, at, 4, 2); !slices.Equal(narrow[:2], five[:2]) {
				t.Errorf("law %d: a narrower event is not a part of the wider", law)
			}
			seen := map[string]string{fmt.Sprint(five): "first"}
			for what, v := range map[string][]float64{
				"name": drawn(t, dt, "y", law, at, 5, 4, 3), "seed": drawn(t, dt, "z", law, graph.Key{Seed: 8, Step: 3}, 5, 4, 3),
				"step":   drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 4}, 5, 4, 3),
				"stream": drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 3, Stream: graph.EvaluationStream}, 5, 4, 3),
				"row":    drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 3, Row: 100}, 5, 4, 3),
			} {
				if other := seen[fmt.Sprint(v)]; other != "" {
					t.Errorf("law %d: another %s gives the noise of %s", law, what, other)
				}
				seen[fmt.Sprint(v)] = what
			}
		}
		for _, shape := range [][]int{{}, {4}, {0, 3}, {2, 0}} {
			drawn(t, dt, "z", graph.GaussianNoise, graph.Key{}, shape...)
		}
	}
	const n = 40_000
	var m1, m2, u1, u2 float64
	for _, z := range drawn(t, graph.Float32, "z", graph.GaussianNoise, graph.Key{}, 200, 200) {
		m1, m2 = m1+z/n, m2+z*z/n
	}
	for _, u := range drawn(t, graph.Float32, "u", graph.UniformNoise, graph.Key{}, 200, 200) {
		u1, u2 = u1+u/n, u2+u*u/n
		if !(u > 0 && u < 1) {
			t.Fatalf("uniform number %v", u)
		}
	}
	if math.Abs(m1) > 5/math.Sqrt(n) || math.Abs(m2-1) > 5*math.Sqrt(2./n) || math.Abs(u1-.5) > 5*math.Sqrt(1./12/n) || math.Abs(u2-1./3) > 5*math.Sqrt(4./45/n) {
		t.Errorf("moments: normal %v, %v, uniform %v, %v", m1, m2, u1, u2)
	}
}

// Noise is drawn anew by every run, once for all its uses.
func TestNoiseIsSharedWithinARun(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		e := s.Noise("e", graph.GaussianNoise, 3)
		s.Output("zero", e.Square().Sub(e.Mul(e)))
		s.Output("e", e)
	})
	run(t, p, graph.Key{Step: 1})
	first := output(t, p, "e")
	run(t, p, graph.Key{Step: 2})
	if slices.Equal(first, output(t, p, "e")) {
		t.Error("two steps have the same noise")
	}
	run(t, p, graph.Key{Step: 1})
	if !slices.Equal(first, output(t, p, "e")) || !slices.Equal(output(t, p, "zero"), []float64{0, 0, 0}) {
		t.Error("a step does not repeat its noise")
	}
}

// With the row axis named, an event may have several axes and a batch is still
// split without changing a number.
func TestRowAxisOfNoise(t *testing.T) {
	draw := func(rows, from int, shape ...int) []float64 {
		p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
			s.Output("e", s.RowAxis(1).Noise("e", graph.GaussianNoise, append([]int{2, rows}, shape...)...).Shift(0))
		})
		run(t, p, graph.Key{Row: from})
		v, err := p.Value("e")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	whole := draw(3, 0, 2, 2) // [sample 2, row 3, event 2×2]
	part := draw(1, 2, 2, 2)  // row 2 of both samples
	for i, v := range part {
		if want := whole[i/4*12+8+i%4]; v != want {
			t.Errorf("element %d of the part is %v, of the whole %v", i, v, want)
		}
	}
	if flat := draw(3, 0, 4); !slices.Equal(flat, whole) {
		t.Error("the axes of an event do not count together")
	}
}
