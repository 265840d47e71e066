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
		if err := finite(name, a); err != nil {
			return errors.WithMessagef(err, "graph: %s", what)
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
	return errors.WithMessage(p.take(of), "graph: copy, as Save and Load do")
}

// Load reads a file of Save, or any other safetensors file of floating-point
// numbers, integers and truth values, and seals. Into empty Params it takes
// everything and the dtype, which must be that of Params where they say one.
// Into others the file must have the same names, shapes and dtype; the values go
// into the memory that programs already use. Half-precision numbers (F16, BF16)
// count as float32; integers and truth values, such as the counters of PyTorch's
// batch normalisation, as whichever dtype the others have, to which they are
// rounded. On an error, which names the first parameter that differs and
// is ErrWrongFile where the file could be read, Params is as before.
func (p *Params) Load(path string) error {
	p.notNil()
	if info, err := os.Stat(path); err == nil && info.Size() > int64(p.limit()) {
		return errors.Errorf("graph: load %s: the file of %d bytes is larger than the %d that Params.MaxBytes allows", path, info.Size(), p.limit())
	}
	if err := p.checkUnchanged(); err != nil {
		return errors.WithMessagef(err, "graph: load %s", path)
	}
	f, err := safetensors.ReadFile(path)
	if err != nil {
		if unread := (*fs.PathError)(nil); !errors.As(err, &unread) {
			err = mark.Error(err, ErrWrongFile)
		}
		return errors.WithMessage(err, "graph: load")
	}
	return errors.WithMessagef(mark.Error(p.take(f), ErrWrongFile), "graph: load %s", path)
}

// Read is Load of the size bytes of r, such as those of an embedded file.
func (p *Params) Read(r io.ReaderAt, size int64) error {
	p.notNil()
	switch {
	case r == nil:
		return errors.New("graph: read: the reader is nil")
	case size > int64(p.limit()):
		return errors.Errorf("graph: read: %d bytes, more than the %d that Params.MaxBytes allows", size, p.limit())
	}
	if err := p.checkUnchanged(); err != nil {
		return errors.WithMessage(err, "graph: read")
	}
	f, err := safetensors.Read(r, size)
	if err == nil {
		err = p.take(f)
	}
	return errors.WithMessage(mark.Error(err, ErrWrongFile), "graph: read")
}

func (p *Params) take(f safetensors.File) error {
	if v := f.Metadata["version"]; f.Metadata["format"] == fileFormat && v != fileVersion {
		return errors.Errorf("format %s version %q, want version %s", fileFormat, v, fileVersion)
	}
	file := map[string]op.Array{}
	p.values.Lock()
	defer p.values.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	dt := Float32
	if len(p.byName) > 0 {
		dt = p.Dtype
	} else if i := slices.IndexFunc(f.Tensors, func(t safetensors.Tensor) bool { return !t.Whole() }); i >= 0 && f.Tensors[i].F64 != nil {
		dt = Float64
	}
	for _, t := range f.Tensors {
		a := op.Array{Shape: t.Shape, F32: t.F32, F64: t.F64}
		if t.Whole() && a.Dtype() != dt {
			whole := op.NewArray(dt, a.Shape)
			for i := range whole.Len() {
				whole.Set(i, a.At(i))
			}
			a = whole
		}
		file[t.Name] = a
	}
	names := slices.Concat(slices.Collect(maps.Keys(file)), slices.Collect(maps.Keys(p.byName)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, inFile := file[name]
		if err := finite(name, a); err != nil {
			return err
		}
		have, declared := p.byName[name]
		switch {
		case len(p.byName) == 0 && a.Dtype() != file[names[0]].Dtype():
			return errors.Errorf("parameter %.200s is %v, others are %v", name, a.Dtype(), file[names[0]].Dtype())
		case len(p.byName) == 0:
		case !inFile:
			return errors.Errorf("parameter %.200s is missing from the file: another model has saved it", name)
		case !declared:
			return errors.Errorf("parameter %.200s of the file is unknown to the model: another one has saved it", name)
		case a.Dtype() != have.Dtype():
			return errors.Errorf("parameter %.200s is %v, want %v", name, a.Dtype(), have.Dtype())
		case !slices.Equal(a.Shape, have.Shape):
			return errors.Errorf("parameter %.200s has shape %v in the file, the model declares %v", name, safetensors.Shape(a.Shape), safetensors.Shape(have.Shape))
		}
	}
	if len(p.byName) > 0 {
		for name, a := range p.byName {
			a.Copy(file[name])
		}
		p.sealed = true
		return nil
	}
	for _, a := range file {
		if dt := a.Dtype(); p.Dtype != dt && p.Dtype != 0 {
			return errors.Errorf("the file is %v, Params are to be %v; leave Dtype out to take the file's", dt, p.Dtype)
		}
		p.Dtype = a.Dtype()
	}
	p.byName, p.sealed = file, true
	p.seed, p.dtype = p.Seed, p.Dtype
	return nil
}

func finite(name string, a op.Array) error {
	if kernel.AllFinite(a.F32) && kernel.AllFinite(a.F64) {
		return nil
	}
	for i := range a.Len() {
		if v := a.At(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("parameter %.200s: element %d is %v", name, i, v)
		}
	}
	return nil
}
