package store

import (
	"io"
	"os"
	"runtime"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// FS is a file system, as far as a store needs one. Its functions are those of
// package os, with their errors: fs.ErrNotExist of what is not there.
type FS interface {
	MkdirAll(path string) error // a folder, with those that it lies in
	Create(path string) (File, error)
	ReadFile(path string) ([]byte, error)
	ReadDir(path string) (names []string, err error)
	Rename(from, to string) error // at once: after a crash it has happened or not
	RemoveAll(path string) error

	// SyncDir returns when what was created, renamed and removed in a folder would
	// outlast a crash.
	SyncDir(path string) error

	// Lock takes a folder for this process, until unlock is called or the process
	// ends. It is an error if somebody else has it.
	Lock(path string) (unlock func() error, err error)
}

// File is a new file. Its bytes outlast a crash when Sync has returned.
type File interface {
	io.WriteCloser
	Sync() error
}

// OS is the file system of the machine.
type OS struct{}

var _ FS = OS{}

// MkdirAll implements FS.
func (OS) MkdirAll(path string) error { return errors.WithStack(os.MkdirAll(path, 0o777)) }

// Create implements FS.
func (OS) Create(path string) (File, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	return f, nil
}

// ReadFile implements FS.
func (OS) ReadFile(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	return b, errors.WithStack(err)
}

// ReadDir implements FS.
func (OS) ReadDir(path string) (names []string, err error) {
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, errors.WithStack(err)
}

// Rename implements FS.
func (OS) Rename(from, to string) error { return errors.WithStack(os.Rename(from, to)) }

// RemoveAll implements FS.
func (OS) RemoveAll(path string) error { return errors.WithStack(os.RemoveAll(path)) }

// SyncDir implements FS. Windows and WebAssembly have no such call.
func (OS) SyncDir(path string) error {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return errors.WithStack(err)
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return errors.WithStack(err)
}

// Lock implements FS.
func (OS) Lock(path string) (unlock func() error, err error) { return atomicfile.Lock(path) }
