package main

import (
	"context"
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// network is a belief net of pictures: 784 pixels under 200 bits.
type network struct {
	name, about string
	hidden      []int // units between pixels and bits
	layers      int   // of bits
}

var networks = []network{
	{"linear784", "784-200 bits-784, affine", nil, 1},
	{"nonlinear784", "784-200-200-200 bits-200-200-784, leaky rectifiers", []int{200, 200}, 1},
	{"two784", "784-200 bits-200 bits-784, affine, two stochastic layers", nil, 2},
}

// bits is the size of a stochastic layer, of -quick runs quickBits.
const bits, quickBits = 200, 20

// model makes the networks; their inputs are pictures less the mean picture, and the
// outputs begin there.
func (n network) model(bits int, mean []float64) func(*graph.Scope) vi.Model {
	leaky := layers.Config{Activation: func(x *graph.Node) *graph.Node { return graph.LeakyRelu(x, .3) }}
	return func(s *graph.Scope) vi.Model {
		q, p := s.In("q"), s.In("p")
		pixels := len(mean)
		widths := func(ends ...int) []int {
			return append(append(ends[:1:1], n.hidden...), ends[1])
		}
		enc, dec := leaky.NewMLP(q.In("enc"), widths(pixels, bits)...), leaky.NewMLP(p.In("dec"), widths(bits, pixels)...)
		var up, down layers.Stack
		if n.layers == 2 {
			up, down = leaky.NewMLP(q.In("up"), bits, bits), leaky.NewMLP(p.In("down"), bits, bits)
		}
		centred := func(z *graph.Node) *graph.Node { return z.Scale(2).Shift(-1) }
		return vi.Model{
			Guide: func(t *vi.Trace) {
				z := t.Draw("z1", prob.Bernoulli{Logits: enc.Apply(t.Given("x").Sub(s.Tensor(mean, pixels)))})
				if n.layers == 2 {
					t.Draw("z2", prob.Bernoulli{Logits: up.Apply(centred(z))})
				}
			},
			Joint: func(t *vi.Trace) {
				of := prob.Bernoulli{Logits: s.Tensor(make([]float64, bits), bits)}
				if n.layers == 2 {
					of.Logits = down.Apply(centred(t.Draw("z2", of)))
				}
				z := t.Draw("z1", of)
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(centred(z)).Add(s.Tensor(logits(mean), pixels))})
			},
		}
	}
}

// meanPicture is the mean of a set's rows.
func meanPicture(d *data.Set) []float64 {
	x, mean := d.Values("x"), make([]float64, d.Cols("x"))
	for i, v := range x {
		mean[i%len(mean)] += float64(v) / float64(d.Len())
	}
	return mean
}

// logits are those of pixels of a mean picture, a little inside of 0 and 1.
func logits(mean []float64) []float64 {
	l := make([]float64, len(mean))
	for i, p := range mean {
		p = min(max(p, .001), .999)
		l[i] = math.Log(p / (1 - p))
	}
	return l
}

// compared are the estimators of the study of Shi, Zhou, Hwang, Titsias and Mackey
// (arXiv 2202.09497) that take n evaluations of the model.
func (n network) compared(evaluations int) []bench.Case {
	all := func(name string, k int, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: fmt.Sprintf("ELBO by %d evaluations", evaluations), Bound: vi.ELBO{Config: vi.Config{K: k, Estimator: e}}}
	}
	cases := []bench.Case{
		all("Score{LeaveOneOut}", evaluations, vi.Score{Baseline: vi.LeaveOneOut{}}),
		all("DoubleCV", evaluations, vi.DoubleCV{}),
		all("RODEO", evaluations, vi.RODEO{}),
	}
	if evaluations%2 == 0 {
		cases = append(cases, all("DisARM", evaluations/2, vi.DisARM{}))
	}
	if n.layers == 1 && evaluations > 2 { // of two draws it is DisARM, and it wants draws of one law
		cases = append(cases, all("ARMS", evaluations, vi.ARMS{}))
	}
	return cases
}

// counts are those of evaluations that are asked for.
func (o options) counts() []int {
	if o.evaluations == 0 {
		return []int{2, 3, 4}
	}
	return []int{o.evaluations}
}

// pictures loads -data, or draws digits.
func pictures(o options) (data.Sets, error) {
	if o.quick {
		all := data.Digits(1, 600)
		train, err := all.Slice(0, 500)
		if err != nil {
			return data.Sets{}, err
		}
		test, err := all.Slice(500, 600)
		return data.Sets{Train: train, Test: test}, err
	}
	sets, err := data.Open(context.Background(), o.data, data.Fetcher{}, data.LoadConfig{Seed: 1})
	return sets, errors.WithMessage(err, "-data")
}

// binarized draws black and white anew.
var binarized = map[string]data.Transform{"x": data.Binarize}

// problem has the variances of the estimators at places along the training by
// leave-one-out of four draws.
func (n network) problem(o options) (problem, error) {
	sets, err := pictures(o)
	if err != nil {
		return problem{}, err
	}
	units, steps := bits, 2000
	if o.quick {
		units, steps = quickBits, 20
	}
	p := problem{
		name: n.name, about: n.about + "; pictures binarized anew for each draw; exact gradient unknown",
		model: n.model(units, meanPicture(sets.Train)), data: sets.Train, batch: 100, arrays: []string{"x"}, transforms: binarized,
		group: top, draws: 200, warmup: steps,
	}
	for _, k := range o.counts() {
		p.cases = append(p.cases, n.compared(k)...)
	}
	train := plainly(p.model, vi.ELBO{Config: vi.Config{K: 4, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}})
	after := func(steps int) point {
		return point{fmt.Sprintf("%d steps", steps), func(ctx context.Context) (*graph.Params, error) {
			params, err := declared(p.model, graph.Float32)
			if err != nil || steps == 0 {
				return params, err
			}
			_, err = trainers.Fit(ctx, train, batched(sets.Train, 1, false), trainers.Config{
				Params: params, Epochs: steps, Seed: 1, Optimizer: trainers.Adam{}, OnStep: func(s trainers.Step) error {
					if s.Number == steps {
						return trainers.Stop
					}
					return nil
				},
			})
			return params, err
		}}
	}
	p.points = []point{after(steps), after(0), after(5 * steps)}
	return p, nil
}

// batched are the pictures in batches.
func batched(d *data.Set, seed uint64, evaluation bool) data.Batches {
	return d.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 100, Seed: seed, Flat: true, Map: binarized, Evaluation: evaluation})
}
