package data

import (
	"bufio"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// decodePacked parses what a reader holds, plain or compressed with gzip, whatever
// it is called. It marks errors with ErrWrongFile, but those of the reader.
func decodePacked[T any](r io.Reader, parse func(io.Reader) (T, error)) (T, error) {
	w := &watched{Reader: r}
	x, err := parsePacked(w, parse)
	if w.err == nil {
		err = mark.Error(err, ErrWrongFile)
	}
	return x, err
}

func parsePacked[T any](r io.Reader, parse func(io.Reader) (T, error)) (none T, err error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return parse(b)
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return none, errors.Wrap(err, "gzip")
	}
	return parse(z)
}

// readPacked parses the file at path, or path with the suffix .gz where there is
// none; what says what is in it.
func readPacked[T any](path, what string, parse func(io.Reader) (T, error)) (none T, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(path + ".gz")
	}
	if err != nil {
		return none, errors.Wrap(err, what)
	}
	defer f.Close()
	x, err := decodePacked(f, parse)
	return x, errors.WithMessage(err, filepath.Base(path))
}

// watched remembers an error of its reader.
type watched struct {
	io.Reader
	err error
}

func (s *watched) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
