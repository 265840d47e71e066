package data_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/trainers/data"
)

func TestNew(t *testing.T) {
	x := []float32{1, 2, 3, 4, 5, 6}
	s, err := data.New(
		data.FromFlat("x", x, 3),
		data.FromRows("z", [][]float64{{0.1}, {0.2}}),
		data.FromFlat("y", []int{7, -1 << 24}, 1),
		data.FromFlat("b", []uint8{0, 1, 1, 0}, 2),
	)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"x", "z", "y", "b"}, s.Names()); d != "" || s.Len() != 2 {
		t.Errorf("names %v, %d rows", s.Names(), s.Len())
	}
	for name, want := range map[string]struct {
		cols   int
		values []float32
		binary bool
	}{
		"x": {3, x, false},
		"z": {1, []float32{0.1, 0.2}, false},
		"y": {1, []float32{7, -1 << 24}, false},
		"b": {2, []float32{0, 1, 1, 0}, true},
		"?": {0, nil, false},
	} {
		if s.Cols(name) != want.cols || s.Binary(name) != want.binary {
			t.Errorf("%s: %d columns, binary %v", name, s.Cols(name), s.Binary(name))
		}
		if d := cmp.Diff(want.values, s.Values(name)); d != "" {
			t.Errorf("%s, want - got +:\n%s", name, d)
		}
	}
	if &s.Values("x")[0] != &x[0] {
		t.Error("a float32 slice was copied")
	}
}

func TestNewErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two := data.FromFlat("a", []float32{1, 2}, 1)
	for _, tt := range []struct {
		want   string
		arrays []data.Array
	}{
		{"data: set of no arrays", nil},
		{"data: array without a name", []data.Array{data.FromFlat("", []int{1}, 1)}},
		{"data: array not made by FromFlat or FromRows", []data.Array{{}}},
		{`data: array "x": rows of shape [0], want one or more sizes of at least 1`, []data.Array{data.FromFlat("x", []int{1}, 0)}},
		{`data: array "x": rows of shape [], want one or more sizes of at least 1`, []data.Array{data.FromFlat("x", []int{1})}},
		{`data: array "x": rows of shape [2 -1], want one or more sizes of at least 1`, []data.Array{data.FromFlat("x", []int{1}, 2, -1)}},
		{`data: array "x": 3 values do not make rows of 2`, []data.Array{data.FromFlat("x", []int{1, 2, 3}, 2)}},
		{`data: array "x": 0 values do not make rows of 2`, []data.Array{data.FromFlat("x", []int{}, 2)}},
		{`data: array "x": no rows`, []data.Array{data.FromRows("x", [][]float32{})}},
		{`data: array "x": row 2 has 1 values, row 0 has 2`, []data.Array{data.FromRows("x", [][]int{{1, 2}, {3, 4}, {5}})}},
		{`data: array "x": row 1 column 0 is NaN, want a finite value, or Array.Missing if it was not observed`, []data.Array{data.FromFlat("x", []float64{1, 2, nan, 4}, 2)}},
		{`data: array "x": row 0 column 1 is +Inf, want a finite value`, []data.Array{data.FromFlat("x", []float32{1, float32(inf)}, 2)}},
		{`data: array "x": row 0 column 0 is 1e+39, beyond the range of float32`, []data.Array{data.FromFlat("x", []float64{1e39}, 1)}},
		{`data: array "x": row 0 column 0 is 16777217, beyond the integers that float32 holds`, []data.Array{data.FromFlat("x", []int64{1<<24 + 1}, 1)}},
		{`data: array "a" given twice`, []data.Array{two, two}},
		{`data: array "b" has 3 rows, array "a" has 2`, []data.Array{two, data.FromFlat("b", []int{1, 2, 3}, 1)}},
	} {
		_, err := data.New(tt.arrays...)
		wantError(t, err, tt.want)
	}
}

func TestSlice(t *testing.T) {
	s := count(t, 5)
	p, err := s.Slice(1, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float32{1, 1.5, 2, 2.5}, p.Values("x")); d != "" {
		t.Errorf("x, want - got +:\n%s", d)
	}
	if d := cmp.Diff([]float32{1. / 3, 2. / 3}, p.Values("y")); d != "" {
		t.Errorf("y, want - got +:\n%s", d)
	}
	if p.Len() != 2 || !slices.Equal(p.Shape("x"), []int{2}) || p.Shape("z") != nil {
		t.Errorf("%d rows of %v", p.Len(), p.Shape("x"))
	}
	for _, r := range []struct {
		from, to int
		want     string
	}{
		{-1, 2, "data: slice [-1, 2) of 5 rows"},
		{2, 2, "data: slice [2, 2) of 5 rows"},
		{0, 6, "data: slice [0, 6) of 5 rows"},
	} {
		_, err := s.Slice(r.from, r.to)
		wantError(t, err, r.want)
	}
}

func TestSplit(t *testing.T) {
	s := count(t, 100)
	rest, taken, err := s.Split(1, 30)
	if err != nil {
		t.Fatal(err)
	}
	if rest.Len() != 70 || taken.Len() != 30 {
		t.Fatalf("%d and %d rows", rest.Len(), taken.Len())
	}
	seen := map[float32]bool{}
	for _, p := range []*data.Set{rest, taken} {
		last := float32(-1)
		for i := range p.Len() {
			v := p.Values("x")[2*i]
			if v <= last || seen[v] || p.Values("y")[i] != float32(float64(v)/3) {
				t.Fatalf("row %v after %v, seen %v, y %v", v, last, seen[v], p.Values("y")[i])
			}
			seen[v], last = true, v
		}
	}
	_, again, _ := s.Split(1, 30)
	_, other, _ := s.Split(2, 30)
	if !cmp.Equal(taken.Values("x"), again.Values("x")) || cmp.Equal(taken.Values("x"), other.Values("x")) {
		t.Error("the split must depend on the seed alone")
	}
	for _, n := range []int{0, 100} {
		_, _, err := s.Split(1, n)
		wantError(t, err, "data: split of ")
	}
}
