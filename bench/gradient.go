package bench

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// gradient is a compiled case with what has been drawn from it.
type gradient struct {
	params  *graph.Params // its own
	program *graph.Program
	names   []string // of the model's parameters
	groups  []*group
	times   []float64 // milliseconds
}

// group is the gradient of some parameters as one vector.
type group struct {
	name   string
	params []string
	offset []int
	size   int
	m      *moments
	exact  []float64 // nil if unknown
}

const gradOutput = "bench/grad/"

// newGradient compiles the gradient of a case at the parameters asked for, and
// trains what the estimator learns.
func newGradient(ctx context.Context, m Model, o vi.Objective, b *batches, c Config) (*gradient, error) {
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
	if c.Warmup > 0 {
		err = g.warm(ctx, m, o, b, c)
	}
	return g, err
}

// build compiles the gradient by the model's own parameters.
func (g *gradient) build(m Model, o vi.Objective, b *batches) (*graph.Program, error) {
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

// take copies the values of another Params, nil for none, which must have the
// parameters of the model and may have those of its estimator.
func (g *gradient) take(from *graph.Params) error {
	if from == nil {
		return nil
	}
	for _, name := range g.names {
		if from.Tensor(name) == nil {
			return errors.Errorf("Config.Params has no parameter %s, only %v", name, from.Names())
		}
	}
	for _, name := range g.params.Names() {
		if from.Tensor(name) == nil {
			continue
		}
		var err error
		if g.params.Dtype == graph.Float64 {
			err = copyParam[float64](g.params, from, name)
		} else {
			err = copyParam[float32](g.params, from, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyParam[T graph.Float](to, from *graph.Params, name string) error {
	dst, err := graph.Values[T](to, name)
	if err != nil {
		return err
	}
	src, err := graph.Values[T](from, name)
	if err != nil {
		return err
	}
	if len(src) != len(dst) {
		return errors.Errorf("Config.Params has %d values of %s, want %d", len(src), name, len(dst))
	}
	copy(dst, src)
	return nil
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
		q.size += g.program.Shape(gradOutput + name).TotalSize()
	}
	for _, q := range g.groups {
		q.m = newMoments(q.size)
	}
}

// warm trains whatever is not the model's, and the states.
func (g *gradient) warm(ctx context.Context, m Model, o vi.Objective, b *batches, c Config) error {
	if len(g.params.Names()) == len(g.names) {
		return nil // there is nothing else
	}
	u := trainers.NewUpdater(g.params, trainers.Adam{}, 0)
	learns := false
	p, err := graph.BuildTraining(g.params, func(s *graph.Scope) {
		e := o.Estimate(s, m(s.Frozen()), b.inputs(s))
		if learns = len(s.Trainable()) > 0; learns {
			u.Declare(s, e)
		} else {
			s.Output("bound", e.Value)
		}
	})
	if err != nil {
		return err
	}
	for step := range c.Warmup {
		b.draw(-1 - step)
		if err := b.feed(p); err != nil {
			return err
		}
		if err := p.Run(ctx, graph.Draw{Seed: ^c.Seed, Step: uint32(step)}); err != nil {
			return err
		}
		if learns {
			err = u.Step(p)
		} else {
			err = p.Commit()
		}
		if err != nil {
			return errors.WithMessagef(err, "warm-up step %d", step)
		}
	}
	return nil
}

// compare computes the exact gradient, over all rows.
func (g *gradient) compare(ctx context.Context, m trainers.Model, d *data.Set, c Config) error {
	all := &batches{set: d, seed: c.Seed, arrays: c.Arrays}
	e := &gradient{params: g.params}
	var err error
	e.program, err = graph.Build(g.params, func(s *graph.Scope) {
		est := m(s, all.inputs(s))
		var wrt []*graph.Node
		for _, n := range s.Trainable() {
			if slices.Contains(g.names, n.Name()) {
				wrt = append(wrt, n)
			}
		}
		e.declare(s, est, wrt)
	})
	if err != nil {
		return errors.WithMessage(err, "exact gradient")
	}
	if !slices.Equal(e.names, g.names) {
		return errors.Errorf("exact gradient by the parameters %v, want %v", e.names, g.names)
	}
	all.draw(0)
	e.group(c.Group)
	for step := range 2 {
		if err := e.draw(ctx, all, graph.Draw{Seed: c.Seed, Step: uint32(step)}, time.Now); err != nil {
			return errors.WithMessage(err, "exact gradient")
		}
	}
	for i, q := range e.groups {
		if q.m.total.mean != 0 {
			return errors.Errorf("the exact gradient of %s is not the same for every draw", q.name)
		}
		g.groups[i].exact = q.m.mean
	}
	return nil
}

// draw computes one gradient and counts it.
func (g *gradient) draw(ctx context.Context, b *batches, d graph.Draw, clock func() time.Time) error {
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
		rows = append(rows, newRow(problem, c, q.name, q.m, q.exact, g.times[len(g.times)/2]))
		for _, v := range q.exact {
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
