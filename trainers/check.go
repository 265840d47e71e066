package trainers

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// alive is an error unless an updater has parameters, a rule and a norm to clip
// gradients to.
func (u *Updater) alive() error {
	switch {
	case u == nil || u.params == nil:
		return errors.New("trainers: the Updater is nil or has no Params: use NewUpdater with those of the program")
	case op.Nil(u.rule):
		return errors.New("trainers: the Updater's Optimizer is nil, want one such as trainers.Adam{}")
	case !(u.clip >= 0):
		return errors.Errorf("trainers: the Updater clips gradients to a norm of %v, want 0 or more", u.clip)
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
