package trainers

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// State is what an Updater has besides the parameters: with both, training goes
// on as if it had not been interrupted.
type State struct {
	Step  int                      // updates so far
	Slots map[string][]graph.Array // by parameter, what the optimiser keeps for it

	Batches int                    // whose gradients were added since the last update
	Weight  float64                // of all of them
	Grads   map[string]graph.Array // by parameter, their sum by weight; nil if there are none

	Averages map[string]graph.Array // by parameter, in float64; nil without an Average
	Plateau  PlateauState
}

// State returns a copy of the updater's state. A program must have been declared.
func (u *Updater) State() (State, error) {
	if err := u.ready(); err != nil {
		return State{}, err
	}
	s := State{Step: u.t, Slots: map[string][]graph.Array{}, Batches: u.sums.batches, Weight: u.sums.weight, Plateau: u.plateau}
	if s.Batches > 0 {
		s.Grads = map[string]graph.Array{}
	}
	if u.average != nil {
		s.Averages = map[string]graph.Array{}
	}
	for i, t := range u.update.tensors {
		name, kept := u.names[i], []graph.Array{}
		for _, a := range t.Slots {
			kept = append(kept, shaped(a, t.Shape))
		}
		if s.Slots[name] = kept; s.Batches > 0 {
			s.Grads[name] = shaped(u.sums.grads[i], t.Shape)
		}
		if u.average != nil {
			s.Averages[name] = shaped(graph.Array{F64: u.update.averages.sums[i]}, t.Shape)
		}
	}
	return s, nil
}

// shaped is a copy of an array with a shape.
func shaped(a graph.Array, shape []int) graph.Array {
	return graph.Array{Shape: slices.Clone(shape), F32: slices.Clone(a.F32), F64: slices.Clone(a.F64)}
}

// Restore sets the updater's state to a copy of s, which must be of the same
// parameters, shapes and dtype, of a rule with as many slots, and have averages
// if the updater has. Numbers that a rule of this package never keeps, such as a
// mean square below 0, are an error that says which. A program must have been
// declared. On an error the state is as before.
func (u *Updater) Restore(s State) error {
	if err := u.ready(); err != nil {
		return err
	}
	if err := u.agrees(s); err != nil {
		return errors.WithMessage(err, "trainers: restore")
	}
	d := u.update
	u.sums.clear()
	for i, t := range d.tensors {
		for k, a := range s.Slots[u.names[i]] {
			t.Slots[k].Copy(a)
		}
		if s.Batches > 0 {
			if len(u.sums.grads) == i {
				u.sums.grads = append(u.sums.grads, zeros(t.Param))
			}
			u.sums.grads[i].Copy(s.Grads[u.names[i]])
		}
	}
	u.t, u.plateau, u.sums.batches, u.sums.weight = s.Step, s.Plateau, s.Batches, s.Weight
	d.forget()
	if d.averages != nil {
		return d.averages.restore(u.names, s.Averages)
	}
	return nil
}

// agrees is an error if a state is not one of this updater.
func (u *Updater) agrees(s State) error {
	p := s.Plateau
	switch {
	case s.Step < 0:
		return errors.Errorf("Step %d, want 0 or more", s.Step)
	case s.Batches < 0 || s.Batches > 0 && !validRate(s.Weight) || s.Batches == 0 && (s.Weight != 0 || s.Grads != nil):
		return errors.Errorf("%d gradients of %d batches of weight %v", len(s.Grads), s.Batches, s.Weight)
	case u.average == nil && s.Averages != nil:
		return errors.New("the state has averages, the Updater has no Average")
	case p != PlateauState{} && u.conf.Plateau == nil:
		return errors.New("the state is of a Plateau, the Updater has none")
	case !p.possible():
		return errors.Errorf("the state of the Plateau is %+v", p)
	}
	if err := u.only(slices.Concat(slices.Sorted(maps.Keys(s.Slots)), slices.Sorted(maps.Keys(s.Grads)), slices.Sorted(maps.Keys(s.Averages)))); err != nil {
		return err
	}
	for i, t := range u.update.tensors {
		name := u.names[i]
		kept, ok := s.Slots[name]
		if !ok {
			return errors.Errorf("the state has nothing of parameter %s", name)
		}
		if len(kept) != len(t.Slots) {
			return errors.Errorf("parameter %s has %d slots in the state, %T keeps %d", name, len(kept), u.rule, len(t.Slots))
		}
		for k, a := range kept {
			if err := t.like(a, t.Param.Dtype(), "slot "+strconv.Itoa(k)); err != nil {
				return err
			}
		}
		if err := u.kept(name, kept); err != nil {
			return err
		}
		if s.Batches > 0 {
			if err := t.like(s.Grads[name], t.Param.Dtype(), "the gradient"); err != nil {
				return err
			}
		}
		if u.average != nil {
			if err := t.like(s.Averages[name], graph.Float64, "the average"); err != nil {
				return err
			}
		}
	}
	return nil
}

// only is an error if there is a name that is not of a parameter trained.
func (u *Updater) only(names []string) error {
	for _, name := range names {
		if !slices.Contains(u.names, name) {
			return errors.Errorf("the state is of a parameter %s, those trained are %v", name, u.names)
		}
	}
	return nil
}

// like is an error unless an array can be one of this parameter's.
func (p Tensor) like(a graph.Array, dt graph.Dtype, what string) error {
	switch {
	case a.F32 == nil && a.F64 == nil && p.Param.Len() > 0:
		return errors.Errorf("%s of parameter %s is missing", what, p.Name)
	case a.Dtype() != dt || a.F32 != nil && a.F64 != nil:
		return errors.Errorf("%s of parameter %s is %v, want %v", what, p.Name, a.Dtype(), dt)
	case !slices.Equal(a.Shape, p.Shape) || a.Len() != p.Param.Len():
		return errors.Errorf("%s of parameter %s has shape %v with %d values, want %v with %d", what, p.Name, a.Shape, a.Len(), p.Shape, p.Param.Len())
	case !allFinite(a):
		return errors.Errorf("%s of parameter %s has a value that is not finite", what, p.Name)
	}
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
			return errors.Errorf("element %d of parameter %s has the slots %v, and %T keeps %s", i, name, are, u.rule, what)
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
