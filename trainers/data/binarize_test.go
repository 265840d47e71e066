package data_test

import (
	"math"
	"slices"
	"testing"

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
	s, err := data.New(data.Flat("x", cols, x))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// byRow puts an epoch into the order of the set.
func byRow(t *testing.T, b *data.Batches, e, cols int) []float32 {
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
	c := data.BatchConfig{Size: 5, Seed: 4, Binarize: data.EachEpoch}
	want := byRow(t, batches(t, s, c), 3, 11)
	for _, c := range []data.BatchConfig{
		{Size: 23, Seed: 4, Binarize: data.EachEpoch},
		{Size: 2, Seed: 4, Binarize: data.EachEpoch, Sequential: true, Pixels: "x"},
	} {
		if !slices.Equal(byRow(t, batches(t, s, c), 3, 11), want) {
			t.Errorf("%+v draws other pixels", c)
		}
	}
	for row := range 23 {
		x := slices.Clone(s.Values("x")[row*11 : (row+1)*11])
		data.Binarize(x, x, 4, 3, row)
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
	each := batches(t, s, data.BatchConfig{Size: 4, Binarize: data.EachEpoch})
	static := batches(t, s, data.BatchConfig{Size: 4, Binarize: data.Static})
	first := byRow(t, each, 0, 11)
	if slices.Equal(byRow(t, each, 1, 11), first) {
		t.Error("EachEpoch repeats epoch 0")
	}
	for e := range 3 {
		if !slices.Equal(byRow(t, static, e, 11), first) {
			t.Errorf("Static epoch %d is not epoch 0", e)
		}
	}
	if !slices.Equal(byRow(t, batches(t, s, data.BatchConfig{Size: 4}), 1, 11), s.Values("x")) {
		t.Error("Grey changes values")
	}
}

// A pixel is 1 as often as its grey value says, exactly so for 0 and 1, and
// pixels of one row are independent.
func TestBinarizeFrequencies(t *testing.T) {
	const cols, n = 11, 20000
	p, x := grey(t, 1, cols).Values("x"), make([]float32, cols)
	var sum [cols]float64
	var both float64 // of columns 4 and 5
	for row := range n {
		data.Binarize(x, p, 1, 0, row)
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
