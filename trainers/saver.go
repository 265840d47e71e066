package trainers

import (
	"bytes"
	"encoding"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// saver writes the checkpoints of a fit. What they are is taken down between two
// steps, into memory that is kept; hashing, writing and flushing goes on beside the
// training, one checkpoint at a time.
type saver struct {
	*checkpoint.Store
	conf *checkpoint.Config

	settings []setting         // of this fit
	told     map[string][]byte // the State before OnEpoch was called
	ready    bool              // the fit has begun, or gone on from a checkpoint
	last     reached           // of the last checkpoint
	at       time.Time         // of it, or of the beginning

	params, average, optimizer staged
	writing                    chan error // nil: nothing is being written
}

// reached tells two places of a fit apart.
type reached struct {
	steps, epoch, batch int
	telling, stopped    bool
}

func (t *trainer) reached() reached {
	return reached{t.result.Steps, t.at.epoch, t.at.now.steps, t.at.telling, t.at.stopped}
}

func newSaver(c Config) (*saver, error) {
	s, err := c.Checkpoint.Open()
	return &saver{Store: s, conf: c.Checkpoint, at: c.Clock()}, err
}

// before notes the State as it is before OnEpoch, to which a run goes back that is
// interrupted there.
func (s *saver) before(t *trainer) (err error) {
	if s != nil && len(s.conf.State) > 0 {
		s.told, err = s.state()
	}
	return err
}

func (s *saver) state() (map[string][]byte, error) {
	state := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(s.conf.State)) {
		var m encoding.BinaryMarshaler = s.conf.State[name]
		b, err := m.MarshalBinary()
		if err != nil {
			return nil, errors.Wrapf(err, "trainers: checkpoint: State %s", name)
		}
		state[name] = b
	}
	return state, nil
}

// consider writes a checkpoint if one is due.
func (s *saver) consider(t *trainer, m checkpoint.Moment, now time.Time) error {
	m.Step, m.Epoch, m.Since = t.result.Steps, t.at.epoch, now.Sub(s.at)
	if !s.Due(m) {
		return nil
	}
	s.at = now
	return s.save(t)
}

// save takes the run down and begins to write it. What went wrong with the
// checkpoint before is found out here.
func (s *saver) save(t *trainer) error {
	if err := s.wait(); err != nil || t.reached() == s.last {
		return err
	}
	info, files, err := s.take(t)
	if err != nil {
		return s.failed(err)
	}
	s.last = t.reached()
	s.writing = make(chan error, 1)
	go func() { s.writing <- s.Write(info, files...) }()
	return nil
}

// wait waits for the checkpoint that is being written.
func (s *saver) wait() error {
	if s.writing == nil {
		return nil
	}
	err := <-s.writing
	s.writing = nil
	return s.failed(err)
}

// Close gives the folder back when nothing is being written any more.
func (s *saver) Close() error {
	if s.writing != nil {
		<-s.writing
	}
	return s.Store.Close()
}

// failed asks whether a checkpoint that could not be written ends the fit.
func (s *saver) failed(err error) error {
	if err == nil {
		return nil
	}
	s.last = reached{}
	if s.conf.Failed == nil {
		return errors.WithMessage(err, "trainers")
	}
	return s.conf.Failed(err)
}

// end ends a fit with an error or without: it writes the last checkpoint and
// returns the error, or that of writing where there is no other.
func (s *saver) end(t *trainer, err error) error {
	if s == nil {
		return err
	}
	interrupted := errors.Is(err, ErrInterrupted)
	due := err == nil
	if !due {
		due = s.Due(checkpoint.Moment{Step: t.result.Steps, Epoch: t.at.epoch, Since: t.Clock().Sub(s.at), Interrupted: interrupted, Err: err})
	}
	var lost error
	if s.ready && due && !t.torn && t.result.Steps > 0 {
		lost = s.save(t)
	}
	if e := s.wait(); lost == nil {
		lost = e
	}
	switch {
	case err == nil:
		return lost
	case lost != nil:
		return errors.WithMessagef(err, "no checkpoint of the end could be written (%v)", lost)
	}
	return err
}

// take is what a checkpoint has of the run.
func (s *saver) take(t *trainer) (i checkpoint.Info, files []checkpoint.Put, err error) {
	i = checkpoint.Info{Step: t.result.Steps, Epoch: t.at.epoch}
	if n := len(t.result.Epochs); n > 0 && t.result.Epochs[n-1].Epoch == t.at.epoch && t.at.now.steps == 0 && !t.wentBack(t.at.epoch) {
		i.Metrics = map[string]float64{}
		for name, v := range t.result.Epochs[n-1].Train {
			i.Metrics["train/"+name] = v
		}
		for name, v := range t.result.Epochs[n-1].Test {
			i.Metrics["test/"+name] = v
		}
	}
	u := t.runs.update
	if err := u.ready(); err != nil { // all steps so far may have been left out
		return i, nil, err
	}
	stage := func(name string, to *staged, read func(take func(safetensors.File) error) error) {
		if err == nil {
			err = read(func(f safetensors.File) error { return to.take(u.update.program, f) })
		}
		files = append(files, checkpoint.Put{Name: name, Write: to.write})
	}
	arrays := func(p *graph.Params) func(take func(safetensors.File) error) error {
		return func(take func(safetensors.File) error) error { return door.ReadParams(p, take) }
	}
	stage(checkpoint.ParamsFile, &s.params, arrays(t.Params))
	if u.average != nil {
		stage(checkpoint.AverageFile, &s.average, arrays(u.average))
	}
	stage(checkpoint.OptimizerFile, &s.optimizer, func(take func(safetensors.File) error) error { return take(u.file()) })
	put := func(name string, write func(b *bytes.Buffer) error) {
		var b bytes.Buffer
		if err == nil {
			err = write(&b)
		}
		files = append(files, checkpoint.Put{Name: name, Write: func(w io.Writer) error {
			_, err := w.Write(b.Bytes())
			return errors.WithStack(err)
		}})
	}
	for k, w := range t.Watch {
		put(watchFile(k), func(b *bytes.Buffer) error {
			state, err := w.MarshalBinary()
			b.Write(state)
			return errors.WithMessagef(err, "Watch[%d]", k)
		})
	}
	put(checkpoint.RunFile, func(b *bytes.Buffer) error { return s.record(t, b) })
	return i, files, err
}

// watchFile is the file of a checkpoint that has the state of Config.Watch[k].
func watchFile(k int) string { return fmt.Sprintf("watch-%d.state", k) }
