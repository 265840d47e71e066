package main

import (
	"context"
	"math"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

var mcem = table{
	name:   "mcem",
	title:  "Chapter 2: marginal likelihood of AEVB, wake-sleep and Monte Carlo EM",
	source: "Kingma and Welling (arXiv 1312.6114), figure 3, which shows curves only",
	about: "log p(x) in nats of 1000 training pictures and of 1000 test pictures, after training by N pictures. 3 latents and one hidden layer of 100 units, tanh, Bernoulli pixels that are drawn once, minibatches of 100, Adam with a rate of 1e-3. " +
		"Monte Carlo EM has no encoder: each picture has a chain, of which an E step takes a trajectory of ten leapfrog steps at an acceptance of 90 %, and five updates follow, as in the paper. " +
		"It cannot be used online, as a picture's chain has to be gone on with while the posterior moves: all methods make 50,000 updates, within which a chain makes 1000 transitions for N = 1000 and 20 for N = 50,000. The paper has no Monte Carlo EM for N = 50,000.\n\n" +
		"p(x) is estimated as the mean of p(x | z) over a million draws of the prior, the same for all pictures, which 3 latents allow. The estimator of the paper, appendix D, " +
		"by a chain of each picture (`mcmc.Evidence`), was tried: after so many updates the posteriors of the models have several modes, in which chains stay, and it fell short of this one by more than a hundred nats",
	rows: "method", columns: "N", shown: judged,
	cells: mcemCells,
}

var judged = []string{"train log p", "test log p"}

func mcemCells(l *lab) (cells []cell) {
	const mc = "Monte Carlo EM"
	bounds := map[string]vi.Objective{"AEVB": vi.ELBO{}, "wake-sleep": vi.WakeSleep{}}
	for _, n := range []int{1000, 50000} {
		for _, method := range []string{"AEVB", "wake-sleep", mc} {
			cells = append(cells, cell{labels{"N": strconv.Itoa(n), "method": method}, 1, func(ctx context.Context, l *lab) (result, error) {
				m := marginal{lab: l, seed: 1, params: &graph.Params{Seed: 1}, hidden: l.pick(100, 10)}
				var err error
				if m.train, err = drawn(l.sets.Train, l.pick(n, n/100), m.seed); err != nil {
					return result{}, err
				}
				if m.test, err = drawn(l.sets.Test, l.pick(1000, 10), m.seed+1); err != nil {
					return result{}, err
				}
				m.epochs = l.pick(map[int]int{1000: 5000, 50000: 100}[n], 1)
				if method == mc {
					m.epochs = max(m.epochs/weightUpdates, 1)
					err = m.em(ctx)
				} else {
					err = m.fit(ctx, bounds[method])
				}
				if err != nil {
					return result{}, err
				}
				return m.result(ctx)
			}})
		}
	}
	return cells
}

// marginal is a training whose model is judged by log p(x).
type marginal struct {
	*lab
	seed           uint64
	params         *graph.Params
	hidden, epochs int
	train, test    *data.Set
}

// Sizes of the experiment: rows of a step, and updates after an E step.
const (
	marginalBatch = 100
	weightUpdates = 5
)

// drawn returns the first pictures of a set, with pixels that are drawn once.
func drawn(set *data.Set, n int, seed uint64) (*data.Set, error) {
	part, err := set.Slice(0, min(n, set.Len()))
	if err != nil {
		return nil, err
	}
	b := part.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: part.Len(), Seed: seed, Flat: true, Map: binarized, Evaluation: true})
	x := make([]float32, part.Len()*part.Cols("x"))
	if err := b.Seek(0, 0); err != nil {
		return nil, err
	}
	if !b.Next() {
		return nil, errors.WithMessage(b.Err(), "pictures")
	}
	if err := b.Fill("x", 0, graph.Array{F32: x}); err != nil {
		return nil, err
	}
	return data.New(data.FromFlat("x", x, part.Cols("x")))
}

func (m *marginal) model(s *graph.Scope) vi.Model {
	return models.NewVAE(s, models.VAEConfig{Input: 784, Latent: 3, Hidden: []int{m.hidden}})
}

// joint is that of model, whose encoder it does not declare.
func (m *marginal) joint(s *graph.Scope, _ vi.Data) vi.Model {
	dec := layers.NewMLP(s.In("dec"), 3, m.hidden, 784)
	return vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(3)))})
	}}
}

func (m *marginal) batches() data.Batches {
	return m.train.Batches(data.BatchConfig{Size: marginalBatch, Seed: m.seed})
}

var pixels = map[string][]int{"x": {784}}

// fit trains joint and guide by a bound.
func (m *marginal) fit(ctx context.Context, o vi.Objective) error {
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.Estimate(s, m.model(s), d) }
	_, err := trainers.Fit(ctx, bound, m.batches(), trainers.Config{
		Params: m.params, Epochs: m.epochs, Seed: m.seed, Optimizer: trainers.Adam{Rate: 1e-3},
	})
	return err
}

