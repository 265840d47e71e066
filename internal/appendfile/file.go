// Package appendfile writes files that grow by whole records: logs. A record whose
// writing fails is taken back, and what a process that was killed left of one is cut
// off when the file is opened again.
package appendfile

import (
	"io"
	"os"
	"strconv"

	"github.com/pkg/errors"
)

// File is an open file, of which nobody else may write.
type File struct {
	f      file
	size   int64 // of whole records
	synced int64 // of those that are on the disk for sure
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
	a.size, a.synced = size, min(a.synced, size)
	return nil
}

// Mark flushes the file to the disk and says where it ends, for Return.
func (a *File) Mark() ([]byte, error) {
	if a.broken != nil {
		return nil, a.broken
	}
	if a.synced < a.size {
		if err := a.Sync(); err != nil {
			return nil, err
		}
	}
	return strconv.AppendInt(nil, a.size, 10), nil
}

// Return takes back what was appended since a Mark. Whole is as in Open. A file
// that is shorter, or in which no record ends there, is another one: an error.
func (a *File) Return(mark []byte, whole func(r io.Reader) (int64, error)) error {
	size, err := strconv.ParseInt(string(mark), 10, 64)
	if err != nil || size < 0 || size > a.size {
		return errors.Errorf("there are %d bytes, and %.40q to go back to", a.size, mark)
	}
	return a.Rewind(func(r io.Reader) (int64, error) {
		end, err := whole(io.LimitReader(r, size))
		if err == nil && end < size {
			err = errors.Errorf("no record ends at byte %d", size)
		}
		return end, err
	})
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
func (a *File) Sync() error {
	if err := a.f.Sync(); err != nil {
		return errors.WithStack(err)
	}
	a.synced = a.size
	return nil
}

// Close flushes the file to the disk and closes it.
func (a *File) Close() error {
	err := a.f.Sync()
	if e := a.f.Close(); err == nil {
		err = e
	}
	return errors.WithStack(err)
}
