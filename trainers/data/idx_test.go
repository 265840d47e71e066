package data_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/trainers/data"
)

// idx is the text of an IDX file of bytes.
func idx(values []byte, dims ...int) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = append(b, byte(d>>24), byte(d>>16), byte(d>>8), byte(d))
	}
	return append(b, values...)
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return z.Bytes()
}

func TestReadIDX(t *testing.T) {
	for _, tt := range []struct {
		name   string
		dims   []int
		values []byte
	}{
		{"labels", []int{3}, []byte{7, 0, 255}},
		{"images", []int{2, 1, 2}, []byte{1, 2, 3, 4}},
		{"four dimensions", []int{1, 2, 1, 1}, []byte{1, 2}},
		{"empty", []int{0, 28, 28}, nil},
		{"empty whatever the other sizes", []int{0, math.MaxInt32, math.MaxInt32, math.MaxInt32}, nil},
	} {
		plain := idx(tt.values, tt.dims...)
		for _, file := range [][]byte{plain, zipped(t, plain)} {
			x, err := data.ReadIDX(write(t, t.TempDir(), "whatever.name", file), 0)
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			if d := cmp.Diff(tt.dims, x.Dims); d != "" || !bytes.Equal(tt.values, x.Data) {
				t.Errorf("%s: got %v %v", tt.name, x.Dims, x.Data)
			}
		}
	}
}

func TestReadIDXErrors(t *testing.T) {
	good := zipped(t, idx([]byte{1, 2, 3}, 3))
	none := zipped(t, idx(nil, 0))
	badSum := bytes.Clone(good)
	badSum[len(badSum)-8] ^= 1
	for _, tt := range []struct {
		name, want string
		file       []byte
	}{
		{"empty file", "magic number: 0 of 4 bytes: EOF", nil},
		{"short magic", "magic number: 2 of 4 bytes: unexpected EOF", []byte{0, 0}},
		{"not IDX", "magic number 504e4708, want 0000 first", []byte("PNG\x08")},
		{"unknown type", "unknown type 0x07, want 0x08 (uint8)", []byte{0, 0, 7, 1}},
		{"int8", "values of type int8, want uint8", []byte{0, 0, 9, 1}},
		{"int16", "values of type int16, want uint8", []byte{0, 0, 11, 1}},
		{"int32", "values of type int32, want uint8", []byte{0, 0, 12, 1}},
		{"float32", "values of type float32, want uint8", []byte{0, 0, 13, 1}},
		{"float64", "values of type float64, want uint8", []byte{0, 0, 14, 1}},
		{"no dimension", "0 dimensions, want 1 to 4", []byte{0, 0, 8, 0}},
		{"five dimensions", "5 dimensions, want 1 to 4", []byte{0, 0, 8, 5}},
		{"short size", "size of dimension 1: 1 of 4 bytes: unexpected EOF", []byte{0, 0, 8, 2, 0, 0, 0, 1, 0}},
		{"overflow", "dimension ", idx(nil, math.MaxInt32, math.MaxInt32, math.MaxInt32)},
		{"gigabytes promised", "sizes [32768 32768] make 1073741824 values, at most 1000000000 allowed", idx([]byte{1, 2}, 1<<15, 1<<15)},
		{"much promised", "ends after 2 of 16777216 values for sizes [4096 4096]", idx([]byte{1, 2}, 1<<12, 1<<12)},
		{"cut", "ends after 2 of 3 values for sizes [3]", idx([]byte{1, 2}, 3)},
		{"trailing", "2 bytes after the 3 values of sizes [3]", idx([]byte{1, 2, 3, 4, 5}, 3)},
		{"gzip header", "gzip: ", []byte{0x1f, 0x8b, 0}},
		{"gzip cut in the values", "after 3 values: unexpected EOF", good[:len(good)-8]},
		{"gzip cut in its sum", "after 3 values: unexpected EOF", good[:len(good)-4]},
		{"gzip sum", "after 3 values: gzip: invalid checksum", badSum},
		{"gzip sum without values", "after 0 values: unexpected EOF", none[:len(none)-4]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, t.TempDir(), "f.gz", tt.file)
			_, err := data.ReadIDX(path, 0)
			wantError(t, err, "data: idx "+path+": "+tt.want)
			_, err = data.DecodeIDX(bytes.NewReader(tt.file), 0)
			wantError(t, err, "data: idx: "+tt.want)
			if !errors.Is(err, data.ErrWrongFile) {
				t.Errorf("%v is not ErrWrongFile", err)
			}
		})
	}
	_, err := data.ReadIDX(filepath.Join(t.TempDir(), "none"), 0)
	wantError(t, err, "data: idx: open ")
	if errors.Is(err, data.ErrWrongFile) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is a wrong file, not a missing one", err)
	}
	for _, half := range [][]byte{idx([]byte{1, 2, 3}, 3)[:9], good[:20]} { // a reader's own error is no format's
		_, err = data.DecodeIDX(io.MultiReader(bytes.NewReader(half), iotest.ErrReader(errors.New("unplugged"))), 0)
		if err == nil || errors.Is(err, data.ErrWrongFile) || !strings.Contains(err.Error(), "unplugged") {
			t.Errorf("error %v of a reader that fails", err)
		}
	}
	dir := folder(t, map[string][]byte{"train-images-idx3-ubyte": idx([]byte{1}, 1), "test-images-idx3-ubyte": idx([]byte{1}, 1)})
	if _, err := data.Load(dir, data.LoadConfig{}); !errors.Is(err, data.ErrWrongFile) {
		t.Errorf("%v is not ErrWrongFile", err)
	}
}

// Memory follows what is there, not what a header promises, nor what a small
// file unpacks to beyond the limit.
func TestReadIDXMemory(t *testing.T) {
	zeros := zipped(t, idx(make([]byte, 1<<24), 1<<24))
	for _, c := range []struct {
		name      string
		file      []byte
		max, most int
	}{
		{"a promise", idx([]byte{1, 2}, 1<<12, 1<<12), 0, 1 << 20},
		{"beyond the limit", zeros, 1<<24 - 1, 1 << 20},
		{"within", zeros, 1 << 24, 7 << 23},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := data.DecodeIDX(bytes.NewReader(c.file), c.max)
		runtime.ReadMemStats(&after)
		if (err == nil) != (c.name == "within") {
			t.Errorf("%s: error %v", c.name, err)
		}
		if n := int(after.TotalAlloc - before.TotalAlloc); n > c.most {
			t.Errorf("%s: %d bytes allocated, want at most %d", c.name, n, c.most)
		}
	}
}

func FuzzReadIDX(f *testing.F) {
	plain := idx([]byte{1, 2, 3, 4}, 2, 1, 2)
	f.Add(plain)
	f.Add(zipped(f, plain))
	f.Add(idx(nil, 1<<12, 1<<12))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := data.DecodeIDX(bytes.NewReader(b), 0)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("error of several lines: %q", err)
			}
			return
		}
		n := 1
		for _, d := range x.Dims {
			n *= d
		}
		if n != len(x.Data) {
			t.Fatalf("%d values for sizes %v", len(x.Data), x.Dims)
		}
		if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) && !bytes.Equal(idx(x.Data, x.Dims...), b) {
			t.Fatal("writing what was read gives other bytes")
		}
	})
}
