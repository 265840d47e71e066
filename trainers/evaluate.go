package trainers

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// EvalConfig says how to evaluate.
type EvalConfig struct {
	Seed      uint64              // of the noise
	Schedules map[string]Schedule // of the scalar inputs that the model has in evaluation, taken at Step
	Step      int

	GlobalDraws int // of what all rows share, each with a pass over the set; 0 means 10; without such noise one pass is all
}

// Evaluate returns the means over epoch 0 of batches of "bound" and of every term
// of a model's estimate, in nats per datum. The noise is a stream of its own,
// numbered by row in the order of the batches: with those that
// data.BatchConfig.Evaluation makes, the result does not depend on the batch size
// beyond rounding, and repeats exactly.
//
// The rows average the noise that each has for itself. What they share, above
// all the draw of a global, they do not: where there is such noise the means are
// also over GlobalDraws independent draws of it, and "NAME/stderr" is the
// standard error of each. A bound is one in expectation: the mean of a few draws
// may lie above the log evidence.
func Evaluate(ctx context.Context, m Bound, params *graph.Params, b data.Batches, c EvalConfig) (map[string]float64, error) {
	if m == nil {
		return nil, errors.New("trainers: no model to evaluate")
	}
	if ctx == nil {
		return nil, errNoContext
	}
	e, err := newEvaluator(m.declare, params, b, c)
	if err != nil {
		return nil, err
	}
	terms, err := e.evaluate(ctx, c.Step)
	return terms, interruption(ctx, err)
}

// Predict runs what outputs builds over epoch 0 of batches and returns the values
// of each of its outputs, nodes [B, …] for a batch of B rows (of the first array),
// or [1, B, …] as a model's values are with one draw, one row after the other in
// the order of the batches: codes, reconstructions, or the log p(x) of every row.
// That is the order of the data set, as data.BatchConfig.Evaluation makes them;
// batches that are shuffled are refused. Noise is that of Evaluate, and what rows
// share is drawn once.
func Predict(ctx context.Context, outputs func(s *graph.Scope, d vi.Data) map[string]*graph.Node, params *graph.Params, b data.Batches, c EvalConfig) (map[string][]float64, error) {
	if outputs == nil {
		return nil, errors.New("trainers: no function of outputs to evaluate")
	}
	if ctx == nil {
		return nil, errNoContext
	}
	e, err := newEvaluator(func(s *graph.Scope, d vi.Data) {
		out := outputs(s, d)
		for _, name := range slices.Sorted(maps.Keys(out)) {
			if out[name] == nil {
				graph.Fail("trainers: output %s is nil", name)
			}
			s.Output(predictOutput+name, out[name])
		}
	}, params, b, c)
	if err != nil {
		return nil, err
	}
	values := map[string][]float64{}
	err = e.each(ctx, c.Step, 0, func(p *graph.Program, rows int) error {
		if err := e.inOrder(); err != nil {
			return err
		}
		for _, output := range p.Outputs() {
			name, shape := strings.TrimPrefix(output, predictOutput), p.Shape(output)
			if !byRow(shape, rows) {
				return errors.Errorf("output %s has shape %v, want [%d …], perhaps behind axes of 1: an entry for each row", name, shape, rows)
			}
			v, err := p.Value(output)
			if err != nil {
				return err
			}
			values[name] = append(values[name], v...)
		}
		return nil
	})
	if err != nil {
		return nil, interruption(ctx, err)
	}
	return values, nil
}

// inOrder refuses a batch whose rows are not in the order of the data set.
func (e *evaluator) inOrder() error {
	for _, i := range e.runs.batches.Index(e.runs.arrays[0].Name) {
		if i < e.last {
			return errors.Errorf("row %d comes after row %d: values by row want the batches of data.BatchConfig.Evaluation, which are not shuffled", i, e.last)
		}
		e.last = i
	}
	return nil
}

// byRow tells whether the elements of a shape are those of one row after the
// other.
func byRow(shape graph.Shape, rows int) bool {
	for _, d := range shape {
		if d == rows || d != 1 {
			return d == rows
		}
	}
	return false
}

// evaluator keeps the programs of an evaluation.
type evaluator struct {
	EvalConfig
	runs      *runner
	scheduled bool // all schedules are known to be of some input
	last      int  // number of the row that inOrder saw last
}

func newEvaluator(declare func(*graph.Scope, vi.Data), params *graph.Params, b data.Batches, c EvalConfig) (*evaluator, error) {
	switch {
	case op.Nil(b):
		return nil, errors.New("trainers: no data to evaluate")
	case params == nil:
		return nil, errors.New("trainers: no parameters to evaluate")
	case c.GlobalDraws < 0:
		return nil, errors.Errorf("trainers: GlobalDraws %d, want 1 or more, or 0", c.GlobalDraws)
	}
	if err := meaningful(c.Schedules); err != nil {
		return nil, errors.WithMessage(err, "trainers")
	}
	runs := &runner{declare: declare, params: params, batches: b}
	if err := runs.start(); err != nil {
		return nil, errors.WithMessage(err, "trainers: evaluate")
	}
	return &evaluator{EvalConfig: c, runs: runs}, nil
}

func (e *evaluator) evaluate(ctx context.Context, step int) (map[string]float64, error) {
	var draws []map[string]float64
	for want := 1; len(draws) < want; want = e.draws() {
		var mean means
		if err := e.each(ctx, step, len(draws), mean.add); err != nil {
			return nil, err
		}
		draws = append(draws, mean.values())
	}
	out := map[string]float64{}
	for name := range draws[0] {
		values := make([]float64, len(draws))
		for i, d := range draws {
			values[i] = d[name]
		}
		if out[name] = values[0]; len(draws) > 1 {
			mean, std := stat.MeanStdDev(values, nil)
			out[name], out[name+"/stderr"] = mean, stat.StdErr(std, float64(len(values)))
		}
	}
	return out, nil
}

// draws returns how often the set is gone through: once, unless a program that
// has been built has noise which its rows share.
func (e *evaluator) draws() int {
	for _, p := range e.runs.programs {
		if len(door.SharedNoise(p)) > 0 {
			return cmp.Or(e.GlobalDraws, 10)
		}
	}
	return 1
}

// each runs the epoch batch by batch with a draw of its noise and calls visit
// after every run.
func (e *evaluator) each(ctx context.Context, step, draw int, visit func(p *graph.Program, rows int) error) error {
	runs := e.runs
	if err := runs.batches.Seek(0, 0); err != nil {
		return errors.WithMessage(err, "trainers: evaluate")
	}
	row := 0
	for runs.batches.Next() {
		p, err := runs.program()
		if err == nil && !e.scheduled {
			e.scheduled = true
			err = idle(e.Schedules, runs.own(p))
		}
		if err == nil {
			err = runs.feed(p, e.Schedules, step)
		}
		if err == nil {
			err = p.Run(ctx, graph.Key{Seed: e.Seed, Stream: graph.EvaluationStream, Step: uint32(draw), Row: row})
		}
		if err == nil {
			err = runs.placed(visit(p, runs.rows[0]), 0)
		}
		if err != nil {
			return errors.WithMessagef(err, "trainers: evaluate rows from %d", row)
		}
		row += runs.rows[0]
	}
	if err := runs.batches.Err(); err != nil {
		return errors.WithMessagef(err, "trainers: evaluate rows from %d", row)
	}
	if row == 0 {
		return errors.New("trainers: evaluate: the epoch has no batch")
	}
	return nil
}
