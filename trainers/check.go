package trainers

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// alive is an error unless an updater has parameters and a rule.
func (u *Updater) alive() error {
	switch {
	case u == nil || u.params == nil:
		return errors.New("trainers: the Updater is nil or has no Params: use NewUpdater with those of the program")
	case op.Nil(u.rule):
		return errors.New("trainers: the Updater's Optimizer is nil, want one such as trainers.Adam{}")
	}
	return nil
}

// sameLengths panics unless a rule is given as many gradients as parameters,
// and slots of the same length.
func sameLengths[T any](rule string, count int, param, grad []T, slots [][]T) {
	ok := len(grad) == len(param) && len(slots) == count
	for _, s := range slots {
		ok = ok && len(s) == len(param)
	}
	if !ok {
		panic(fmt.Sprintf("trainers: %s: %d parameters, %d gradients and %d slots, want %d slots and all of one length", rule, len(param), len(grad), len(slots), count))
	}
}
