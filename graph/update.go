package graph

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// assign is a value that Commit writes to a state, or to a parameter as its
// first.
type assign struct {
	to, value *Node
	staged    op.Array
}

// Commit writes the values assigned to states by the last Run, which must have
// succeeded: the end of a training step; or in a program that initialises, those
// of parameters.
func (p *Program) Commit() error { return p.Update(nil) }

// Update is Commit of a step that changes parameters: f writes to their Memory,
// and unless it returns an error, which is returned, the states are written
// too. A value for a state that is not finite is an error before anything is
// written. No other goroutine reads parameters meanwhile. f may be nil. It must
// not run other programs of the parameters, nor save these or read them by other
// means; of p it may use what reads outputs.
func (p *Program) Update(f func() error) error {
	p.notNil()
	if !p.use.CompareAndSwap(idle, updating) {
		return errBusy("commit", "")
	}
	defer p.use.Store(idle)
	if !p.ready {
		return errors.New("graph: commit: the program has not run")
	}
	if p.b.fixed != nil && f != nil {
		return errors.New("graph: update: the program is of frozen parameters, which do not change")
	}
	p.b.params.values.Lock()
	defer p.b.params.values.Unlock()
	for _, a := range p.assigns { // all are read before any is written
		a.staged.Copy(p.value(a.value))
		if !kernel.AllFinite(a.staged.F32) || !kernel.AllFinite(a.staged.F64) {
			return errors.Errorf("graph: commit: the value for %s is not finite", a.to.Name())
		}
	}
	if f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	for _, a := range p.assigns {
		p.exec.Value(a.to).Copy(a.staged)
	}
	return nil
}
