package data_test

import (
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

// grey is a set of n rows of cols pixels, the pixel of column j being
// j/(cols-1).
func grey(t *testing.T, n, cols int) *data.Set {
	t.Helper()
	x := make([]float32, n*cols)
	for i := range x {
		x[i] = float32(i%cols) / float32(cols-1)
	}
	s, err := data.New(data.FromFlat("x", x, cols))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// byRow puts an epoch into the order of the set.
func byRow(t *testing.T, b data.Batches, e, cols int) []float32 {
	t.Helper()
	rows, x := epoch(t, b, e, cols)
	out := make([]float32, len(x))
	for i, r := range slices.Concat(rows...) {
		copy(out[r*cols:(r+1)*cols], x[i*cols:])
	}
	return out
}

func TestBinarizeDependsOnPlaceAlone(t *testing.T) {
	s := grey(t, 23, 11)
	c := data.BatchConfig{Size: 5, Seed: 4, Map: drawn}
	want := byRow(t, batches(t, s, c), 3, 11)
	for _, c := range []data.BatchConfig{
		{Size: 23, Seed: 4, Map: drawn},
		{Size: 2, Seed: 4, Map: drawn, Arrays: []string{"x"}},
	} {
		if !slices.Equal(byRow(t, batches(t, s, c), 3, 11), want) {
			t.Errorf("%+v draws other pixels", c)
		}
	}
	for row := range 23 {
		x := slices.Clone(s.Values("x")[row*11 : (row+1)*11])
		if err := data.Binarize(data.Row{Array: graph.Array{F32: x}, Seed: 4, Epoch: 3, Index: row}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(x, want[row*11:(row+1)*11]) {
			t.Errorf("Binarize draws row %d otherwise", row)
		}
	}
	if slices.Equal(want[:11], want[11:22]) && slices.Equal(want[:11], want[22:33]) {
		t.Error("rows share their draws")
	}
	c.Seed++
	if slices.Equal(byRow(t, batches(t, s, c), 3, 11), want) {
		t.Error("the seed changes nothing")
	}
}

func TestBinarizeEpochs(t *testing.T) {
	s := grey(t, 10, 11)
	each := batches(t, s, data.BatchConfig{Size: 4, Map: drawn})
	static := batches(t, s, data.BatchConfig{Size: 4, Map: map[string]data.Transform{"x": data.Once(data.Binarize)}})
	first := byRow(t, each, 0, 11)
	if slices.Equal(byRow(t, each, 1, 11), first) {
		t.Error("Binarize repeats epoch 0")
	}
	for e := range 3 {
		if !slices.Equal(byRow(t, static, e, 11), first) {
			t.Errorf("Once: epoch %d is not epoch 0", e)
		}
	}
	if !slices.Equal(byRow(t, batches(t, s, data.BatchConfig{Size: 4}), 1, 11), s.Values("x")) {
		t.Error("no transform, and other values")
	}
}

// Evaluation draws as Once does, and otherwise than training of the same seed.
func TestBinarizeInEvaluation(t *testing.T) {
	s := grey(t, 10, 11)
	c := data.BatchConfig{Size: 4, Seed: 7, Map: drawn, Evaluation: true}
	once := byRow(t, batches(t, s, c), 0, 11)
	if !slices.Equal(byRow(t, batches(t, s, c), 5, 11), once) {
		t.Error("another epoch has other draws")
	}
	c.Evaluation = false
	if slices.Equal(byRow(t, batches(t, s, c), 0, 11), once) {
		t.Error("the draws are those of training")
	}
	c.Seed = ^c.Seed
	if !slices.Equal(byRow(t, batches(t, s, c), 0, 11), once) {
		t.Error("the draws are not those of the complement of the seed")
	}
}

// NaN, of either dtype, stays, and the draws beside it are those without it;
// what is no probability is an error that says where.
func TestBinarizeMissingAndMistaken(t *testing.T) {
	nan := math.NaN()
	p := []float64{nan, .5, .5, nan, nan, .5, .5, nan}
	full := slices.Repeat([]float64{.5}, len(p))
	for _, wide := range []bool{false, true} {
		row := func(v []float64) graph.Array {
			a := graph.Array{F64: slices.Clone(v)}
			if !wide {
				a = graph.Array{F32: make([]float32, len(v))}
				for i, v := range v {
					a.Set(i, v)
				}
			}
			return a
		}
		for index := range 20 {
			got, want := row(p), row(full)
			for _, a := range []graph.Array{got, want} {
				if err := data.Binarize(data.Row{Array: a, Seed: 1, Index: index}); err != nil {
					t.Fatal(err)
				}
			}
			for i := range p {
				if same := got.At(i) == want.At(i); math.IsNaN(p[i]) != math.IsNaN(got.At(i)) || !math.IsNaN(p[i]) && !same {
					t.Errorf("row %d, element %d of %v: %v, want %v", index, i, p[i], got.At(i), want.At(i))
				}
			}
		}
		for _, bad := range []float64{-.1, 1.5, math.Inf(1), math.Inf(-1)} {
			err := data.Binarize(data.Row{Array: row([]float64{.5, nan, bad})})
			wantError(t, err, "element 2 is ")
		}
	}
	b := batches(t, count(t, 4), data.BatchConfig{Map: drawn, Evaluation: true})
	b.Next()
	wantError(t, b.Fill("x", 0, graph.Array{F32: make([]float32, 8)}), "data: batches: array x: row 1: element 1 is 1.5, want 0 to 1 to binarize")
}

// A pixel is 1 as often as its grey value says, exactly so for 0 and 1, and
// pixels of one row are independent.
func TestBinarizeFrequencies(t *testing.T) {
	const cols, n = 11, 20000
	p, x := grey(t, 1, cols).Values("x"), make([]float32, cols)
	var sum [cols]float64
	var both float64 // of columns 4 and 5
	for row := range n {
		copy(x, p)
		if err := data.Binarize(data.Row{Array: graph.Array{F32: x}, Seed: 1, Index: row}); err != nil {
			t.Fatal(err)
		}
		for j, v := range x {
			if v != 0 && v != 1 {
				t.Fatalf("pixel %v", v)
			}
			sum[j] += float64(v)
		}
		both += float64(x[4] * x[5])
	}
	within := func(what string, got, p float64) {
		if d := math.Abs(got/n - p); d > 4*math.Sqrt(p*(1-p)/n) {
			t.Errorf("%s: %v, want %v", what, got/n, p)
		}
	}
	for j := range sum {
		within("frequency", sum[j], float64(p[j]))
	}
	within("product", both, float64(p[4]*p[5]))
}
