package trainers

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/mark"
)

// Cliff watches for a bound that falls off a cliff: by more than Fall below the
// best so far, or to what is not finite. It ends the fit with an error that is
// ErrCliff, or, up to Retries times, lets it go back to the parameters, the states
// and the optimiser of the best epoch, with the rate multiplied by Factor each
// time; for that there must be a test set. It is a Watcher, and best the first of
// them: those after it are not told of an epoch that fell.
//
// Steps and epochs are counted on: what comes after is of other noise and batches
// than what fell. While an input of Config.Schedules is on its way, as in
// EarlyStopping, an epoch is compared with none, before or after, and is the one to
// go back to until the next.
type Cliff struct {
	Metric  string  // of Epoch.Test, or of Epoch.Train without a test set; "" means "bound"
	Lower   bool    // the lower the metric the better it is
	Fall    float64 // above 0, in the metric's units: nats per datum
	Retries int     // 0 means none; else the parameters and the optimiser's slots are kept once more
	Factor  float64 // below 1; 0 means .5
	From    int     // first epoch that is compared, whatever the schedules do; 0 means the first after their warm-up

	state cliffState
	kept  *keptEpoch // of epoch state.At; nil before it, and without Retries
}

// Fall is one time that a fit went back.
type Fall struct {
	Epoch int    // in which the metric fell
	Back  int    // the epoch to whose end the fit went back
	Why   string // in words
}

type cliffState struct {
	At    int     // the best epoch; 0 if there is none yet
	Best  float64 // its metric
	Warm  bool    // it is of another objective than those to come
	Falls []Fall
	Kept  *keptRecord `json:",omitempty"` // of a Cliff's kept, while it is written or read
}

var _ Watcher = (*Cliff)(nil)

// fell is the error of an epoch that a Cliff does not accept.
type fell struct{ why string }

func (f fell) Error() string { return "trainers: " + f.why }

// Is makes it ErrCliff.
func (fell) Is(target error) bool { return target == ErrCliff }

func (c *Cliff) check() error {
	if c == nil {
		return errors.New("the Cliff is nil, want &trainers.Cliff{Fall: …}")
	}
	if !validRate(c.Fall) || c.Retries < 0 || !(c.Factor >= 0 && c.Factor < 1) || c.From < 0 {
		return errors.Errorf("Cliff with a Fall of %v, %d Retries, a Factor of %v from epoch %d: want a finite Fall > 0, Retries ≥ 0, Factor from 0 to below 1, From ≥ 0",
			c.Fall, c.Retries, c.Factor, c.From)
	}
	return nil
}

func (c *Cliff) begin() { c.state, c.kept = cliffState{}, nil }

// OnEpoch returns an error if the metric fell. In Config.Watch that may let the
// fit go back; anywhere else it ends it.
func (c *Cliff) OnEpoch(e Epoch) error {
	if err := c.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	v, err := e.metric("Cliff", c.Metric)
	if err != nil {
		return err
	}
	if e.Epoch == 1 {
		c.begin()
	}
	s, name := &c.state, cmp.Or(c.Metric, "bound")
	fall := s.Best - v
	if c.Lower {
		fall = -fall
	}
	switch {
	case !isFinite(v):
		return fell{fmt.Sprintf("%s is %v", name, v)}
	case s.At == 0 || s.Warm || !counts(e, c.From) || fall <= 0:
		s.At, s.Best, s.Warm = e.Epoch, v, !counts(e, c.From)
	case fall > c.Fall:
		return fell{fmt.Sprintf("%s is %.6g, worse by %.4g than the %.6g of epoch %d: more than a Fall of %v", name, v, fall, s.Best, s.At, c.Fall)}
	}
	return nil
}

func (c *Cliff) keep(t *trainer, e Epoch) error {
	if c.Retries == 0 || c.state.At != e.Epoch {
		return nil
	}
	if c.kept == nil {
		c.kept = &keptEpoch{params: &graph.Params{}}
	}
	err := c.kept.params.Copy(t.Params)
	if err == nil {
		c.kept.updater, err = t.runs.update.State()
	}
	return errors.WithMessage(err, "trainers: the epoch for a Cliff to go back to")
}

// rate is the factor of the rate.
func (c *Cliff) rate() float64 {
	return math.Pow(cmp.Or(c.Factor, .5), float64(len(c.state.Falls)))
}

// Falls returns the times that the fit went back.
func (c *Cliff) Falls() []Fall {
	if c == nil {
		return nil
	}
	return slices.Clone(c.state.Falls)
}

// MarshalBinary implements Watcher. The epoch to go back to is a part of the state.
func (c *Cliff) MarshalBinary() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, errors.WithMessage(err, "trainers")
	}
	s := c.state
	if c.kept != nil {
		var err error
		if s.Kept, err = c.kept.record(); err != nil {
			return nil, errors.WithMessage(err, "trainers: the epoch for a Cliff to go back to")
		}
	}
	return remember(s)
}

// UnmarshalBinary implements Watcher.
func (c *Cliff) UnmarshalBinary(state []byte) error {
	if err := c.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	s, err := recall("Cliff", state, func(s cliffState) bool {
		last := 0
		for _, f := range s.Falls {
			if !(0 < f.Back && f.Back < f.Epoch && last < f.Epoch) {
				return false
			}
			last = f.Epoch
		}
		return s.At >= 0 && (s.At > 0 || s.Best == 0 && !s.Warm && s.Falls == nil && s.Kept == nil)
	})
	if err != nil {
		return err
	}
	var kept *keptEpoch
	if s.Kept != nil {
		if kept, err = s.Kept.epoch(); err != nil {
			return errors.WithMessage(err, "trainers: the state of Cliff")
		}
	}
	s.Kept = nil
	c.state, c.kept = s, kept
	return nil
}

// cliffs returns those that watch.
func (t *trainer) cliffs() (all []*Cliff) {
	for _, w := range t.Watch {
		if c, ok := w.(*Cliff); ok {
			all = append(all, c)
		}
	}
	return all
}

// rescued goes back if an error is of an epoch that fell, or of a number that is
// not finite, and a Cliff allows it; else it returns the error.
func (t *trainer) rescued(epoch int, err error) error {
	var f fell
	var bad *NotFinite
	switch {
	case errors.As(err, &f):
		err = mark.Error(errors.Errorf("trainers: epoch %d: %s", epoch, f.why), ErrCliff)
	case errors.As(err, &bad):
		f.why = bad.Error()
	default:
		return err
	}
	for _, c := range t.cliffs() {
		if c.kept == nil || len(c.state.Falls) >= c.Retries {
			continue
		}
		e := t.Params.Copy(c.kept.params)
		if e == nil {
			e = t.runs.update.Restore(c.kept.updater)
		}
		c.state.Falls = append(c.state.Falls, Fall{epoch, c.state.At, f.why})
		return errors.WithMessagef(e, "%v; going back to epoch %d", err, c.state.At)
	}
	return err
}

// wentBack tells whether the fit went back after an epoch.
func (t *trainer) wentBack(epoch int) bool {
	_, back := t.lowered(epoch + 1)
	return back > 0
}

// lowered is the factor of the rate by all Cliffs, and the epoch that the fit went
// back to after the last one; 0 if it did not.
func (t *trainer) lowered(epoch int) (rate float64, back int) {
	rate = 1
	for _, c := range t.cliffs() {
		rate *= c.rate()
		if n := len(c.state.Falls); n > 0 && c.state.Falls[n-1].Epoch == epoch-1 {
			back = c.state.Falls[n-1].Back
		}
	}
	return rate, back
}
