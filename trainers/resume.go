package trainers

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/checkpoint"
)

// resume goes to where the newest checkpoint was written, if there is one.
func (t *trainer) resume() error {
	var err error
	if t.saves.settings, err = t.settings(); err != nil {
		return err
	}
	info, files, err := t.saves.Load()
	if err != nil {
		return err
	}
	if files != nil {
		if err := t.restore(files); err != nil {
			return errors.WithMessage(err, info.Path)
		}
		t.saves.Log(fmt.Sprintf("going on from %s: step %d, %d epochs complete", info.Path, info.Step, info.Epoch))
	}
	t.saves.ready = true
	return nil
}

// restore makes the fit the one that a checkpoint is of.
func (t *trainer) restore(files map[string][]byte) error {
	r, err := decodeRecord(files[checkpoint.RunFile])
	if err != nil {
		return err
	}
	if err := agree(t.saves.settings, r.Settings, t.Checkpoint.Changed); err != nil {
		return err
	}
	if r.Epoch > t.Epochs || r.Epoch == t.Epochs && r.Batch > 0 {
		return errors.Errorf("Epochs is %d, and the run has come to batch %d of epoch %d", t.Epochs, r.Batch, r.Epoch+1)
	}
	if err := t.declare(); err != nil {
		return err
	}
	u := t.runs.update
	params := files[checkpoint.ParamsFile]
	if err := t.Params.Read(bytes.NewReader(params), int64(len(params))); err != nil {
		return errors.WithMessage(err, checkpoint.ParamsFile)
	}
	state, err := r.state(u.names, u.rule.Slots(), files[checkpoint.OptimizerFile])
	if err == nil {
		err = u.Restore(state)
	}
	if err != nil {
		return errors.WithMessage(err, checkpoint.OptimizerFile)
	}
	if err := r.Update.told(u.update); err != nil {
		return errors.WithMessage(err, checkpoint.RunFile)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Checkpoint.State)) {
		b, ok := r.State[name]
		if !ok {
			continue // named in Changed
		}
		if err := t.Checkpoint.State[name].UnmarshalBinary(b); err != nil {
			return errors.Wrapf(err, "State %s", name)
		}
	}
	for k, w := range t.Watch {
		if k >= len(r.Watch) || r.Watch[k] != fmt.Sprintf("%T", w) {
			continue // named in Changed
		}
		if err := w.UnmarshalBinary(files[watchFile(k)]); err != nil {
			return errors.WithMessagef(err, "Watch[%d]", k)
		}
	}
	t.at = r.place()
	t.result.Steps, t.result.Epochs = r.Steps, r.epochs()
	t.saves.last = t.reached()
	if t.at.stopped && slices.Contains(t.Checkpoint.Changed, "Stop") {
		t.at.stopped = false
	}
	return nil
}

// declare builds a program, which declares all parameters, as the first step does.
func (t *trainer) declare() error {
	b := t.runs.batches
	if err := b.Seek(0, 0); err != nil {
		return err
	}
	if !b.Next() {
		if err := b.Err(); err != nil {
			return err
		}
		return errors.New("epoch 1 has no batch")
	}
	p, err := t.runs.program()
	if err != nil {
		return err
	}
	return t.scheduled(p)
}
