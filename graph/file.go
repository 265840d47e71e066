package graph

import (
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/mark"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/safetensors"
)

// fileFormat and fileVersion mark a file of Params in its metadata.
const (
	fileFormat  = "latent"
	fileVersion = "1"
)

// Save writes all parameters and states to a safetensors file, which appears
// whole or not at all. A value that is not finite is an error.
func (p *Params) Save(path string) error {
	return p.encode("save "+path, func(f safetensors.File) error {
		return errors.WithMessage(safetensors.WriteFile(path, f), "graph: save")
	})
}

// Write writes what Save writes: the same bytes for the same parameters.
func (p *Params) Write(w io.Writer) error {
	if w == nil {
		return errors.New("graph: write: the writer is nil")
	}
	return p.encode("write", func(f safetensors.File) error { return errors.WithMessage(safetensors.Write(w, f), "graph: write") })
}

// encode hands write what a file of the parameters holds, which no training step
// changes meanwhile.
func (p *Params) encode(what string, write func(safetensors.File) error) error {
	p.notNil()
	p.values.RLock()
	defer p.values.RUnlock()
	p.mu.Lock()
	err := p.checkUnchangedLocked()
	byName := maps.Clone(p.byName)
	p.mu.Unlock()
	if err != nil {
		return errors.WithMessagef(err, "graph: %s", what)
	}
	f := safetensors.File{Metadata: map[string]string{"format": fileFormat, "version": fileVersion}}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		a := byName[name]
		if err := finite(a); err != nil {
			return errors.WithMessagef(err, "graph: %s: parameter %s", what, brief(name))
		}
		t := safetensors.Tensor{Name: name, Dtype: safetensors.F32, Shape: a.Shape, F32: a.F32, F64: a.F64}
		if a.F64 != nil {
			t.Dtype = safetensors.F64
		}
		f.Tensors = append(f.Tensors, t)
	}
	return write(f)
}

// Copy makes p what it would be after q.Save and p.Load: a copy of all parameters
// and states of q, into the memory that programs of p already use. On an error p
// is as before.
func (p *Params) Copy(q *Params) error {
	p.notNil()
	q.notNil()
	if p == q {
		return nil
	}
	if err := p.checkUnchanged(); err != nil {
		return errors.WithMessage(err, "graph: copy, as Save and Load do")
	}
	var of safetensors.File
	err := q.encode("copy, as Save and Load do", func(f safetensors.File) error {
		of = f
		for i, t := range f.Tensors {
			f.Tensors[i].Shape, f.Tensors[i].F32, f.Tensors[i].F64 = slices.Clone(t.Shape), slices.Clone(t.F32), slices.Clone(t.F64)
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = Mapping{}.take(p, of, nil)
	return errors.WithMessage(err, "graph: copy, as Save and Load do")
}

// Load reads a file of Save, or another safetensors file of the same names, and
// seals. Into empty Params it takes everything and the dtype, which must be that of
// Params where they say one. Into others the file must have the same names, shapes
// and dtype; the values go into the memory that programs already use. On an error,
// which names the first parameter that differs and is ErrWrongFile where the file
// could be read, Params is as before. A Mapping reads what other programs wrote.
func (p *Params) Load(path string) error {
	_, err := Mapping{}.Load(p, path)
	return err
}

// Read is Load of the size bytes of r, such as those of an embedded file.
func (p *Params) Read(r io.ReaderAt, size int64) error {
	_, err := Mapping{}.Read(p, r, size)
	return err
}

// Load reads the file at path into Params, as Params.Load does, and tells what it
// did not take.
func (m Mapping) Load(p *Params, path string) (Left, error) {
	p.notNil()
	if info, err := os.Stat(path); err == nil && info.Size() > int64(p.limit()) {
		return Left{}, errors.Errorf("graph: load %s: the file of %d bytes is larger than the %d that Params.MaxBytes allows", path, info.Size(), p.limit())
	}
	if err := p.checkUnchanged(); err != nil {
		return Left{}, errors.WithMessagef(err, "graph: load %s", path)
	}
	names, err := m.compile()
	if err != nil {
		return Left{}, errors.WithMessagef(err, "graph: load %s", path)
	}
	f, err := safetensors.ReadFile(path)
	if err != nil {
		if unread := (*fs.PathError)(nil); !errors.As(err, &unread) {
			err = mark.Error(err, ErrWrongFile)
		}
		return Left{}, errors.WithMessage(err, "graph: load")
	}
	left, err := m.take(p, f, names)
	return left, errors.WithMessagef(mark.Error(err, ErrWrongFile), "graph: load %s", path)
}

// Read is Load of the size bytes of r, such as those of an embedded file.
func (m Mapping) Read(p *Params, r io.ReaderAt, size int64) (Left, error) {
	p.notNil()
	switch {
	case r == nil:
		return Left{}, errors.New("graph: read: the reader is nil")
	case size > int64(p.limit()):
		return Left{}, errors.Errorf("graph: read: %d bytes, more than the %d that Params.MaxBytes allows", size, p.limit())
	}
	if err := p.checkUnchanged(); err != nil {
		return Left{}, errors.WithMessage(err, "graph: read")
	}
	names, err := m.compile()
	if err != nil {
		return Left{}, errors.WithMessage(err, "graph: read")
	}
	var left Left
	f, err := safetensors.Read(r, size)
	if err == nil {
		left, err = m.take(p, f, names)
	}
	return left, errors.WithMessage(mark.Error(err, ErrWrongFile), "graph: read")
}

// finite is an error that names the first element that is not.
func finite(a op.Array) error {
	if kernel.AllFinite(a.F32) && kernel.AllFinite(a.F64) {
		return nil
	}
	for i := range a.Len() {
		if v := a.At(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("element %d is %v", i, v)
		}
	}
	return nil
}
