package tensorboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the event file of testdata anew")

const sample = "testdata/events.out.tfevents.sample"

// clock ticks by the second.
func clock() func() time.Time {
	now := time.Unix(1_700_000_000, 250_000_000)
	return func() time.Time { now = now.Add(time.Second); return now }
}

// numbers are those of the histogram of a step.
func numbers(step int) []float64 {
	var x []float64
	for i := range 100 {
		v := float64(i-50) / 10
		x = append(x, v*v*v*float64(step)+.1)
	}
	return x
}

// grey is a ramp, and red one with colours.
func grey() image.Image {
	m := image.NewGray(image.Rect(0, 0, 5, 3))
	for i := range m.Pix {
		m.Pix[i] = byte(16 * i)
	}
	return m
}

func red() image.Image {
	m := image.NewRGBA(image.Rect(2, 1, 6, 3))
	for x := 2; x < 6; x++ {
		m.Set(x, 1, color.RGBA{byte(60 * x % 256), 10, 20, 255})
		m.Set(x, 2, color.RGBA{byte(60 * x % 256), 0, 0, 255})
	}
	return m
}

// write writes what the sample has.
func write(t *testing.T, path string) {
	t.Helper()
	w, err := Open(path, Config{Clock: clock()})
	if err != nil {
		t.Fatal(err)
	}
	errs := []error{
		w.Scalars(0, map[string]float64{"train/bound": -543.25, "train/kl": 3}),
		w.Scalars(600, map[string]float64{"train/bound": -101.7, "odd/nan": math.NaN(), "odd/inf": math.Inf(-1), "odd/größe": 1e300}),
		w.Image(600, "pictures/grey", grey()),
		w.Image(601, "pictures/red", red()),
		w.Histogram(600, "weights", numbers(1)),
		w.Histogram(1<<30, "weights", numbers(2)),
		w.Histogram(600, "same", []float64{2, 2, 2}),
		w.Close(),
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAgainstTensorBoard compares with testdata/tensorboard.csv, which the
// tensorboard package read in the event file there (internal/ref/tensorboard/read.py),
// and that file with what is written now.
func TestAgainstTensorBoard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tfevents")
	write(t, path)
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(sample, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(sample); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes are written, not the %d of the sample; error %v", len(got), len(want), err)
	}

	f, err := os.Open("testdata/tensorboard.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var want, data, tags [][]string
	for _, row := range rows {
		switch row[0] {
		case "data":
			data = append(data, row)
		case "tags":
			tags = append(tags, row)
		default:
			want = append(want, row)
		}
	}
	same := func(what string, got []float64, texts []string) {
		t.Helper()
		if len(got) != len(texts) {
			t.Errorf("%s: %d numbers, TensorBoard reads %d", what, len(got), len(texts))
			return
		}
		for i, v := range got {
			if w := number(texts[i]); w != v && !(math.IsNaN(v) && math.IsNaN(w)) {
				t.Errorf("%s: number %d is %v, TensorBoard reads %v", what, i, v, w)
			}
		}
	}
	hash := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
	var kinds []string
	err = ReadFile(sample, func(e Event) error {
		at := seconds(e.Time)
		if e.Version != "" {
			if row := want[0]; row[0] != "version" || row[1] != e.Version || number(row[3]) != at {
				t.Errorf("version %s, TensorBoard reads %v", e.Version, row)
			}
			want = want[1:]
		}
		for _, v := range e.Values {
			row, shown := want[0], data[0]
			want, data = want[1:], data[1:]
			if row[1] != v.Tag || row[2] != fmt.Sprint(e.Step) || number(row[3]) != at || shown[1] != v.Tag || shown[2] != row[2] {
				t.Errorf("%s of step %d at %v, TensorBoard reads %v and shows %v", v.Tag, e.Step, at, row[:4], shown[:4])
			}
			kinds = append(kinds, row[0])
			switch p, h := v.Picture, v.Histogram; row[0] {
			case "simple_value":
				same(v.Tag, []float64{float64(v.Scalar)}, row[4:])
				same(v.Tag, []float64{float64(v.Scalar)}, shown[4:])
			case "image":
				if !slices.Equal(row[4:], []string{fmt.Sprint(p.Height), fmt.Sprint(p.Width), fmt.Sprint(p.Channels), hash(p.Encoded)}) {
					t.Errorf("%s, TensorBoard reads %v", v.Tag, row)
				}
				if !slices.Equal(shown[4:], []string{fmt.Sprint(p.Width), fmt.Sprint(p.Height), hash(p.Encoded)}) {
					t.Errorf("%s, TensorBoard shows %v", v.Tag, shown)
				}
			case "histo":
				same(v.Tag, slices.Concat([]float64{h.Min, h.Max, h.Count, h.Sum, h.SumSquares}, h.Limits, h.Counts), row[4:])
				sum := 0.
				for i := 6; i < len(shown); i += 3 {
					sum += number(shown[i])
				}
				if sum != h.Count || number(shown[4]) != float64(float32(h.Min)) || number(shown[len(shown)-2]) != float64(float32(h.Max)) {
					t.Errorf("%s, TensorBoard shows %v of %v numbers", v.Tag, sum, h.Count)
				}
			default:
				t.Errorf("TensorBoard reads %v", row)
			}
		}
		return nil
	})
	if err != nil || len(want) != 0 || len(data) != 0 {
		t.Errorf("TensorBoard reads %d values more, error %v", len(want), err)
	}
	slices.Sort(kinds)
	if len(slices.Compact(kinds)) != 3 || len(tags) != 4 {
		t.Errorf("kinds %v", kinds)
	}
}
