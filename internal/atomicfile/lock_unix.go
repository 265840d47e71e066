//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"syscall"
	"time"

	"github.com/pkg/errors"
)

// Whoever writes a file holds a lock on it, which ends with the process.

// exclusive takes the lock of an open file, or reports that somebody has it.
func exclusive(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// hold marks a temporary file as being written. It is false if the file has
// been removed, or is about to be. A file system without locks has none.
func hold(f *os.File) bool {
	err := exclusive(f)
	return err != syscall.EWOULDBLOCK && same(f, f.Name())
}

// removeAbandoned removes a temporary file that no process writes; one on a file
// system without locks when it is a day old.
func removeAbandoned(path string) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	switch err := exclusive(f); {
	case err == syscall.EWOULDBLOCK:
		return
	case err != nil && time.Since(info.ModTime()) < 24*time.Hour:
		return
	}
	if same(f, path) {
		os.Remove(path)
	}
}

func lock(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, errors.Wrap(err, "open")
		}
		err = exclusive(f)
		if err == nil && same(f, path) {
			return f, nil
		}
		f.Close()
		if err == syscall.EWOULDBLOCK {
			return nil, errTaken
		}
		if err != nil {
			return nil, errors.Wrap(err, "flock")
		}
	}
}

// release removes the file while it is locked, so that nobody takes a lock that
// is gone.
func release(f *os.File) error {
	err := os.Remove(f.Name())
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
