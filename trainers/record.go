package trainers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/internal/store"
)

// record is the run.json of a checkpoint: what a fit is besides its arrays.
type record struct {
	Format   string            `json:"format"`
	Settings []setting         `json:"settings"`
	Steps    int               `json:"steps"`
	Epoch    int               `json:"epoch"` // that comes next, from 0, as is Batch
	Batch    int               `json:"batch"`
	Telling  bool              `json:"telling"`
	Stopped  bool              `json:"stopped"`
	Seconds  store.Number      `json:"seconds"`
	Now      recordPass        `json:"now"`
	Update   recordUpdate      `json:"update"`
	Epochs   []recordEpoch     `json:"epochs"`
	State    map[string][]byte `json:"state"`
	Watch    []string          `json:"watch"` // types
}

// recordPass is what the epoch under way has come to, after Batch batches.
type recordPass struct {
	Rows       int                     `json:"rows"`
	Sums       map[string]store.Number `json:"sums"`
	Norms      store.Number            `json:"norms"`
	Updates    int                     `json:"updates"`
	Left       int                     `json:"left"`
	Successive int                     `json:"successive"`
}

type recordUpdate struct {
	Step    int          `json:"step"`
	Batches int          `json:"batches"`
	Weight  store.Number `json:"weight"`

	// Of the gradient that the last update was made by, for GradNorm: the sums of
	// squares, by piece, and the factor of the gradient.
	Squares []store.Number `json:"squares"`
	Mean    store.Number   `json:"mean"`

	Plateau struct {
		Epochs int          `json:"epochs"`
		Best   store.Number `json:"best"`
		Waited int          `json:"waited"`
		Cuts   int          `json:"cuts"`
	} `json:"plateau"`
}

type recordEpoch struct {
	Epoch             int                     `json:"epoch"`
	Steps             int                     `json:"steps"`
	Train             map[string]store.Number `json:"train"`
	Test              map[string]store.Number `json:"test,omitempty"`
	Seconds           store.Number            `json:"seconds"`
	ExamplesPerSecond store.Number            `json:"examples_per_second"`
	GradNorm          store.Number            `json:"grad_norm"`
	NotFinite         store.Number            `json:"not_finite"`
	WarmUp            bool                    `json:"warm_up,omitempty"`
	BackTo            int                     `json:"back_to,omitempty"`
}

const recordFormat = "latent run 1"

// record writes run.json.
func (s *saver) record(t *trainer, w io.Writer) (err error) {
	u, now := t.runs.update, &t.at.now
	r := record{
		Format: recordFormat, Settings: s.settings, Steps: t.result.Steps, Epoch: t.at.epoch, Batch: now.steps, Telling: t.at.telling, Stopped: t.at.stopped,
		Seconds: store.Number(t.at.seconds),
		Now:     recordPass{now.rows, store.Numbers(now.sums), store.Number(now.norms), now.updates, now.left, now.successive},
	}
	for _, w := range t.Watch {
		r.Watch = append(r.Watch, fmt.Sprintf("%T", w))
	}
	r.Update.Step, r.Update.Batches, r.Update.Weight = u.t, u.sums.batches, store.Number(u.sums.weight)
	for i := range u.update.pieces {
		r.Update.Squares = append(r.Update.Squares, store.Number(u.update.pieces[i].gradient))
	}
	r.Update.Mean = store.Number(u.update.mean)
	p := &r.Update.Plateau
	p.Epochs, p.Best, p.Waited, p.Cuts = u.plateau.Epochs, store.Number(u.plateau.Best), u.plateau.Waited, u.plateau.Cuts
	for _, e := range t.result.Epochs {
		r.Epochs = append(r.Epochs, recordEpoch{
			e.Epoch, e.Steps, store.Numbers(e.Train), store.Numbers(e.Test), store.Number(e.Seconds), store.Number(e.ExamplesPerSecond),
			store.Number(e.GradNorm), store.Number(e.NotFinite), e.WarmUp, e.BackTo,
		})
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
	case r.Steps < 1 || r.Epoch < 0 || r.Batch < 0 || r.Batch > r.Steps:
		err = errors.Errorf("%d steps, batch %d of epoch %d", r.Steps, r.Batch, r.Epoch+1)
	case !r.Now.possible(r.Batch):
		err = errors.Errorf("%d batches of epoch %d came to %+v", r.Batch, r.Epoch+1, r.Now)
	}
	last := recordEpoch{}
	for _, e := range r.Epochs {
		if err == nil && (e.Epoch <= last.Epoch || e.Steps <= last.Steps || e.Epoch > r.Epoch || e.Steps > r.Steps) {
			err = errors.Errorf("epoch %d after %d steps, before it epoch %d after %d; the run is at epoch %d after %d", e.Epoch, e.Steps, last.Epoch, last.Steps, r.Epoch+1, r.Steps)
		}
		last = e
	}
	if err == nil && r.Telling && (r.Batch > 0 || last.Epoch != r.Epoch || r.Epoch == 0) {
		err = errors.Errorf("epoch %d is to be told of, in batch %d of epoch %d", last.Epoch, r.Batch, r.Epoch+1)
	}
	return r, errors.WithMessage(err, "run.json")
}

