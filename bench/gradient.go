package bench

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// gradient is a compiled case with what has been drawn from it.
type gradient struct {
	params  *graph.Params // its own
	program *graph.Program
	names   []string // of the model's parameters
	groups  []*group
	times   []float64 // milliseconds

	learned int // numbers besides the model's
	warmup  int // steps that they were trained for
}

// group is the gradient of some parameters as one vector.
type group struct {
	name   string
	params []string
	offset []int
	size   int
	m      *moments
}

const gradOutput = "bench/grad/"

// newGradient compiles the gradient of a case at the parameters asked for, and
// trains what the estimator learns.
func newGradient(ctx context.Context, m func(s *graph.Scope) vi.Model, o vi.Objective, b *batches, c Config) (*gradient, error) {
	g := &gradient{params: &graph.Params{Seed: c.Seed}}
	if c.Params != nil {
		g.params.Seed, g.params.Dtype = c.Params.Seed, c.Params.Dtype
	}
	var err error
	if g.program, err = g.build(m, o, b); err != nil {
		return nil, err
	}
	if err := g.take(c.Params); err != nil {
		return nil, err
	}
	g.group(c.Group)
	if len(g.groups) == 0 {
		return nil, errors.Errorf("Config.Group leaves out all of the parameters %v", g.names)
	}
	return g, g.warm(ctx, m, o, b, c)
}

// build compiles the gradient by the model's own parameters.
func (g *gradient) build(m func(s *graph.Scope) vi.Model, o vi.Objective, b *batches) (*graph.Program, error) {
	return graph.Build(g.params, func(s *graph.Scope) {
		model := m(s)
		wrt := s.Trainable()
		if len(wrt) == 0 {
			graph.Fail("the model has no trainable parameters")
		}
		g.declare(s, o.Estimate(s, model, b.inputs(s)), wrt)
	})
}

// declare makes a program compute a gradient.
func (g *gradient) declare(s *graph.Scope, e *vi.Estimate, wrt []*graph.Node) {
	if len(e.Costs) == 0 {
		graph.Fail("the estimate has no costs, whose gradient is measured")
	}
	g.names = nil
	for i, n := range e.Grad(wrt...) {
		g.names = append(g.names, wrt[i].Name())
		s.Output(gradOutput+wrt[i].Name(), n)
	}
}

// group makes the groups, in the order of the parameters.
func (g *gradient) group(of func(string) string) {
	for _, name := range g.names {
		label := name
		if of != nil {
			label = of(name)
		}
		if label == "" {
			continue
		}
		i := slices.IndexFunc(g.groups, func(q *group) bool { return q.name == label })
		if i < 0 {
			i = len(g.groups)
			g.groups = append(g.groups, &group{name: label})
		}
		q := g.groups[i]
		q.params, q.offset = append(q.params, name), append(q.offset, q.size)
		q.size += graph.Size(g.program.Shape(gradOutput + name))
	}
	for _, q := range g.groups {
		q.m = newMoments(q.size)
	}
}

// draw computes one gradient and counts it.
func (g *gradient) draw(ctx context.Context, b *batches, d graph.Key, clock func() time.Time) error {
	if err := b.feed(g.program); err != nil {
		return err
	}
	start := clock()
	if err := g.program.Run(ctx, d); err != nil {
		return err
	}
	g.times = append(g.times, clock().Sub(start).Seconds()*1e3)
	for _, q := range g.groups {
		for i, name := range q.params {
			var err error
			if g.params.Dtype == graph.Float64 {
				err = read[float64](g.program, q, i)
			} else {
				err = read[float32](g.program, q, i)
			}
			if err != nil {
				return errors.WithMessage(err, name)
			}
		}
		q.m.add()
		if n := q.m.total.mean; math.IsNaN(n) || math.IsInf(n, 0) {
			return errors.Errorf("the gradient of %s is not finite", q.name)
		}
	}
	return nil
}

func read[T graph.Float](p *graph.Program, q *group, i int) error {
	v, err := graph.View[T](p, gradOutput+q.params[i])
	if err != nil {
		return err
	}
	part(q.m, q.offset[i], v)
	return nil
}

// rows reports on the groups.
func (g *gradient) rows(problem string, c Case) []Row {
	slices.Sort(g.times)
	norm := 0.
	var rows []Row
	for _, q := range g.groups {
		rows = append(rows, g.row(problem, c, q))
		for _, v := range q.m.exact {
			norm += v * v
		}
	}
	for i := range rows {
		if rows[i].exact != nil {
			rows[i].Exact = math.Sqrt(norm)
		}
	}
	return rows
}
