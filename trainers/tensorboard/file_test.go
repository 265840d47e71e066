package tensorboard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// The checksums of RFC 3720, appendix B.4.
func TestChecksum(t *testing.T) {
	for want, b := range map[uint32][]byte{
		0x8a9136aa: make([]byte, 32), 0x62a8ab43: bytes.Repeat([]byte{0xff}, 32),
		0x46dd794e: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
	} {
		c := masked(b) - 0xa282ead8
		if got := c>>17 | c<<15; got != want {
			t.Errorf("checksum %#x, want %#x", got, want)
		}
	}
}

func read(t *testing.T, path string) (all []Event) {
	t.Helper()
	if err := ReadFile(path, func(e Event) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// A file that is cut anywhere, or has zeros in the place of its last bytes, is read
// up to its last whole record, and going on from there gives the file that an
// uninterrupted run writes.
func TestCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	scalars := func(path string, from, to int) *Writer {
		t.Helper()
		w, err := Open(path, Config{Clock: func() time.Time { return time.Unix(1, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		for step := from; step <= to; step++ {
			if err := w.Scalars(step, map[string]float64{"bound": float64(-step)}); err != nil {
				t.Fatal(err)
			}
		}
		return w
	}
	if err := scalars(whole, 1, 4).Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	ends := []int{0}
	for at := 0; at < len(text); {
		at += headBytes + tailBytes + int(binary.LittleEndian.Uint64(text[at:]))
		ends = append(ends, at)
	}
	for n := range len(text) {
		for _, zeros := range []int{0, 1, 7, 5000} {
			if zeros > 0 && n%9 != 0 && os.Getenv("LATENT_SWEEP") == "" {
				continue
			}
			path := filepath.Join(dir, "cut")
			if err := os.WriteFile(path, append(text[:n:n], make([]byte, zeros)...), 0o600); err != nil {
				t.Fatal(err)
			}
			events := 0
			err := ReadFile(path, func(Event) error { events++; return nil })
			at, whole := slices.BinarySearch(ends, n)
			if !whole {
				at--
			}
			if clean := whole && zeros == 0; clean != (err == nil) || !clean && !errors.Is(err, ErrCut) || events != at {
				t.Fatalf("cut at %d of %d with %d zeros: %d events, want %d, error %v", n, len(text), zeros, events, at, err)
			}
			if at == len(ends)-2 && n%5 != 0 && os.Getenv("LATENT_SWEEP") == "" { // a file for each takes its time
				continue
			}
			w := scalars(path, max(at, 1), 4)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
				t.Fatalf("cut at %d with %d zeros, and gone on: %d bytes, want %d, error %v", n, zeros, len(got), len(text), err)
			}
		}
	}
	// Damage in the midst is none of a cut, and the file is left alone.
	for n := range ends[len(ends)-2] {
		if n%7 != 0 && os.Getenv("LATENT_SWEEP") == "" {
			continue
		}
		path := filepath.Join(dir, "damaged")
		bad := slices.Clone(text)
		bad[n] ^= 0x10
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Config{}); err == nil || errors.Is(err, ErrCut) || !strings.HasPrefix(err.Error(), "tensorboard: open: "+path+": record at byte ") {
			t.Fatalf("byte %d damaged: error %v", n, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, bad) {
			t.Fatalf("byte %d damaged: the file changed", n)
		}
	}
	// Going back to a step and on gives the same file too.
	for step := range 6 {
		w := scalars(whole, 5, 4)
		if err := w.Rewind(step); err != nil {
			t.Fatal(err)
		}
		if got := read(t, whole); len(got) != 1+min(step, 4) {
			t.Errorf("%d events after going back to step %d", len(got), step)
		}
		w.Close()
		scalars(whole, step+1, 4).Close()
		if got, err := os.ReadFile(whole); err != nil || !bytes.Equal(got, text) {
			t.Errorf("step %d: another file, error %v", step, err)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tfevents")
	w, err := Open(path, Config{})
	if err != nil {
		t.Fatal(err)
	}
	same := []float64{1}
	for want, f := range map[string]func() error{
		"tensorboard: step -1, want 0 or more":                                                       func() error { return w.Scalars(-1, map[string]float64{"x": 1}) },
		`tensorboard: step 1: the tag "", want a text in UTF-8`:                                      func() error { return w.Scalars(1, map[string]float64{"": 1}) },
		`tensorboard: step 1: the tag "\xff", want a text in UTF-8`:                                  func() error { return w.Histogram(1, "\xff", same) },
		`tensorboard: step 2, "w": a histogram of no numbers`:                                        func() error { return w.Histogram(2, "w", nil) },
		`tensorboard: step 2, "w": a histogram of numbers of which element 1 is NaN`:                 func() error { return w.Histogram(2, "w", []float64{1, math.NaN()}) },
		`tensorboard: step 2, "w": the image is nil`:                                                 func() error { return w.Image(2, "w", nil) },
		"tensorboard: open: open " + filepath.Join(dir, "none", "x") + ": no such file or directory": func() error { _, err := Open(filepath.Join(dir, "none", "x"), Config{}); return err },
		"tensorboard: the Writer is not open: use Open":                                              func() error { return new(Writer).Sync() },
		"tensorboard: nothing to read from, or no function to tell":                                  func() error { return Read(nil, nil) },
		"tensorboard: open " + filepath.Join(dir, "none") + ": no such file or directory":            func() error { return ReadFile(filepath.Join(dir, "none"), func(Event) error { return nil }) },
		"tensorboard: " + path + ": stop":                                                            func() error { return ReadFile(path, func(Event) error { return errors.New("stop") }) },
	} {
		if err := f(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if err := w.Scalars(3, nil); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := read(t, path); len(got) != 1 {
		t.Errorf("%d events, want the version alone", len(got))
	}
	if err := ReadFile(filepath.Join(dir, "none"), func(Event) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, appendRecord(nil, Event{Step: 3}.append(nil)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other, Config{}); err == nil || !strings.Contains(err.Error(), `the version "", want brain.Event:2`) {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(other, []byte(strings.Repeat("a text of another kind\n", 9)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other, Config{}); err == nil || !strings.Contains(err.Error(), "record at byte 0: the checksum of its length is wrong") {
		t.Errorf("error %v", err)
	}
}

// Counts of a histogram are those of the numbers between its limits, all of them.
func TestHistogram(t *testing.T) {
	for name, x := range map[string][]float64{
		"spread": numbers(3), "one": {7}, "two": {-1, 1}, "small": {5e-324, 0, 1e-323}, "large": {-math.MaxFloat64, 0, math.MaxFloat64}, "close": {1, 1 + 0x1p-52, 1 + 0x1p-51},
	} {
		h, err := newHistogram(x)
		if err != nil {
			t.Fatal(err)
		}
		sum, below := 0., math.Inf(-1)
		for i, limit := range h.Limits {
			want := 0.
			for _, v := range x {
				if v > below && v <= limit {
					want++
				}
			}
			if h.Counts[i] != want || limit < below || math.IsInf(limit, 0) {
				t.Errorf("%s: %v from %v to %v, want %v", name, h.Counts[i], below, limit, want)
			}
			sum, below = sum+want, limit
		}
		if sum != float64(len(x)) || h.Count != sum || h.Max != below || h.Min != slices.Min(x) {
			t.Errorf("%s: %v of %d numbers, %+v", name, sum, len(x), h)
		}
	}
}

// Whatever is in a message, reading it neither fails in an unforeseen way nor
// changes by being written again.
func FuzzEvent(f *testing.F) {
	text, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	s := scanner{r: bytes.NewReader(text)}
	for {
		data, err := s.next()
		if err != nil {
			break
		}
		f.Add(data)
	}
	f.Add([]byte{0x2a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1})
	f.Add([]byte{0x07})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decode(b)
		if err != nil {
			return
		}
		again, err := decode(e.append(nil))
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		bits := func(e Event) []byte { return e.append(nil) }
		if !bytes.Equal(bits(e), bits(again)) || len(e.Values) != len(again.Values) || again.Step != e.Step || again.Version != e.Version {
			t.Fatalf("%+v, written and read %+v", e, again)
		}
	})
}

// Whatever bytes a file holds, reading it ends, and the events that it has before
// the first that is wrong are those of their records.
func FuzzFile(f *testing.F) {
	text, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:100])
	f.Add([]byte{})
	f.Add(binary.LittleEndian.AppendUint64(nil, 1<<60))
	huge := binary.LittleEndian.AppendUint64(nil, maxRecord)
	f.Add(binary.LittleEndian.AppendUint32(huge, masked(huge)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var all []Event
		end, err := scan(bytes.NewReader(b), func(e Event) error { all = append(all, e); return nil })
		if end > int64(len(b)) || err == nil && end != int64(len(b)) {
			t.Fatalf("%d bytes read of %d, error %v", end, len(b), err)
		}
		var again []Event
		if n, err := scan(bytes.NewReader(b[:end]), func(e Event) error { again = append(again, e); return nil }); n != end || err != nil || len(again) != len(all) {
			t.Fatalf("%d events of %d again, error %v", len(again), len(all), err)
		}
		if len(all) > 0 && !reflect.DeepEqual(all[0].Version, again[0].Version) {
			t.Fatal("another version")
		}
	})
}
