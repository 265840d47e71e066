package layers

import (
	"github.com/latentgo/latent/graph"
)

// Cell is what a recurrent network does at a step. What it computes of the inputs
// alone stands apart, so that it is one product for all steps of a sequence.
type Cell interface {
	// Start returns the states before the first step, zeros with the leading axes
	// of inputs [… Inputs].
	Start(lead ...int) []*graph.Node
	// Inputs returns what Step takes of inputs [… Inputs], of any number of steps.
	Inputs(x *graph.Node) *graph.Node
	// Step returns the states after a step. The first is the output [… Width].
	Step(in *graph.Node, states []*graph.Node) []*graph.Node
}

// CellConfig says how a cell is made. Of its Config, Weights initialise the maps
// of the inputs, each gate's alone; WeightNorm is refused.
type CellConfig struct {
	Config

	Inputs    int        // the width of the inputs
	Width     int        // and of the state
	Recurrent graph.Init // of the maps of the state, each gate's alone; nil means graph.Orthogonal
}

// cell is the maps that all cells have, with columns for each gate.
type cell struct {
	W *graph.Node // [inputs, gates·width], of the inputs
	U *graph.Node // [width, gates·width], of the state
	B *graph.Node // [gates·width], or nil

	what, path    string
	inputs, width int
	states        int
}

// cell declares the maps "w" and "u" and biases "b".
func (c CellConfig) cell(what string, s *graph.Scope, gates, states int, activates bool) cell {
	switch {
	case c.Inputs < 1 || c.Width < 1 || c.Inputs > mostUnits || c.Width > mostUnits:
		graph.Fail("layers: %s: Inputs %d, Width %d, want 1 to %d", named(what, s.Path()), c.Inputs, c.Width, mostUnits)
	case c.WeightNorm:
		graph.Fail("layers: %s: a cell has no WeightNorm", named(what, s.Path()))
	case c.Activation != nil && !activates:
		graph.Fail("layers: %s: its activations are its own", named(what, s.Path()))
	case c.NoBias && c.Biases != nil:
		graph.Fail("layers: %s: NoBias and Biases: choose one", named(what, s.Path()))
	}
	if c.Weights == nil {
		c.Weights = graph.Glorot{}
	}
	if c.Recurrent == nil {
		c.Recurrent = graph.Orthogonal{}
	}
	if c.Biases == nil {
		c.Biases = graph.Constant(0)
	}
	k := cell{what: what, path: s.Path(), inputs: c.Inputs, width: c.Width, states: states}
	k.W = s.Param("w", columnBlocks{c.Weights, gates}, c.Inputs, gates*c.Width)
	k.U = s.Param("u", columnBlocks{c.Recurrent, gates}, c.Width, gates*c.Width)
	if !c.NoBias {
		k.B = s.Param("b", c.Biases, gates*c.Width)
	}
	return k
}

// Start implements Cell.
func (c cell) Start(lead ...int) []*graph.Node {
	c.declared()
	states := make([]*graph.Node, c.states)
	for i := range states {
		states[i] = graph.BroadcastTo(graph.Const(0), append(append([]int{}, lead...), c.width)...)
	}
	return states
}

// Inputs implements Cell: [… Inputs] to [… gates·Width].
func (c cell) Inputs(x *graph.Node) *graph.Node {
	c.declared()
	checkInput(x, c.inputs, c.what, c.path)
	return graph.Linear(x, c.W, c.B)
}

func (c cell) declared() {
	if c.W == nil {
		graph.Fail("layers: a cell without weights; layers.NewGRU, NewLSTM and NewRNN declare them")
	}
}

// check refuses inputs and states of a step that are not the cell's.
func (c cell) check(in *graph.Node, states []*graph.Node) {
	c.declared()
	if len(states) != c.states {
		graph.Fail("layers: %s: %d states, want %d", named(c.what, c.path), len(states), c.states)
	}
	checkInput(in, c.W.Shape()[1], c.what+" step", c.path)
	for _, h := range states {
		checkInput(h, c.width, c.what+" state", c.path)
	}
}

// gate returns the part of a gate of [… gates·width].
func (c cell) gate(x *graph.Node, k int) *graph.Node {
	return graph.Cols(x, k*c.width, (k+1)*c.width)
}

