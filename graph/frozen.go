package graph

import (
	"maps"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// Frozen are parameters as they were when Freeze was called, for programs that only
// evaluate. What the parameters alone determine, such as masked weights or a
// softplus of them, is computed when a program is built, and a matrix that products
// multiply by is packed once in the order in which they read it, for all programs of
// whatever numbers of rows. It is safe for any number of goroutines.
//
// Changing, training or loading the Params afterwards changes nothing in it: freeze
// them again. Results are those of Build, bit for bit, except that a sum over more
// than a few thousand elements may be added in another order where a part of what it
// sums is computed beforehand.
//
// It takes the memory of the parameters once, for its copy, and again for what is
// packed and computed beforehand, however many programs there are.
type Frozen struct {
	params *Params
	fixed  *engine.Fixed
}

// Freezing says how parameters are frozen.
type Freezing struct {
	// Half stores the matrices that products multiply by with 16 bits an element,
	// F16, and computes in float32: half of the memory is loaded, which is what a
	// product of a few rows waits for. Each weight is rounded to the nearest
	// number of 11 bits, by a relative error of at most 2⁻¹¹, or 2⁻²⁵ below 2⁻¹⁴.
	// A matrix with a weight of 65520 or more, or with fewer than five columns, is
	// left as it is, and so are biases and whatever else is no such matrix. With
	// float64 parameters it is an error.
	Half bool
}

// Freeze copies parameters for programs that do not train. Programs of frozen
// parameters may declare new ones, unless the Params are sealed.
func Freeze(p *Params, o Freezing) (*Frozen, error) {
	if err := checkArgs("freeze", p); err != nil {
		return nil, err
	}
	if err := p.init(); err != nil {
		return nil, err
	}
	if o.Half && p.Dtype != Float32 {
		return nil, errors.New("graph: freeze: Half is for float32 parameters, these are float64")
	}
	p.values.RLock()
	defer p.values.RUnlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	q := &Params{Seed: p.Seed, Dtype: p.Dtype, MaxBytes: p.MaxBytes, seed: p.seed, dtype: p.dtype, sealed: p.sealed, byName: maps.Clone(p.byName)}
	for name, a := range q.byName {
		q.byName[name] = copyOf(a)
	}
	return &Frozen{q, engine.NewFixed(q.byName, o.Half)}, nil
}

// Build is the Build of frozen parameters.
func (f *Frozen) Build(model func(s *Scope)) (*Program, error) {
	if f == nil || f.params == nil {
		return nil, errors.New("graph: build: the Frozen is nil or zero, want one that Freeze returned without an error")
	}
	return run(f.params, evaluating, f.fixed, model)
}

// Bytes is the memory that the parameters take, with what programs have packed and
// computed of them so far.
func (f *Frozen) Bytes() int {
	if f == nil || f.params == nil {
		return 0
	}
	n := f.fixed.Bytes()
	f.params.mu.Lock()
	defer f.params.mu.Unlock()
	for _, a := range f.params.byName {
		n += a.Len() * f.params.Dtype.Size()
	}
	return n
}

// declared is door.Declared.
func (f *Frozen) declared(p *Params) error {
	f.params.mu.Lock()
	defer f.params.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, a := range f.params.byName {
		if _, ok := p.byName[name]; !ok {
			p.byName[name] = copyOf(a)
		}
	}
	return p.checkUnchangedLocked()
}

func copyOf(a op.Array) op.Array {
	dt := op.Float32
	if a.F64 != nil {
		dt = op.Float64
	}
	c := op.NewArray(dt, a.Shape)
	c.Copy(a)
	return c
}