// em trains the joint by Monte Carlo EM.
func (m *marginal) em(ctx context.Context) error {
	size := min(marginalBatch, m.train.Len())
	u := trainers.NewUpdater(m.params, trainers.UpdateConfig{Optimizer: trainers.Adam{Rate: 1e-3}})
	step, err := graph.BuildTraining(m.params, func(s *graph.Scope) {
		d := vi.Data{"x": s.Input("x", size, 784), "z": s.Input("z", size, 3)}
		u.Declare(s, vi.ELBO{}.Estimate(s, m.joint(s, d), d))
	})
	if err != nil {
		return err
	}
	e, err := mcmc.NewEStep(m.params, m.joint, mcmc.EStepConfig{Rows: pixels, Batch: size, Seed: m.seed})
	if err != nil {
		return err
	}
	chains, at := make([]float64, m.train.Len()*e.Size()), make([]float64, size*e.Size())
	b, x := m.batches(), make([]float64, size*784)
	for epoch := range m.epochs {
		accept, steps := 0., 0.
		if err := b.Seek(epoch, 0); err != nil {
			return err
		}
		for b.Next() {
			if err := b.Fill("x", 0, graph.Array{F64: x}); err != nil {
				return err
			}
			rows := b.Index("x")
			for i, row := range rows {
				copy(at[i*e.Size():(i+1)*e.Size()], chains[row*e.Size():])
			}
			a, err := e.Draw(ctx, map[string][]float64{"x": x}, at)
			if err != nil {
				return err
			}
			for i, row := range rows {
				copy(chains[row*e.Size():(row+1)*e.Size()], at[i*e.Size():])
			}
			if err := m.update(ctx, step, u, e, x, at); err != nil {
				return err
			}
			accept, steps = accept+a, steps+1
		}
		if err := b.Err(); err != nil {
			return err
		}
		if (epoch+1)%10 == 0 {
			m.say("  epoch %d: acceptance %.2f, step size %.3f", epoch+1, accept/steps, e.StepSize())
		}
	}
	return nil
}

// update makes the M step: some updates with the latents where the chains are.
func (m *marginal) update(ctx context.Context, step *graph.Program, u *trainers.Updater, e *mcmc.EStep, x, at []float64) error {
	z, err := e.Values(ctx, at)
	if err != nil {
		return err
	}
	if err := graph.Feed(step, "x", x); err != nil {
		return err
	}
	if err := graph.Feed(step, "z", z["z"]); err != nil {
		return err
	}
	for range weightUpdates {
		if err := step.Run(ctx, graph.Key{}); err != nil {
			return err
		}
		if err := u.Step(step); err != nil {
			return err
		}
	}
	return nil
}

// Draws of the prior in a run of evidence, and its runs.
const priorDraws, priorRuns = 4096, 250

// result estimates log p(x) of the first pictures of either set: p(x) is the mean of
// p(x | z) over draws of the prior, the same ones for all pictures, whose densities
// are then one product of matrices.
func (m *marginal) result(ctx context.Context) (result, error) {
	res := result{Figures: map[string]figure{}, Epochs: m.epochs}
	for i, name := range judged {
		set := []*data.Set{m.train, m.test}[i]
		n := min(set.Len(), m.pick(1000, 10))
		p, err := graph.Build(m.params, func(s *graph.Scope) {
			dec := layers.NewMLP(s.In("dec"), 3, m.hidden, 784)
			logits := dec.Apply(s.Noise("z", graph.GaussianNoise, priorDraws, 3))
			x := s.Input("x", n, 784)
			logp := graph.MatMulT(x, logits).Sub(graph.Sum(graph.Softplus(logits), -1))
			s.Output("sum", graph.LogSumExp(logp, -1))
		})
		if err != nil {
			return res, err
		}
		if err := graph.Feed(p, "x", set.Values("x")[:n*784]); err != nil {
			return res, err
		}
		runs := m.pick(priorRuns, 1)
		sums := make([][]float64, n) // of the runs
		for run := range runs {
			if err := p.Run(ctx, graph.Key{Seed: m.seed, Stream: graph.EvaluationStream, Step: uint32(run)}); err != nil {
				return res, err
			}
			v, err := p.Value("sum")
			if err != nil {
				return res, err
			}
			for i := range sums {
				sums[i] = append(sums[i], v[i])
			}
		}
		mean, share := 0., make([]float64, runs) // of a run in the estimate, over the pictures
		for _, of := range sums {
			all := floats.LogSumExp(of)
			mean += (all - math.Log(float64(runs*priorDraws))) / float64(n)
			for run, v := range of {
				share[run] += math.Exp(v-all) / float64(n)
			}
		}
		m.say("  %s %.2f", name, mean)
		res.Figures[name] = figure{Value: mean}
		if runs > 1 {
			res.Figures[name] = figure{mean, math.Sqrt(float64(runs)) * stat.StdDev(share, nil)}
		}
	}
	return res, nil
}
