package data_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/trainers/data"
)

// folder makes a folder of the given files.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		write(t, dir, name, b)
	}
	return dir
}

func TestLoadMNISTLike(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"train-images-idx3-ubyte.gz": zipped(t, idx([]byte{0, 51, 255, 1, 2, 3}, 3, 1, 2)),
		"train-labels-idx1-ubyte":    idx([]byte{4, 5, 6}, 3),
		"t10k-images-idx3-ubyte":     idx([]byte{0, 1}, 1, 1, 2), // 1 of 255: the scale is common
	})
	s, err := data.Load(dir, data.LoadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float32{0, 0.2, 1, 1. / 255, 2. / 255, 3. / 255}, s.Train.Values("x")); d != "" {
		t.Errorf("x, want - got +:\n%s", d)
	}
	if d := cmp.Diff([]float32{4, 5, 6}, s.Train.Values("y")); d != "" {
		t.Errorf("y, want - got +:\n%s", d)
	}
	if d := cmp.Diff([]float32{0, 1. / 255}, s.Test.Values("x")); d != "" {
		t.Errorf("test x, want - got +:\n%s", d)
	}
	if s.Valid != nil || s.Test.Cols("y") != 0 || !slices.Equal(s.Train.Shape("x"), []int{1, 2}) {
		t.Errorf("valid %v, test labels %v, %v", s.Valid, s.Test.Values("y"), s.Train.Shape("x"))
	}
}

func TestLoadBinary(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"train-images-idx3-ubyte.gz": zipped(t, idx([]byte{0, 1, 1, 0}, 2, 1, 2)),
		"valid-images-idx3-ubyte.gz": zipped(t, idx([]byte{1, 1}, 1, 1, 2)),
		"test-images-idx3-ubyte.gz":  zipped(t, idx([]byte{0, 0}, 1, 1, 2)),
	})
	s, err := data.Load(dir, data.LoadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for set, want := range map[*data.Set][]float32{s.Train: {0, 1, 1, 0}, s.Valid: {1, 1}, s.Test: {0, 0}} {
		if d := cmp.Diff(want, set.Values("x")); d != "" {
			t.Errorf("want - got +:\n%s", d)
		}
	}
}

