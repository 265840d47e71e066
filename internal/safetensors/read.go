package safetensors

import (
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"os"
	"slices"

	"github.com/pkg/errors"
)

// ReadFile reads the file at path. Its errors name the path.
func ReadFile(path string) (File, error) {
	r, err := os.Open(path)
	if err != nil {
		return File{}, errors.Wrap(err, "safetensors")
	}
	defer r.Close()
	stat, err := r.Stat()
	if err != nil {
		return File{}, errors.Wrap(err, "safetensors")
	}
	f, err := read(r, stat.Size())
	return f, errors.WithMessagef(err, "safetensors: %s", path)
}

// Read reads the size bytes of r. It allocates for values only what the bytes
// of the file account for, whatever the header claims.
func Read(r io.ReaderAt, size int64) (File, error) {
	f, err := read(r, size)
	return f, errors.WithMessage(err, "safetensors")
}

func read(r io.ReaderAt, size int64) (File, error) {
	var word [8]byte
	if size < 8 {
		return File{}, errors.Errorf("%d bytes, too short for a header length", size)
	}
	if err := readAt(r, word[:], 0); err != nil {
		return File{}, errors.WithMessage(err, "header length")
	}
	n := binary.LittleEndian.Uint64(word[:])
	if n > maxHeader || int64(n) > size-8 {
		return File{}, errors.Errorf("header of %d bytes, at most %d allowed in a file of %d", n, maxHeader, size)
	}
	header := make([]byte, n)
	if err := readAt(r, header, 8); err != nil {
		return File{}, errors.WithMessage(err, "header")
	}
	entries, metadata, err := decodeHeader(header)
	if err != nil {
		return File{}, err
	}
	start := 8 + int64(n)
	if err := checkLayout(entries, size-start); err != nil {
		return File{}, err
	}
	f := File{Metadata: metadata}
	chunk := make([]byte, min(1<<16, size-start))
	for _, e := range entries {
		t, err := readTensor(r, e, start, chunk)
		if err != nil {
			return File{}, errors.WithMessagef(err, "tensor %q", e.name)
		}
		f.Tensors = append(f.Tensors, t)
	}
	return f, nil
}

// checkLayout puts the entries into the order of their data and checks that
// they cover its size bytes exactly, each as long as its shape says.
func checkLayout(entries []entry, size int64) error {
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]))
	})
	end := 0
	for _, e := range entries {
		want, err := bytes(e.name, e.Dtype, e.Shape)
		from, to := e.Offsets[0], e.Offsets[1]
		switch {
		case err != nil:
			return err
		case from > to || int64(to) > size:
			return errors.Errorf("tensor %q: data_offsets %v outside the %d bytes of data", e.name, e.Offsets, size)
		case to-from != want:
			return errors.Errorf("tensor %q: data_offsets %v hold %d bytes, shape %v of %s needs %d",
				e.name, e.Offsets, to-from, e.Shape, e.Dtype, want)
		case from < end:
			return errors.Errorf("tensor %q: data_offsets %v overlap the tensor before, which ends at %d", e.name, e.Offsets, end)
		case from > end:
			return errors.Errorf("tensor %q: data_offsets %v leave a gap after %d", e.name, e.Offsets, end)
		}
		end = to
	}
	if int64(end) != size {
		return errors.Errorf("tensors end at byte %d of %d bytes of data", end, size)
	}
	return nil
}

func readTensor(r io.ReaderAt, e entry, start int64, chunk []byte) (Tensor, error) {
	t := Tensor{Name: e.name, Dtype: e.Dtype, Shape: e.Shape}
	n := (e.Offsets[1] - e.Offsets[0]) / width(e.Dtype)
	if e.Dtype == F32 {
		t.F32 = make([]float32, 0, n)
	} else {
		t.F64 = make([]float64, 0, n)
	}
	for from := e.Offsets[0]; from < e.Offsets[1]; {
		b := chunk[:min(len(chunk), e.Offsets[1]-from)]
		b = b[:len(b)-len(b)%width(e.Dtype)]
		if err := readAt(r, b, start+int64(from)); err != nil {
			return t, err
		}
		from += len(b)
		if e.Dtype == F32 {
			for ; len(b) > 0; b = b[4:] {
				t.F32 = append(t.F32, math.Float32frombits(binary.LittleEndian.Uint32(b)))
			}
			continue
		}
		for ; len(b) > 0; b = b[8:] {
			t.F64 = append(t.F64, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	}
	return t, nil
}

// readAt fills b from offset. A reader may return EOF with the last bytes.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	return errors.Wrapf(err, "read %d of %d bytes at %d", n, len(b), offset)
}
