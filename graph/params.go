package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/op"
)

// Params holds the parameters and states of a model by name, outside of any
// graph: every program built with it shares them. The zero value is ready for
// a float32 model of seed 0.
//
// Any number of goroutines may read it at once, run programs of it, save it and
// build with it, while one trains: whoever reads sees the values between two
// training steps, never half of one. Memory is the exception.
//
// Seed and Dtype are said before the first parameter is made or loaded. Changed
// after that they would mean nothing: Build, Run, Save and Load then return an
// error.
type Params struct {
	Seed  uint64 // of the initial values
	Dtype Dtype  // Float32 (also the zero value) or Float64; into empty Params of the zero value Load takes the file's

	// MaxBytes is the memory that a program may take with all that it keeps,
	// and a file that is loaded; what would take more is an error. 0 means
	// 8 GiB, or 1 GiB where an int has 32 bits.
	MaxBytes int

	values sync.RWMutex // of the elements of byName; taken before mu
	mu     sync.Mutex   // of what follows
	seed   uint64       // that the parameters were made with
	dtype  Dtype        // likewise
	byName map[string]op.Array
	sealed bool
	fresh  []string // declared by the build under way
}

func (p *Params) init() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.Dtype {
	case 0:
		p.Dtype = Float32
	case Float32, Float64:
	default:
		return errors.Errorf("graph: params of dtype %v, want float32 or float64", p.Dtype)
	}
	if p.MaxBytes < 0 {
		return errors.Errorf("graph: params with MaxBytes %d, want 0 or more", p.MaxBytes)
	}
	if p.byName == nil {
		p.byName = map[string]op.Array{}
	}
	if len(p.byName) == 0 {
		p.seed, p.dtype = p.Seed, p.Dtype
	}
	return p.checkUnchangedLocked()
}

// checkUnchangedLocked returns an error if what the parameters were made with was
// changed since. The caller holds p.mu.
func (p *Params) checkUnchangedLocked() error {
	if len(p.byName) == 0 || p.Seed == p.seed && p.Dtype == p.dtype {
		return nil
	}
	now := "no dtype"
	if p.Dtype != 0 {
		now = p.Dtype.String()
	}
	return errors.Errorf("graph: params of seed %d and %v were changed to seed %d and %s after parameters had been made; start from new Params", p.seed, p.dtype, p.Seed, now)
}

// checkUnchanged is checkUnchangedLocked for callers that do not hold p.mu.
func (p *Params) checkUnchanged() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.checkUnchangedLocked()
}

// Seal forbids new names: from now on a build that declares an unknown
// parameter is an error. Loading and training seal.
func (p *Params) Seal() { p.set(true) }

// Unseal allows new names again, to grow a trained model.
func (p *Params) Unseal() { p.set(false) }

func (p *Params) set(sealed bool) {
	p.notNil()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sealed = sealed
}

// Names returns the names in sorted order.
func (p *Params) Names() []string {
	p.notNil()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.byName))
}

// limit is MaxBytes or its default.
func (p *Params) limit() int { return cmp.Or(p.MaxBytes, op.DefaultLimit) }

// Values returns a copy of a parameter or state, in row-major order. T must be
// the dtype.
func Values[T Float](p *Params, name string) ([]T, error) {
	x, err := Memory[T](p, name)
	if err != nil {
		return nil, err
	}
	p.values.RLock()
	defer p.values.RUnlock()
	return append(make([]T, 0, len(x)), x...), nil
}

// Memory is Values without the copy: the elements that programs read, which may
// be changed. It is for code that knows that no other goroutine trains or runs
// a program, or that calls it within Program.Update.
func Memory[T Float](p *Params, name string) ([]T, error) {
	a, ok := p.array(name)
	if !ok {
		return nil, errors.Errorf("graph: no parameter %s", name)
	}
	var v any = a.F32
	if a.F64 != nil {
		v = a.F64
	}
	x, ok := v.([]T)
	if !ok {
		return nil, errors.Errorf("graph: parameter %s: elements are %T, not %T", name, v, x)
	}
	return x, nil
}

// Tensor returns a copy of a parameter or state, nil if there is none of the
// name.
func (p *Params) Tensor(name string) *tensor.Dense {
	a, ok := p.array(name)
	if !ok {
		return nil
	}
	p.values.RLock()
	defer p.values.RUnlock()
	if a.F64 != nil {
		return tensor.New(tensor.WithShape(slices.Clone(a.Shape)...), tensor.WithBacking(slices.Clone(a.F64)))
	}
	return tensor.New(tensor.WithShape(slices.Clone(a.Shape)...), tensor.WithBacking(slices.Clone(a.F32)))
}

// isStored is door.Stored.
func (s *Scope) isStored(name string) bool {
	s.notNil()
	p := s.b.params
	return slices.ContainsFunc(p.Names(), func(n string) bool {
		found := n == s.join(name) || name == "" && strings.HasPrefix(n, s.join(""))
		return found && !slices.Contains(p.fresh, n)
	})
}

func (p *Params) array(name string) (op.Array, bool) {
	p.notNil()
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.byName[name]
	return a, ok
}

// write is door.WriteParams.
func (p *Params) write(f func() error) error {
	p.notNil()
	p.values.Lock()
	defer p.values.Unlock()
	return f()
}

// begin notes which names are new, so that undo can take them back unless
// commit was called.
func (p *Params) begin() (undo func()) {
	p.fresh = nil
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, name := range p.fresh {
			delete(p.byName, name)
		}
		p.fresh = nil
	}
}

func (p *Params) commit() { p.fresh = nil }

// declare finds a tensor or makes it.
func (p *Params) declare(name string, init Init, shape Shape) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.byName[name]; ok {
		if !slices.Equal(a.Shape, shape) {
			return errors.Errorf("graph: parameter %s has shape %v, the model declares %v", name, a.Shape, shape)
		}
		return nil
	}
	if p.sealed {
		return errors.Errorf("graph: parameter %s is unknown to the trained or loaded parameters, which are of another model; new Params start anew, Params.Unseal lets these grow", name)
	}
	if op.Nil(init) {
		return errors.Errorf("graph: parameter %s has no initialiser", name)
	}
	const perElement = 8 + 8 // at most, with the float64 that init fills
	if n := op.Size(shape); n > p.limit()/perElement {
		return errors.Errorf("graph: parameter %s: shape %v needs more than the %d bytes that Params.MaxBytes allows while it is initialised", name, []int(shape), p.limit())
	}
	a := op.NewArray(p.Dtype, slices.Clone(shape))
	values := make([]float64, a.Len())
	if err := init.Fill(values, shape, source(p.Seed, name)); err != nil {
		return errors.WithMessagef(err, "graph: parameter %s", name)
	}
	for i, v := range values {
		a.Set(i, v)
	}
	p.byName[name] = a
	p.fresh = append(p.fresh, name)
	return nil
}
