package trainers

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"
)

// Plateau lowers the rate when a metric has not become better for some epochs.
// The factor of the rate is Factor to the power of the times it was lowered, but
// not below Floor.
type Plateau struct {
	Metric    string  // of what an epoch comes to; "" means "bound"
	Lower     bool    // the lower the metric the better it is
	Factor    float64 // below 1; 0 means .1
	Patience  int     // epochs without a better metric that are waited for; 0 means 10, negative none
	Threshold float64 // a metric is better if it differs by more from the best so far; 0 or more, in its units
	Floor     float64 // from 0 to 1
}

// PlateauState is where a Plateau has come to.
type PlateauState struct {
	Epochs int     // that were observed
	Best   float64 // metric, if there was any
	Waited int     // epochs since then, or since the rate was lowered
	Cuts   int     // times the rate was lowered
}

func (p Plateau) check() error {
	if !(p.Factor >= 0 && p.Factor < 1 && p.Threshold >= 0 && !math.IsInf(p.Threshold, 1) && p.Floor >= 0 && p.Floor <= 1) {
		return errors.Errorf("Plateau%+v: want Factor from 0 to below 1, a finite Threshold ≥ 0, Floor from 0 to 1", p)
	}
	return nil
}

// rate is the factor of the rate.
func (p Plateau) rate(s PlateauState) float64 {
	return max(p.Floor, math.Pow(cmp.Or(p.Factor, .1), float64(s.Cuts)))
}

// after is the state after one more metric.
func (p Plateau) after(s PlateauState, metric float64) PlateauState {
	gain := metric - s.Best
	if p.Lower {
		gain = -gain
	}
	s.Waited++
	if s.Epochs == 0 || gain > p.Threshold {
		s.Best, s.Waited = metric, 0
	}
	s.Epochs++
	if s.Waited > max(cmp.Or(p.Patience, 10), 0) {
		s.Waited, s.Cuts = 0, s.Cuts+1
	}
	return s
}

// possible tells whether a Plateau can be there.
func (s PlateauState) possible() bool {
	return s.Epochs >= 0 && s.Waited >= 0 && s.Cuts >= 0 && isFinite(s.Best)
}

// Observe tells the Plateau what an epoch came to: such as what Evaluate returns,
// or Epoch.Test. Metrics that are not finite, or lack its own, are an error.
func (u *Updater) Observe(epoch map[string]float64) error {
	if err := u.alive(); err != nil {
		return err
	}
	if u.conf.Plateau == nil {
		return errors.New("trainers: observe: the Updater has no Plateau to tell it")
	}
	name := cmp.Or(u.conf.Plateau.Metric, "bound")
	v, ok := epoch[name]
	if !ok {
		return errors.Errorf("trainers: the Plateau's Metric %s is none of %v", name, slices.Sorted(maps.Keys(epoch)))
	}
	if !isFinite(v) {
		return errors.Errorf("trainers: the Plateau's Metric %s is %v", name, v)
	}
	u.plateau = u.conf.Plateau.after(u.plateau, v)
	return nil
}
