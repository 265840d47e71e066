package trainers

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
)

// keptEpoch is what a fit goes back to: parameters, states and the updater's state
// between two epochs.
type keptEpoch struct {
	params  *graph.Params
	updater State
}

// keptRecord is a keptEpoch in writing.
type keptRecord struct {
	Params  []byte   // as graph.Params.Write writes them
	Trained []string // parameters
	Arrays  []byte   // of the updater, as a safetensors file
	Step    int
	Plateau PlateauState
}

// The tensors of Arrays begin with these, a slot with its number and a slash
// besides.
const (
	keptSlot    = "slot/"
	keptAverage = "average/"
)

func (k *keptEpoch) record() (*keptRecord, error) {
	r := &keptRecord{Step: k.updater.Step, Plateau: k.updater.Plateau}
	var b bytes.Buffer
	if err := k.params.Write(&b); err != nil {
		return nil, err
	}
	r.Params = bytes.Clone(b.Bytes())
	var f safetensors.File
	add := func(name string, a graph.Array) {
		t := safetensors.Tensor{Name: name, Dtype: safetensors.F32, Shape: a.Shape, F32: a.F32, F64: a.F64}
		if a.F64 != nil {
			t.Dtype = safetensors.F64
		}
		f.Tensors = append(f.Tensors, t)
	}
	r.Trained = slices.Sorted(maps.Keys(k.updater.Slots))
	for _, name := range r.Trained {
		for i, a := range k.updater.Slots[name] {
			add(keptSlot+strconv.Itoa(i)+"/"+name, a)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.updater.Averages)) {
		add(keptAverage+name, k.updater.Averages[name])
	}
	b.Reset()
	err := safetensors.Write(&b, f)
	r.Arrays = b.Bytes()
	return r, err
}

// epoch reads a record. Whether it fits the model and the optimiser is found out by
// who goes back to it.
func (r *keptRecord) epoch() (*keptEpoch, error) {
	k := &keptEpoch{params: &graph.Params{}, updater: State{Step: r.Step, Slots: map[string][]graph.Array{}, Plateau: r.Plateau}}
	if err := k.params.Read(bytes.NewReader(r.Params), int64(len(r.Params))); err != nil {
		return nil, err
	}
	for _, name := range r.Trained {
		k.updater.Slots[name] = nil
	}
	f, err := safetensors.Read(bytes.NewReader(r.Arrays), int64(len(r.Arrays)))
	if err != nil {
		return nil, err
	}
	for _, t := range f.Tensors {
		a := graph.Array{Shape: t.Shape, F32: t.F32, F64: t.F64}
		if name, ok := strings.CutPrefix(t.Name, keptAverage); ok {
			if k.updater.Averages == nil {
				k.updater.Averages = map[string]graph.Array{}
			}
			k.updater.Averages[name] = a
			continue
		}
		number, name, _ := strings.Cut(strings.TrimPrefix(t.Name, keptSlot), "/")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= 64 || !strings.HasPrefix(t.Name, keptSlot) {
			return nil, errors.Errorf("tensor %.200q is none that an optimiser keeps", t.Name)
		}
		slots := k.updater.Slots[name]
		if more := i + 1 - len(slots); more > 0 {
			slots = append(slots, make([]graph.Array, more)...)
		}
		slots[i] = a
		k.updater.Slots[name] = slots
	}
	return k, nil
}
