// Package atomicfile writes files that appear whole or not at all.
//
// The bytes go to a temporary file in the folder of the target. Commit flushes
// them to the disk, renames the file to its target and flushes the folder, so
// that neither an error nor a crash leaves a partial file under the real name.
package atomicfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pkg/errors"
)

// File is a temporary file on its way to becoming the file at Path.
type File struct {
	*os.File
	Path string // of the target

	done bool
}

var _ io.WriteCloser = (*File)(nil)

// attempts bounds the search for an unused temporary name.
const attempts = 1000

// Create opens a temporary file beside path, readable and writable. The caller
// must Close it; without an earlier Commit that removes it.
func Create(path string) (*File, error) {
	dir, base := filepath.Split(path)
	var err error
	for i := range attempts {
		var f *os.File
		temp := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", base, i))
		f, err = os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			return &File{File: f, Path: path}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return nil, errors.Wrap(err, "atomicfile: create")
}

// Commit flushes the file, closes it and moves it to its Path, replacing what
// was there. After an error the target is as it was before, unless only the
// last step, flushing the folder, failed.
func (f *File) Commit() error {
	err := f.Sync()
	if e := f.File.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), f.Path)
	}
	f.done = err == nil
	if err == nil {
		err = syncDir(filepath.Dir(f.Path))
	}
	return errors.Wrap(err, "atomicfile: commit")
}

// Close gives the file up unless it was committed: it closes and removes the
// temporary file. It may be deferred beside Commit, and called twice.
func (f *File) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	f.File.Close() // after a failed Commit it is closed already
	return errors.Wrap(os.Remove(f.Name()), "atomicfile: close")
}

// Write makes the file at path from what write writes, or leaves path alone
// and returns the error.
func Write(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit()
}

// syncDir makes the renaming last. Windows has no such call for folders.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}
