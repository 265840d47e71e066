package trainers

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/internal/store"
)

// record is the run.json of a checkpoint: what a fit is besides its arrays.
type record struct {
	Format   string                  `json:"format"`
	Settings []setting               `json:"settings"`
	Steps    int                     `json:"steps"`
	Epoch    int                     `json:"epoch"` // that comes next, from 0, as is Batch
	Batch    int                     `json:"batch"`
	Telling  bool                    `json:"telling"`
	Stopped  bool                    `json:"stopped"`
	Seconds  store.Number            `json:"seconds"`
	Rows     int                     `json:"rows"` // of the epoch so far
	Sums     map[string]store.Number `json:"sums"`
	Update   recordUpdate            `json:"update"`
	Epochs   []recordEpoch           `json:"epochs"`
	State    map[string][]byte       `json:"state"`
}

type recordUpdate struct {
	Step    int          `json:"step"`
	Batches int          `json:"batches"`
	Weight  store.Number `json:"weight"`
	Plateau struct {
		Epochs int          `json:"epochs"`
		Best   store.Number `json:"best"`
		Waited int          `json:"waited"`
		Cuts   int          `json:"cuts"`
	} `json:"plateau"`
}

type recordEpoch struct {
	Train             map[string]store.Number `json:"train"`
	Test              map[string]store.Number `json:"test,omitempty"`
	Seconds           store.Number            `json:"seconds"`
	ExamplesPerSecond store.Number            `json:"examples_per_second"`
}

const recordFormat = "latent run 1"

// record writes run.json.
func (s *saver) record(t *trainer, w io.Writer) (err error) {
	u := t.runs.update
	r := record{
		Format: recordFormat, Settings: s.settings, Steps: t.result.Steps, Epoch: t.at.epoch, Batch: t.at.batch, Telling: t.at.telling, Stopped: t.at.stopped,
		Seconds: store.Number(t.at.seconds), Rows: t.at.mean.rows, Sums: store.Numbers(t.at.mean.sums),
	}
	r.Update.Step, r.Update.Batches, r.Update.Weight = u.t, u.sums.batches, store.Number(u.sums.weight)
	p := &r.Update.Plateau
	p.Epochs, p.Best, p.Waited, p.Cuts = u.plateau.Epochs, store.Number(u.plateau.Best), u.plateau.Waited, u.plateau.Cuts
	for _, e := range t.result.Epochs {
		r.Epochs = append(r.Epochs, recordEpoch{store.Numbers(e.Train), store.Numbers(e.Test), store.Number(e.Seconds), store.Number(e.ExamplesPerSecond)})
	}
	if r.State = s.told; !t.at.telling {
		if r.State, err = s.state(); err != nil {
			return err
		}
	}
	return errors.Wrap(json.NewEncoder(w).Encode(r), "trainers: run.json")
}

// decodeRecord reads run.json.
func decodeRecord(b []byte) (r record, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, errors.Wrap(err, "run.json")
	}
	switch {
	case r.Format != recordFormat:
		err = errors.Errorf("format %.100q, want %q", r.Format, recordFormat)
	case r.Steps < 1 || r.Epoch < 0 || r.Batch < 0 || r.Rows < 0 || r.Epoch != len(r.Epochs):
		err = errors.Errorf("%d steps, batch %d with %d rows of epoch %d after %d epochs", r.Steps, r.Batch, r.Rows, r.Epoch+1, len(r.Epochs))
	case (r.Batch == 0) != (r.Rows == 0) || r.Telling && (r.Batch > 0 || r.Epoch == 0):
		err = errors.Errorf("batch %d of epoch %d with %d rows before, and an epoch to tell of: %v", r.Batch, r.Epoch+1, r.Rows, r.Telling)
	}
	return r, errors.WithMessage(err, "run.json")
}

// place is where the run was.
func (r record) place() place {
	return place{
		epoch: r.Epoch, batch: r.Batch, telling: r.Telling, stopped: r.Stopped, seconds: float64(r.Seconds),
		mean: means{rows: r.Rows, sums: store.Floats(r.Sums)},
	}
}

// epochs are those that were complete.
func (r record) epochs() (epochs []Epoch) {
	for i, e := range r.Epochs {
		epochs = append(epochs, Epoch{i + 1, store.Floats(e.Train), store.Floats(e.Test), float64(e.Seconds), float64(e.ExamplesPerSecond)})
	}
	return epochs
}

// The tensors of optimizer.safetensors begin with these, or with slot/, the number
// of the slot and a slash.
const (
	slotTensor    = "slot/"
	gradTensor    = "grad/"
	averageTensor = "average/"
)

// file is what an updater keeps besides numbers, without a copy.
func (u *Updater) file() safetensors.File {
	var f safetensors.File
	add := func(name string, shape []int, a graph.Array) {
		t := safetensors.Tensor{Name: name, Dtype: safetensors.F32, Shape: shape, F32: a.F32, F64: a.F64}
		if a.F64 != nil {
			t.Dtype = safetensors.F64
		}
		f.Tensors = append(f.Tensors, t)
	}
	for i, t := range u.update.tensors {
		for k, a := range t.Slots {
			add(slotTensor+strconv.Itoa(k)+"/"+t.Name, t.Shape, a)
		}
		if u.sums.batches > 0 {
			add(gradTensor+t.Name, t.Shape, u.sums.grads[i])
		}
		if d := u.update.averages; d != nil {
			add(averageTensor+t.Name, t.Shape, graph.Array{F64: d.sums[i]})
		}
	}
	return f
}

// state is that of an updater, whose slots are as many as its rule says.
func (r record) state(names []string, slots int, b []byte) (State, error) {
	f, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return State{}, err
	}
	p := r.Update.Plateau
	s := State{
		Step: r.Update.Step, Slots: map[string][]graph.Array{}, Batches: r.Update.Batches, Weight: float64(r.Update.Weight),
		Plateau: PlateauState{Epochs: p.Epochs, Best: float64(p.Best), Waited: p.Waited, Cuts: p.Cuts},
	}
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
				return State{}, errors.Errorf("tensor %.200q, want those of %d slots of the parameters %v", t.Name, slots, names)
			}
			s.Slots[name][k] = a
		default:
			return State{}, errors.Errorf("tensor %.200q is none that an optimiser keeps", t.Name)
		}
	}
	return s, nil
}
