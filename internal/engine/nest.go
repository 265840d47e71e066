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

// The rows of a batch are computed apart where a step of each piece takes so many
// nanoseconds, and the matrices that it reads fit in a second-level cache.
const (
	pieceCost  = 2500
	pieceRows  = 16
	mostPieces = 16
	hotWeights = 1 << 20 // bytes
)

// compile makes the programs of the steps of a loop.
func (s *scan) compile(l *lowered, v *value, fixed *Fixed) error {
	t, err := s.steps(l, v, nil, fixed)
	if err != nil {
		return err
	}
	once, weights := 0.0, 0
	for _, u := range t.program.rest {
		if m := t.program.mul[u.values[0].id]; m != nil && slices.Contains(t.fixed, m.b.base) { // packed for all steps
			weights += m.k * m.n * l.dt.Size()
		}
		once += t.program.cost(u) + 50
	}
	pieces := []*body{t}
	if w := rowsOf(s, t.states); w != nil && weights <= hotWeights {
		if n := min(w.all/pieceRows, int(once/pieceCost), mostPieces); n > 1 {
			if pieces, err = s.cut(l, v, w, n, fixed); err != nil {
				return err
			}
		}
	}
	for _, p := range pieces {
		for _, x := range p.given {
			s.bytes += op.Size(x.shape) * l.dt.Size()
		}
		s.bytes += p.program.size*l.dt.Size() + p.program.bytes
	}
	s.bytes += weights
	s.cost = float64(s.Steps)*once + 500
	products, _ := t.program.work()
	s.flops = float64(s.Steps) * products
	s.explain = pieces[0].program.steps
	s.bind = func(b any, v *value) (any, error) {
		if b, ok := b.(*binder[float64]); ok {
			return newScanCode(b, v, pieces)
		}
		return newScanCode(b.(*binder[float32]), v, pieces)
	}
	return nil
}

// cut makes the programs of n pieces of the rows.
func (s *scan) cut(l *lowered, v *value, w *rows, n int, fixed *Fixed) (pieces []*body, err error) {
	made := map[int]*body{} // by number of rows
	for i := range n {
		from, to := w.all*i/n, w.all*(i+1)/n
		if made[to-from] == nil {
			some := *w
			some.some = to - from
			if made[to-from], err = s.steps(l, v, &some, fixed); err != nil {
				return nil, err
			}
		}
		p := *made[to-from]
		p.from = from
		pieces = append(pieces, &p)
	}
	return pieces, nil
}

// steps makes the program of the steps, for the rows given; nil means all.
func (s *scan) steps(l *lowered, v *value, w *rows, fixed *Fixed) (*body, error) {
	t := &body{scan: s, states: s.live(), rows: w}
	var edges []edge
	give := func(n *op.Node) *value {
		_, shape := w.cut(n)
		x := &value{form: leaf, op: noRule, shape: shape, data: op.Array{Shape: shape}} // whose memory bind finds
		edges = append(edges, edge{n, x})
		return x
	}
	for _, n := range slices.Concat(s.States, s.Seqs) {
		t.given = append(t.given, give(n))
	}
	for i, n := range s.Consts {
		x := give(n)
		if c := l.in[v.id][len(t.given)+i]; c.form == uniform || c.form != applied && op.Size(x.shape) == c.size {
			x.form, x.data, x.c = c.form, c.data, c.c
		}
		t.fixed = append(t.fixed, x)
	}
	var err error
	if t.program, err = passes(t.outs(), constants, given{edges, w}, fixed, func(string, program) {}); err != nil {
		return nil, err
	}
	if CheckPrograms {
		if err := t.program.check(); err != nil {
			return nil, errors.WithMessage(err, "engine: a pass is wrong, in a scan")
		}
	}
	return t, nil
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
