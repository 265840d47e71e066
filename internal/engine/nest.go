package engine

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// nestScans makes the programs of the steps of loops.
func nestScans(l *lowered, fixed *Fixed) error {
	for _, v := range l.order {
		if s, ok := v.rule.(*scan); ok {
			if err := s.compile(l, v, fixed); err != nil {
				return err
			}
		}
	}
	return nil
}

// compile makes the program of the steps of a loop.
func (s *scan) compile(l *lowered, v *value, fixed *Fixed) error {
	t := &body{scan: s, states: s.live()}
	dt := l.dt
	var edges []edge
	for _, n := range slices.Concat(s.States, s.Seqs) {
		w := &value{form: leaf, op: noRule, shape: n.Shape()}
		w.size = op.Size(w.shape)
		w.data = keep(w, dt)
		s.bytes += w.size * dt.Size()
		t.given, edges = append(t.given, w), append(edges, edge{n, w})
	}
	for i, n := range s.Consts {
		c := l.in[v.id][len(t.given)+i]
		w := &value{form: c.form, op: noRule, shape: n.Shape(), data: c.data, c: c.c}
		if c.form == applied {
			w.form, w.data = leaf, op.Array{Shape: w.shape} // whose memory bind finds
		}
		t.fixed, edges = append(t.fixed, w), append(edges, edge{n, w})
	}
	var err error
	if t.program, err = passes(t.outs(), constants, edges, fixed, func(string, program) {}); err != nil {
		return err
	}
	if CheckPrograms {
		if err := t.program.check(); err != nil {
			return errors.WithMessage(err, "engine: a pass is wrong, in a scan")
		}
	}
	s.bytes += t.program.size*dt.Size() + t.program.bytes
	once := 0.0
	for _, u := range t.program.rest {
		if m := t.program.mul[u.values[0].id]; m != nil && slices.Contains(t.fixed, m.b.base) { // packed for all steps
			s.bytes += m.k * m.n * dt.Size()
		}
		once += t.program.cost(u) + 50
	}
	s.cost = float64(s.Steps)*once + 500
	products, _ := t.program.work()
	s.flops = float64(s.Steps) * products
	s.explain = t.program.steps
	s.bind = func(b any, v *value) (any, error) {
		if b, ok := b.(*binder[float64]); ok {
			return newScanCode(b, v, t)
		}
		return newScanCode(b.(*binder[float32]), v, t)
	}
	return nil
}

func constants(n *op.Node) (op.Array, error) {
	if c, ok := op.Constant(n); ok {
		return c, nil
	}
	return op.Array{}, errors.Errorf("%s was not declared in a Scope", n)
}

// outs are what the program of a step computes.
func (t *body) outs() []*op.Node {
	var outs []*op.Node
	for _, i := range t.states {
		outs = append(outs, t.Next[i])
	}
	return slices.Concat(outs, t.Outs, t.Checks)
}

// live returns the states that what is asked for depends on.
func (s *scan) live() []int {
	live := make([]bool, len(s.States))
	for _, i := range s.Finals {
		live[i] = true
	}
	for again := true; again; {
		again = false
		nodes := slices.Concat(s.Outs, s.Checks)
		for i, n := range s.Next {
			if live[i] {
				nodes = append(nodes, n)
			}
		}
		for _, n := range s.Needs(nodes) {
			if i := slices.Index(s.States, n); i >= 0 && !live[i] {
				live[i], again = true, true
			}
		}
	}
	var list []int
	for i, l := range live {
		if l {
			list = append(list, i)
		}
	}
	return list
}
