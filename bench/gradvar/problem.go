package main

import (
	"context"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// problem is a model whose gradient is measured.
type problem struct {
	name, about string
	model       func(*graph.Scope) vi.Model
	data        *data.Set
	batch       int      // 0: all rows, always
	arrays      []string // of the data; nil: all
	transforms  map[string]data.Transform
	group       func(param string) string
	cases       []bench.Case
	draws       int
	warmup      int
	points      []point // the first is the default, all are the region
}

// point is a place in the space of parameters.
type point struct {
	name   string
	params func(ctx context.Context) (*graph.Params, error)
}

// problems are those built in, by name. Those on pictures are measured when they
// are asked for.
var problems = append([]made{
	{"linear", plain(linearGaussian), false}, {"sbn", plain(beliefNet), false}, {"mixed", plain(mixedSites), false},
	{"logistic", plain(logisticRegression), false}, {"classes", plain(classes), false}, {"hierarchy", plain(hierarchy), false},
	{"vae", plain(smallVAE), false}, {"bayes", plain(bayesLayer), false},
}, onPictures()...)

type made struct {
	name  string
	make  func(o options) (problem, error)
	asked bool
}

func plain(make func() problem) func(options) (problem, error) {
	return func(options) (problem, error) { return make(), nil }
}

func onPictures() (all []made) {
	for _, n := range networks {
		all = append(all, made{n.name, n.problem, true})
	}
	return all
}

// names lists the problems.
func names() string {
	var all []string
	for _, p := range problems {
		all = append(all, p.name)
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// known tells whether the exact gradient of some case is known.
func (p problem) known() bool {
	return slices.ContainsFunc(p.cases, func(c bench.Case) bool { return c.Exact != nil })
}

// measure draws the gradients of a problem at a point.
func (p problem) measure(ctx context.Context, at point, o options) ([]bench.Row, error) {
	params, err := at.params(ctx)
	if err != nil {
		return nil, errors.WithMessagef(err, "%s at %s", p.name, at.name)
	}
	draws := max(10, int(o.draws*float64(p.draws)))
	name := p.name
	if o.region {
		name += " " + at.name
	}
	return bench.GradientVariance(ctx, p.model, p.data, p.cases, bench.Config{
		Problem: name, Params: params, Draws: draws, Batch: p.batch, Arrays: p.arrays, Map: p.transforms, Every: 1, Warmup: p.warmup, Seed: o.seed, Group: p.group,
	})
}

// folder groups parameters by their name up to the last slash.
func folder(param string) string { return param[:max(strings.LastIndex(param, "/"), 0)] }

// top groups parameters by their name up to the first slash.
func top(param string) string { return param[:max(strings.Index(param, "/"), 0)] }

// values returns float64 parameters of a model with the values given.
func values(m func(*graph.Scope) vi.Model, v map[string][]float64) (*graph.Params, error) {
	p, err := declared(m, graph.Float64)
	if err != nil {
		return nil, err
	}
	for name, x := range v {
		dst, err := graph.Memory[float64](p, name)
		if err != nil {
			return nil, err
		}
		copy(dst, x)
	}
	return p, nil
}

// declared returns the parameters of a model as they are at first.
func declared(m func(*graph.Scope) vi.Model, dtype graph.Dtype) (*graph.Params, error) {
	p := &graph.Params{Seed: 1, Dtype: dtype}
	_, err := graph.Build(p, func(s *graph.Scope) { m(s); s.Output("none", s.Const(0)) })
	return p, err
}

// trained returns the parameters after some passes over the data with Adam.
func (p problem) trained(name string, m trainers.Bound, dtype graph.Dtype, epochs int, rate float64) point {
	return point{name, func(ctx context.Context) (*graph.Params, error) {
		params, err := declared(p.model, dtype)
		if err != nil || epochs == 0 {
			return params, err
		}
		batch := p.batch
		if batch == 0 {
			batch = p.data.Len()
		}
		_, err = trainers.Fit(ctx, m, p.data.Batches(data.BatchConfig{Size: batch, Seed: 1, Flat: true}), trainers.Config{Params: params, Epochs: epochs, Seed: 1, Optimizer: trainers.Adam{Rate: rate}})
		return params, err
	}}
}

// plainly is the model's ELBO with some estimators.
func plainly(m func(*graph.Scope) vi.Model, o vi.Objective) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.Estimate(s, m(s), d) }
}

// byObjective puts cases to be compared beside each other.
func byObjective(cases []bench.Case) {
	var order []string
	for _, c := range cases {
		if !slices.Contains(order, c.Objective) {
			order = append(order, c.Objective)
		}
	}
	slices.SortStableFunc(cases, func(a, b bench.Case) int {
		return slices.Index(order, a.Objective) - slices.Index(order, b.Objective)
	})
}
