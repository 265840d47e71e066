package data_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/trainers/data"
)

// real returns a folder of $LATENT_DATA, which holds data sets as folders
// mnist, binarized-mnist and frey-faces; without it the test is skipped.
func real(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("LATENT_DATA")
	if dir == "" {
		t.Skip("LATENT_DATA is not set")
	}
	return filepath.Join(dir, name)
}

func mean(s *data.Set) float64 {
	var sum float64
	for _, v := range s.Values("x") {
		sum += float64(v)
	}
	return sum / float64(len(s.Values("x")))
}

func checkMean(t *testing.T, what string, s *data.Set, want float64) {
	t.Helper()
	if m := mean(s); math.Abs(m-want) > 5e-6 {
		t.Errorf("%s: mean pixel %.6f, want %.5f", what, m, want)
	}
}

// The label counts are those of LeCun's files; so are the means.
func TestMNIST(t *testing.T) {
	dir := real(t, "mnist")
	s, err := data.Load(dir, data.LoadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	checkMean(t, "train", s.Train, 0.13066)
	checkMean(t, "test", s.Test, 0.13251)
	for _, p := range []struct {
		set  *data.Set
		want []int
	}{
		{s.Train, []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}},
		{s.Test, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}},
	} {
		counts := make([]int, 10)
		for _, y := range p.set.Values("y") {
			counts[int(y)]++
		}
		if d := cmp.Diff(p.want, counts); d != "" {
			t.Errorf("labels, want - got +:\n%s", d)
		}
	}
	if s.Valid != nil || s.Train.Binary("x") || slices.Max(s.Train.Values("x")) != 1 {
		t.Error("MNIST is grey in [0, 1] and has no validation part")
	}
	// Drawing keeps the mean: the variance of a pixel is at most 1/4.
	b := batches(t, s.Test, data.BatchConfig{Size: 1000, Map: drawn})
	_, x := epoch(t, b, 0, 784)
	var ones float64
	for _, v := range x {
		ones += float64(v)
	}
	if m := ones / float64(len(x)); math.Abs(m-mean(s.Test)) > 4*0.5/math.Sqrt(float64(len(x))) {
		t.Errorf("mean after drawing %v, before %v", m, mean(s.Test))
	}
	// A cache that already holds the files needs no mirror.
	src, err := data.Named("mnist")
	if err != nil {
		t.Fatal(err)
	}
	src.Mirrors = []string{"http://127.0.0.1:0"}
	if got, err := (data.Fetcher{Dir: filepath.Dir(dir)}).Fetch(t.Context(), src); err != nil || got != dir {
		t.Errorf("fetch from the cache: %s, %v", got, err)
	}
}

func TestBinarizedMNIST(t *testing.T) {
	s, err := data.Load(real(t, "binarized-mnist"), data.LoadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name string
		set  *data.Set
		n    int
		mean float64
	}{
		{"train", s.Train, 50000, 0.13056}, {"valid", s.Valid, 10000, 0.13113}, {"test", s.Test, 10000, 0.13251},
	} {
		checkMean(t, p.name, p.set, p.mean)
		if p.set.Len() != p.n || !p.set.Binary("x") || p.set.Cols("y") != 0 {
			t.Errorf("%s: %d rows, arrays %v", p.name, p.set.Len(), p.set.Names())
		}
	}
}

func TestFreyFaces(t *testing.T) {
	s, err := data.Load(real(t, "frey-faces"), data.LoadConfig{Seed: 1, Valid: 200, Test: 200})
	if err != nil {
		t.Fatal(err)
	}
	if s.Train.Len() != 1565 || s.Valid.Len() != 200 || s.Test.Len() != 200 || !slices.Equal(s.Train.Shape("x"), []int{28, 20}) {
		t.Errorf("%d, %d, %d rows of %v", s.Train.Len(), s.Valid.Len(), s.Test.Len(), s.Train.Shape("x"))
	}
	all := slices.Concat(s.Train.Values("x"), s.Valid.Values("x"), s.Test.Values("x"))
	whole, err := data.New(data.FromFlat("x", all, 560))
	if err != nil {
		t.Fatal(err)
	}
	if m := mean(whole) * 255; math.Abs(m-154.461) > 5e-4 {
		t.Errorf("mean pixel %.4f, want 154.461", m)
	}
}
