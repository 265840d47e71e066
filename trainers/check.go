package trainers

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// alive is an error unless an updater has parameters and a configuration that
// means something.
func (u *Updater) alive() error {
	if u == nil || u.params == nil {
		return errors.New("trainers: the Updater is nil or has no Params: use NewUpdater with those of the program")
	}
	return u.invalid
}

// takes is an error unless an updater can take a gradient of p.
func (u *Updater) takes(p *graph.Program) error {
	if err := u.ready(); err != nil {
		return err
	}
	if p.Params() != u.params {
		return errors.New("trainers: the program was built with other Params than the Updater has")
	}
	return nil
}

// fits panics unless the arrays of a tensor for a rule are of one dtype and
// length, with as many slots as the rule has.
func (p Tensor) fits(rule string, slots int) {
	like := func(a graph.Array) bool {
		return len(a.F32) == len(p.Param.F32) && len(a.F64) == len(p.Param.F64) && (a.F64 == nil) == (p.Param.F64 == nil)
	}
	ok := len(p.Slots) == slots && like(p.Grad) && (p.Param.F32 == nil || p.Param.F64 == nil)
	for _, s := range p.Slots {
		ok = ok && like(s)
	}
	if !ok {
		panic(fmt.Sprintf("trainers: %s: %d parameters, %d gradients and %d slots, want %d slots, and all of one length and dtype",
			rule, p.Param.Len(), p.Grad.Len(), len(p.Slots), slots))
	}
}
