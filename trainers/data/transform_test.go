package data_test

import (
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// jitter is a transform of a user's own: noise on every value.
func jitter(r data.Row) error {
	g := r.Rand("jitter")
	for i := range r.Len() {
		r.Set(i, r.At(i)+g.NormFloat64())
	}
	return nil
}

// delivery is an epoch of x in one dtype, by row.
func delivery(t *testing.T, b data.Batches, epoch int, wide bool) map[int][]float64 {
	t.Helper()
	out := map[int][]float64{}
	for err := b.Seek(epoch, 0); ; {
		if err != nil {
			t.Fatal(err)
		}
		if !b.Next() {
			return out
		}
		index := b.Index("x")
		x := graph.Array{F32: make([]float32, 2*len(index))}
		if wide {
			x = graph.Array{F64: make([]float64, 2*len(index))}
		}
		if err := b.Fill("x", 0, x); err != nil {
			t.Fatal(err)
		}
		for i, row := range index {
			out[row] = []float64{x.At(2 * i), x.At(2*i + 1)}
		}
	}
}

// A random transform written once is the same in both dtypes but for rounding,
// and depends on seed, epoch, row and its name alone: neither on the batch size
// nor on how a batch is filled.
func TestTransformDependsOnPlaceAlone(t *testing.T) {
	s := count(t, 9)
	with := func(size int, seed uint64, f data.Transform) data.Batches {
		return s.Batches(data.BatchConfig{Size: size, Seed: seed, Map: map[string]data.Transform{"x": f}})
	}
	want := delivery(t, with(4, 1, jitter), 2, true)
	distance := func(got map[int][]float64) (most float64) {
		for row, v := range want {
			for j := range v {
				most = max(most, got[row][j]-v[j], v[j]-got[row][j])
			}
		}
		return most
	}
	if d := distance(delivery(t, with(9, 1, jitter), 2, true)); d != 0 {
		t.Errorf("the batch size changes values by %v", d)
	}
	if d := distance(delivery(t, with(4, 1, jitter), 2, false)); d > 1e-5 {
		t.Errorf("float32 differs by %v", d)
	}
	for what, got := range map[string]map[int][]float64{
		"seed":  delivery(t, with(4, 2, jitter), 2, true),
		"epoch": delivery(t, with(4, 1, jitter), 1, true),
		"name":  delivery(t, with(4, 1, func(r data.Row) error { g := r.Rand("other"); r.Set(0, r.At(0)+g.NormFloat64()); return nil }), 2, true),
	} {
		if distance(got) < .1 {
			t.Errorf("another %s gives the same values", what)
		}
	}
	for row, v := range want {
		if other := want[(row+1)%9]; v[0]-float64(row) == other[0]-float64((row+1)%9) {
			t.Errorf("rows %d and %d have the same noise", row, (row+1)%9)
		}
	}
	once := with(4, 1, data.Once(jitter))
	first := delivery(t, once, 0, true)
	want = first
	if d := distance(delivery(t, once, 3, true)); d != 0 {
		t.Errorf("Once: epochs differ by %v", d)
	}

	b := with(9, 1, jitter)
	if err := b.Seek(2, 0); err != nil || !b.Next() {
		t.Fatal(err)
	}
	whole, parts := make([]float64, 18), make([]float64, 18)
	if err := b.Fill("x", 0, graph.Array{F64: whole}); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{4, 8, 0, 3, 1, 7, 2, 6, 5} {
		if err := b.Fill("x", from, graph.Array{F64: parts[2*from : 2*from+2]}); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range whole {
		if parts[i] != v {
			t.Errorf("filled row by row, value %d is %v, want %v", i, parts[i], v)
		}
	}
}

// The numbers of Rand are uniform over seeds, epochs and rows: the mean and the
// variance of 3000 of them within four standard errors.
func TestRandOfRowsIsUniform(t *testing.T) {
	n, sum, squares := 0., 0., 0.
	for seed := range uint64(10) {
		for epoch := range 10 {
			for index := range 30 {
				u := data.Row{Seed: seed, Epoch: epoch, Index: index}.Rand("u").Float64() - .5
				n, sum, squares = n+1, sum+u, squares+u*u
			}
		}
	}
	if mean, variance := sum/n, squares/n; mean*mean > 16/12./n || (variance-1/12.)*(variance-1/12.) > 16/180./n {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
}

// Chain applies in order and stops at the first error, which says where.
func TestChain(t *testing.T) {
	add := func(r data.Row) error { r.Set(0, r.At(0)+1); return nil }
	double := func(r data.Row) error { r.Set(0, r.At(0)*2); return nil }
	bad := func(r data.Row) error {
		if r.Index == 2 {
			return errors.New("no such thing")
		}
		return nil
	}
	r := data.Row{Array: graph.Array{F64: []float64{3}}}
	if err := data.Chain(add, double, bad)(r); err != nil || r.F64[0] != 8 {
		t.Errorf("%v, error %v", r.F64, err)
	}
	b := count(t, 4).Batches(data.BatchConfig{Map: map[string]data.Transform{"y": data.Chain(add, bad, double)}, Evaluation: true})
	b.Next()
	y := make([]float64, 4)
	wantError(t, b.Fill("y", 0, graph.Array{F64: y}), "data: batches: array y: row 2: no such thing")
	if y[0] != 2 || y[1] != 2*(1./3+1) {
		t.Errorf("rows before the error %v", y)
	}
	wantError(t, data.Chain(nil)(r), "data: Chain of a nil Transform")
	wantError(t, data.Once(nil)(r), "data: Once of a nil Transform")
}
