package layers

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
)

// MADEConfig says how a MADE is made. Its Config reaches all layers.
type MADEConfig struct {
	Config

	Inputs  int   // D, the number of variables
	Outputs int   // of each variable, such as 2 for a mean and a log-scale; 0 means 1
	Context int   // the width of the context; 0 means none
	Hidden  []int // the widths of hidden layers; none: an affine map

	// Order[k] is the variable that comes k-th; nil means 0, 1, 2, …
	Order []int

	// DegreeSeed chooses the degrees of hidden units: 0 gives them out in turn,
	// any other number is the seed of random ones.
	DegreeSeed uint64

	Skip     bool // adds a masked linear map of the input to the output; wants a hidden layer
	Residual bool // hidden layers after the first, which must exist, are residual blocks; all are of one width

	// OutputWeights are the first weights of what feeds the output: the last
	// layer, its context and Skip; nil means those of Config. graph.Constant(0)
	// makes a flow start at the identity. Given, they have no WeightNorm.
	OutputWeights graph.Init
}

// MADE is a network whose outputs for a variable depend only on the variables
// before it in an order, and on all of a context (Germain, Gregor, Murray and
// Larochelle, arXiv 1502.03509). With the place p(i) of variable i, from 1 to D,
// a hidden unit has a degree m and sees the inputs of p(i) ≤ m and the units of
// the layer before of degrees m′ ≤ m; the outputs of variable i see the units of
// m < p(i).
//
// Degrees run from 1 to D−1, or from 0 with a context, so that the outputs of
// the first variable too are a non-linear function of it. In every layer that
// has as many units as there are degrees each occurs, and no dependence is cut.
// A narrower layer would cut some, and is refused without Skip, which restores
// them.
//
// The context is mapped linearly, without a mask, and added to what enters the
// units of every hidden layer and the outputs. With WeightNorm the length g of a
// unit multiplies that sum; the maps of the context and of Skip have none of
// their own.
type MADE struct {
	path   string
	width  int // of the context
	order  []int
	act    Func
	layers []step
	skip   *Dense
}

// step is a masked layer with its context, and in a residual block the layer
// that closes it.
type step struct {
	in      Dense
	context *Dense
	close   *Dense
}

// NewMADE declares a MADE. The layers live in the scopes 0, 1, …, the maps of
// the context in context below these, the layer that closes a residual block
// in close below it, and Skip in skip.
func NewMADE(s *graph.Scope, c MADEConfig) MADE {
	c = c.checked(s)
	d := c.degrees()
	m := MADE{path: s.Path(), width: c.Context, order: slices.Clone(c.Order), act: c.activation()}
	upTo := func(from, to []int) mask { return func(i, j int) bool { return from[i] <= to[j] } }
	below := func(from, to []int) mask { return func(i, j int) bool { return from[i] < to[j] } }
	last := c.Config
	if c.OutputWeights != nil {
		last.Weights, last.WeightNorm = c.OutputWeights, false
	}
	before := d.in
	for l, now := range d.hidden {
		at := s.In(fmt.Sprint(l))
		h := step{in: c.dense(at, len(before), len(now), upTo(before, now)), context: c.contextMap(at, c.Context, len(now))}
		if c.Residual && l > 0 {
			end := c.dense(at.In("close"), len(now), len(now), upTo(now, now))
			h.close = &end
		}
		m.layers = append(m.layers, h)
		before = now
	}
	at, mask := s.In(fmt.Sprint(len(d.hidden))), below(before, d.out)
	m.layers = append(m.layers, step{in: last.dense(at, len(before), len(d.out), mask), context: last.contextMap(at, c.Context, len(d.out))})
	if c.Skip {
		skip := last.plain().dense(s.In("skip"), len(d.in), len(d.out), below(d.in, d.out))
		m.skip = &skip
	}
	return m
}

// checked returns the configuration with its defaults filled in.
func (c MADEConfig) checked(s *graph.Scope) MADEConfig {
	fail := func(format string, args ...any) {
		graph.Fail("layers: %s: %s", named("MADE", s.Path()), fmt.Sprintf(format, args...))
	}
	if c.Outputs == 0 {
		c.Outputs = 1
	}
	if c.Inputs < 1 || c.Outputs < 1 || c.Context < 0 {
		fail("Inputs %d, Outputs %d, Context %d, want 1 or more variables and outputs and no negative width", c.Inputs, c.Outputs, c.Context)
	}
	if widest := slices.Max(append([]int{c.Inputs, c.Outputs, c.Context}, c.Hidden...)); widest > mostUnits {
		fail("width %d, want %d at most", widest, mostUnits)
	}
	if c.Inputs > mostUnits/c.Outputs {
		fail("%d outputs of each of %d variables, want %d at most", c.Outputs, c.Inputs, mostUnits)
	}
	if c.Order == nil {
		c.Order = ascending(c.Inputs)
	} else if !isOrder(c.Order, c.Inputs) {
		fail("Order %v, want every variable from 0 to %d once", c.Order, c.Inputs-1)
	}
	for l, w := range c.Hidden {
		switch n := c.count(); {
		case w < 1:
			fail("hidden layer %d of width %d, want 1 or more", l, w)
		case w < n && !c.Skip:
			fail("hidden layer %d of width %d has no unit for some of the %d degrees, which cuts dependences; make it wider or set Skip", l, w, n)
		case c.Residual && w != c.Hidden[0]:
			fail("Residual with hidden layers of widths %v, want one width", c.Hidden)
		}
	}
	switch {
	case len(c.Hidden) == 0 && c.DegreeSeed != 0:
		fail("DegreeSeed without a hidden layer")
	case len(c.Hidden) == 0 && c.Skip:
		fail("Skip without a hidden layer")
	case len(c.Hidden) < 2 && c.Residual:
		fail("Residual with %d hidden layers, want 2 or more", len(c.Hidden))
	}
	return c
}

// Order returns the order of the variables: Order()[k] is the one that comes
// k-th.
func (m MADE) Order() []int { return slices.Clone(m.order) }

// Apply implements Conditional: x is [… D] and context [… C], or nil if there is
// none; leading axes broadcast. The result [… Outputs·D] has blocks of D
// columns: graph.Cols(y, k·D, (k+1)·D) is output k of every variable, in the
// places the variables have in x.
func (m MADE) Apply(x, context *graph.Node) *graph.Node {
	if m.layers == nil {
		graph.Fail("layers: MADE without layers; layers.NewMADE declares them")
	}
	checkContext("MADE", m.path, context, m.width)
	var h *graph.Node
	for l, f := range m.layers {
		in := x
		if l > 0 {
			in = m.act(h)
		}
		more := f.context.maps(context)
		if m.skip != nil && l == len(m.layers)-1 {
			more = append(more, m.skip.Apply(x))
		}
		y := f.in.apply(in, more...)
		if f.close != nil {
			y = h.Add(f.close.Apply(m.act(y)))
		}
		h = y
	}
	return h
}
