package main

import (
	"context"
	"fmt"
	"io"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// lab is what all cells of a run share.
type lab struct {
	options
	sets   data.Sets
	stderr io.Writer
	commit string // of the source when the run began

	features    *models.Features // what M1 made of the pictures, once a cell has asked for it
	featureSets data.Sets
	warmUp      bool                  // in its training
	trained     map[int]*graph.Params // networks with latent weights, by the epochs
}

// The digits drawn by the program for -quick.
const drawnTrain, drawnTest = 1000, 200

func newLab(ctx context.Context, o options, stderr io.Writer) (*lab, error) {
	l := &lab{options: o, stderr: stderr, commit: commit(), trained: map[int]*graph.Params{}}
	if o.table != nil && o.table.folder != "" {
		return l, nil
	}
	if !o.quick {
		var err error
		l.sets, err = data.Open(ctx, o.data, data.Fetcher{}, data.LoadConfig{})
		return l, errors.WithMessage(err, "-data")
	}
	all := data.Digits(1, drawnTrain+drawnTest)
	var err error
	if l.sets.Train, err = all.Slice(0, drawnTrain); err != nil {
		return nil, err
	}
	l.sets.Test, err = all.Slice(drawnTrain, drawnTrain+drawnTest)
	return l, err
}

// say writes a line for who watches.
func (l *lab) say(format string, args ...any) { fmt.Fprintf(l.stderr, format+"\n", args...) }

// pick returns the number for a whole run or for a quick one.
func (l *lab) pick(whole, quick int) int {
	if l.quick {
		return quick
	}
	return whole
}

// training is a fit of a model to the binarized pictures, drawn anew in every
// epoch, and its judgement on the test pictures, drawn once.
type training struct {
	epochs, batch int
	rate          float64
	falling       bool // the rate falls to 0 as a cosine
	schedules     map[string]trainers.Schedule
	model         func(s *graph.Scope) vi.Model
	bound         func(s *graph.Scope) vi.Objective // what trains
	test          vi.Objective                      // what judges
	draws         int                               // for log p(x) of the test pictures; 0: not
	initialise    bool                              // first values from the data
}

// train and test are the pictures in batches, binarized: drawn anew in every epoch,
// and once.
func (l *lab) train(batch int, seed uint64) data.Batches {
	return l.sets.Train.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: batch, Seed: seed, Flat: true, Map: binarized})
}

func (l *lab) test(batch int, seed uint64) data.Batches {
	return l.sets.Test.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: batch, Seed: seed, Flat: true, Map: binarized, Evaluation: true})
}

var binarized = map[string]data.Transform{"x": data.Binarize}

// evaluate returns the terms of an objective on the test pictures.
func (l *lab) evaluate(ctx context.Context, seed uint64, params *graph.Params, t training, o vi.Objective) (map[string]float64, error) {
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.Estimate(s, t.model(s), d) }
	return trainers.Evaluate(ctx, bound, params, l.test(t.batch, seed), trainers.EvalConfig{Seed: seed})
}

// fit trains and judges: figures "ELBO", every ten epochs a point of the curve,
// and "log p".
func (l *lab) fit(ctx context.Context, seed uint64, t training) (result, *graph.Params, error) {
	params := &graph.Params{Seed: seed}
	res := result{Figures: map[string]figure{}, Epochs: t.epochs}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return t.bound(s).Estimate(s, t.model(s), d) }
	var rate trainers.Schedule
	if t.falling {
		rate = l.cosine(t.epochs, t.batch)
	}
	_, err := trainers.Fit(ctx, bound, l.train(t.batch, seed), trainers.Config{
		Params: params, Epochs: t.epochs, Seed: seed, Schedules: t.schedules, Optimizer: trainers.Adam{Rate: t.rate}, Rate: rate, Initialise: t.initialise,
		OnEpoch: func(e trainers.Epoch) error {
			if e.Epoch%10 != 0 && e.Epoch != t.epochs {
				return nil
			}
			terms, err := l.evaluate(ctx, seed, params, t, t.test)
			if err != nil {
				return err
			}
			res.Curve = append(res.Curve, point{e.Epoch, terms["elbo"]})
			res.Figures["ELBO"] = figure{Value: terms["elbo"]}
			l.say("  epoch %d: training bound %.2f, test ELBO %.2f (%.1f s)", e.Epoch, e.Train["bound"], terms["elbo"], e.Seconds)
			return nil
		},
	})
	if err != nil || t.draws == 0 {
		return res, params, err
	}
	err = l.evidence(ctx, seed, params, t, &res)
	return res, params, err
}

// evidence estimates log p(x) of the test pictures: the figure "log p", and its
// means over the blocks of them.
func (l *lab) evidence(ctx context.Context, seed uint64, params *graph.Params, t training, res *result) error {
	rows, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		e, _ := vi.Evidence{K: t.draws}.PerRow(s, t.model(s), d)
		return map[string]*graph.Node{"evidence": e.LogP, "bias": e.Bias, "variance": e.StdErr.Square()}
	}, params, l.test(t.batch, seed), trainers.EvalConfig{Seed: seed})
	if err != nil {
		return err
	}
	n, terms := len(rows["evidence"]), map[string]float64{}
	for name, v := range rows {
		terms[name] = stat.Mean(v, nil)
	}
	lo, hi := vi.EvidenceInterval(terms, n)
	res.Figures["log p"] = figure{terms["evidence"], (hi - lo) / (2 * 1.96)}
	for i := range blocks {
		res.Blocks = append(res.Blocks, stat.Mean(rows["evidence"][i*n/blocks:(i+1)*n/blocks], nil))
	}
	return nil
}
