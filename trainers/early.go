package trainers

import (
	"bytes"
	"cmp"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// EarlyStopping ends a fit when a metric, such as the bound on the test set, has
// not become better for some epochs (Prechelt, Early stopping, but when?, 1998).
// It is a Watcher:
//
//	best := &trainers.EarlyStopping{Patience: 5, Params: &graph.Params{}}
//	trainers.Config{Epochs: 1000, Test: held, Watch: []trainers.Watcher{best}}
//
// While an input of Config.Schedules is on its way to where it will stay, as the
// weight of a divergence is in a warm-up, epochs are not counted: their bounds are
// of other objectives. One that changes to the end of the fit is waited for to the
// end, unless From says otherwise.
type EarlyStopping struct {
	Metric    string  // of Epoch.Test, or of Epoch.Train without a test set; "" means "bound"
	Lower     bool    // the lower the metric the better it is
	Patience  int     // epochs without a better metric that are waited for; 0 means 10, negative none
	Threshold float64 // a metric is better if it differs by more from the best so far; 0 or more, in its units
	From      int     // first epoch that counts, whatever the schedules do; 0 means the first after their warm-up

	// Params get a copy of the parameters and states after each epoch that is the
	// best so far, and until one counts after each that there is, so that a fit
	// that ends before leaves its last. They are empty or of the same model; nil
	// means no copy.
	Params *graph.Params

	state stoppingState
}

// stoppingState is a Plateau's whose first cut is the end.
type stoppingState struct {
	PlateauState
	At     int    // the best epoch; 0 if there is none yet
	Params []byte `json:",omitempty"` // what was kept, while the state is written or read
}

var _ Watcher = (*EarlyStopping)(nil)

// rule is the Plateau that counts the epochs.
func (s *EarlyStopping) rule() Plateau {
	return Plateau{Metric: s.Metric, Lower: s.Lower, Patience: s.Patience, Threshold: s.Threshold}
}

func (s *EarlyStopping) check() error {
	if s == nil {
		return errors.New("the EarlyStopping is nil, want &trainers.EarlyStopping{}")
	}
	if s.rule().check() != nil || s.From < 0 {
		return errors.Errorf("EarlyStopping with a Threshold of %v from epoch %d: want a finite Threshold ≥ 0, From ≥ 0", s.Threshold, s.From)
	}
	return nil
}

func (s *EarlyStopping) begin() { s.state = stoppingState{} }

// OnEpoch returns Stop when the metric has not become better for long enough.
func (s *EarlyStopping) OnEpoch(e Epoch) error {
	if err := s.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	v, err := e.metric("EarlyStopping", s.Metric)
	if err != nil {
		return err
	}
	if e.Epoch == 1 {
		s.begin()
	}
	switch {
	case !counts(e, s.From):
		return nil
	case !isFinite(v):
		return errors.Errorf("trainers: EarlyStopping of %s, which is %v", cmp.Or(s.Metric, "bound"), v)
	}
	s.state.Cuts = 0 // a fit may go on after a Stop
	if s.state.PlateauState = s.rule().after(s.state.PlateauState, v); s.state.Cuts > 0 {
		return Stop
	}
	if s.state.Waited == 0 {
		s.state.At = e.Epoch
	}
	return nil
}

// counts tells whether the bound of an epoch is of the objective that stays.
func counts(e Epoch, from int) bool { return e.Epoch >= from && (from > 0 || !e.WarmUp) }

func (s *EarlyStopping) keep(t *trainer, e Epoch) error {
	if s.Params == nil || s.state.At != e.Epoch && s.state.At > 0 {
		return nil
	}
	return errors.WithMessage(s.Params.Copy(t.Params), "trainers: the parameters of the best epoch")
}

// Best returns the best epoch that counted and its metric; 0, 0 before there is
// one.
func (s *EarlyStopping) Best() (epoch int, metric float64) {
	if s == nil {
		return 0, 0
	}
	return s.state.At, s.state.PlateauState.Best
}

// Stopped tells whether it has ended the fit; else another reason did.
func (s *EarlyStopping) Stopped() bool { return s != nil && s.state.Cuts > 0 }

// MarshalBinary implements Watcher. Params are a part of the state.
func (s *EarlyStopping) MarshalBinary() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, errors.WithMessage(err, "trainers")
	}
	state := s.state
	if s.Params != nil && len(s.Params.Names()) > 0 {
		var b bytes.Buffer
		if err := s.Params.Write(&b); err != nil {
			return nil, errors.WithMessage(err, "trainers: the parameters of the best epoch")
		}
		state.Params = b.Bytes()
	}
	return remember(state)
}

// UnmarshalBinary implements Watcher.
func (s *EarlyStopping) UnmarshalBinary(state []byte) error {
	if err := s.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	r, err := recall("EarlyStopping", state, func(r stoppingState) bool {
		return r.possible() && r.At >= 0 && (r.At == 0) == (r.Epochs == 0)
	})
	if err != nil {
		return err
	}
	if s.Params != nil && r.Params != nil {
		if err := s.Params.Read(bytes.NewReader(r.Params), int64(len(r.Params))); err != nil {
			return errors.WithMessage(err, "trainers: the parameters of the best epoch")
		}
	}
	r.Params = nil
	s.state = r
	return nil
}
