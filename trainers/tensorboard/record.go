package tensorboard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/pkg/errors"
)

// A record is the length of its data (uint64, little-endian), the masked CRC-32C
// of those eight bytes, the data, and the masked CRC-32C of the data. Source:
// tensorflow/core/lib/io/record_writer.h.
const (
	headBytes = 12
	tailBytes = 4
)

// maxRecord bounds the data of a record: larger than any picture that a browser
// shows.
const maxRecord = 1 << 30

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of a record, turned and moved so that a checksum of data
// that holds checksums stays a good one.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// appendRecord appends a record of data to b.
func appendRecord(b, data []byte) []byte {
	at := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, masked(b[at:]))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint32(b, masked(data))
}

// A scanner reads the records of a file.
type scanner struct {
	r  io.Reader
	at int64 // where the record that comes begins
}

// ErrCut is found by errors.Is in what Read returns of a file whose last record is
// not complete. All before it were read.
var ErrCut = errors.New("the last record is cut off")

// next reads a record, or returns io.EOF at the end of the file, and ErrCut if what
// is left is the beginning of a record, or one that is wrong, with zeros after it at
// most, as a file may end after the machine has. A wrong one with others behind it
// is damage.
func (s *scanner) next() ([]byte, error) {
	var head [headBytes]byte
	switch n, err := io.ReadFull(s.r, head[:]); {
	case err == io.EOF:
		return nil, err
	case err == io.ErrUnexpectedEOF:
		return nil, ErrCut
	case err != nil:
		return nil, errors.Wrapf(err, "%d bytes of the record at byte %d", n, s.at)
	}
	size := binary.LittleEndian.Uint64(head[:])
	if binary.LittleEndian.Uint32(head[8:]) != masked(head[:8]) {
		return nil, s.wrong("length")
	}
	if size > maxRecord {
		return nil, errors.Errorf("record at byte %d of %d bytes, want at most %d", s.at, size, maxRecord)
	}
	var b bytes.Buffer // grows with what there is, whatever size says
	n, err := io.CopyN(&b, s.r, int64(size)+tailBytes)
	switch {
	case err == io.EOF:
		return nil, ErrCut
	case err != nil:
		return nil, errors.Wrapf(err, "%d bytes of the record at byte %d", n, s.at)
	}
	data, tail := b.Bytes()[:size], b.Bytes()[size:]
	if binary.LittleEndian.Uint32(tail) != masked(data) {
		return nil, s.wrong("data")
	}
	s.at += headBytes + int64(size) + tailBytes
	return data, nil
}

// wrong is the error of a checksum, by what is behind it.
func (s *scanner) wrong(what string) error {
	var b [4096]byte
	for {
		n, err := s.r.Read(b[:])
		if len(bytes.TrimLeft(b[:n], "\x00")) > 0 {
			return errors.Errorf("record at byte %d: the checksum of its %s is wrong", s.at, what)
		}
		switch {
		case err == io.EOF:
			return ErrCut
		case err != nil:
			return errors.Wrapf(err, "the bytes after byte %d", s.at)
		}
	}
}
