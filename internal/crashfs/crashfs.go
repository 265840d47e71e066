// Package crashfs is a file system in memory that can be stopped at any operation,
// as a machine is that loses its power: what had not been flushed is gone, or there
// in part. It also fails, as disks do. Tests of what is to survive that use it.
//
// It follows pebble's vfs.MemFS: a folder has entries, and operations on them that
// have not been flushed; a file has bytes, and those that were flushed.
package crashfs

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/store"
)

// FS is the file system. The zero value is empty.
type FS struct {
	// Each is called before every operation, if it is set: it may look at the
	// file system by Crash, and its error is that of the operation, which then
	// is not done. A Write is done by half.
	Each func(o Operation) error

	mu    sync.Mutex
	root  *node
	count int
	locks map[string]bool
	busy  bool // in Each, whose own operations are not counted
}

var _ store.FS = (*FS)(nil)

// Operation is one of a file system.
type Operation struct {
	Number int    // from 0
	Kind   string // mkdir, create, write, sync, close, read, list, rename, remove, syncdir, lock
	Path   string
}

// node is a file, or a folder.
type node struct {
	data, flushed []byte

	entries map[string]*node // nil: a file
	lasting map[string]*node // the entries that were flushed
	pending []change         // from lasting to entries
}

// change is what one operation did to a folder, all at once: nil removes.
type change map[string]*node

func folder() *node { return &node{entries: map[string]*node{}, lasting: map[string]*node{}} }

func (n *node) change(c change) {
	apply(n.entries, c)
	n.pending = append(n.pending, c)
}

func apply(entries map[string]*node, c change) {
	for name, to := range c {
		if entries[name] = to; to == nil {
			delete(entries, name)
		}
	}
}

// begin counts an operation and asks Each about it. The caller holds mu, which is
// let go meanwhile.
func (f *FS) begin(kind, path string) error {
	if f.root == nil {
		f.root, f.locks = folder(), map[string]bool{}
	}
	if f.Each == nil || f.busy {
		return nil
	}
	o := Operation{f.count, kind, path}
	f.count++
	f.busy = true
	f.mu.Unlock()
	err := f.Each(o)
	f.mu.Lock()
	f.busy = false
	if err != nil {
		return &fs.PathError{Op: kind, Path: path, Err: err}
	}
	return nil
}

// find returns the node at a path.
func (f *FS) find(op, path string) (*node, error) {
	at := f.root
	for _, name := range split(path) {
		if at = at.entries[name]; at == nil {
			return nil, errors.WithStack(&fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist})
		}
	}
	return at, nil
}

// within returns the folder that a path lies in, and its name there.
func (f *FS) within(op, path string) (*node, string, error) {
	dir, err := f.find(op, filepath.Dir(filepath.Clean(path)))
	if err == nil && dir.entries == nil {
		err = errors.WithStack(&fs.PathError{Op: op, Path: path, Err: fs.ErrInvalid})
	}
	return dir, filepath.Base(path), err
}

func split(path string) []string {
	return slices.DeleteFunc(strings.Split(filepath.ToSlash(filepath.Clean(path)), "/"), func(s string) bool { return s == "" || s == "." })
}

// MkdirAll implements store.FS.
func (f *FS) MkdirAll(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("mkdir", path); err != nil {
		return err
	}
	at := f.root
	for _, name := range split(path) {
		next := at.entries[name]
		if next == nil {
			next = folder()
			at.change(change{name: next})
		}
		if at = next; at.entries == nil {
			return errors.WithStack(&fs.PathError{Op: "mkdir", Path: path, Err: fs.ErrExist})
		}
	}
	return nil
}

// ReadFile implements store.FS.
func (f *FS) ReadFile(path string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("read", path); err != nil {
		return nil, err
	}
	n, err := f.find("read", path)
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.data), nil
}

// ReadDir implements store.FS.
func (f *FS) ReadDir(path string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("list", path); err != nil {
		return nil, err
	}
	n, err := f.find("list", path)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(n.entries)), nil
}

// Rename implements store.FS.
func (f *FS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("rename", to); err != nil {
		return err
	}
	n, err := f.find("rename", from)
	if err != nil {
		return err
	}
	dir, old, err := f.within("rename", from)
	if err != nil {
		return err
	}
	other, name, err := f.within("rename", to)
	if err != nil {
		return err
	}
	if there := other.entries[name]; other != dir || there != nil && len(there.entries) > 0 {
		return errors.WithStack(&fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist})
	}
	dir.change(change{old: nil, name: n})
	return nil
}

// RemoveAll implements store.FS.
func (f *FS) RemoveAll(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("remove", path); err != nil {
		return err
	}
	dir, name, err := f.within("remove", path)
	if err != nil || dir.entries[name] == nil {
		return nil
	}
	dir.entries[name].empty()
	dir.change(change{name: nil})
	return nil
}

// empty removes what is in a folder, each entry by itself.
func (n *node) empty() {
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		n.entries[name].empty()
		n.change(change{name: nil})
	}
}

// SyncDir implements store.FS.
func (f *FS) SyncDir(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("syncdir", path); err != nil {
		return err
	}
	n, err := f.find("syncdir", path)
	if err != nil {
		return err
	}
	n.lasting, n.pending = maps.Clone(n.entries), nil
	return nil
}

// Lock implements store.FS.
func (f *FS) Lock(path string) (unlock func() error, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("lock", path); err != nil {
		return nil, err
	}
	if f.locks[path] {
		return nil, errors.Errorf("%s is in use", path)
	}
	f.locks[path] = true
	return func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.locks, path)
		return nil
	}, nil
}
