// Package store keeps folders of files in a folder, each of which is there as a
// whole or not at all, whatever fails and whenever the machine stops.
//
// A folder is written under another name: its files, each flushed to the disk, and
// last the file SHA256SUMS with their hashes, as sha256sum -c reads them. Then the
// folder is flushed, renamed to its name and the folder around it flushed. Reading
// checks the hashes, so that what was damaged since is known to be.
//
//   - store.go: Make, Commit, Names, Read, Remove, Clean;
//   - sums.go: the file of the hashes;
//   - fs.go: the file system that it asks for, and that of the machine;
//   - number.go: numbers for the files of JSON.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Folders that are being written or removed begin with these.
const (
	writing  = ".writing-"
	removing = ".removing-"
)

// Part is a file of a folder.
type Part struct {
	Name  string
	Write func(w io.Writer) error
}

// Commit makes the folder name in dir, which must be there, of its parts. After an
// error it is not there, unless only the last step failed, to flush dir. A name that
// is there already is an error.
func Commit(fsys FS, dir, name string, parts []Part) (err error) {
	defer func() { err = errors.WithMessagef(err, "store: write %s", filepath.Join(dir, name)) }()
	if err := valid(name); err != nil {
		return err
	}
	temp := filepath.Join(dir, writing+name)
	if err := fsys.RemoveAll(temp); err != nil {
		return err
	}
	if err := fsys.MkdirAll(temp); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fsys.RemoveAll(temp) // or else Clean does
		}
	}()
	var sums []sum
	for _, p := range parts {
		if err := valid(p.Name); err != nil || p.Name == Sums {
			return errors.Errorf("a part %q", p.Name)
		}
		h := sha256.New()
		if err := put(fsys, filepath.Join(temp, p.Name), func(w io.Writer) error { return p.Write(pieces{io.MultiWriter(w, h)}) }); err != nil {
			return errors.WithMessage(err, p.Name)
		}
		sums = append(sums, sum{hex.EncodeToString(h.Sum(nil)), p.Name})
	}
	err = put(fsys, filepath.Join(temp, Sums), func(w io.Writer) error {
		_, err := w.Write(encodeSums(sums))
		return errors.WithStack(err)
	})
	if err != nil {
		return errors.WithMessage(err, Sums)
	}
	if err := fsys.SyncDir(temp); err != nil {
		return err
	}
	if err := fsys.Rename(temp, filepath.Join(dir, name)); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}

// pieces hands on what is written piece by piece, so that what is hashed is in cache,
// and gives way between them to whoever computes on this processor.
type pieces struct{ io.Writer }

func (p pieces) Write(b []byte) (n int, err error) {
	for err == nil && n < len(b) {
		var k int
		k, err = p.Writer.Write(b[n:min(len(b), n+1<<16)])
		n += k
		runtime.Gosched()
	}
	return n, err
}

// valid is an error for a name that is none, or might be taken for another thing.
func valid(name string) error {
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "/\\\r\n") {
		return errors.Errorf("the name %.100q, want one that is no path and does not begin with a dot", name)
	}
	return nil
}

// put writes a file and flushes it.
func put(fsys FS, path string, write func(io.Writer) error) error {
	f, err := fsys.Create(path)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return errors.WithStack(err)
}

// Names returns what a folder has, in sorted order, but for what begins with a dot.
func Names(fsys FS, dir string) ([]string, error) {
	names, err := fsys.ReadDir(dir)
	names = slices.DeleteFunc(names, func(n string) bool { return valid(n) != nil })
	slices.Sort(names)
	return names, errors.WithMessage(err, "store: names")
}

// Read returns the files of a folder that was committed. A file that is missing, or
// has other bytes than were written, is an error that names it.
func Read(fsys FS, dir, name string) (map[string][]byte, error) {
	files, err := read(fsys, filepath.Join(dir, name))
	return files, errors.WithMessagef(err, "store: %s", filepath.Join(dir, name))
}

func read(fsys FS, dir string) (map[string][]byte, error) {
	text, err := fsys.ReadFile(filepath.Join(dir, Sums))
	if err != nil {
		return nil, err
	}
	sums, err := decodeSums(text)
	if err != nil {
		return nil, errors.WithMessage(err, Sums)
	}
	files := map[string][]byte{}
	for _, s := range sums {
		b, err := fsys.ReadFile(filepath.Join(dir, s.name))
		if err != nil {
			return nil, err
		}
		if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != s.hash {
			return nil, errors.Errorf("%s is damaged: its %d bytes have the SHA-256 %x, want %s", s.name, len(b), h, s.hash)
		}
		files[s.name] = b
	}
	return files, nil
}

// Remove takes folders away. A crash leaves each there as a whole, or gone.
func Remove(fsys FS, dir string, names ...string) error {
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		if err := valid(name); err != nil {
			return errors.WithMessage(err, "store: remove")
		}
		if err := fsys.Rename(filepath.Join(dir, name), filepath.Join(dir, removing+name)); err != nil {
			return errors.WithMessage(err, "store: remove")
		}
	}
	if err := fsys.SyncDir(dir); err != nil {
		return errors.WithMessage(err, "store: remove")
	}
	for _, name := range names {
		if err := fsys.RemoveAll(filepath.Join(dir, removing+name)); err != nil {
			return errors.WithMessage(err, "store: remove")
		}
	}
	return nil
}

// Clean takes away what a process that was stopped had begun to write or to remove.
// Nobody else may be at work in dir.
func Clean(fsys FS, dir string) error {
	names, err := fsys.ReadDir(dir)
	for _, name := range names {
		if strings.HasPrefix(name, writing) || strings.HasPrefix(name, removing) {
			if e := fsys.RemoveAll(filepath.Join(dir, name)); err == nil {
				err = e
			}
		}
	}
	return errors.WithMessage(err, "store: clean")
}

// Make makes a folder, with those that it lies in, which outlasts a crash. Those that
// are there already are flushed too, as a process may have made them that was
// stopped then; some file systems, which are not written to, cannot do that.
func Make(fsys FS, dir string) error {
	made := 0
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		_, err := fsys.ReadDir(at)
		if err == nil || errors.Is(err, fs.ErrPermission) || at == filepath.Dir(at) {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return errors.WithMessage(err, "store: make")
		}
		made++
	}
	if err := fsys.MkdirAll(dir); err != nil {
		return errors.WithMessage(err, "store: make")
	}
	for at, n := filepath.Clean(dir), 0; at != filepath.Dir(at); n++ {
		at = filepath.Dir(at)
		if err := fsys.SyncDir(at); err != nil && n < made {
			return errors.WithMessage(err, "store: make")
		}
	}
	return nil
}
