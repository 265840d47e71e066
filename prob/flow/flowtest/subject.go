package flowtest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// subject is a Case under test.
type subject struct {
	Case
	kind    prob.Bijector // of a build that is over: for its type
	starts  map[string][]float64
	values  []float64 // events to test
	context []float64 // a row for each
}

// maker is where the flow is declared.
const maker = "flow"

func newSubject(c Case) (*subject, error) {
	if c.New == nil || c.Event < 1 || c.Event > 1000 || c.Context < 0 || c.Context > 1000 {
		return nil, errors.Errorf("flowtest: a case with New %t, Event %d and Context %d, want a function, an event of 1 to 1000 and no negative context", c.New != nil, c.Event, c.Context)
	}
	if c.Order != nil {
		sorted := slices.Sorted(slices.Values(c.Order))
		for i, k := range sorted {
			if i != k || len(sorted) != c.Event {
				return nil, errors.Errorf("flowtest: Order %v is none of %d elements", c.Order, c.Event)
			}
		}
	}
	for _, name := range c.Skip {
		if !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.Name == name }) {
			return nil, errors.Errorf("flowtest: the case skips %q, which is no rule", name)
		}
	}
	if c.Spread == 0 {
		c.Spread = .5
	}
	s := &subject{Case: c, starts: map[string][]float64{}}
	r := s.random("values")
	s.values = normal(r, 6*c.Event, 1.5)
	for _, p := range c.Points {
		if len(p) != c.Event {
			return nil, errors.Errorf("flowtest: point %v, want %d numbers", p, c.Event)
		}
		s.values = append(s.values, p...)
	}
	s.context = normal(r, s.rows()*c.Context, 1)
	p, err := s.build(graph.Float64, []int{1}, nil, func(e env) { s.kind = e.b })
	if err != nil {
		return nil, err
	}
	for _, n := range p.names {
		if s.starts[n], err = graph.Values[float64](p.params, n); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *subject) rows() int { return len(s.values) / s.Event }

// row returns the i-th event with its context.
func (s *subject) row(i int) (x, c []float64) {
	return s.values[i*s.Event : (i+1)*s.Event], s.context[i*s.Context : (i+1)*s.Context]
}

func (s *subject) random(name string) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(s.Seed, h))
}

func normal(r *rand.Rand, n int, std float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = std * r.NormFloat64()
	}
	return v
}

// settings are the parameters as they start and moved from there.
func (s *subject) settings() []map[string][]float64 {
	if len(s.starts) == 0 {
		return []map[string][]float64{nil}
	}
	return []map[string][]float64{s.starts, s.moved(s.Spread, "once"), s.moved(s.Spread, "twice")}
}

func (s *subject) moved(spread float64, name string) map[string][]float64 {
	m := map[string][]float64{}
	for n, start := range s.starts {
		v := normal(s.random(name+n), len(start), spread)
		for i := range v {
			v[i] += start[i]
		}
		m[n] = v
	}
	return m
}

// env is what a build has to work with. The context is nil where the case has
// none.
type env struct {
	s       *graph.Scope
	b       prob.Bijector
	x       *graph.Node
	context *graph.Node
	trained []*graph.Node
}

// program is a compiled build.
type program struct {
	*graph.Program
	params *graph.Params
	names  []string // of the flow's parameters
	sub    *subject
}

// build compiles f with a value of shape lead+[D] and a context of shape
// contextLead+[C]; nil means lead.
func (s *subject) build(dt graph.Dtype, lead, contextLead []int, f func(e env)) (*program, error) {
	p := &program{params: &graph.Params{Dtype: dt, Seed: s.Seed}, sub: s}
	if contextLead == nil {
		contextLead = lead
	}
	var err error
	p.Program, err = graph.Build(p.params, func(sc *graph.Scope) {
		e := env{s: sc, x: sc.Input("x", append(slices.Clone(lead), s.Event)...)}
		sc.Output("none", sc.Const(0))
		if s.Context > 0 {
			e.context = sc.Input("context", append(slices.Clone(contextLead), s.Context)...)
		}
		in := sc.In(maker)
		e.b = s.New(in, e.context)
		if op.Nil(e.b) {
			graph.Fail("flowtest: the case's New returned no bijector")
		}
		e.trained = in.Trainable()
		for _, n := range e.trained {
			p.names = append(p.names, n.Name())
		}
		f(e)
	})
	return p, err
}

// set writes parameters.
func (p *program) set(values map[string][]float64) error {
	for _, n := range p.names {
		if err := errors.WithMessage(p.write(n, values[n]), n); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) write(name string, values []float64) error {
	if p.params.Dtype == graph.Float64 {
		m, err := graph.Memory[float64](p.params, name)
		copy(m, values)
		return err
	}
	m, err := graph.Memory[float32](p.params, name)
	for i := range m {
		m[i] = float32(values[i])
	}
	return err
}

// eval feeds the value and the context, repeating them to fill the inputs, runs,
// and returns the outputs by name.
func (p *program) eval(x, c []float64) (map[string][]float64, error) {
	feed := func(name string, v []float64) error {
		if len(v) == 0 {
			return nil
		}
		n := graph.Size(p.Shape(name))
		v = slices.Repeat(v, (n+len(v)-1)/len(v))
		return graph.Feed(p.Program, name, v[:n])
	}
	if err := feed("x", x); err != nil {
		return nil, err
	}
	if err := feed("context", c); err != nil {
		return nil, err
	}
	if err := p.Run(context.Background(), graph.Key{Seed: p.sub.Seed, Stream: graph.EvaluationStream}); err != nil {
		return nil, err
	}
	out := map[string][]float64{}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// findings collects what breaks a rule, the first few.
type findings struct {
	lines []string
	n     int
}

func (f *findings) add(format string, args ...any) {
	if f.n++; f.n <= 6 {
		f.lines = append(f.lines, fmt.Sprintf(format, args...))
	}
}

func (f *findings) err() error {
	switch {
	case f.n == 0:
		return nil
	case f.n > len(f.lines):
		return errors.Errorf("%s\n… %d findings in all", strings.Join(f.lines, "\n"), f.n)
	}
	return errors.New(strings.Join(f.lines, "\n"))
}

// each runs a program at every setting of the parameters and gives check its
// outputs.
func (s *subject) each(p *program, x, c []float64, check func(f *findings, setting string, out map[string][]float64)) error {
	f := &findings{}
	for i, set := range s.settings() {
		if err := p.set(set); err != nil {
			return err
		}
		out, err := p.eval(x, c)
		if err != nil {
			return err
		}
		check(f, setting(i), out)
	}
	return f.err()
}

func setting(i int) string {
	return [...]string{"as the parameters start", "with moved parameters", "with parameters moved again"}[i]
}

// near tells whether a and b agree within tol of 1 + |b|.
func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol*(1+math.Abs(b)) }

func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }

// inverter returns the bijector as one with an inverse.
func (s *subject) inverter() error {
	if _, ok := s.kind.(prob.Inverter); !ok {
		return notApplicable(fmt.Sprintf("%T has no inverse", s.kind))
	}
	return nil
}
