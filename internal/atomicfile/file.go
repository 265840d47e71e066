// Package atomicfile writes files that appear whole or not at all.
//
// The bytes go to a temporary file in the folder of the target. Commit flushes
// them to the disk, renames the file to its target and flushes the folder, so
// that neither an error nor a crash leaves a partial file under the real name.
//
// The target keeps its mode. Symbolic links are followed: the file that they
// lead to is replaced, beside which the temporary file lies. What is no regular
// file, or may not be written, is left alone. A process that is killed leaves
// its temporary file behind; the next one that writes to the folder removes it.
package atomicfile

import (
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pkg/errors"
)

// File is a temporary file on its way to becoming the file at Path.
type File struct {
	*os.File
	Path string // of the target, links followed

	done bool
}

var _ io.WriteCloser = (*File)(nil)

// Temporary files are called prefix, a random number, suffix, so that targets
// may have names as long as the file system allows.
const (
	prefix = ".latent-"
	suffix = ".tmp"
)

// Create opens a temporary file beside path, readable and writable. The caller
// must Close it; without an earlier Commit that removes it.
func Create(path string) (*File, error) {
	f, err := create(path)
	return f, errors.WithMessage(err, "atomicfile: create")
}

func create(path string) (*File, error) {
	path, mode, err := target(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	clean(dir)
	for {
		temp := filepath.Join(dir, fmt.Sprintf("%s%016x%s", prefix, rand.Uint64(), suffix))
		f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, errors.Wrap(err, "temporary file")
		}
		if !hold(f) { // taken for a leftover in this moment
			f.Close()
			continue
		}
		file := &File{File: f, Path: path}
		if mode != 0 {
			if err := f.Chmod(mode); err != nil && runtime.GOOS != "windows" && runtime.GOARCH != "wasm" {
				file.Close()
				return nil, errors.Wrap(err, "mode")
			}
		}
		return file, nil
	}
}

// target follows links from path to the file that is to be written and returns
// its mode, 0 if there is none yet.
func target(path string) (string, fs.FileMode, error) {
	for range 40 { // as Linux does
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, 0, nil
		case err != nil:
			return "", 0, errors.Wrap(err, "target")
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			if err != nil {
				return "", 0, errors.Wrap(err, "link")
			}
			if !filepath.IsAbs(to) { // from the folder that holds the link, which may be reached by another
				dir, err := filepath.EvalSymlinks(filepath.Dir(path))
				if err != nil {
					return "", 0, errors.Wrap(err, "link")
				}
				to = filepath.Join(dir, to)
			}
			path = to
			continue
		case !info.Mode().IsRegular():
			return "", 0, errors.Errorf("%s is no regular file (%v)", path, info.Mode().Type())
		case info.Mode()&0o222 == 0:
			return "", 0, errors.Wrap(&fs.PathError{Op: "write", Path: path, Err: fs.ErrPermission}, "read-only")
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return "", 0, errors.Wrap(err, "target")
		}
		f.Close()
		return path, info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky), nil
	}
	return "", 0, errors.Errorf("%s: too many links", path)
}

// clean removes the temporary files of dir that no process writes any more. A
// folder that cannot be read, or a file that cannot be removed, is left as it is.
func clean(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
			removeAbandoned(filepath.Join(dir, name))
		}
	}
}

// Commit flushes the file, moves it to its Path, replacing what was there, and
// closes it. After an error the target is as it was before, unless only the
// last step, flushing the folder, failed.
func (f *File) Commit() error {
	err := f.Sync()
	if err == nil && !renamesOpen {
		err = f.File.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), f.Path)
	}
	f.done = err == nil
	if e := f.File.Close(); err == nil && renamesOpen {
		err = e
	}
	if err == nil {
		err = syncDir(filepath.Dir(f.Path))
	}
	return errors.Wrap(err, "atomicfile: commit")
}

// renamesOpen tells whether an open file may be renamed. It is, where it may,
// so that nobody ever finds it abandoned.
const renamesOpen = runtime.GOOS != "windows"

// Close gives the file up unless it was committed: it closes and removes the
// temporary file. It may be deferred beside Commit, and called twice.
func (f *File) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	f.File.Close() // after a failed Commit it is closed already
	err := os.Remove(f.Name())
	if errors.Is(err, fs.ErrNotExist) { // found abandoned since
		err = nil
	}
	return errors.Wrap(err, "atomicfile: close")
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

// syncDir makes the renaming last. Windows and WebAssembly have no such call
// for folders.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
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
