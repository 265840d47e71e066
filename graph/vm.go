package graph

import (
	"context"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/internal/op"
)

// VM returns the program as a machine of Gorgonia's: RunAll takes the inputs
// from the values bound to their nodes (Node.Gorgonia), runs with the zero Key
// and binds the outputs to theirs. Inputs without a value stay as they were fed.
func (p *Program) VM() gorgonia.VM {
	p.notNil()
	return vm{p}
}

type vm struct{ p *Program }

// RunAll implements gorgonia.VM.
func (m vm) RunAll() error {
	p := m.p
	for name, f := range p.inputs {
		v := f.node.Gorgonia().Value()
		if v == nil {
			continue
		}
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
	if err := p.Run(context.Background(), Key{}); err != nil {
		return err
	}
	for _, name := range p.b.outs {
		n := p.b.outputs[name]
		c := op.NewArray(p.b.Dtype, n.Shape())
		c.Copy(p.value(n))
		if err := gorgonia.UnsafeLet(n.Gorgonia(), c.Value()); err != nil {
			return errors.Wrapf(err, "graph: output %s", name)
		}
	}
	return nil
}

// Reset does nothing: nothing needs resetting between runs.
func (vm) Reset() {}

// Close does nothing: a program holds nothing but memory.
func (vm) Close() error { return nil }
