package safetensors

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// Write writes f. The bytes depend on f's content alone: tensors are laid out
// widest dtype first, then by name, as the reference implementation does, so
// that each is aligned; metadata is in the order of its keys; the header is
// padded with spaces to a multiple of eight bytes.
func Write(w io.Writer, f File) error {
	return errors.WithMessage(write(w, f), "safetensors")
}

func write(w io.Writer, f File) error {
	ts := slices.SortedFunc(slices.Values(f.Tensors), func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(width(b.Dtype), width(a.Dtype)), strings.Compare(a.Name, b.Name))
	})
	header, err := encodeHeader(ts, f.Metadata)
	if err != nil {
		return err
	}
	b := &stickyWriter{w: w}
	b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header))))
	b.Write(header)
	for _, t := range ts {
		writeValues(b, t.F32, func(to []byte, v float32) { binary.LittleEndian.PutUint32(to, math.Float32bits(v)) })
		writeValues(b, t.F64, func(to []byte, v float64) { binary.LittleEndian.PutUint64(to, math.Float64bits(v)) })
	}
	return errors.Wrap(b.err, "write")
}

// littleEndian tells whether numbers lie in memory as they do in a file.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// writeValues writes numbers as they lie in memory, or turned round by put.
func writeValues[T float32 | float64](b *stickyWriter, x []T, put func(to []byte, v T)) {
	const most = 1 << 16 // values at once, which stay in cache for whoever hashes them
	size := int(unsafe.Sizeof(T(0)))
	var turned []byte
	for len(x) > 0 {
		n := min(len(x), most)
		if littleEndian {
			b.Write(unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), n*size))
		} else {
			turned = turned[:0]
			for _, v := range x[:n] {
				turned = append(turned, make([]byte, size)...)
				put(turned[len(turned)-size:], v)
			}
			b.Write(turned)
		}
		x = x[n:]
	}
}

// stickyWriter keeps its first error, after which it writes nothing.
type stickyWriter struct {
	w   io.Writer
	err error
}

func (s *stickyWriter) Write(b []byte) {
	if s.err != nil {
		return
	}
	n, err := s.w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	s.err = err
}

// WriteFile writes f to path. The file appears whole or not at all: after an
// error, path is what it was before.
func WriteFile(path string, f File) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return write(w, f) })
	return errors.WithMessagef(err, "safetensors: %s", path)
}

// info is a tensor's entry in the header.
type info struct {
	Dtype   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

func encodeHeader(ts []Tensor, metadata map[string]string) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	comma := byte('{')
	entry := func(key string, value any) error {
		b.WriteByte(comma)
		comma = ','
		if err := enc.Encode(key); err != nil {
			return err
		}
		b.WriteByte(':')
		return enc.Encode(value)
	}
	if len(metadata) > 0 {
		size := 0
		for k, v := range metadata {
			if size += len(k) + len(v); size > maxHeader {
				return nil, errors.Errorf("metadata of over %d bytes, which a header may not have", maxHeader)
			}
			if !utf8.ValidString(k) || !utf8.ValidString(v) {
				return nil, errors.Errorf("metadata %q: not UTF-8", k)
			}
		}
		if err := entry(metadataKey, metadata); err != nil {
			return nil, errors.Wrap(err, "metadata")
		}
	}
	seen, end := map[string]bool{}, 0
	for _, t := range ts {
		size, err := check(t)
		switch {
		case err != nil:
			return nil, err
		case seen[t.Name]:
			return nil, errors.Errorf("tensor %q: name used twice", t.Name)
		case size > math.MaxInt-end:
			return nil, errors.Errorf("tensor %q: data overflows", t.Name)
		}
		seen[t.Name] = true
		shape := append([]int{}, t.Shape...) // [] for a scalar, never null
		if err := entry(t.Name, info{t.Dtype, shape, [2]int{end, end + size}}); err != nil {
			return nil, errors.Wrapf(err, "tensor %q", t.Name)
		}
		end += size
	}
	if comma == '{' {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	// The encoder ends each value with a line feed; inside strings they are escaped.
	header := []byte(strings.ReplaceAll(b.String(), "\n", ""))
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > maxHeader {
		return nil, errors.Errorf("header of %d bytes, at most %d allowed", len(header), maxHeader)
	}
	return header, nil
}

// check returns the bytes of a tensor that may be written.
func check(t Tensor) (int, error) {
	if t.Name == metadataKey || !utf8.ValidString(t.Name) {
		return 0, errors.Errorf("tensor %q: name reserved or not UTF-8", t.Name)
	}
	if t.Dtype != F32 && t.Dtype != F64 {
		return 0, errors.Errorf("tensor %q: dtype %q, want F32 or F64", t.Name, t.Dtype)
	}
	size, err := bytes(t.Name, t.Dtype, t.Shape)
	if err != nil {
		return 0, err
	}
	have, other := len(t.F32), len(t.F64)
	if t.Dtype == F64 {
		have, other = other, have
	}
	if want := size / width(t.Dtype); have != want || other != 0 {
		return 0, errors.Errorf("tensor %q: %d values of %s and %d of the other dtype, want %d and 0 for shape %v",
			t.Name, have, t.Dtype, other, want, t.Shape)
	}
	return size, nil
}
