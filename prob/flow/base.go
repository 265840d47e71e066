package flow

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
)

// Config says how a flow is made. A field that a flow has no use for is refused
// by its constructor.
type Config struct {
	Context    int         // C, the size of what Given takes; 0: the flow is the same for every datum
	Hidden     []int       // widths of the hidden layers of a network; nil: it is an affine map
	Activation layers.Func // of the network; nil means graph.Tanh
	Element    Element     // what a network sets for each number; nil is said at the constructor
	Order      []int       // of an autoregressive flow: Order[k] is the element that comes k-th; nil: 0, 1, 2 …
	Skip       bool        // of an autoregressive flow: a masked linear map from the input to the output, as in layers.MADEConfig
	Residual   bool        // of an autoregressive flow: hidden layers after the first are residual blocks, of one width
	Longest    int         // longest event for which the slow direction of an autoregressive flow is unrolled; 0 means 64
	Seed       uint64      // of the rotation at which a Linear starts
}

// base is what every flow has: a name for its errors, the size of an event and
// the context.
type base struct {
	name    string // such as "planar q/flow"
	size    int
	width   int // of the context
	context *graph.Node
}

// newBase checks a flow of events of least elements or more, and that no field of
// its Config is set but those named.
func newBase(s *graph.Scope, kind string, size, least int, c Config, fields ...string) base {
	b := base{name: strings.TrimSpace(kind + " " + s.Path()), size: size, width: c.Context}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if field := v.Type().Field(i).Name; !v.Field(i).IsZero() && !slices.Contains(fields, field) {
			b.fail("Config.%s is set, which it has no use for", field)
		}
	}
	if size < least {
		b.fail("events of %d elements, want %d or more", size, least)
	}
	if size > mostElements {
		b.fail("events of %d elements, want %d at most", size, mostElements)
	}
	if c.Context < 0 {
		b.fail("Context is %d, want 0 or more", c.Context)
	}
	return b
}

// mostElements keeps products of sizes from overflowing.
const mostElements = 1 << 24

func (b base) fail(format string, args ...any) {
	graph.Fail("flow: %s: %s", b.name, fmt.Sprintf(format, args...))
}

// given returns the base with the context […, C].
func (b base) given(context *graph.Node) base {
	b.made()
	if b.width == 0 {
		b.fail("Given: it was made without a context; set Config.Context")
	}
	if context == nil {
		b.fail("Given: the context is nil")
	}
	if sh := context.Shape(); len(sh) < 2 || sh[len(sh)-1] != b.width {
		b.fail("context %v, want [… %d] with a batch axis", sh, b.width)
	}
	b.context = context
	return b
}

func (b base) made() {
	if b.size == 0 {
		graph.Fail("flow: a zero flow, want one of a function New…, which declares its weights")
	}
}

// fit aborts unless x is a batch of events of the flow, and its context is there.
func (b base) fit(x *graph.Node) {
	b.made()
	if x == nil {
		b.fail("the value is nil")
	}
	if sh := x.Shape(); len(sh) < 2 || sh[len(sh)-1] != b.size {
		b.fail("value %v, want [… %d] with a batch axis", sh, b.size)
	}
	if b.width > 0 && b.context == nil {
		b.fail("it was made for a context of %d: Given(context) is the bijector", b.width)
	}
}

// numbers returns what an amortised flow is made of: n numbers for each datum,
// an affine map "w", "b" of the context, or without one the vector "b" alone.
type numbers struct{ layers.Dense }

// declare makes the numbers; init is where their constant part starts.
func declare(s *graph.Scope, c Config, n int, init graph.Init) numbers {
	if c.Context > 0 {
		return numbers{layers.Config{Biases: init}.NewDense(s, c.Context, n)}
	}
	return numbers{layers.Dense{B: s.Param("b", init, n)}}
}

// at returns the numbers, […, n] for a context […, C] and [n] for none.
func (n numbers) at(context *graph.Node) *graph.Node {
	if context == nil {
		return n.B
	}
	return n.Apply(context)
}

// segments is an initialiser of a vector that is made of several, each with its
// own size and initialiser.
type segments []segment

type segment struct {
	n    int
	init graph.Init
}

// Fill implements graph.Init.
func (p segments) Fill(dst []float64, _ graph.Shape, r graph.Random) error {
	for _, s := range p {
		if err := s.init.Fill(dst[:s.n], graph.Shape{s.n}, r); err != nil {
			return err
		}
		dst = dst[s.n:]
	}
	return nil
}

// split cuts the last axis of p into pieces of the given sizes, with as many axes
// as x has at least, so that one of size 1 stretches.
func split(p, x *graph.Node, sizes ...int) []*graph.Node {
	sh := p.Shape()
	for len(sh) < len(x.Shape()) {
		sh = append([]int{1}, sh...)
	}
	p = graph.Reshape(p, sh...)
	parts := make([]*graph.Node, len(sizes))
	at := 0
	for i, n := range sizes {
		parts[i] = graph.Cols(p, at, at+n)
		at += n
	}
	return parts
}

// dot returns the inner product over the event axis, which stays with size 1.
func dot(x, y *graph.Node) *graph.Node { return graph.ExpandDims(total(x.Mul(y)), -1) }

func total(x *graph.Node) *graph.Node { return graph.Sum(x, -1) }

// perEvent sums over the events of x a log derivative that may be the same for
// several of them.
func perEvent(x, logDerivative *graph.Node) *graph.Node {
	shape, err := op.Broadcast(x.Shape(), logDerivative.Shape())
	if err != nil {
		graph.Fail("flow: value of shape %v with a context for %v", x.Shape(), logDerivative.Shape())
	}
	return total(graph.BroadcastTo(logDerivative, shape...))
}

// bound returns x limited to [lo, hi], with the derivative of x also beyond: the
// logarithm of what is multiplied or divided by, so that float32 can hold it.
func bound(x *graph.Node, lo, hi float64) *graph.Node {
	return op.Apply(op.Unary{Fn: op.Bound, A: lo, B: hi}, x)
}

// slope returns 1 − tanh²(t), without cancellation.
func slope(t *graph.Node) *graph.Node {
	return graph.Sigmoid(t.Scale(2)).Mul(graph.Sigmoid(t.Scale(-2))).Scale(4)
}
