package bench

import (
	"context"
	"math"
	"slices"

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

	learned int  // numbers besides the model's
	warmup  int  // steps that they were trained for
	settled bool // until they had settled

	against *gradient // the case that biases are differences from, which has drawn before
	of      Case      // the case
	buffer  []float64 // of Config.OnDraw
}

// group is the gradient of some parameters as one vector.
type group struct {
	name   string
	grads  []string // outputs
	offset []int
	size   int
	exact  []float64 // what its mean should be; nil if unknown
	m      *moments
	versus *moments  // of the difference from the same group of another case
	first  []float64 // the gradient of a batch, kept for a second one
	noise  []float64 // half the squared distances of the two
}

const gradOutput = "bench/grad/"

// newGradient compiles the gradient of a case at the parameters asked for, and
// trains what the estimator learns.
func newGradient(ctx context.Context, m func(s *graph.Scope) vi.Model, k Case, b *batches, c Config) (*gradient, error) {
	g := &gradient{params: &graph.Params{Seed: c.Seed}, of: k}
	if c.Params != nil {
		g.params.Seed, g.params.Dtype = c.Params.Seed, c.Params.Dtype
	}
	var err error
	if g.program, err = g.build(m, k.Bound, b); err != nil {
		return nil, err
	}
	if err := g.take(c.Params); err != nil {
		return nil, err
	}
	g.group(c.Group)
	if len(g.groups) == 0 {
		return nil, errors.Errorf("Config.Group leaves out all of the parameters %v", g.names)
	}
	return g, g.warm(ctx, m, k.Bound, b, c)
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
		q.grads, q.offset = append(q.grads, gradOutput+name), append(q.offset, q.size)
		q.size += graph.Size(g.program.Shape(gradOutput + name))
	}
}

// rotation is in how many draws each number of a gradient is looked at once, so that
// this takes about a tenth of the time that the gradient takes, by the counts of its
// program.
func rotation(p *graph.Program, numbers int) int {
	const small, most = 1 << 10, 128
	const look, perFlop, perByte = 6e-9, 2e-11, 5e-11 // seconds
	flops, bytes := p.Work()
	took := flops*perFlop + float64(bytes)*perByte
	return max(1, min(most, numbers/small, int(math.Ceil(10*look*float64(numbers)/max(took, 1e-9)))))
}

// prepare makes the room for what is asked for.
func (g *gradient) prepare(c Config) {
	numbers := 0
	for _, q := range g.groups {
		numbers += q.size
	}
	every := c.Every
	if every == 0 {
		every = min(rotation(g.program, numbers), max(c.Draws/10, 1)) // of which each number is seen in ten
	}
	for _, q := range g.groups {
		every := min(every, (q.size+block-1)/block)
		q.m = newRotating(q.size, every)
		q.m.exact = q.exact
		if c.Single {
			q.m.single = make([]float64, q.size)
		}
		if g.against != nil {
			q.versus = newRotating(q.size, every)
		}
		if c.Parts {
			q.first = make([]float64, q.size)
		}
	}
}

// draw computes one gradient and counts it.
func (g *gradient) draw(ctx context.Context, b *batches, step int, c Config) error {
	if err := b.feed(g.program); err != nil {
		return err
	}
	start := c.Clock()
	if err := g.program.Run(ctx, graph.Key{Seed: c.Seed, Step: uint32(step)}); err != nil {
		return err
	}
	g.times = append(g.times, c.Clock().Sub(start).Seconds()*1e3)
	for _, q := range g.groups {
		collect := collect[float32]
		if g.params.Dtype == graph.Float64 {
			collect = collectWide
		}
		if err := collect(g, q, step, c); err != nil {
			return err
		}
		if n := q.m.total.mean; math.IsNaN(n) || math.IsInf(n, 0) {
			return errors.Errorf("the gradient of %s is not finite", q.name)
		}
	}
	return nil
}

func collectWide(g *gradient, q *group, step int, c Config) error {
	return collect[float64](g, q, step, c)
}

// collect counts the gradient of a group.
func collect[T graph.Float](g *gradient, q *group, step int, c Config) error {
	q.m.begin()
	if q.versus != nil {
		q.versus.begin()
	}
	if c.OnDraw != nil {
		g.buffer = slices.Grow(g.buffer[:0], q.size)[:q.size]
	}
	for i, name := range q.grads {
		at := q.offset[i]
		v, err := graph.View[T](g.program, name)
		if err != nil {
			return errors.WithMessage(err, name)
		}
		part(q.m, at, v, nil)
		if q.versus != nil {
			less, err := graph.View[T](g.against.program, name)
			if err != nil {
				return errors.WithMessage(err, name)
			}
			part(q.versus, at, v, less)
		}
		if q.first != nil {
			for k, x := range v {
				q.first[at+k] = float64(x)
			}
		}
		if c.OnDraw != nil {
			for k, x := range v {
				g.buffer[at+k] = float64(x)
			}
		}
	}
	q.m.add()
	if q.versus != nil {
		q.versus.add()
	}
	if c.OnDraw != nil {
		return c.OnDraw(g.of, q.name, step, g.buffer)
	}
	return nil
}

// again computes a second gradient of the batch, by other noise.
func (g *gradient) again(ctx context.Context, step int, c Config) error {
	if err := g.program.Run(ctx, graph.Key{Seed: c.Seed ^ 1<<63, Step: uint32(step)}); err != nil {
		return err
	}
	for _, q := range g.groups {
		x, err := q.values(g.program)
		if err != nil {
			return err
		}
		squares := 0.
		for i, v := range x {
			squares += (v - float64(q.first[i])) * (v - float64(q.first[i]))
		}
		q.noise = append(q.noise, squares/2)
	}
	return nil
}

// rows reports on the groups.
func (g *gradient) rows(c Config) []Row {
	slices.Sort(g.times)
	norm := 0.
	var rows []Row
	for _, q := range g.groups {
		rows = append(rows, g.row(c, q))
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
