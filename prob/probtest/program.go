package probtest

import (
	"context"
	"slices"
	"strconv"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// env is what a build has to work with.
type env struct {
	s *graph.Scope
	d prob.Dist
	x *graph.Node
	p []*graph.Node
}

// trained returns the parameters that are not constant.
func (s *subject) trained(e env) []*graph.Node {
	var ps []*graph.Node
	for i, p := range e.p {
		if !slices.Contains(s.Constant, i) {
			ps = append(ps, p)
		}
	}
	return ps
}

// program is a compiled build.
type program struct {
	*graph.Program
	sub   *subject
	plead int
	x     bool
}

// build compiles f with a value of shape lead+[D], or none where lead is nil,
// and parameters with leading axes plead.
func (s *subject) build(dt graph.Dtype, lead, plead []int, f func(e env)) (*program, error) {
	p := &program{sub: s, plead: size(plead), x: lead != nil}
	var err error
	p.Program, err = graph.Build(&graph.Params{Dtype: dt}, func(sc *graph.Scope) {
		e := env{s: sc}
		if p.x {
			e.x = sc.Input("x", append(slices.Clone(lead), s.event)...)
		}
		for i, sh := range s.shapes {
			e.p = append(e.p, sc.Input("p"+strconv.Itoa(i), append(slices.Clone(plead), sh...)...))
		}
		e.d = s.New(sc.In("new"), e.p)
		f(e)
	})
	return p, err
}

// rows is a lead of n rows; one of none is a bare event.
func rows(n int) []int { return []int{n} }

// set feeds settings of the parameters, one for each leading place; a single
// one is for all.
func (p *program) set(settings ...[]float64) error {
	at := 0
	for i, sh := range p.sub.shapes {
		n := size(sh)
		v := make([]float64, 0, n*p.plead)
		for j := range p.plead {
			v = append(v, settings[j%len(settings)][at:at+n]...)
		}
		at += n
		if err := graph.Feed(p.Program, "p"+strconv.Itoa(i), v); err != nil {
			return err
		}
	}
	return nil
}

// feed feeds the value, repeating it to fill the input.
func (p *program) feed(x []float64) error {
	n := graph.Size(p.Shape("x"))
	v := slices.Grow(slices.Clone(x), n)
	for len(v) < n {
		v = append(v, v[len(v)-len(x)])
	}
	return graph.Feed(p.Program, "x", v)
}

func (p *program) run() error {
	return p.Run(context.Background(), graph.Key{Seed: p.sub.Seed, Stream: graph.EvaluationStream})
}

// eval sets everything, runs, and returns the outputs in the order declared.
// Nil arguments stay as they are.
func (p *program) eval(x []float64, settings ...[]float64) ([][]float64, error) {
	if settings != nil {
		if err := p.set(settings...); err != nil {
			return nil, err
		}
	}
	if x != nil {
		if err := p.feed(x); err != nil {
			return nil, err
		}
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	var out [][]float64
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// score compiles LogProb of n rows.
func (s *subject) score(dt graph.Dtype, n int) (*program, error) {
	return s.build(dt, rows(n), nil, func(e env) { e.s.Output("score", e.d.LogProb(e.x)) })
}

// derived compiles LogProb and its gradients by the value and by each trained
// parameter, all row by row.
func (s *subject) derived(dt graph.Dtype, n int) (*program, error) {
	return s.build(dt, rows(n), rows(n), func(e env) {
		l := e.d.LogProb(e.x)
		e.s.Output("score", l)
		for i, g := range graph.Grad(graph.Sum(l), append([]*graph.Node{e.x}, s.trained(e)...)) {
			e.s.Output("grad"+strconv.Itoa(i), g)
		}
	})
}
