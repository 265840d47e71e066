package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A scan is the rule of all Scans of one loop over the same operands, as one
// instruction: the parts that any of them is asked for.
type scan struct {
	*op.Scan
	*nest
}

// A nest is what compile makes of a loop: a program for its steps.
type nest struct {
	cost    float64 // nanoseconds of all steps
	flops   float64
	bytes   int                                                // that the program takes
	explain func() string                                      // lists the instructions of a step
	bind    func(binder any, v *value) (runner any, err error) // makes the instruction
}

func init() {
	operations[typeOf[*scan]()] = &operation{
		kind:  evaluate,
		cost:  func(r op.Rule, _ [][]int, _ []int) float64 { return r.(*scan).cost },
		flops: func(r op.Rule, _ [][]int, _ []int) float64 { return r.(*scan).flops },
	}
}

// reads tells whether the instruction reads an operand as the view that it is: a first
// state or a sequence in rows, and what is the same at every step as it lies.
func (s *scan) reads(operand int, w *view, shape []int) bool {
	in := slices.Equal(w.st, rowMajor(shape))
	return in || operand < len(s.States)+len(s.Seqs) && len(shape) > 0 && w.st[len(shape)-1] == 1
}

// loops finds the Scans among nodes that one instruction computes.
type loops struct {
	used map[*op.Node][]bool // parts of the result of a Scan
	of   map[*op.Loop][]*merged

	nodes, outs []*op.Node
	within      bool                    // of a step
	readers     map[*op.Node][]*op.Node // once asked for
}

// merged is the Scans of one loop over the same operands.
type merged struct {
	in    []*op.Node
	scan  *op.Scan
	value *value // once made
}

func findLoops(nodes, outs []*op.Node, within bool) *loops {
	l := &loops{used: map[*op.Node][]bool{}, of: map[*op.Loop][]*merged{}, nodes: nodes, outs: outs, within: within}
	for _, n := range nodes {
		for _, c := range op.Inputs(n) {
			if s, ok := op.RuleOf(c).(*op.Scan); ok {
				l.use(c, s, op.RuleOf(n))
			}
		}
	}
	for _, n := range outs {
		if s, ok := op.RuleOf(n).(*op.Scan); ok {
			l.use(n, s, nil)
		}
	}
	for _, n := range nodes {
		if s, ok := op.RuleOf(n).(*op.Scan); ok {
			l.merge(n, s)
		}
	}
	return l
}

// use notes which parts of a Scan another operation reads.
func (l *loops) use(n *op.Node, s *op.Scan, by op.Rule) {
	if l.used[n] == nil {
		l.used[n] = make([]bool, s.Parts())
	}
	for i := range l.used[n] {
		from, to := s.PartAt(i)
		if by == (op.Slice{From: from, To: to}) {
			l.used[n][i] = true
			return
		}
	}
	for i := range l.used[n] {
		l.used[n][i] = true
	}
}

// find returns the instruction that computes a Scan.
func (l *loops) find(n *op.Node, s *op.Scan) *merged {
	for _, m := range l.of[s.Loop] {
		if slices.Equal(m.in, op.Inputs(n)) {
			return m
		}
	}
	m := &merged{in: op.Inputs(n), scan: &op.Scan{Loop: s.Loop}}
	l.of[s.Loop] = append(l.of[s.Loop], m)
	return m
}

// merge adds the parts of a Scan that are used.
func (l *loops) merge(n *op.Node, s *op.Scan) {
	m := l.find(n, s).scan
	for i, used := range l.used[n] {
		switch k := i - len(s.Finals); {
		case !used:
		case k < 0 && !slices.Contains(m.Finals, s.Finals[i]):
			m.Finals = append(m.Finals, s.Finals[i])
		case k >= 0:
			for _, n := range joinedIn(s.Outs[k]) {
				if !slices.Contains(m.Outs, n) {
					m.Outs = append(m.Outs, n)
				}
			}
		}
	}
}

// scan returns the value of a Scan, joined from the parts that the instruction has.
func (e *expr) scan(l *loops, n *op.Node, in []*value) *value {
	s := op.RuleOf(n).(*op.Scan)
	m := l.find(n, s)
	if m.value == nil {
		in = e.divideSeqs(l, m.scan, m.in, in)
		shape, err := m.scan.Shape(shapes(in))
		if err != nil {
			panic(err)
		}
		if m.value = e.uniform(shape, 0); shape[0] > 0 {
			m.value = e.intern(&scan{Scan: m.scan, nest: &nest{}}, in, shape)
		}
	}
	var parts []*value
	for i, used := range l.used[n] {
		if !used {
			from, to := s.PartAt(i)
			parts = append(parts, e.uniform([]int{to - from}, 0))
			continue
		}
		k := i - len(s.Finals)
		if k < 0 {
			parts = append(parts, e.partOf(m, slices.Index(m.scan.Finals, s.Finals[i])))
			continue
		}
		var side []*value
		all := joinedIn(s.Outs[k])
		for _, n := range all {
			p := e.partOf(m, len(m.scan.Finals)+slices.Index(m.scan.Outs, n))
			if len(all) > 1 {
				p = e.make(op.Reshape{To: append([]int{s.Steps}, n.Shape()...)}, p)
			}
			side = append(side, p)
		}
		p := side[0]
		if len(all) > 1 {
			p = e.make(op.Concat{Axis: len(p.shape) - 1}, side...)
			p = e.make(op.Reshape{To: []int{p.size}}, p)
		}
		parts = append(parts, p)
	}
	return e.make(op.Concat{}, parts...)
}

// partOf returns a part of the result of the Scans of a loop.
func (e *expr) partOf(m *merged, i int) *value {
	from, to := m.scan.PartAt(i)
	return e.make(op.Slice{From: from, To: to}, m.value)
}

// nestBytes is the memory that the programs of steps take.
func (e *expr) nestBytes() (n int) {
	for _, v := range e.values {
		if s, ok := v.rule.(*scan); ok {
			n += s.bytes
		}
	}
	return n
}
