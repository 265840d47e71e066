package flowtest

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// results are what a flow can compute of a value, by name.
func (e env) results() map[string]*graph.Node {
	all := map[string]*graph.Node{"Forward": e.b.Forward(e.x), "LogDet": e.b.LogDet(e.x)}
	if b, ok := e.b.(prob.Inverter); ok {
		all["Inverse"] = b.Inverse(e.x)
	}
	if b, ok := e.b.(prob.BothWays); ok {
		all["InverseLogDet"] = b.InverseLogDet(e.x)
	}
	return all
}

// run evaluates the results for a value with leading axes at moved parameters.
func (s *subject) run(lead, contextLead []int, x, c []float64) (map[string][]float64, error) {
	var wrong findings
	p, err := s.build(graph.Float64, lead, contextLead, func(e env) {
		for name, y := range e.results() {
			want := slices.Clone(lead)
			if name == "Forward" || name == "Inverse" {
				want = append(want, s.Event)
			}
			if !slices.Equal(y.Shape(), want) {
				wrong.add("%s of a value %v has shape %v, want %v", name, []int(e.x.Shape()), []int(y.Shape()), want)
			}
			e.s.Output(name, y)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if err := p.set(s.moved(s.Spread, "once")); err != nil {
		return nil, err
	}
	return p.eval(x, c)
}

func checkShapes(s *subject) error {
	f := &findings{}
	alone := map[string][]float64{}
	for n := range 6 {
		x, c := s.row(n)
		out, err := s.run([]int{1}, nil, x, c)
		if err != nil {
			return err
		}
		for name, v := range out {
			alone[name] = append(alone[name], v...)
		}
	}
	for _, lead := range [][]int{{6}, {2, 3}, {6, 1}, {1, 3, 2}} {
		out, err := s.run(lead, nil, s.values[:6*s.Event], s.context[:6*s.Context])
		if err != nil {
			return err
		}
		for name, v := range out {
			for i := range v {
				if name != "none" && !near(v[i], alone[name][i], 1e-9) {
					f.add("leading axes %v: number %d of %s is %v, in a batch of one row %v", lead, i, name, v[i], alone[name][i])
				}
			}
		}
	}
	return f.err()
}

func checkContext(s *subject) error {
	if s.Context == 0 {
		return notApplicable("the flow takes no context")
	}
	f := &findings{}
	x, c := s.values[:3*s.Event], s.context[:3*s.Context]
	at := func(c []float64) (map[string][]float64, error) { return s.run([]int{3}, nil, x, c) }
	before, err := at(c)
	if err != nil {
		return err
	}
	moved := slices.Clone(c)
	for i := range s.Context {
		moved[s.Context+i]++ // row 1
	}
	after, err := at(moved)
	if err != nil {
		return err
	}
	for name, v := range before {
		if name == "none" {
			continue
		}
		per := len(v) / 3
		for row := range 3 {
			same := slices.Equal(v[row*per:(row+1)*per], after[name][row*per:(row+1)*per])
			if !same && row != 1 {
				f.add("%s of row %d changes with the context of row 1", name, row)
			}
			if same && row == 1 && name == "Forward" {
				f.add("Forward of row 1 does not depend on its context")
			}
		}
	}
	// A context [1, B, C] beside values [K, B, D].
	one, err := s.run([]int{2, 3}, []int{1, 3}, slices.Concat(x, s.values[3*s.Event:6*s.Event]), c)
	if err != nil {
		return err
	}
	for name, v := range before {
		for i := range v {
			if name != "none" && !near(one[name][i], v[i], 1e-9) {
				f.add("%s with a context of size 1 on an axis is %v, with a context repeated along it %v", name, one[name][i], v[i])
			}
		}
	}
	return f.err()
}
