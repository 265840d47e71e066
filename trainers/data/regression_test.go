package data_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/trainers/data"
)

// regression writes a set of the name naval, whose last column is not used, and
// returns the folder.
func regression(t testing.TB, numbers, splits string, compressed bool) string {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "naval-propulsion-plant")
	if err := os.Mkdir(in, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"data.txt": numbers, "test-splits.txt": splits} {
		b := []byte(text)
		if compressed {
			var z bytes.Buffer
			w := gzip.NewWriter(&z)
			w.Write(b)
			w.Close()
			b, name = z.Bytes(), name+".gz"
		}
		if err := os.WriteFile(filepath.Join(in, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// row is a line of sixteen inputs, of which the first two vary, a target and a column
// that is not used.
func row(a, b, y string) string {
	return a + " " + b + strings.Repeat("\t7", 14) + "  " + y + " 99\n"
}

func TestLoadUCI(t *testing.T) {
	numbers := row("1", "-2e1", "3") + "\n" + row("3", "5", "7") + row("2", "0.5", "-1") + row("5", "1", "0")
	for _, compressed := range []bool{false, true} {
		r, err := data.LoadUCI(regression(t, numbers, "2\n0 3\n", compressed), "naval")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]float64{3, 7, -1, 0}, r.Y); d != "" || len(r.X[0]) != 16 || r.X[0][1] != -20 {
			t.Errorf("targets %v, first row %v", r.Y, r.X[0])
		}
		if d := cmp.Diff([][]int{{2}, {0, 3}}, r.Tests); d != "" {
			t.Errorf("divisions:\n%s", d)
		}
		s, err := r.Split(1)
		if err != nil {
			t.Fatal(err)
		}
		// Trains with rows 1 and 2: targets 7 and −1.
		if s.Mean != 3 || s.Std != 4 || s.Train.Len() != 2 || s.Test.Len() != 2 || s.Valid != nil {
			t.Errorf("mean %v, standard deviation %v, %d and %d rows", s.Mean, s.Std, s.Train.Len(), s.Test.Len())
		}
		if d := cmp.Diff([]float32{1, -1}, s.Train.Values("y")); d != "" {
			t.Errorf("training targets:\n%s", d)
		}
		if d := cmp.Diff([]float32{0, -.75}, s.Test.Values("y")); d != "" {
			t.Errorf("test targets:\n%s", d)
		}
		x := s.Test.Values("x")
		if want := float32((1 - 2.5) / .5); x[0] != want || x[2] != 0 || s.Test.Cols("x") != 16 {
			t.Errorf("test inputs %v, want %v first and 0 where a column does not vary", x, want)
		}
	}
}

func TestWrongRegressionFiles(t *testing.T) {
	good := row("1", "2", "3") + row("3", "5", "7")
	for _, c := range []struct{ numbers, splits, want string }{
		{"1 2 3\n", "0\n", "row 0 of data.txt has 3 numbers, want 17"},
		{good + "1 2\n", "0\n", "row 2 of data.txt has 2 numbers, want 18"},
		{"1 x\n", "0\n", `data.txt: line 1 has "x", want a finite number`},
		{"NaN\n", "0\n", `data.txt: line 1 has "NaN"`},
		{good + "\n1 ?\n", "0\n", `data.txt: line 4 has "?"`},
		{"\n", "0\n", "data.txt: no numbers"},
		{good, "", "test-splits.txt: no numbers"},
		{good, "2\n", "division 0 of test-splits.txt has 2, want each of some rows from 0 to 1 once"},
		{good, "0\n-1\n", "division 1 of test-splits.txt has -1"},
		{good, "0.5\n", "division 0 of test-splits.txt has 0.5"},
		{good, "0 0\n", "division 0 of test-splits.txt has 0,"},
		{good, "0 1\n", "division 0 of test-splits.txt leaves no row to train with"},
		{good, "\x1f\x8b\n", "test-splits.txt: gzip"},
	} {
		_, err := data.LoadUCI(regression(t, c.numbers, c.splits, false), "naval")
		if err == nil || !strings.HasPrefix(err.Error(), "data: load naval: ") || !strings.Contains(err.Error(), c.want) || !errors.Is(err, data.ErrWrongFile) {
			t.Errorf("error %v, want one of a wrong file with %s", err, c.want)
		}
	}
	if _, err := data.LoadUCI(t.TempDir(), "yacht"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := data.LoadUCI("", "iris"); err == nil || !strings.Contains(err.Error(), `data: no regression set "iris", want one of boston, concrete, energy`) {
		t.Errorf("no such set: %v", err)
	}
	for want, r := range map[string]*data.Regression{
		"data: split of a Regression without rows":               {Tests: [][]int{{0}}},
		"data: division 0 of a set that has 0":                   {X: [][]float64{{1}}, Y: []float64{1}},
		"data: division 0 has row 9 of 1":                        {X: [][]float64{{1}}, Y: []float64{1}, Tests: [][]int{{9}}},
		"data: row 1 of a Regression has 2 inputs, row 0 has 1":  {X: [][]float64{{1}, {1, 2}}, Y: []float64{1, 2}, Tests: [][]int{{0}}},
		"data: the training targets of division 0 are all the s": {X: [][]float64{{1}, {2}}, Y: []float64{3, 3}, Tests: [][]int{{0}}},
	} {
		if _, err := r.Split(0); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// FuzzLoadUCI: whatever the files hold, there is an error or a set whose divisions can
// be made.
func FuzzLoadUCI(f *testing.F) {
	f.Add(row("1", "2", "3")+row("3", "5", "7"), "0\n1\n")
	f.Add("1 2 3\n", "x")
	f.Fuzz(func(t *testing.T, numbers, splits string) {
		r, err := data.LoadUCI(regression(t, numbers, splits, false), "naval")
		if err != nil {
			return
		}
		for i := range r.Tests {
			if s, err := r.Split(i); err == nil && s.Train.Len()+s.Test.Len() != len(r.Y) {
				t.Errorf("%d and %d rows of %d", s.Train.Len(), s.Test.Len(), len(r.Y))
			}
		}
	})
}

// The sizes are those that the published tables name.
func TestUCI(t *testing.T) {
	dir := real(t, "uci-regression")
	for name, want := range map[string][4]int{
		"boston": {506, 13, 20, 51}, "concrete": {1030, 8, 20, 103}, "energy": {768, 8, 20, 77}, "kin8nm": {8192, 8, 20, 819},
		"naval": {11934, 16, 20, 1193}, "power": {9568, 4, 20, 957}, "protein": {45730, 9, 5, 4573}, "wine": {1599, 11, 20, 160}, "yacht": {308, 6, 20, 31},
	} {
		r, err := data.LoadUCI(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if got := [4]int{len(r.Y), len(r.X[0]), len(r.Tests), len(r.Tests[0])}; got != want {
			t.Errorf("%s: rows, features, divisions and test rows %v, want %v", name, got, want)
		}
		s, err := r.Split(len(r.Tests) - 1)
		if err != nil {
			t.Fatal(err)
		}
		var sum, square float64
		for _, v := range s.Train.Values("y") {
			sum, square = sum+float64(v), square+float64(v)*float64(v)
		}
		n := float64(s.Train.Len())
		if math.Abs(sum/n) > 1e-5 || math.Abs(square/n-1) > 1e-4 {
			t.Errorf("%s: targets of mean %v and variance %v", name, sum/n, square/n)
		}
	}
}
