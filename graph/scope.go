package graph

import (
	"slices"
	"strings"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// Scope is a place in a model's tree of names while it is being built.
// Whatever is declared in it carries its path: s.In("enc").Param("w", …) is
// "enc/w". A name is declared once in a build; in several runs of one network,
// as estimators make them, it is the same each time.
type Scope struct {
	b      *build
	path   string
	frozen bool
	fed    bool // noise is an input
	passes bool // noise goes on from pass to pass
	anew   bool // likewise, whatever its number of samples
	rows   *int // the axis of noise that counts rows; nil: the last but one

	alternatives int // see door.Alternatives
}

// build is what one call of Build collects.
type build struct {
	*op.Builder
	params  *Params
	purpose purpose

	run    *modelRun // under way; nil outside of runs
	replay bool      // it was there before

	leaves   map[*Node]leaf
	names    map[string]*Node // of leaves
	order    []*Node          // of declaration
	written  map[*Node][]assignment
	assigns  map[*Node]*Node // what written comes to
	initials map[*Node]*Node // first values of parameters
	outputs  map[string]*Node
	outs     []string // the names of outputs in order of declaration
	notes    []any
	passes   int // of a run; 0 and 1 mean one
	carries  []*carry
	collects []*collect
	workers  int // of a run at most; 0: one for every processor
	fixed    *engine.Fixed
}

// leaf says where the value of a declared node comes from.
type leaf struct {
	kind   kind
	name   string
	frozen bool
	noise  Noise
	rows   int       // the axis of noise that counts rows; −1: none
	run    *modelRun // that declared it
	own    bool      // of its run alone
	passes bool      // noise goes on from pass to pass
	anew   bool      // likewise, whatever its number of samples

	alternatives int // leading axes of noise that count samples fastest
}

type kind uint8

const (
	input kind = iota
	param
	state
	noise
	carried
	collected
)

// Noise is a law of random numbers that a program makes by itself.
type Noise uint8

// The laws.
const (
	GaussianNoise Noise = iota // standard normal
	UniformNoise               // uniform on the open interval (0,1)
)

// In returns the scope below this one.
func (s *Scope) In(name string) *Scope {
	s.notNil()
	checkName(name)
	below := *s
	below.path = s.join(name)
	return &below
}

// Frozen returns the same scope with its parameters and states kept out of
// training: Trainable leaves them out, Assign does nothing, and Training is
// false, so that a frozen network is in every program what it is in evaluation.
func (s *Scope) Frozen() *Scope {
	s.notNil()
	f := *s
	f.frozen = true
	return &f
}

// Path returns the names above, joined by slashes; "" at the root.
func (s *Scope) Path() string {
	s.notNil()
	return s.path
}

// Enter makes errors say that they happened in this scope, until leave is
// called: defer s.Enter()().
func (s *Scope) Enter() (leave func()) {
	s.notNil()
	return op.Enter(s.path)
}

func (s *Scope) join(name string) string {
	if s.path == "" {
		return name
	}
	return s.path + "/" + name
}

// notInNames are the characters that no name has.
const notInNames = ": \t\n"

func checkName(name string) {
	if name == "" || strings.ContainsAny(name, notInNames) {
		Fail("graph: bad name %q: want no spaces, no colons, not empty", name)
	}
}

// Enter makes errors say that they happened in a place, until leave is called.
func Enter(place string) (leave func()) { return op.Enter(place) }

// Fail aborts the build with an error, formatted as by fmt.Sprintf. It is for
// building code, which returns no errors.
func Fail(format string, args ...any) { op.Fail(format, args...) }

func (s *Scope) leaf(l leaf, name string, shape Shape) *Node {
	s.notNil()
	checkName(name)
	l.name, l.frozen, l.run = s.join(name), s.frozen, s.b.run
	if l.kind == noise {
		l.name, l.own = s.runName(name), true
		if s.fed {
			l.kind = input
		}
	}
	if n := s.redeclared(l, shape); n != nil {
		return n
	}
	n := s.b.Leaf(l.name, slices.Clone(shape))
	s.b.leaves[n] = l
	s.b.names[l.name] = n
	s.b.order = append(s.b.order, n)
	return n
}

// Input declares a value that is fed to the program before it runs.
func (s *Scope) Input(name string, shape ...int) *Node {
	return s.leaf(leaf{kind: input}, name, shape)
}

// Param declares a trained tensor. If Params has none of that name, a new one
// is made by init, from the seed and the name only.
func (s *Scope) Param(name string, init Init, shape ...int) *Node {
	return s.stored(param, name, init, shape)
}

// State declares a tensor that is kept and saved with the parameters but not
// trained: only Assign writes it, and only when a training step is committed.
func (s *Scope) State(name string, init Init, shape ...int) *Node {
	return s.stored(state, name, init, shape)
}

func (s *Scope) stored(k kind, name string, init Init, shape Shape) *Node {
	s.notNil()
	n := s.leaf(leaf{kind: k}, name, shape)
	if err := s.b.params.declare(s.join(name), init, shape); err != nil {
		Fail("%v", err)
	}
	return n
}

// Assign makes a committed training step write value, of the same shape, to a
// State. It does nothing in a program that does not train, nor in a frozen scope.
func (s *Scope) Assign(to, value *Node) {
	s.notNil()
	op.Check(to, "assign to")
	if l, ok := s.b.leaves[to]; !ok || l.kind != state {
		Fail("graph: assign to %s, which is no State", to.Name())
	}
	op.CheckOutside(value, "assign to "+to.Name())
	if !slices.Equal(to.Shape(), value.Shape()) {
		Fail("graph: assign %v to state %s of shape %v", value.Shape(), to.Name(), to.Shape())
	}
	if s.frozen || s.b.probing() {
		return
	}
	s.b.assigns[to] = s.b.addAssignment(to, value)
}

// RowAxis returns the same scope in which the given axis of noise counts rows;
// −1 says that it has none, so that Key.Row does not change it.
func (s *Scope) RowAxis(axis int) *Scope {
	s.notNil()
	r := *s
	r.rows = &axis
	return &r
}

// Noise declares random numbers, drawn anew by every Run. Each is a function of
// the Key and of three indices: that of the sample, over all axes before the row
// axis, where axes of enumerated sites count fastest; that of the row; and that of
// the event element, over all axes behind the row axis. So neither the number of
// samples nor the split into batches changes it. The row axis is the last but one,
// unless RowAxis says otherwise.
func (s *Scope) Noise(name string, law Noise, shape ...int) *Node {
	s.notNil()
	if law > UniformNoise {
		Fail("graph: noise %s of law %d, want GaussianNoise or UniformNoise", name, law)
	}
	l := leaf{kind: noise, noise: law, rows: len(shape) - 2, passes: s.passes, anew: s.anew, alternatives: s.alternatives}
	if r := s.b.run; r != nil {
		l.passes, l.anew, l.alternatives = l.passes || r.passes, l.anew || r.anew, max(l.alternatives, r.alternatives)
	}
	if s.rows != nil {
		l.rows = min(*s.rows, len(shape)-1)
	}
	return s.noiseIn(s.b.InBody(), l, name, shape)
}

// Const returns a scalar.
func (s *Scope) Const(v float64) *Node {
	s.notNil()
	return s.b.Const(v)
}

// Tensor returns a constant in row-major order.
func (s *Scope) Tensor(values []float64, shape ...int) *Node {
	s.notNil()
	return s.b.Tensor(shape, values)
}

// Output makes a node readable by name from the program, which computes the
// outputs and what they need, nothing else.
func (s *Scope) Output(name string, n *Node) {
	s.notNil()
	checkName(name)
	name = s.runName(name)
	op.CheckOutside(n, "output "+name)
	if s.b.probing() {
		return
	}
	switch old := s.b.outputs[name]; {
	case old != nil && s.b.replay:
		return
	case old != nil:
		Fail("graph: output %s declared twice %s", name, s.where())
	}
	s.b.outputs[name] = n
	s.b.outs = append(s.b.outs, name)
}

// Training tells whether the program being built takes training steps, and the
// scope is not frozen.
func (s *Scope) Training() bool {
	s.notNil()
	return s.b.purpose == training && !s.frozen
}

// Dtype returns the element type of the graph.
func (s *Scope) Dtype() Dtype {
	s.notNil()
	return s.b.Dtype
}

// Trainable returns the parameters declared so far in this scope and below,
// frozen ones left out, in order of declaration.
func (s *Scope) Trainable() []*Node {
	s.notNil()
	var ns []*Node
	for _, n := range s.b.order {
		l := s.b.leaves[n]
		if l.kind == param && !l.frozen && (s.path == "" || strings.HasPrefix(l.name, s.path+"/")) {
			ns = append(ns, n)
		}
	}
	return ns
}
