package data_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// joinOf is a join of sets of some sizes, each with its own batch size and seed.
func joinOf(t testing.TB, epoch string, rows, sizes []int) *data.Join {
	j := &data.Join{Parts: map[string]data.Batches{}, Epoch: epoch}
	for i, n := range rows {
		j.Parts[fmt.Sprint("p", i)] = count(t, n).Batches(data.BatchConfig{Size: sizes[i], Seed: uint64(i)})
	}
	return j
}

// Every part of a join delivers what it would deliver alone, epoch after epoch
// without a gap; the join's epochs are those of one part; and Seek to any batch
// gives what going there does.
func TestJoinIsItsParts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		parts := rapid.IntRange(1, 3).Draw(r, "parts")
		rows, sizes := make([]int, parts), make([]int, parts)
		for i := range rows {
			rows[i] = rapid.IntRange(1, 12).Draw(r, "rows")
			sizes[i] = rapid.IntRange(1, 13).Draw(r, "size")
		}
		lead := rapid.IntRange(-1, parts-1).Draw(r, "lead")
		of, longest := "", 0
		for i := range rows {
			if (rows[i]+sizes[i]-1)/sizes[i] > (rows[longest]+sizes[longest]-1)/sizes[longest] {
				longest = i
			}
		}
		if lead >= 0 {
			of, longest = fmt.Sprint("p", lead), lead
		}
		j := joinOf(t, of, rows, sizes)
		if want := fmt.Sprintf("p%d/x", longest); j.Arrays()[0].Name != want {
			r.Fatalf("first array %s, want %s", j.Arrays()[0].Name, want)
		}
		const epochs = 3
		alone := make([][][]int, parts) // batches of each part, epoch after epoch
		for i := range rows {
			b := count(t, rows[i]).Batches(data.BatchConfig{Size: sizes[i], Seed: uint64(i)})
			for e := 0; len(alone[i]) < epochs*j.Count(); e++ {
				got, _ := epoch(r, b, e, 2)
				alone[i] = append(alone[i], got...)
			}
		}
		check := func(j *data.Join, step int) {
			for i := range rows {
				name := fmt.Sprintf("p%d/x", i)
				index := j.Index(name)
				if !slices.Equal(index, alone[i][step]) {
					r.Fatalf("step %d: part %d has rows %v, want %v", step, i, index, alone[i][step])
				}
				x := graph.Array{F64: make([]float64, 2*len(index))}
				if err := j.Fill(name, 0, x); err != nil {
					r.Fatal(err)
				}
				for k, row := range index {
					if x.F64[2*k] != float64(row) {
						r.Fatalf("row %d is delivered as %v", row, x.F64[2*k])
					}
				}
			}
		}
		for e := range epochs {
			b := 0
			for err := j.Seek(e, 0); err == nil && j.Next(); b++ {
				check(j, e*j.Count()+b)
			}
			if b != j.Count() || j.Err() != nil {
				r.Fatalf("%d batches, Count says %d, error %v", b, j.Count(), j.Err())
			}
		}
		e, b := rapid.IntRange(0, epochs-1).Draw(r, "epoch"), rapid.IntRange(0, j.Count()).Draw(r, "batch")
		fresh := joinOf(t, of, rows, sizes)
		if err := fresh.Seek(e, b); err != nil {
			r.Fatal(err)
		}
		for ; fresh.Next(); b++ {
			check(fresh, e*j.Count()+b)
		}
		if b != j.Count() {
			r.Fatalf("the epoch ends at batch %d of %d", b, j.Count())
		}
	})
}

