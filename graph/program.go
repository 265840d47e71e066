package graph

import (
	"context"
	"maps"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Program computes the outputs of one build. Feed its inputs, Run it, Read its
// outputs. It is not for use by several goroutines at once; several programs
// over the same Params are.
type Program struct {
	b      *build
	exec   *engine.Reference
	inputs map[string]*feed
	noises []noisy
	ready  bool // a Run has succeeded
}

type feed struct {
	node  *Node
	value op.Array
	set   bool
	used  bool
}

type noisy struct {
	leaf
	value op.Array
}

// Stream separates the random numbers of purposes that must not share them.
type Stream uint32

// The streams.
const (
	Training Stream = iota
	Evaluation
)

// Draw says which random numbers a Run uses: each is a function of these
// fields, the name of the noise and its place in it.
type Draw struct {
	Seed   uint64
	Stream Stream
	Step   uint32
	Row    int // number of the first row, so that a batch may be run in parts
}

var _ gorgonia.VM = (*Program)(nil)

func newProgram(b *build) (*Program, error) {
	p := &Program{b: b, inputs: map[string]*feed{}}
	for n, l := range b.leaves {
		if l.kind == input {
			p.inputs[l.name] = &feed{node: n, value: op.NewArray(b.Dtype, n.Shape())}
		}
	}
	var outs []*Node
	for _, name := range b.outs {
		outs = append(outs, b.outputs[name])
	}
	for _, n := range b.order {
		if v := b.assigns[n]; v != nil {
			outs = append(outs, v)
		}
	}
	var err error
	p.exec, err = engine.NewReference(outs, p.leafValue)
	return p, err
}

func (p *Program) leafValue(n *Node) (op.Array, error) {
	l, ok := p.b.leaves[n]
	if !ok {
		if c, ok := op.Constant(n); ok {
			return c, nil
		}
		if n.Value() != nil { // a constant of Gorgonia's
			return op.ArrayOf(n.Value())
		}
		return op.Array{}, errors.Errorf("%s was not declared in a Scope and has no value", n.Name())
	}
	switch l.kind {
	case input:
		p.inputs[l.name].used = true
		return p.inputs[l.name].value, nil
	case noise:
		v := op.NewArray(p.b.Dtype, n.Shape())
		p.noises = append(p.noises, noisy{l, v})
		return v, nil
	}
	v, ok := p.b.params.array(l.name)
	if !ok {
		return op.Array{}, errors.Errorf("parameter %s is gone", l.name)
	}
	return v, nil
}

// Inputs returns the names of the inputs in sorted order.
func (p *Program) Inputs() []string { return slices.Sorted(maps.Keys(p.inputs)) }

// Outputs returns the names of the outputs in the order declared.
func (p *Program) Outputs() []string { return slices.Clone(p.b.outs) }

// Shape returns the shape of an input or output; nil for an unknown name.
func (p *Program) Shape(name string) Shape {
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
	f := p.inputs[name]
	if f == nil {
		return errors.Errorf("graph: feed %s: no such input, want one of %v", name, p.Inputs())
	}
	if len(values) != f.value.Len() {
		return errors.Errorf("graph: feed %s: %d values, want %d of shape %v", name, len(values), f.value.Len(), f.node.Shape())
	}
	if f.value.F64 != nil {
		convert(f.value.F64, values)
	} else {
		convert(f.value.F32, values)
	}
	f.set = true
	return nil
}

// Read copies an output of the last Run to dst, which has its size.
func Read[T Float](p *Program, name string, dst []T) error {
	n := p.b.outputs[name]
	if n == nil {
		return errors.Errorf("graph: read %s: no such output, want one of %v", name, p.Outputs())
	}
	if !p.ready {
		return errors.Errorf("graph: read %s: the program has not run", name)
	}
	a := p.exec.Value(n)
	if len(dst) != a.Len() {
		return errors.Errorf("graph: read %s: room for %d values, want %d of shape %v", name, len(dst), a.Len(), n.Shape())
	}
	if a.F64 != nil {
		convert(dst, a.F64)
	} else {
		convert(dst, a.F32)
	}
	return nil
}

// View returns the memory of an output of the last Run, which the next Run
// overwrites. T must be the dtype of the graph.
func View[T Float](p *Program, name string) ([]T, error) {
	n := p.b.outputs[name]
	if n == nil {
		return nil, errors.Errorf("graph: view %s: no such output, want one of %v", name, p.Outputs())
	}
	if !p.ready {
		return nil, errors.Errorf("graph: view %s: the program has not run", name)
	}
	a := p.exec.Value(n)
	var v any = a.F32
	if a.F64 != nil {
		v = a.F64
	}
	x, ok := v.([]T)
	if !ok {
		return nil, errors.Errorf("graph: view %s: elements are %T, not %T", name, v, x)
	}
	return x, nil
}

func convert[D, S Float](dst []D, src []S) {
	for i, v := range src {
		dst[i] = D(v)
	}
}

// Output returns the values of an output, new memory.
func (p *Program) Output(name string) ([]float64, error) {
	n := p.b.outputs[name]
	if n == nil {
		return nil, Read[float64](p, name, nil)
	}
	v := make([]float64, op.Size(n.Shape()))
	return v, Read(p, name, v)
}

// Run draws the noise and computes the outputs. It stops early with ctx's
// error when ctx is done; outputs are then those of no run.
func (p *Program) Run(ctx context.Context, d Draw) error {
	p.ready = false
	for _, name := range p.Inputs() {
		if f := p.inputs[name]; f.used && !f.set {
			return errors.Errorf("graph: run: input %s has not been fed", name)
		}
	}
	for _, n := range p.noises {
		k := kernel.Noise{Key: kernel.SiteKey(d.Seed, uint32(d.Stream), n.name), Step: d.Step}
		if n.value.F64 != nil {
			fill(n.value.F64, n.noise, k, n.value.Shape, d.Row)
		} else {
			fill(n.value.F32, n.noise, k, n.value.Shape, d.Row)
		}
	}
	if err := p.exec.Run(ctx); err != nil {
		return errors.WithMessage(err, "graph: run")
	}
	p.ready = true
	return nil
}

// Commit writes the values assigned to states by the last Run, which must have
// succeeded: the end of a training step.
func (p *Program) Commit() error {
	if !p.ready {
		return errors.New("graph: commit: the program has not run")
	}
	for _, n := range p.b.order {
		if v := p.b.assigns[n]; v != nil {
			p.exec.Value(n).Copy(p.exec.Value(v))
		}
	}
	return nil
}

// NonFinite says which node of the last Run was the first to hold a NaN or an
// infinity, in the order of evaluation, as an error; nil if all are finite.
func (p *Program) NonFinite() error {
	n, at, v := p.exec.NonFinite()
	if n == nil {
		return nil
	}
	return errors.Errorf("%s of shape %v is %v at element %d", describe(n), n.Shape(), v, at)
}

// describe names a node for a person: a leaf by its name, a result by its
// operation and the leaves next to it.
func describe(n *Node) string {
	if n.Op() == nil {
		return n.Name()
	}
	s := op.Name(rule(n)) + "("
	for i, c := range op.Inputs(n) {
		if i > 0 {
			s += ", "
		}
		if c.Op() == nil {
			s += c.Name()
		} else {
			s += op.Name(rule(c)) + "(…)"
		}
	}
	return s + ")"
}

func rule(n *Node) any {
	if o, ok := n.Op().(*op.Op); ok {
		return o.Rule
	}
	return n.Op()
}

// RunAll implements gorgonia.VM: it takes inputs from the values bound to
// their nodes, runs with the zero Draw, and binds the outputs to theirs.
func (p *Program) RunAll() error {
	for name, f := range p.inputs {
		if v := f.node.Value(); v != nil {
			a, err := op.ArrayOf(v)
			if err != nil {
				return errors.WithMessagef(err, "graph: input %s", name)
			}
			if a.F64 != nil {
				err = Feed(p, name, a.F64)
			} else {
				err = Feed(p, name, a.F32)
			}
			if err != nil {
				return err
			}
		}
	}
	if err := p.Run(context.Background(), Draw{}); err != nil {
		return err
	}
	for _, name := range p.b.outs {
		n := p.b.outputs[name]
		c := op.NewArray(p.b.Dtype, n.Shape())
		c.Copy(p.exec.Value(n))
		if err := gorgonia.UnsafeLet(n, c.Value()); err != nil {
			return errors.Wrapf(err, "graph: output %s", name)
		}
	}
	return nil
}

// Reset implements gorgonia.VM. Nothing needs resetting between runs.
func (p *Program) Reset() {}

// Close implements gorgonia.VM. A program holds nothing but memory.
func (p *Program) Close() error { return nil }
