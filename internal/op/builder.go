package op

import (
	"bytes"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Builder makes the nodes of one graph, all of one dtype.
type Builder struct {
	Graph *gorgonia.ExprGraph
	Dtype tensor.Dtype // Float32 or Float64

	Checks []*Node // of Require: programs compute them, used or not

	limit int              // of the bytes of a node, which must have fewer
	nodes map[string]*Node // by rule and operands: exact common subexpressions
	names map[string]bool
	loose []*Node // made since the last Link
	last  uint32
	where []string

	whereOf  []string // what whereAll was joined from
	whereAll string
	deriving *Node // the operation whose derivative is being made
	places   map[*Node]Place
}

// NewBuilder returns the builder of an empty graph whose nodes have fewer bytes
// than limit.
func NewBuilder(dt tensor.Dtype, limit int) *Builder {
	return &Builder{Graph: gorgonia.NewGraph(), Dtype: dt, limit: limit, nodes: map[string]*Node{}, names: map[string]bool{}, places: map[*Node]Place{}}
}

// building guards Gorgonia's global constants, which building reads and
// writes: one graph is built at a time in a process. current is its builder,
// owner the goroutine that builds.
var (
	building sync.Mutex
	current  *Builder
	owner    atomic.Uint64
)

// goroutine returns the number of the calling goroutine, which begins the trace
// of its stack. No two goroutines of a process ever have the same.
func goroutine() (id uint64) {
	var b [64]byte
	line := b[:runtime.Stack(b[:], false)]
	for _, c := range bytes.TrimPrefix(line, []byte("goroutine ")) {
		if c < '0' || c > '9' {
			break
		}
		id = 10*id + uint64(c-'0')
	}
	return id
}

// failure is the private panic of a build.
type failure struct{ err error }

// Error is what a program prints that builds outside of Do.
func (f failure) Error() string { return f.err.Error() }

// Do runs f with b as the current builder. A Fail within f comes back as an
// error; other panics pass through. Do within f is an error: f's own graph is
// under way.
func (b *Builder) Do(f func()) (err error) {
	id := goroutine()
	if owner.Load() == id {
		return errors.New("graph: Build within the function of another Build, which must return first")
	}
	building.Lock()
	defer building.Unlock()
	owner.Store(id)
	defer owner.Store(0)
	current = b
	defer func() { current = nil }()
	defer recoverFailure(&err)
	f()
	return nil
}

func recoverFailure(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.err
	default:
		panic(r)
	}
}

// Fail aborts the build with an error that begins with where it happened.
func Fail(format string, args ...any) {
	err := errors.Errorf(format, args...)
	if current != nil && len(current.where) > 0 {
		err = errors.WithMessagef(err, "in %s", strings.Join(current.where, ": "))
	}
	panic(failure{err})
}

// Enter adds a place to the messages of Fail until leave is called.
func Enter(place string) (leave func()) {
	b := Current()
	n := len(b.where)
	b.where = append(b.where, place)
	return func() { b.where = b.where[:n] }
}

// Current returns the builder of the build under way; there must be one.
func Current() *Builder {
	if current == nil {
		Fail("graph: nodes can only be made inside Build")
	}
	return current
}

// Link adds to the graph the edges from operands to results of the nodes made so
// far, which Gorgonia's own gradients and machines follow and nothing here does:
// each takes Gorgonia a walk over the whole graph to add.
func (b *Builder) Link() {
	for _, n := range b.loose {
		for _, c := range Inputs(n) {
			b.Graph.SetEdge(edge{n, c})
		}
	}
	b.loose = nil
}

// edge is one of a result to an operand, as Gorgonia has it.
type edge struct{ from, to *Node }

func (e edge) From() graph.Node         { return e.from }
func (e edge) To() graph.Node           { return e.to }
func (e edge) ReversedEdge() graph.Edge { return edge{e.to, e.from} }

// Leaf makes a node without operands: an input, parameter or constant, told
// apart by its name, which must be new.
func (b *Builder) Leaf(name string, shape tensor.Shape) *Node {
	if current != b {
		Fail("graph: %s declared outside of its Build", name)
	}
	if b.names[name] {
		Fail("graph: %s declared twice", name)
	}
	for _, d := range shape {
		if d < 0 {
			Fail("graph: %s: negative size in shape %v", name, shape)
		}
	}
	if err := b.checkSize(shape); err != nil {
		Fail("graph: %s: %v", name, err)
	}
	b.names[name] = true
	n := gorgonia.NewUniqueNode(gorgonia.WithType(typeOf(b.Dtype, len(shape))), gorgonia.In(b.Graph),
		gorgonia.WithShape(shape...), gorgonia.WithName(name))
	if n.Op() != nil || n.Name() != name { // Gorgonia keeps leaves of one hash apart by their names
		Fail("graph: %s: Gorgonia returned the node %s", name, n.Name())
	}
	return n
}

