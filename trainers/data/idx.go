package data

import (
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"os"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// IDX is an array of unsigned bytes from a file in the IDX format of the MNIST
// files: a four-byte magic number (0, 0, the type, the number of dimensions),
// each size as a big-endian uint32, then the values in row-major order.
type IDX struct {
	Dims []int   // one to four sizes
	Data []uint8 // the product of Dims values
}

// DefaultMaxBytes bounds the values of an IDX file unless said otherwise: a
// gigabyte.
const DefaultMaxBytes = 1e9

// ReadIDX reads the IDX file at path, plain or compressed with gzip, whatever
// its name says. Values other than unsigned bytes, more than max of them (0
// means DefaultMaxBytes), a file that ends early and bytes after the last value
// are errors, of which errors.Is finds ErrWrongFile.
func ReadIDX(path string, max int) (*IDX, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrap(err, "data: idx")
	}
	defer f.Close()
	x, err := decodeIDX(f, max)
	return x, errors.WithMessagef(err, "data: idx %s", path)
}

// DecodeIDX is ReadIDX on a reader, which it reads to its end.
func DecodeIDX(r io.Reader, max int) (*IDX, error) {
	if op.Nil(r) {
		return nil, errors.New("data: idx: the reader is nil")
	}
	x, err := decodeIDX(r, max)
	return x, errors.WithMessage(err, "data: idx")
}

// idxTypes names the values of the third byte.
var idxTypes = map[byte]string{8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64"}

// ErrWrongFile is found by errors.Is in the error of a file that could be read,
// and is not in the format, or not of the size, that is wanted.
var ErrWrongFile = errors.New("data: wrong file")

func decodeIDX(r io.Reader, max int) (*IDX, error) {
	return decodePacked(r, func(r io.Reader) (*IDX, error) { return decodePlainIDX(r, max) })
}

func decodePlainIDX(r io.Reader, max int) (*IDX, error) {
	var head [4]byte
	if n, err := io.ReadFull(r, head[:]); err != nil {
		return nil, errors.Wrapf(err, "magic number: %d of 4 bytes", n)
	}
	switch kind, rank := head[2], head[3]; {
	case head[0] != 0 || head[1] != 0:
		return nil, errors.Errorf("magic number %x, want 0000 first", head)
	case idxTypes[kind] == "":
		return nil, errors.Errorf("unknown type 0x%02x, want 0x08 (uint8)", kind)
	case kind != 8:
		return nil, errors.Errorf("values of type %s, want uint8", idxTypes[kind])
	case rank < 1 || rank > 4:
		return nil, errors.Errorf("%d dimensions, want 1 to 4", rank)
	}
	x := &IDX{Dims: make([]int, head[3])}
	total := int64(1)
	for i := range x.Dims {
		var size [4]byte
		if n, err := io.ReadFull(r, size[:]); err != nil {
			return nil, errors.Wrapf(err, "size of dimension %d: %d of 4 bytes", i, n)
		}
		d := int64(binary.BigEndian.Uint32(size[:]))
		if d > math.MaxInt || d > 0 && total > math.MaxInt/d {
			return nil, errors.Errorf("dimension %d of size %d makes too many values", i, d)
		}
		x.Dims[i] = int(d)
		total *= d
	}
	if limit := int64(cmp.Or(max, DefaultMaxBytes)); total > limit {
		return nil, errors.Errorf("sizes %v make %d values, at most %d allowed", x.Dims, total, limit)
	}
	// The memory grows with what arrives, not with what the header promises, and
	// is never more than half of it larger than the values.
	for n := 0; n < int(total); {
		x.Data = append(make([]uint8, 0, min(int(total), 2*n+1<<16)), x.Data...)
		room := x.Data[n:cap(x.Data)]
		k, err := io.ReadFull(r, room)
		if n += k; err != nil && n < int(total) {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return nil, errors.Errorf("ends after %d of %d values for sizes %v", n, total, x.Dims)
			}
			return nil, errors.Wrapf(err, "after %d of %d values for sizes %v", n, total, x.Dims)
		}
		x.Data = x.Data[:n]
	}
	// This also makes gzip check its sum.
	extra, err := io.Copy(io.Discard, r)
	if err != nil {
		return nil, errors.Wrapf(err, "after %d values", total)
	}
	if extra > 0 {
		return nil, errors.Errorf("%d bytes after the %d values of sizes %v", extra, total, x.Dims)
	}
	return x, nil
}
