package trainers

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
)

// The arrays of an updater stand in a safetensors file under the name of their
// parameter behind one of these, slots with their number and a slash between.
const (
	slotTensor    = "slot/"
	gradTensor    = "grad/"
	averageTensor = "average/"
)

// arraysOf is such a file.
type arraysOf struct{ safetensors.File }

func (f *arraysOf) add(kind, name string, shape []int, a graph.Array) {
	t := safetensors.Tensor{Name: kind + name, Dtype: safetensors.F32, Shape: shape, F32: a.F32, F64: a.F64}
	if a.F64 != nil {
		t.Dtype = safetensors.F64
	}
	f.Tensors = append(f.Tensors, t)
}

func (f *arraysOf) addSlot(k int, name string, shape []int, a graph.Array) {
	f.add(slotTensor+strconv.Itoa(k)+"/", name, shape, a)
}

// take fills in the arrays of a file, of the parameters named with so many slots
// each.
func (s *State) take(f safetensors.File, names []string, slots int) error {
	s.Slots = map[string][]graph.Array{}
	for _, name := range names {
		s.Slots[name] = make([]graph.Array, slots)
	}
	put := func(m *map[string]graph.Array, name string, a graph.Array) {
		if *m == nil {
			*m = map[string]graph.Array{}
		}
		(*m)[name] = a
	}
	for _, t := range f.Tensors {
		a := graph.Array{Shape: t.Shape, F32: t.F32, F64: t.F64}
		kind, name, _ := strings.Cut(t.Name, "/")
		switch kind + "/" {
		case gradTensor:
			put(&s.Grads, name, a)
		case averageTensor:
			put(&s.Averages, name, a)
		case slotTensor:
			number, name, _ := strings.Cut(name, "/")
			k, err := strconv.Atoi(number)
			if err != nil || s.Slots[name] == nil || k < 0 || k >= slots {
				return errors.Errorf("tensor %.200q, want those of %d slots of the parameters %v", t.Name, slots, names)
			}
			s.Slots[name][k] = a
		default:
			return errors.Errorf("tensor %.200q is none that an optimiser keeps", t.Name)
		}
	}
	return nil
}

// file is what an updater keeps besides numbers, without a copy.
func (u *Updater) file() safetensors.File {
	var f arraysOf
	for i, t := range u.update.tensors {
		for k, a := range t.Slots {
			f.addSlot(k, t.Name, t.Shape, a)
		}
		if u.sums.batches > 0 {
			f.add(gradTensor, t.Name, t.Shape, u.sums.grads[i])
		}
		if d := u.update.averages; d != nil {
			f.add(averageTensor, t.Name, t.Shape, graph.Array{F64: d.sums[i]})
		}
	}
	return f.File
}
