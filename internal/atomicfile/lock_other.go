//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package atomicfile

import (
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/pkg/errors"
)

// Here there are no locks that end with a process. Windows does not remove a
// file that is open, which serves as well; elsewhere age must tell.

func hold(*os.File) bool { return true }

// removeAbandoned removes a temporary file that nobody writes. Windows tells,
// but for the moment between closing and renaming.
func removeAbandoned(path string) {
	age := 24 * time.Hour
	if runtime.GOOS == "windows" {
		age = time.Minute
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > age {
		os.Remove(path)
	}
}

func lock(path string) (*os.File, error) {
	if runtime.GOOS == "windows" {
		os.Remove(path) // fails while another process has it open
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.WithMessagef(errTaken, "%s exists (remove it if no run does)", path)
	}
	return f, errors.Wrap(err, "open")
}

func release(f *os.File) error {
	err := f.Close()
	if e := os.Remove(f.Name()); err == nil {
		err = e
	}
	return err
}
