package trainers

import (
	"cmp"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"
)

// Convergence ends a fit when the bound has settled: when its mean over the last
// Window epochs differs from that over the Window before by no more than Tolerance
// of its size. It is a Watcher:
//
//	settled := &trainers.Convergence{}
//	trainers.Config{Epochs: 100000, Watch: []trainers.Watcher{settled}}
//
// The mean of a window is as noisy as a bound by as many draws: a window that is
// too short for its tolerance ends a fit late, or by chance too early. A step size
// that is too large settles too, above the best bound by its own noise. Epochs in
// which an input of Config.Schedules is on its way, as in EarlyStopping, are not
// counted.
type Convergence struct {
	Window    int     // epochs; 0 means 100
	Tolerance float64 // relative; 0 means 1e-3
	Term      string  // "" means "bound"
	Test      bool    // of Epoch.Test, else of Epoch.Train

	state convergenceState
}

type convergenceState struct {
	Last    []float64 `json:"last"` // of at most two windows
	Reached bool      `json:"reached"`
}

var _ Watcher = (*Convergence)(nil)

func (c *Convergence) check() error {
	if c == nil {
		return errors.New("the Convergence is nil, want &trainers.Convergence{}")
	}
	if c.Window < 0 || !(c.Tolerance >= 0) || math.IsInf(c.Tolerance, 1) {
		return errors.Errorf("Convergence with a Window of %d and a Tolerance of %v, want numbers above 0, or 0 for 100 and 1e-3", c.Window, c.Tolerance)
	}
	return nil
}

func (c *Convergence) begin() { c.state = convergenceState{} }

// OnEpoch returns Stop when the bound has settled. Epoch 1 begins anew.
func (c *Convergence) OnEpoch(e Epoch) error {
	if err := c.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	window, tolerance := cmp.Or(c.Window, 100), cmp.Or(c.Tolerance, 1e-3)
	of, terms := "Train", e.Train
	if c.Test {
		of, terms = "Test", e.Test
	}
	v, err := term("Convergence", cmp.Or(c.Term, "bound"), of, terms)
	if err != nil {
		return err
	}
	if e.Epoch == 1 {
		c.begin()
	}
	switch {
	case e.WarmUp:
		return nil
	case !isFinite(v):
		return errors.Errorf("trainers: Convergence of %s, which is %v", cmp.Or(c.Term, "bound"), v)
	}
	c.state.Reached = false // a fit may go on after a Stop
	if c.state.Last = append(c.state.Last, v); len(c.state.Last) > 2*window {
		c.state.Last = c.state.Last[1:]
	}
	if len(c.state.Last) < 2*window {
		return nil
	}
	before, now := stat.Mean(c.state.Last[:window], nil), stat.Mean(c.state.Last[window:], nil)
	if math.Abs(now-before) <= tolerance*max(math.Abs(now), math.Abs(before)) {
		c.state.Reached = true
		return Stop
	}
	return nil
}

// Reached tells whether the bound has settled; else the fit ended for another
// reason.
func (c *Convergence) Reached() bool { return c != nil && c.state.Reached }

// MarshalBinary implements Watcher.
func (c *Convergence) MarshalBinary() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, errors.WithMessage(err, "trainers")
	}
	return remember(c.state)
}

// UnmarshalBinary implements Watcher.
func (c *Convergence) UnmarshalBinary(state []byte) error {
	if err := c.check(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	s, err := recall("Convergence", state, func(s convergenceState) bool { return len(s.Last) <= 2*cmp.Or(c.Window, 100) })
	if err == nil {
		c.state = s
	}
	return err
}