// A join is of parts like others.
func TestJoinOfJoins(t *testing.T) {
	j := &data.Join{Parts: map[string]data.Batches{
		"a": joinOf(t, "", []int{4, 2}, []int{1, 1}),
		"b": count(t, 3).Batches(data.BatchConfig{Size: 1}),
	}}
	if got := fmt.Sprint(j.Arrays(), j.Count()); got != "[{a/p0/x [2]} {a/p0/y [1]} {a/p1/x [2]} {a/p1/y [1]} {b/x [2]} {b/y [1]}] 4" {
		t.Error(got)
	}
	n := 0
	for err := j.Seek(1, 0); err == nil && j.Next(); n++ {
		x := graph.Array{F32: make([]float32, 2)}
		if err := j.Fill("a/p1/x", 0, x); err != nil || x.At(0) != float64(j.Index("a/p1/x")[0]) {
			t.Errorf("%v, error %v", x, err)
		}
	}
	if n != 4 {
		t.Errorf("%d batches", n)
	}
}

// broken is a stream that knows its number of batches or not, and ends before.
type broken struct {
	data.Batches
	count, after int
	err          error
	seen         int
}

func (b *broken) Count() int { return b.count }

func (b *broken) Next() bool {
	b.seen++
	return b.seen <= b.after && b.Batches.Next()
}

func (b *broken) Err() error {
	if b.seen > b.after {
		return b.err
	}
	return nil
}

func TestJoinErrors(t *testing.T) {
	ok := func() data.Batches { return count(t, 4).Batches(data.BatchConfig{Size: 1}) }
	same, within := ok(), ok()
	for want, j := range map[string]*data.Join{
		"data: join of no parts":                           {},
		`data: join: part "a" is nil`:                      {Parts: map[string]data.Batches{"a": nil}},
		`data: join: part "", want a name without slashes`: {Parts: map[string]data.Batches{"": ok()}},
		`data: join: Epoch "c" is none of the parts [a b]`: {Parts: map[string]data.Batches{"a": ok(), "b": ok()}, Epoch: "c"},
		"data: join: parts a and b are the same Batches":   {Parts: map[string]data.Batches{"a": same, "b": same}},
		"data: join: parts b and c are the same Batches, or have them": {Parts: map[string]data.Batches{"a": ok(),
			"b": &data.Join{Parts: map[string]data.Batches{"x": ok(), "y": &data.Join{Parts: map[string]data.Batches{"z": within}}}}, "c": &data.Join{Parts: map[string]data.Batches{"w": within}}}},
		"data: join: part a: data: batches of -1 rows":                      {Parts: map[string]data.Batches{"a": count(t, 1).Batches(data.BatchConfig{Size: -1})}},
		"data: join: part a does not know its number of batches (Count -1)": {Parts: map[string]data.Batches{"a": &broken{Batches: ok(), count: -1}}},
		"data: the Join is nil":                                             nil,
	} {
		for _, err := range []error{j.Seek(0, 0), j.Err(), j.Fill("a/x", 0, graph.Array{})} {
			wantError(t, err, want)
		}
		if j.Next() || j.Count() != 0 || j.Arrays() != nil || j.Index("a/x") != nil {
			t.Errorf("%s: there are batches", want)
		}
	}
	j := &data.Join{Parts: map[string]data.Batches{"a": ok()}}
	for _, at := range [][2]int{{-1, 0}, {0, -1}, {0, 5}, {math.MaxInt, 9}} {
		wantError(t, j.Seek(at[0], at[1]), "data: join: no batch ")
	}
	wantError(t, j.Fill("b/x", 0, graph.Array{}), "data: join: no array b/x")
	wantError(t, j.Fill("a/z", 0, graph.Array{}), "data: join: part a: data: batches: no array z")

	// What ends a part before its Count ends the join, with the reason.
	for want, err := range map[string]error{"data: join: part b: no batch in epoch 1, want 2": nil, "data: join: part b: out of luck": fmt.Errorf("out of luck")} {
		j := &data.Join{Parts: map[string]data.Batches{"a": ok(), "b": &broken{Batches: ok(), count: 2, after: 1, err: err}}}
		if err := j.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		n := 0
		for j.Next() {
			n++
		}
		if wantError(t, j.Err(), want); n != 1 {
			t.Errorf("%d batches, want 1", n)
		}
	}
}
