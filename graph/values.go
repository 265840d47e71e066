package graph

import (
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// What goes into a Program and comes out of it, by name.

// Inputs returns the names of the inputs in sorted order.
func (p *Program) Inputs() []string {
	p.notNil()
	return slices.Sorted(maps.Keys(p.inputs))
}

// Outputs returns the names of the outputs in the order declared.
func (p *Program) Outputs() []string {
	p.notNil()
	return slices.Clone(p.b.outs)
}

// Shape returns the shape of an input or output; nil for an unknown name. Of an
// input and an output of one name it is the input's.
func (p *Program) Shape(name string) Shape {
	p.notNil()
	if f := p.inputs[name]; f != nil {
		return f.node.Shape()
	}
	if n := p.b.outputs[name]; n != nil {
		return n.Shape()
	}
	return nil
}

// Feed sets an input to the values, in row-major order; it copies them, and
// they stay until fed again.
func Feed[T Float](p *Program, name string, values []T) error {
	p.notNil()
	f := p.inputs[name]
	if f == nil {
		return errors.Errorf("graph: feed %s: no such input, want one of %v", name, p.Inputs())
	}
	if len(values) != f.value.Len() {
		return errors.Errorf("graph: feed %s: %d values, want %d of shape %v", name, len(values), f.value.Len(), f.node.Shape())
	}
	if err := p.acquire("feed", name); err != nil {
		return err
	}
	defer p.use.Store(idle)
	if f.value.F64 != nil {
		kernel.Convert(f.value.F64, values)
	} else {
		kernel.Convert(f.value.F32, values)
	}
	f.set = true
	return nil
}

// Read copies an output of the last Run to dst, which has its size.
func Read[T Float](p *Program, name string, dst []T) error {
	p.notNil()
	n := p.b.outputs[name]
	if n == nil {
		return errors.Errorf("graph: read %s: no such output, want one of %v", name, p.Outputs())
	}
	if p.use.Load() == busy {
		return errBusy("read", name)
	}
	if !p.ready {
		return errors.Errorf("graph: read %s: the program has not run", name)
	}
	a := p.value(n)
	if len(dst) != a.Len() {
		return errors.Errorf("graph: read %s: room for %d values, want %d of shape %v", name, len(dst), a.Len(), n.Shape())
	}
	if a.F64 != nil {
		kernel.Convert(dst, a.F64)
	} else {
		kernel.Convert(dst, a.F32)
	}
	return nil
}

// View returns the memory of an output of the last Run, which the next Run
// overwrites. T must be the dtype of the graph.
func View[T Float](p *Program, name string) ([]T, error) {
	p.notNil()
	n := p.b.outputs[name]
	if n == nil {
		return nil, errors.Errorf("graph: view %s: no such output, want one of %v", name, p.Outputs())
	}
	if p.use.Load() == busy {
		return nil, errBusy("view", name)
	}
	if !p.ready {
		return nil, errors.Errorf("graph: view %s: the program has not run", name)
	}
	a := p.value(n)
	var x []T
	switch to := any(&x).(type) {
	case *[]float32:
		if a.F64 == nil {
			*to = a.F32
			return x, nil
		}
	case *[]float64:
		if a.F64 != nil {
			*to = a.F64
			return x, nil
		}
	}
	return nil, errors.Errorf("graph: view %s: elements are []%v, not %T", name, p.b.Dtype, x)
}

// Value returns the values of an output, new memory.
func (p *Program) Value(name string) ([]float64, error) {
	p.notNil()
	n := p.b.outputs[name]
	if n == nil {
		return nil, Read[float64](p, name, nil)
	}
	v := make([]float64, op.Size(n.Shape()))
	return v, Read(p, name, v)
}
