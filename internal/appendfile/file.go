// Package appendfile writes files that grow by whole records: logs. A record whose
// writing fails is taken back, and what a process that was killed left of one is cut
// off when the file is opened again.
package appendfile

import (
	"io"
	"os"

	"github.com/pkg/errors"
)

// File is an open file, of which nobody else may write.
type File struct {
	f      file
	size   int64 // of whole records
	broken error
}

// file is what there is need of in an *os.File.
type file interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Open opens the file at path, or makes it. Whole is given what it holds and
// returns how many bytes from its beginning are whole records; the rest is cut off.
func Open(path string, whole func(r io.Reader) (int64, error)) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.Errorf("%s is no regular file (%v)", path, info.Mode().Type())
	}
	a := &File{f: f}
	if err == nil {
		a.size = info.Size()
		err = a.Rewind(whole)
	}
	if err != nil {
		f.Close()
		return nil, errors.WithMessage(err, path)
	}
	return a, nil
}

// Rewind takes back the records from the one on at which whole, which is given what
// the file holds, says that it is to end.
func (a *File) Rewind(whole func(r io.Reader) (int64, error)) error {
	if a.broken != nil {
		return a.broken
	}
	size, err := whole(io.NewSectionReader(a.f, 0, a.size))
	if err != nil {
		return err
	}
	if size < a.size {
		if err := a.f.Truncate(size); err != nil {
			return errors.Wrapf(err, "truncate to %d bytes", size)
		}
	}
	a.size = size
	return nil
}

// Size is the number of bytes of the records.
func (a *File) Size() int64 { return a.size }

// Append appends a record. On an error the file is as before; where it cannot be
// made so, every later call is an error too.
func (a *File) Append(record []byte) error {
	if a.broken != nil {
		return a.broken
	}
	n, err := a.f.WriteAt(record, a.size)
	if err == nil {
		a.size += int64(n)
		return nil
	}
	if e := a.f.Truncate(a.size); e != nil {
		a.broken = errors.Wrapf(e, "take back %d bytes of a record that could not be written (%v)", n, err)
	}
	return errors.Wrapf(err, "%d of %d bytes at byte %d", n, len(record), a.size)
}

// Sync flushes the file to the disk.
func (a *File) Sync() error { return errors.WithStack(a.f.Sync()) }

// Close flushes the file to the disk and closes it.
func (a *File) Close() error {
	err := a.f.Sync()
	if e := a.f.Close(); err == nil {
		err = e
	}
	return errors.WithStack(err)
}