// DefaultLimit is the usual limit, 8 GiB, or 1 GiB where an int has 32 bits.
const DefaultLimit = 1 << (30 + 3*(bits.UintSize/64))

func (b *Builder) checkSize(shape tensor.Shape) error {
	n := int(b.Dtype.Size())
	if slices.Contains(shape, 0) {
		n = 0
	}
	for _, d := range shape {
		if d > 0 && n > (b.limit-1)/d {
			return errors.Errorf("shape %v of %v does not fit into the %d bytes that Params.MaxBytes allows", []int(shape), b.Dtype, b.limit)
		}
		n *= d
	}
	return nil
}

// Const returns the rank-0 node of a number, the same one for the same number.
func (b *Builder) Const(v float64) *Node {
	if b.Dtype == tensor.Float32 {
		v = float64(float32(v))
	}
	return b.Tensor(nil, []float64{v})
}

// Tensor returns the node of a constant, the same one for the same values.
func (b *Builder) Tensor(shape tensor.Shape, values []float64) *Node {
	if len(values) != Size(shape) {
		Fail("graph: constant of %d values, want shape %v", len(values), shape)
	}
	a := NewArray(b.Dtype, shape)
	for i, v := range values {
		a.Set(i, v)
	}
	name := constName(b.Dtype, a)
	if n, ok := b.nodes[name]; ok {
		return n
	}
	n := b.Leaf(name, shape)
	if err := gorgonia.UnsafeLet(n, a.Value()); err != nil {
		Fail("graph: constant: %v", err)
	}
	b.nodes[name] = n
	return n
}

// Check aborts unless n is a node of the build under way; use says what for.
func Check(n *Node, use string) {
	if err := Current().check(n); err != nil {
		Fail("graph: %s: node %v", use, err)
	}
}

func (b *Builder) check(n *Node) error {
	switch {
	case n == nil:
		return errors.New("is nil")
	case n.Graph() != b.Graph:
		return errors.Errorf("(%s) belongs to another Build", n.Name())
	case n.Dtype() != b.Dtype:
		return errors.Errorf("(%s) is %v in a graph of %v", n.Name(), n.Dtype(), b.Dtype)
	}
	return nil
}

// Apply returns the node of a rule applied to operands of this build.
func Apply(r Rule, in ...*Node) *Node {
	b := Current()
	shapes := make([]tensor.Shape, len(in))
	var key strings.Builder
	fmt.Fprintf(&key, "%T%v", r, r)
	for i, n := range in {
		if err := b.check(n); err != nil {
			Fail("graph: %s: operand %d %v", Name(r), i, err)
		}
		shapes[i] = n.Shape()
		fmt.Fprintf(&key, " %d", n.ID())
	}
	if n, ok := b.nodes[key.String()]; ok {
		return n
	}
	shape, err := r.Shape(shapes)
	if err != nil {
		Fail("graph: %s: %v", Name(r), err)
	}
	if slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		Fail("graph: %s: negative size in shape %v", Name(r), shape)
	}
	if err := b.checkSize(shape); err != nil {
		Fail("graph: %s: %v", Name(r), err)
	}
	for {
		b.last++
		o := &Op{Rule: r, In: append([]*Node(nil), in...), id: b.last, dt: b.Dtype, shape: shape}
		n := gorgonia.NewUniqueNode(gorgonia.WithType(typeOf(b.Dtype, len(shape))), gorgonia.WithOp(o),
			gorgonia.In(b.Graph), gorgonia.WithShape(shape...))
		if n.Op() == gorgonia.Op(o) { // else a hash met another node's: take the next number
			gorgonia.WithChildren(append([]*Node(nil), in...))(n) // without edges: see Link
			b.nodes[key.String()] = n
			b.put(n)
			if _, ok := r.(Require); ok {
				b.Checks = append(b.Checks, n)
			}
			b.loose = append(b.loose, n)
			return n
		}
	}
}
