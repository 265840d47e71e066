package safetensors

import (
	"cmp"
	"encoding/binary"
	"io"
	"os"
	"slices"
	"strings"

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

// foreign are other files that weights come in, by how they begin.
var foreign = []struct{ begins, is string }{
	{"PK\x03\x04", "a zip archive, such as torch.save, numpy.savez and Keras write: save by safetensors.torch.save_file or that of NumPy"},
	{"\x80", "a pickle, such as torch.save writes: save by safetensors.torch.save_file"},
	{"\x89HDF", "an HDF5 file, such as Keras writes: save by safetensors.numpy.save_file"},
	{"version ", "a pointer of Git LFS, which has not fetched the file"},
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
		for _, f := range foreign {
			if strings.HasPrefix(string(word[:]), f.begins) {
				return File{}, errors.Errorf("no safetensors file but %s", f.is)
			}
		}
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
	f := File{Metadata: metadata, Tensors: make([]Tensor, 0, len(entries))}
	r = &window{ReaderAt: r, size: size}
	chunk := make([]byte, min(1<<16, size-start))
	for _, e := range entries {
		t, err := readTensor(r, e, start, chunk)
		if err != nil {
			return File{}, errors.WithMessagef(err, "tensor %q", brief(e.name))
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
			return errors.Errorf("tensor %q: data_offsets %v outside the %d bytes of data", brief(e.name), e.Offsets, size)
		case to-from != want:
			return errors.Errorf("tensor %q: data_offsets %v hold %d bytes, shape %s of %s needs %d",
				brief(e.name), e.Offsets, to-from, Shape(e.Shape), e.Dtype, want)
		case from < end:
			return errors.Errorf("tensor %q: data_offsets %v overlap the tensor before, which ends at %d", brief(e.name), e.Offsets, end)
		case from > end:
			return errors.Errorf("tensor %q: data_offsets %v leave a gap after %d", brief(e.name), e.Offsets, end)
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
	d := dtypes[e.Dtype]
	n := (e.Offsets[1] - e.Offsets[0]) / d.width
	if d.single != nil {
		t.F32 = make([]float32, 0, n)
	} else {
		t.F64 = make([]float64, 0, n)
	}
	for from := e.Offsets[0]; from < e.Offsets[1]; {
		b := chunk[:min(len(chunk), e.Offsets[1]-from)]
		b = b[:len(b)-len(b)%d.width]
		if err := readAt(r, b, start+int64(from)); err != nil {
			return t, err
		}
		from += len(b)
		if d.single != nil {
			for ; len(b) > 0; b = b[d.width:] {
				t.F32 = append(t.F32, d.single(b))
			}
			continue
		}
		for ; len(b) > 0; b = b[d.width:] {
			t.F64 = append(t.F64, d.double(b))
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

// window reads ahead, for files of many small tensors.
type window struct {
	io.ReaderAt
	size int64 // of the file
	from int64
	b    []byte
}

func (w *window) ReadAt(p []byte, at int64) (int, error) {
	const ahead = 1 << 16
	if len(p) >= ahead {
		return w.ReaderAt.ReadAt(p, at)
	}
	if at < w.from || at+int64(len(p)) > w.from+int64(len(w.b)) {
		if w.b == nil {
			w.b = make([]byte, ahead)
		}
		w.b = w.b[:ahead]
		n, err := w.ReaderAt.ReadAt(w.b[:min(int64(ahead), w.size-at)], at)
		w.b, w.from = w.b[:n], at
		if n < len(p) {
			copy(p, w.b)
			return n, err
		}
	}
	return copy(p, w.b[at-w.from:]), nil
}
