package report

import (
	"maps"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers"
)

// Sink takes numbers of a step by their names: JSONL, tensorboard.Writer, or one's
// own.
type Sink interface {
	Scalars(step int, values map[string]float64) error
}

// Log writes what a fit comes to into sinks. Its methods are Config.OnStep and
// Config.OnEpoch of trainers, or parts of them.
//
// Of a step these are "step/bound" and all other terms of its batch,
// "step/grad_norm" and that of each group, "step/grad_norm/^enc/". Of an epoch they
// are "epoch", "train/bound" and "test/bound" with all other terms, "grad_norm",
// "not_finite", "seconds" and "examples_per_second", as trainers.Epoch has them,
// and "back_to" where a trainers.Cliff went back. The step is that of the whole
// fit.
type Log struct {
	To        []Sink
	Every     int      // steps from one that is written to the next; 0 means none but epochs
	GradNorms []string // groups whose norms are written too, by expressions as in trainers.Group.Match
}

func (l *Log) check() error {
	switch {
	case l == nil:
		return errors.New("report: the Log is nil, want &report.Log{}")
	case l.Every < 0:
		return errors.Errorf("report: Log of Every %d steps, want 0 or more", l.Every)
	}
	for i, s := range l.To {
		if s == nil {
			return errors.Errorf("report: Log To[%d] is nil", i)
		}
	}
	return nil
}

func (l *Log) write(step int, values map[string]float64) error {
	for _, s := range l.To {
		if err := s.Scalars(step, values); err != nil {
			return errors.WithMessage(err, "report")
		}
	}
	return nil
}

// OnStep writes the numbers of every Every-th step.
func (l *Log) OnStep(s trainers.Step) error {
	if err := l.check(); err != nil {
		return err
	}
	if l.Every == 0 || s.Number%l.Every != 0 {
		return nil
	}
	metrics, err := s.Metrics()
	if err != nil {
		return errors.WithMessage(err, "report")
	}
	values := prefixed(nil, "step/", metrics)
	for _, match := range append([]string{""}, l.GradNorms...) {
		norm, err := s.GradNorm(match)
		if err != nil {
			return errors.WithMessage(err, "report: GradNorms")
		}
		name := "step/grad_norm"
		if match != "" {
			name += "/" + match
		}
		values[name] = norm
	}
	return l.write(s.Number, values)
}

// OnEpoch writes the numbers of an epoch.
func (l *Log) OnEpoch(e trainers.Epoch) error {
	if err := l.check(); err != nil {
		return err
	}
	values := map[string]float64{
		"epoch": float64(e.Epoch), "seconds": e.Seconds, "examples_per_second": e.ExamplesPerSecond, "grad_norm": e.GradNorm, "not_finite": e.NotFinite,
	}
	if e.BackTo > 0 {
		values["back_to"] = float64(e.BackTo)
	}
	return l.write(e.Steps, prefixed(prefixed(values, "train/", e.Train), "test/", e.Test))
}

// prefixed adds numbers to others, by longer names.
func prefixed(to map[string]float64, prefix string, values map[string]float64) map[string]float64 {
	to = maps.Clone(to)
	if to == nil {
		to = map[string]float64{}
	}
	for name, v := range values {
		to[prefix+name] = v
	}
	return to
}