// The spellings in which MNIST goes about.
func TestLoadSpellings(t *testing.T) {
	train, test, label := idx([]byte{0, 1}, 1, 1, 2), idx([]byte{1, 0}, 1, 1, 2), idx([]byte{7}, 1)
	for _, names := range [][3]string{
		{"train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "train-labels-idx1-ubyte"},
		{"train-images.idx3-ubyte", "t10k-images.idx3-ubyte", "train-labels.idx1-ubyte"},
		{"train-images.idx3-ubyte.gz", "t10k-images.idx3-ubyte.gz", "train-labels.idx1-ubyte"},
		{"train_images_idx3_ubyte", "test_images_idx3_ubyte", "train_labels_idx1_ubyte"},
		{"TRAIN-IMAGES.IDX3-UBYTE", "T10K-IMAGES.IDX3-UBYTE", "TRAIN-LABELS.IDX1-UBYTE"},
		{"train-images-idx3-ubyte.GZ", "t10k-images-idx3-ubyte", "train-labels-idx1-ubyte"},
	} {
		files := map[string][]byte{names[0]: train, names[1]: test, names[2]: label}
		for name := range files {
			if strings.HasSuffix(strings.ToLower(name), ".gz") {
				files[name] = zipped(t, files[name])
			}
		}
		dir := folder(t, files)
		// Unpackers leave folders of the same names.
		if err := os.Mkdir(filepath.Join(dir, "t10k-images-idx3-ubyte.d"), 0o777); err != nil {
			t.Fatal(err)
		}
		s, err := data.Load(dir, data.LoadConfig{})
		if err != nil {
			t.Errorf("%v: %v", names, err)
			continue
		}
		if s.Train.Values("x")[1] != 1 || s.Test.Values("x")[0] != 1 || s.Train.Values("y")[0] != 7 {
			t.Errorf("%v: %v, %v, labels %v", names, s.Train.Values("x"), s.Test.Values("x"), s.Train.Values("y"))
		}
		_, err = data.Load(dir, data.LoadConfig{MaxBytes: 1})
		if err == nil || !strings.Contains(err.Error(), "make 2 values, at most 1 allowed") {
			t.Errorf("error %v with a limit of one byte", err)
		}
	}
}

func TestLoadOneFile(t *testing.T) {
	values := make([]byte, 40)
	for i := range values {
		values[i] = byte(i)
	}
	dir := folder(t, map[string][]byte{
		"frey-images-idx3-ubyte.gz": zipped(t, idx(values, 20, 2, 1)),
		"frey-images-idx3-ubyte":    idx(values, 20, 2, 1),
		"frey-labels-idx1-ubyte":    idx(values[:20], 20),
	})
	s, err := data.Load(dir, data.LoadConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Train.Len() != 18 || s.Test.Len() != 2 || s.Valid != nil || s.Test.Shape("x")[0] != 2 {
		t.Errorf("%d training and %d test rows, valid %v, shape %v", s.Train.Len(), s.Test.Len(), s.Valid, s.Test.Shape("x"))
	}
	s, err = data.Load(dir, data.LoadConfig{Seed: 1, Valid: 3, Test: 5})
	if err != nil {
		t.Fatal(err)
	}
	if s.Train.Len() != 12 || s.Valid.Len() != 3 || s.Test.Len() != 5 {
		t.Errorf("%d, %d, %d rows", s.Train.Len(), s.Valid.Len(), s.Test.Len())
	}
	_, err = data.Load(dir, data.LoadConfig{Test: 20})
	wantError(t, err, "data: load "+dir+": test rows: data: split of 20 rows from 20")
	_, err = data.Load(dir, data.LoadConfig{Test: 5, Valid: 15})
	wantError(t, err, "data: load "+dir+": validation rows: data: split of 15 rows from 15")
}

func TestLoadErrors(t *testing.T) {
	const train, labels, test = "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"
	two, one := idx([]byte{1, 2, 3, 4}, 2, 1, 2), idx([]byte{1, 2}, 1, 1, 2)
	for _, tt := range []struct {
		name, want string
		files      map[string][]byte
	}{
		{"empty", "no train-images-idx3-ubyte[.gz], nor a single other *-images-idx3-ubyte[.gz]", nil},
		{"two of other names", "no train-images-idx3-ubyte[.gz], nor a single other",
			map[string][]byte{"a-images-idx3-ubyte": one, "b-images-idx3-ubyte": one}},
		{"no test", "no t10k-images-idx3-ubyte[.gz] or test-images-idx3-ubyte[.gz] beside the training images",
			map[string][]byte{train: two}},
		{"labels missing for one", "train-labels-idx1-ubyte has sizes [1], want a label for each of the 2 images of train-images-idx3-ubyte",
			map[string][]byte{train: two, test: one, labels: idx([]byte{1}, 1)}},
		{"labels of two dimensions", "train-labels-idx1-ubyte has sizes [2 1], want a label for each",
			map[string][]byte{train: two, test: one, labels: idx([]byte{1, 2}, 2, 1)}},
		{"images of two dimensions", "train-images-idx3-ubyte has sizes [2 2], want images × rows × columns",
			map[string][]byte{train: idx([]byte{1, 2, 3, 4}, 2, 2), test: one}},
		{"no images", "train-images-idx3-ubyte has sizes [0 1 2], want images × rows × columns",
			map[string][]byte{train: idx(nil, 0, 1, 2), test: one}},
		{"other size in test", "t10k-images-idx3-ubyte has images of 2x1, train-images-idx3-ubyte of 1x2",
			map[string][]byte{train: two, test: idx([]byte{1, 2}, 1, 2, 1)}},
		{"bad images", "data: idx ", map[string][]byte{train: two[:8], test: one}},
		{"bad labels", "data: idx ", map[string][]byte{train: two, labels: {0}, test: one}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
			_, err := data.Load(dir, data.LoadConfig{})
			wantError(t, err, "data: load "+dir+": "+tt.want)
			if none := strings.HasPrefix(tt.want, "no "); errors.Is(err, fs.ErrNotExist) != none || errors.Is(err, data.ErrWrongFile) == none {
				t.Errorf("%v is of a file that is not there: %t, or wrong: %t", err, errors.Is(err, fs.ErrNotExist), errors.Is(err, data.ErrWrongFile))
			}
		})
	}
	none := filepath.Join(t.TempDir(), "none")
	_, err := data.Load(none, data.LoadConfig{})
	wantError(t, err, "data: load "+none+": folder: open ")
}
