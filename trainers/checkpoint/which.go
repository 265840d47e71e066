package checkpoint

import (
	"cmp"
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Which says what is kept of the checkpoints, given from the oldest to the newest:
// it returns true for each that it wants. What none wants is removed, but for the
// newest.
type Which interface{ Keep(all []Info) []bool }

// Last are the newest, so many of them: at least 1. One alone leaves nothing to go
// on from if it is damaged.
type Last int

// Keep implements Which.
func (n Last) Keep(all []Info) []bool {
	keep := make([]bool, len(all))
	for i := range keep {
		keep[i] = len(all)-i <= int(n)
	}
	return keep
}

func (n Last) check() error {
	if n < 1 {
		return errors.Errorf("Last(%d), want 1 or more", n)
	}
	return nil
}

// EveryNth are those whose number can be divided by it: at least 1, which is all.
type EveryNth int

// Keep implements Which.
func (n EveryNth) Keep(all []Info) []bool {
	keep := make([]bool, len(all))
	for i, info := range all {
		keep[i] = n > 0 && info.Number%int(n) == 0
	}
	return keep
}

func (n EveryNth) check() error {
	if n < 1 {
		return errors.Errorf("EveryNth(%d), want 1 or more", n)
	}
	return nil
}

// Best are the best by a metric of the epoch that they end, of equal ones the
// earlier. Checkpoints amid an epoch are none of them.
type Best struct {
	N      int    // how many; 0 means 1
	Metric string // "test/" or "train/" and a name of trainers.Epoch; "" means "test/bound", or "train/bound" without a test set
	Lower  bool   // the lower the better
}

// Keep implements Which.
func (b Best) Keep(all []Info) []bool {
	keep := make([]bool, len(all))
	for _, i := range b.order(all)[:min(max(b.N, 1), len(b.order(all)))] {
		keep[i] = true
	}
	return keep
}

// order returns which have the metric, the best first.
func (b Best) order(all []Info) []int {
	var order []int
	for i, info := range all {
		if v, ok := b.of(info); ok && !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		x, _ := b.of(all[i])
		y, _ := b.of(all[j])
		if b.Lower {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(y, x)
	})
	return order
}

// of is the metric of a checkpoint.
func (b Best) of(info Info) (v float64, ok bool) {
	if b.Metric != "" {
		v, ok = info.Metrics[b.Metric]
		return v, ok
	}
	if v, ok = info.Metrics["test/bound"]; !ok {
		v, ok = info.Metrics["train/bound"]
	}
	return v, ok
}

// Of returns the best of the checkpoints, such as those of List; false if none has
// the metric.
func (b Best) Of(all []Info) (Info, bool) {
	if order := b.order(all); len(order) > 0 {
		return all[order[0]], true
	}
	return Info{}, false
}

func (b Best) check() error {
	if b.N < 0 {
		return errors.Errorf("Best of %d, want 1 or more, or 0 for 1", b.N)
	}
	return nil
}
