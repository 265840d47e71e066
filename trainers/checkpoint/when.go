package checkpoint

import (
	"time"

	"github.com/pkg/errors"
)

// When says when a checkpoint is due.
type When interface{ Due(m Moment) bool }

// Moment is one at which a checkpoint may be written: after a step, after an epoch
// with all that comes at its end, and where the run ends by an error or is
// interrupted.
type Moment struct {
	Step        int           // steps taken
	Epoch       int           // epochs that are complete
	EpochEnd    bool          // the last of them has just been
	Since       time.Duration // the last checkpoint that was written or gone on from, else the beginning
	Interrupted bool          // the context is done: a signal, say, or a deadline
	Err         error         // that ends the run otherwise
}

// amid tells whether a run is under way: neither an epoch nor the run ends.
func (m Moment) amid() bool { return !m.EpochEnd && !m.Interrupted && m.Err == nil }

// EverySteps is after so many steps, and twice and thrice as many: at least 1.
type EverySteps int

// Due implements When.
func (n EverySteps) Due(m Moment) bool { return n > 0 && m.amid() && m.Step%int(n) == 0 }

func (n EverySteps) check() error {
	if n < 1 {
		return errors.Errorf("EverySteps(%d), want 1 or more", n)
	}
	return nil
}

// EveryTime is after the first step for which as much time has passed since the
// checkpoint before: more than 0.
type EveryTime time.Duration

// Due implements When.
func (t EveryTime) Due(m Moment) bool { return t > 0 && m.amid() && m.Since >= time.Duration(t) }

func (t EveryTime) check() error {
	if t <= 0 {
		return errors.Errorf("EveryTime(%v), want more than 0", time.Duration(t))
	}
	return nil
}

// EveryEpochs is at the end of every so many epochs: at least 1.
type EveryEpochs int

// Due implements When.
func (n EveryEpochs) Due(m Moment) bool { return n > 0 && m.EpochEnd && m.Epoch%int(n) == 0 }

func (n EveryEpochs) check() error {
	if n < 1 {
		return errors.Errorf("EveryEpochs(%d), want 1 or more", n)
	}
	return nil
}

// OnInterrupt is when the context of the run is done, such as by a signal that
// signal.NotifyContext waits for, after the step that was the last one.
type OnInterrupt struct{}

// Due implements When.
func (OnInterrupt) Due(m Moment) bool { return m.Interrupted }

// OnError is when the run ends by an error other than that of its context, as
// before the step that made it.
type OnError struct{}

// Due implements When.
func (OnError) Due(m Moment) bool { return m.Err != nil && !m.Interrupted }
