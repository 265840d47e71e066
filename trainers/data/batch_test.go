package data_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// epoch returns the batches of one epoch: their rows, and "x" after one
// another.
func epoch(t interface{ Fatal(...any) }, b data.Batches, e, cols int) (rows [][]int, x []float32) {
	if err := b.Seek(e, 0); err != nil {
		t.Fatal(err)
	}
	for b.Next() {
		v := make([]float32, len(b.Index("x"))*cols)
		if err := b.Fill("x", 0, graph.Array{F32: v}); err != nil {
			t.Fatal(err)
		}
		rows, x = append(rows, slices.Clone(b.Index("x"))), append(x, v...)
	}
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	return rows, x
}

func batches(t interface{ Fatal(...any) }, s *data.Set, c data.BatchConfig) data.Batches {
	b := s.Batches(c)
	if err := b.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

// drawn binarizes x.
var drawn = map[string]data.Transform{"x": data.Binarize}

// Every row comes once an epoch with its own values, in batches of the size
// asked for but the last, in an order that the batch size does not change.
func TestBatchesDeliverEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(r, "rows")
		c := data.BatchConfig{
			Size:       rapid.IntRange(1, 60).Draw(r, "size"),
			Seed:       rapid.Uint64().Draw(r, "seed"),
			Evaluation: rapid.Bool().Draw(r, "evaluation"),
		}
		e := rapid.IntRange(0, 3).Draw(r, "epoch")
		b := batches(r, count(t, n), c)
		rows, x := epoch(r, b, e, 2)
		if len(rows) != b.Count() {
			r.Fatalf("%d batches, Count says %d", len(rows), b.Count())
		}
		for i, batch := range rows {
			want := c.Size
			if i == len(rows)-1 {
				want = n - i*c.Size
			}
			if len(batch) != want {
				r.Fatalf("batch %d has %d rows, want %d", i, len(batch), want)
			}
		}
		order := slices.Concat(rows...)
		for i, row := range order {
			if x[2*i] != float32(row) || x[2*i+1] != float32(row)+0.5 {
				r.Fatalf("row %d delivered as %v", row, x[2*i:2*i+2])
			}
		}
		c.Size = 1
		one, _ := epoch(r, batches(r, count(t, n), c), e, 2)
		if d := cmp.Diff(order, slices.Concat(one...)); d != "" {
			r.Fatalf("the order changes with the batch size:\n%s", d)
		}
		sorted := slices.IsSorted(order)
		if c.Evaluation && !sorted || !c.Evaluation && n > 20 && sorted {
			r.Fatalf("order %v", order)
		}
		slices.Sort(order)
		for i, row := range order {
			if i != row {
				r.Fatalf("rows %v", order)
			}
		}
	})
}

func TestOrderDependsOnSeedAndEpoch(t *testing.T) {
	s := count(t, 100)
	var seen [][]int
	for seed := range uint64(3) {
		b := batches(t, s, data.BatchConfig{Size: 7, Seed: seed})
		for e := range 3 {
			rows, _ := epoch(t, b, e, 2)
			order := slices.Concat(rows...)
			for _, other := range seen {
				if slices.Equal(order, other) {
					t.Fatalf("seed %d epoch %d repeats an order", seed, e)
				}
			}
			seen = append(seen, order)
		}
	}
	rows, _ := epoch(t, batches(t, s, data.BatchConfig{Size: 100, Seed: 1}), 2, 2)
	if !slices.Equal(rows[0], seen[5]) {
		t.Error("going straight to an epoch gives another order")
	}
	// The order is part of what a seed means; it must not change.
	b := batches(t, count(t, 8), data.BatchConfig{Size: 8, Seed: 1})
	b.Next()
	if d := cmp.Diff([]int{1, 7, 6, 2, 0, 4, 5, 3}, b.Index("x")); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
}

// All places are equally likely for a row. χ² with 7 degrees of freedom
// exceeds 24.3 with probability 0.001 (Abramowitz and Stegun, table 26.8).
func TestOrderIsUniform(t *testing.T) {
	const n, epochs = 8, 8000
	b := batches(t, count(t, n), data.BatchConfig{Size: n, Seed: 3})
	var at [n]float64 // of row 0
	for e := range epochs {
		if err := b.Seek(e, 0); err != nil || !b.Next() {
			t.Fatal(err)
		}
		at[slices.Index(b.Index("x"), 0)]++
	}
	chi2, want := 0.0, float64(epochs)/n
	for _, c := range at {
		chi2 += (c - want) * (c - want) / want
	}
	if chi2 > 24.3 {
		t.Errorf("χ² = %.1f for %v", chi2, at)
	}
}

func TestSeekResumes(t *testing.T) {
	s := count(t, 10)
	c := data.BatchConfig{Size: 3, Seed: 5}
	rows, _ := epoch(t, batches(t, s, c), 2, 2)
	for k := range 5 {
		b := batches(t, s, c)
		if err := b.Seek(2, k); err != nil {
			t.Fatal(err)
		}
		if len(b.Index("x")) != 0 {
			t.Errorf("rows %v before Next", b.Index("x"))
		}
		if b.Next() != (k < 4) || k < 4 && !slices.Equal(b.Index("x"), rows[k]) {
			t.Errorf("batch %d is %v, want %v", k, b.Index("x"), rows)
		}
	}
	b := batches(t, s, c)
	for _, at := range [][2]int{{-1, 0}, {0, -1}, {0, 5}, {math.MaxInt, 9}} {
		wantError(t, b.Seek(at[0], at[1]), "data: batches: no batch ")
	}
}