// RNN is the plain cell (Elman, Finding structure in time, 1990),
//
//	h ← f(x·W + h·U + b).
type RNN struct {
	cell
	act Func
}

// NewRNN declares a plain cell, whose activation f is tanh unless Config says
// otherwise: maps "w" and "u" and biases "b".
func NewRNN(s *graph.Scope, c CellConfig) RNN {
	return RNN{c.cell("RNN", s, 1, 1, true), c.activation()}
}

// Step implements Cell.
func (c RNN) Step(in *graph.Node, states []*graph.Node) []*graph.Node {
	c.check(in, states)
	return []*graph.Node{c.act(in.Add(graph.MatMul(states[0], c.U)))}
}

// GRU is the gated recurrent unit (Cho et al., arXiv 1406.1078, with the reset gate
// behind the product, as cuDNN and PyTorch have it). With the columns r, z and n of
// the maps,
//
//	r = σ(x·W + b + h·U)
//	z = σ(x·W + b + h·U)
//	n = tanh(x·W + b + r·(h·U + c))
//	h ← (1−z)·n + z·h.
type GRU struct {
	cell
	C *graph.Node // [width], or nil
}

// NewGRU declares a gated recurrent unit: maps "w" and "u" and biases "b" for the
// gates r, z and n one after the other, and a bias "c" within n.
func NewGRU(s *graph.Scope, c CellConfig) GRU {
	g := GRU{cell: c.cell("GRU", s, 3, 1, false)}
	if !c.NoBias {
		if c.Biases == nil {
			c.Biases = graph.Constant(0)
		}
		g.C = s.Param("c", c.Biases, c.Width)
	}
	return g
}

// Step implements Cell.
func (c GRU) Step(in *graph.Node, states []*graph.Node) []*graph.Node {
	c.check(in, states)
	h := states[0]
	u := graph.MatMul(h, c.U)
	r := graph.Sigmoid(c.gate(in, 0).Add(c.gate(u, 0)))
	z := graph.Sigmoid(c.gate(in, 1).Add(c.gate(u, 1)))
	own := c.gate(u, 2)
	if c.C != nil {
		own = own.Add(c.C)
	}
	n := graph.Tanh(c.gate(in, 2).Add(r.Mul(own)))
	return []*graph.Node{n.Add(z.Mul(h.Sub(n)))}
}

// LSTM is the long short-term memory with a forget gate (Hochreiter and Schmidhuber,
// 1997; Gers, Schmidhuber and Cummins, 2000). With the columns i, f, g and o of the
// maps, each of x·W + b + h·U,
//
//	c ← σ(f)·c + σ(i)·tanh(g)
//	h ← σ(o)·tanh(c).
//
// Its states are h and c.
type LSTM struct{ cell }

// NewLSTM declares a long short-term memory: maps "w" and "u" and biases "b" for i, f,
// g and o one after the other. Unless Biases says otherwise the biases of f start
// at 1, so that at first much is kept (Jozefowicz, Zaremba and Sutskever, An
// empirical exploration of recurrent network architectures, 2015), and the others at 0.
func NewLSTM(s *graph.Scope, c CellConfig) LSTM {
	if c.Biases == nil && !c.NoBias {
		c.Biases = keepMuch{}
	}
	return LSTM{c.cell("LSTM", s, 4, 2, false)}
}

// keepMuch is 1 for the second of four gates and 0 for the others.
type keepMuch struct{}

// Fill implements graph.Init.
func (keepMuch) Fill(dst []float64, _ graph.Shape, _ graph.Random) error {
	clear(dst)
	width := len(dst) / 4
	for i := width; i < 2*width; i++ {
		dst[i] = 1
	}
	return nil
}

// Step implements Cell.
func (c LSTM) Step(in *graph.Node, states []*graph.Node) []*graph.Node {
	c.check(in, states)
	all := in.Add(graph.MatMul(states[0], c.U))
	i, f := graph.Sigmoid(c.gate(all, 0)), graph.Sigmoid(c.gate(all, 1))
	kept := f.Mul(states[1]).Add(i.Mul(graph.Tanh(c.gate(all, 2))))
	return []*graph.Node{graph.Sigmoid(c.gate(all, 3)).Mul(graph.Tanh(kept)), kept}
}
