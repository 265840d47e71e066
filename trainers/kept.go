package trainers

import (
	"bytes"
	"maps"
	"slices"

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
	Slots   int      // of each
	Arrays  []byte   // of the updater, as a safetensors file
	Step    int
	Plateau PlateauState
}

func (k *keptEpoch) record() (*keptRecord, error) {
	r := &keptRecord{Step: k.updater.Step, Plateau: k.updater.Plateau}
	var b bytes.Buffer
	if err := k.params.Write(&b); err != nil {
		return nil, err
	}
	r.Params = bytes.Clone(b.Bytes())
	var f arraysOf
	r.Trained = slices.Sorted(maps.Keys(k.updater.Slots))
	for _, name := range r.Trained {
		r.Slots = len(k.updater.Slots[name])
		for i, a := range k.updater.Slots[name] {
			f.addSlot(i, name, a.Shape, a)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.updater.Averages)) {
		f.add(averageTensor, name, k.updater.Averages[name].Shape, k.updater.Averages[name])
	}
	b.Reset()
	err := safetensors.Write(&b, f.File)
	r.Arrays = b.Bytes()
	return r, err
}

// epoch reads a record. Whether it fits the model and the optimiser is found out by
// who goes back to it.
func (r *keptRecord) epoch() (*keptEpoch, error) {
	if r.Slots < 0 || r.Slots > 64 {
		return nil, errors.Errorf("%d slots of an optimiser", r.Slots)
	}
	k := &keptEpoch{params: &graph.Params{}, updater: State{Step: r.Step, Plateau: r.Plateau}}
	if err := k.params.Read(bytes.NewReader(r.Params), int64(len(r.Params))); err != nil {
		return nil, err
	}
	f, err := safetensors.Read(bytes.NewReader(r.Arrays), int64(len(r.Arrays)))
	if err != nil {
		return nil, err
	}
	return k, k.updater.take(f, r.Trained, r.Slots)
}