func TestFloat64(t *testing.T) {
	b := batches(t, count(t, 4), data.BatchConfig{Size: 3, Evaluation: true})
	b.Next()
	x, y, y32 := make([]float64, 6), make([]float64, 3), make([]float32, 3)
	for _, err := range []error{b.Fill("x", 0, graph.Array{F64: x}), b.Fill("y", 0, graph.Array{F64: y}), b.Fill("y", 0, graph.Array{F32: y32})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]float64{0, 0.5, 1, 1.5, 2, 2.5}, x); d != "" {
		t.Errorf("x, want - got +:\n%s", d)
	}
	if d := cmp.Diff([]float64{0, 1. / 3, 2. / 3}, y); d != "" {
		t.Errorf("y lost precision, want - got +:\n%s", d)
	}
	if d := cmp.Diff([]float32{0, 1. / 3, 2. / 3}, y32); d != "" {
		t.Errorf("y in float32, want - got +:\n%s", d)
	}
}

func TestBatchesErrors(t *testing.T) {
	s := count(t, 4)
	for _, tt := range []struct {
		want string
		c    data.BatchConfig
	}{
		{"data: batches of -1 rows, want at least 1", data.BatchConfig{Size: -1}},
		{"data: batches: Arrays is empty, want names, or nil for all", data.BatchConfig{Arrays: []string{}}},
		{"data: batches: no array z in the data, which have [x y]", data.BatchConfig{Arrays: []string{"z"}}},
		{"data: batches: Arrays names y twice", data.BatchConfig{Arrays: []string{"y", "y"}}},
		{"data: batches: Map transforms x, and the arrays delivered are [y]", data.BatchConfig{Arrays: []string{"y"}, Map: drawn}},
		{"data: batches: Map has a nil Transform of x", data.BatchConfig{Map: map[string]data.Transform{"x": nil}}},
	} {
		b := s.Batches(tt.c)
		if b.Next() || b.Count() != 0 || b.Index("x") != nil {
			t.Errorf("%s: there are batches", tt.want)
		}
		for _, err := range []error{b.Seek(0, 0), b.Err(), b.Fill("x", 0, graph.Array{})} {
			wantError(t, err, tt.want)
		}
	}
	wantError(t, (*data.Set)(nil).Batches(data.BatchConfig{}).Seek(0, 0), "data: batches of a set that is nil")
	b := batches(t, s, data.BatchConfig{Size: 3})
	b.Next()
	room := func(n int) graph.Array { return graph.Array{F32: make([]float32, n)} }
	wantError(t, b.Fill("z", 0, graph.Array{}), "data: batches: no array z")
	for _, err := range []error{b.Fill("x", 0, room(5)), b.Fill("x", 0, room(8)), b.Fill("x", 2, room(4)), b.Fill("x", -1, room(2))} {
		wantError(t, err, "data: batches: array x: room for ")
	}
}

func TestBatchesDoNotAllocate(t *testing.T) {
	s := data.Digits(1, 50)
	b := batches(t, s, data.BatchConfig{Size: 8, Map: drawn})
	x, y := make([]float32, 8*784), make([]float64, 8)
	e := 0
	if n := testing.AllocsPerRun(10, func() {
		if b.Seek(e, 0) != nil {
			t.Fatal("seek")
		}
		e++
		for b.Next() {
			n := len(b.Index("x"))
			if b.Fill("x", 0, graph.Array{F32: x[:n*784]}) != nil || b.Fill("y", 0, graph.Array{F64: y[:n]}) != nil {
				t.Fatal("fill")
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations an epoch", n)
	}
}

func TestBatchesDoNotDependOnProcessors(t *testing.T) {
	run := func() ([][]int, []float32) {
		return epoch(t, batches(t, data.Digits(2, 100), data.BatchConfig{Size: 30, Map: drawn}), 1, 784)
	}
	rows, x := run()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rows1, x1 := run()
	if !cmp.Equal(rows, rows1) || !slices.Equal(x, x1) {
		t.Error("one processor gives other batches")
	}
}

// What the caller does with its configuration later changes
// nothing.
func TestBatchesKeepTheirConfiguration(t *testing.T) {
	s, arrays := count(t, 4), []string{"x", "y"}
	change := map[string]data.Transform{}
	b := s.Batches(data.BatchConfig{Arrays: arrays, Map: change, Evaluation: true})
	arrays[0], change["x"] = "z", func(r data.Row) error { r.Set(0, 7); return nil }
	if b.Next(); len(b.Index("x")) != 4 || b.Index("z") != nil {
		t.Error("Arrays changed afterwards")
	}
	x := graph.Array{F64: make([]float64, 8)}
	if err := b.Fill("x", 0, x); err != nil || x.At(0) != 0 {
		t.Errorf("row 0 is %v, error %v: Map changed afterwards", x.F64[:2], err)
	}
}

// A size at or beyond the number of rows, however large, is one batch.
func TestBatchesLargerThanTheSet(t *testing.T) {
	for _, size := range []int{4, 5, math.MaxInt - 1, math.MaxInt} {
		b := count(t, 4).Batches(data.BatchConfig{Size: size})
		if err := b.Seek(0, 0); err != nil || b.Count() != 1 || !b.Next() || len(b.Index("x")) != 4 || b.Next() {
			t.Errorf("size %d: %d batches, error %v, want one of four rows", size, b.Count(), err)
		}
		if err := b.Seek(1, 1); err != nil || b.Next() {
			t.Errorf("size %d: the end of an epoch is no end, error %v", size, err)
		}
	}
}
