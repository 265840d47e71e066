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
	"gorgonia.org/gorgonia"
)

// Builder makes the nodes of one graph, all of one dtype. It merges equal
// expressions: the same rule of the same operands is the same node.
type Builder struct {
	Dtype Dtype

	Checks []*Node // of Require: programs compute them, used or not

	limit     int // of the bytes of a node, which must have fewer
	results   map[key]*Node
	constants map[string]*Node // by the digest of their values
	names     map[string]bool
	last      int32
	where     []string
	body      *Body // that is open, the innermost

	whereOf    []string // what whereAll was joined from
	whereAll   string
	deriving   *Node // the operation whose derivative is being made
	provenance map[*Node]Provenance

	exprs   *gorgonia.ExprGraph      // once somebody asked for it
	foreign map[*gorgonia.Node]*Node // what Gorgonia's nodes are here
}

// NewBuilder returns the builder of an empty graph whose nodes have fewer bytes
// than limit.
func NewBuilder(dt Dtype, limit int) *Builder {
	return &Builder{Dtype: dt, limit: limit, results: map[key]*Node{}, constants: map[string]*Node{}, names: map[string]bool{}, provenance: map[*Node]Provenance{}}
}

// One graph is built at a time in a process: current is its builder, for
// building code that has no scope at hand, owner the goroutine that builds.
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

// add numbers a node, whose shape nobody else may hold.
func (b *Builder) add(n *Node, what string) *Node {
	if err := b.checkShape(n.shape); err != nil {
		Fail("graph: %s: %v", what, err)
	}
	b.last++
	n.b, n.id = b, b.last
	return n
}

// Leaf makes a node without operands: an input, parameter, state or noise, told
// apart by its name, which must be new.
func (b *Builder) Leaf(name string, shape []int) *Node {
	if current != b {
		Fail("graph: %s declared outside of its Build", name)
	}
	if b.names[name] {
		Fail("graph: %s declared twice", name)
	}
	n := b.add(&Node{name: name, shape: slices.Clone(shape)}, name)
	b.names[name] = true
	return n
}

// DefaultLimit is the usual limit, 8 GiB, or 1 GiB where an int has 32 bits.
const DefaultLimit = 1 << (30 + 3*(bits.UintSize/64))

func (b *Builder) checkShape(shape []int) error {
	n := b.Dtype.Size()
	if slices.Contains(shape, 0) {
		n = 0
	}
	for _, d := range shape {
		if d < 0 {
			return errors.Errorf("negative size in shape %v", shape)
		}
		if d > 0 && n > (b.limit-1)/d {
			return errors.Errorf("shape %v of %v does not fit into the %d bytes that Params.MaxBytes allows", shape, b.Dtype, b.limit)
		}
		n *= d
	}
	return nil
}

// Check aborts unless n is a node of the build under way; use says what for.
func Check(n *Node, use string) {
	if err := Current().check(n); err != nil {
		Fail("graph: %s: node %v", use, err)
	}
}

// CheckOutside is Check for what no step of a Scan may have.
func CheckOutside(n *Node, use string) {
	if Check(n, use); n.body != nil {
		Fail("graph: %s: node (%s) is of the body of a Scan, which returns what is used outside of it", use, n)
	}
}

func (b *Builder) check(n *Node) error {
	switch {
	case n == nil:
		return errors.New("is nil")
	case n.b != b:
		return errors.Errorf("(%s) belongs to another Build", n)
	case n.body != nil && n.body.open == 0:
		return errors.Errorf("(%s) is of the body of a Scan, which returns what is used outside of it", n)
	}
	return nil
}

// Apply returns the node of a rule applied to operands of this build.
func Apply(r Rule, in ...*Node) *Node {
	b := Current()
	k := key{rule: Identity(r)}
	var body *Body
	shapes := make([][]int, len(in))
	for i, n := range in {
		if err := b.check(n); err != nil {
			Fail("graph: %s: operand %d %v", Name(r), i, err)
		}
		shapes[i] = n.shape
		body = innermost(body, n)
		if i < len(k.in) {
			k.in[i] = n.id
		} else {
			k.more += fmt.Sprintf(" %d", n.id)
		}
	}
	if n, ok := b.results[k]; ok {
		return n
	}
	shape, err := r.Shape(shapes)
	if err != nil {
		Fail("graph: %s: %v", Name(r), err)
	}
	n := b.add(&Node{rule: r, in: slices.Clone(in), shape: append([]int{}, shape...), body: body}, Name(r))
	b.results[k] = n
	b.recordProvenance(n)
	if _, ok := r.(Require); ok {
		b.Checks = append(b.Checks, n)
	}
	return n
}