// possible tells whether as many batches can come to this.
func (p recordPass) possible(batches int) bool {
	return p.Rows >= 0 && (batches > 0 || p.Rows == 0) && (p.Rows > 0 || p.Left == batches) &&
		0 <= p.Successive && p.Successive <= p.Left && p.Left <= batches && 0 <= p.Updates && p.Updates <= batches &&
		isFinite(float64(p.Norms)) && p.Norms >= 0 && (p.Updates > 0 || p.Norms == 0)
}

// place is where the run was.
func (r record) place() place {
	p := place{epoch: r.Epoch, telling: r.Telling, stopped: r.Stopped, seconds: float64(r.Seconds)}
	if n := r.Now; r.Batch > 0 {
		p.now = pass{
			means: means{rows: n.Rows, sums: store.Floats(n.Sums), last: map[string]float64{}},
			norms: float64(n.Norms), updates: n.Updates, steps: r.Batch, left: n.Left, successive: n.Successive,
		}
	}
	return p
}

// epochs are those that were complete.
func (r record) epochs() (epochs []Epoch) {
	for _, e := range r.Epochs {
		epochs = append(epochs, Epoch{
			e.Epoch, e.Steps, store.Floats(e.Train), store.Floats(e.Test), float64(e.Seconds), float64(e.ExamplesPerSecond),
			float64(e.GradNorm), float64(e.NotFinite), e.WarmUp, e.BackTo,
		})
	}
	return epochs
}

// told makes GradNorm tell of the last update.
func (r recordUpdate) told(d *update) error {
	if len(r.Squares) != len(d.pieces) || !(r.Mean >= 0) || !isFinite(float64(r.Mean)) {
		return errors.Errorf("%d sums of squares of gradients, times %v, want %d", len(r.Squares), r.Mean, len(d.pieces))
	}
	for i, v := range r.Squares {
		if !(v >= 0) {
			return errors.Errorf("a sum of squares of gradients is %v", v)
		}
		d.pieces[i].gradient = float64(v)
	}
	d.mean = float64(r.Mean)
	return nil
}

// state is that of an updater, whose slots are as many as its rule says.
func (r record) state(names []string, slots int, b []byte) (State, error) {
	f, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return State{}, err
	}
	p := r.Update.Plateau
	s := State{
		Step: r.Update.Step, Batches: r.Update.Batches, Weight: float64(r.Update.Weight),
		Plateau: PlateauState{Epochs: p.Epochs, Best: float64(p.Best), Waited: p.Waited, Cuts: p.Cuts},
	}
	return s, s.take(f, names, slots)
}
