package trainers

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// State is what an Updater has besides the parameters: with both, training goes
// on as if it had not been interrupted.
type State struct {
	Step  int                      // updates so far
	Slots map[string][]graph.Array // by parameter, what the optimiser keeps for it
}

// State returns a copy of the updater's state. A program must have been declared.
func (u *Updater) State() (State, error) {
	if err := u.ready(); err != nil {
		return State{}, err
	}
	s := State{u.t, map[string][]graph.Array{}}
	for i, t := range u.update.tensors {
		kept := []graph.Array{}
		for _, a := range t.Slots {
			kept = append(kept, graph.Array{Shape: slices.Clone(t.Shape), F32: slices.Clone(a.F32), F64: slices.Clone(a.F64)})
		}
		s.Slots[u.names[i]] = kept
	}
	return s, nil
}

// Restore sets the updater's state to a copy of s, which must be of the same
// parameters, shapes and dtype, and of a rule with as many slots. Numbers that a
// rule of this package never keeps, such as a mean square below 0, are an error
// that says which. A program must have been declared. On an error the state is as
// before.
func (u *Updater) Restore(s State) error {
	if err := u.ready(); err != nil {
		return err
	}
	if s.Step < 0 {
		return errors.Errorf("trainers: restore: Step %d, want 0 or more", s.Step)
	}
	for name := range s.Slots {
		if !slices.Contains(u.names, name) {
			return errors.Errorf("trainers: restore: the state is of a parameter %s, those trained are %v", name, u.names)
		}
	}
	for i, t := range u.update.tensors {
		kept, ok := s.Slots[u.names[i]]
		if !ok {
			return errors.Errorf("trainers: restore: the state has nothing of parameter %s", u.names[i])
		}
		if len(kept) != len(t.Slots) {
			return errors.Errorf("trainers: restore: parameter %s has %d slots in the state, %T keeps %d", u.names[i], len(kept), u.rule, len(t.Slots))
		}
		for k, a := range kept {
			switch {
			case a.Dtype() != t.Param.Dtype() || a.F32 != nil && a.F64 != nil:
				return errors.Errorf("trainers: restore: slot %d of parameter %s is %v, want %v", k, u.names[i], a.Dtype(), t.Param.Dtype())
			case !slices.Equal(a.Shape, t.Shape) || a.Len() != t.Param.Len():
				return errors.Errorf("trainers: restore: slot %d of parameter %s has shape %v with %d values, want %v with %d", k, u.names[i], a.Shape, a.Len(), []int(t.Shape), t.Param.Len())
			case !allFinite(a):
				return errors.Errorf("trainers: restore: slot %d of parameter %s has a value that is not finite", k, u.names[i])
			}
		}
		if err := u.kept(u.names[i], kept); err != nil {
			return err
		}
	}
	for i, t := range u.update.tensors {
		for k, a := range s.Slots[u.names[i]] {
			t.Slots[k].Copy(a)
		}
	}
	u.t = s.Step
	u.update.forget()
	return nil
}

// kept is an error if the slots of a parameter are none that the rule leaves.
func (u *Updater) kept(name string, slots []graph.Array) error {
	if u.update.bounds == nil || len(slots) == 0 {
		return nil
	}
	for i := range slots[0].Len() {
		slot := func(k int) float64 { return slots[k].At(i) }
		if ok, what := u.update.bounds.keeps(slot); !ok {
			var are []float64
			for k := range slots {
				are = append(are, slot(k))
			}
			return errors.Errorf("trainers: restore: element %d of parameter %s has the slots %v, and %T keeps %s", i, name, are, u.rule, what)
		}
	}
	return nil
}

// ready is an error unless the slots are there, or can be made.
func (u *Updater) ready() error {
	if err := u.alive(); err != nil {
		return err
	}
	if u.names == nil {
		return errors.New("trainers: the Updater has no parameters yet: build a program that calls Declare first")
	}
	return u.bind()
}
