package atomicfile

import (
	"os"
	"path/filepath"

	"github.com/pkg/errors"
)

// lockName is the file that a folder is locked by.
const lockName = ".latent-lock"

// Lock takes a folder, which must exist, for this process, until unlock is
// called or the process ends, however it does. It is an error if another
// process, or another part of this one, has taken it.
func Lock(dir string) (unlock func() error, err error) {
	f, err := lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, errors.WithMessagef(err, "atomicfile: lock %s", dir)
	}
	return func() error {
		err := release(f)
		return errors.Wrapf(err, "atomicfile: unlock %s", dir)
	}, nil
}

// errTaken is the error of lock when somebody else holds it.
var errTaken = errors.New("in use by another run")

// same reports whether the file open as f is still the one at path.
func same(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}
