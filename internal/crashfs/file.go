package crashfs

import (
	"slices"

	"github.com/latentgo/latent/internal/store"
)

// file is one that is being written.
type file struct {
	*node
	fs   *FS
	path string
}

// Create implements store.FS.
func (f *FS) Create(path string) (store.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.begin("create", path); err != nil {
		return nil, err
	}
	dir, name, err := f.within("create", path)
	if err != nil {
		return nil, err
	}
	n := &node{}
	dir.change(change{name: n})
	return &file{n, f, path}, nil
}

func (f *file) Write(b []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.begin("write", f.path); err != nil {
		f.data = append(f.data, b[:len(b)/2]...)
		return len(b) / 2, err
	}
	f.data = append(f.data, b...)
	return len(b), nil
}

func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.begin("sync", f.path); err != nil {
		return err
	}
	f.flushed = slices.Clone(f.data)
	return nil
}

func (f *file) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.fs.begin("close", f.path)
}
