package trainers

import (
	"cmp"
	"encoding/json"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/internal/store"
)

// Convergence ends a fit when the bound has settled: when its mean over the last
// Window epochs differs from that over the Window before by no more than Tolerance
// of its size. Its method is a Config.OnEpoch:
//
//	settled := &trainers.Convergence{}
//	trainers.Config{Epochs: 100000, OnEpoch: settled.OnEpoch}
//
// The mean of a window is as noisy as a bound by as many draws: a window that is
// too short for its tolerance ends a fit late, or by chance too early. A step size
// that is too large settles too, above the best bound by its own noise.
type Convergence struct {
	Window    int     // epochs; 0 means 100
	Tolerance float64 // relative; 0 means 1e-3
	Term      string  // "" means "bound"
	Test      bool    // of Epoch.Test, else of Epoch.Train

	last    []float64 // of at most two windows
	reached bool
}

// OnEpoch returns Stop when the bound has settled. Epoch 1 begins anew.
func (c *Convergence) OnEpoch(e Epoch) error {
	if c == nil {
		return errors.New("trainers: the Convergence is nil, want &trainers.Convergence{}")
	}
	if c.Window < 0 || !(c.Tolerance >= 0) || math.IsInf(c.Tolerance, 1) {
		return errors.Errorf("trainers: Convergence with a Window of %d and a Tolerance of %v, want numbers above 0, or 0 for 100 and 1e-3", c.Window, c.Tolerance)
	}
	window, tolerance, term := cmp.Or(c.Window, 100), cmp.Or(c.Tolerance, 1e-3), cmp.Or(c.Term, "bound")
	of, terms := "Train", e.Train
	if c.Test {
		of, terms = "Test", e.Test
	}
	v, ok := terms[term]
	if !ok {
		return errors.Errorf("trainers: Convergence of %s, which Epoch.%s does not have", term, of)
	}
	if e.Epoch == 1 {
		c.last, c.reached = nil, false
	}
	if c.last = append(c.last, v); len(c.last) > 2*window {
		c.last = c.last[len(c.last)-2*window:]
	}
	if len(c.last) < 2*window {
		return nil
	}
	before, now := stat.Mean(c.last[:window], nil), stat.Mean(c.last[window:], nil)
	if math.Abs(now-before) <= tolerance*max(math.Abs(now), math.Abs(before)) {
		c.reached = true
		return Stop
	}
	return nil
}

// MarshalBinary returns the state, of a Window of epochs, for a checkpoint
// (checkpoint.Config.State).
func (c *Convergence) MarshalBinary() ([]byte, error) {
	if c == nil {
		return nil, errors.New("trainers: the Convergence is nil")
	}
	s := convergenceState{Reached: c.reached}
	for _, v := range c.last {
		s.Last = append(s.Last, store.Number(v))
	}
	b, err := json.Marshal(s)
	return b, errors.Wrap(err, "trainers: Convergence")
}

// UnmarshalBinary takes a state that MarshalBinary returned.
func (c *Convergence) UnmarshalBinary(b []byte) error {
	if c == nil {
		return errors.New("trainers: the Convergence is nil")
	}
	var s convergenceState
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.Wrap(err, "trainers: Convergence")
	}
	c.last, c.reached = nil, s.Reached
	for _, v := range s.Last {
		c.last = append(c.last, float64(v))
	}
	return nil
}

type convergenceState struct {
	Last    []store.Number `json:"last"`
	Reached bool           `json:"reached"`
}

// Reached tells whether the bound has settled; else the fit ended for another
// reason.
func (c *Convergence) Reached() bool { return c != nil && c.reached }
