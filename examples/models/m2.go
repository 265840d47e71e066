package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// M2 is the semi-supervised model of Kingma, Rezende, Mohamed and Welling (arXiv
// 1406.5298),
//
//	p(y) = 1/C,  p(z) = N(0, I),  p(x|y,z);  q(y|x) = Cat(cls(x)),  q(z|x,y) = N(enc(x,y))
//
// with the class y one-hot, [… C]. Where y is data it is scored; where it is
// missing, enumerate it or draw it. Networks have one or more hidden layers.
type M2 struct {
	Classes, Latent int
	Likelihood      func(h *graph.Node) prob.Dist // of x, by the decoder's output

	act      layers.Func
	cls      layers.Stack
	enc, dec joined // of (x, y), of (z, y)
	encRest  layers.Stack
	decRest  layers.Stack
}

// M2Config says how M2 is made.
type M2Config struct {
	Input, Classes, Latent int
	Hidden                 []int                         // units of each hidden layer, one layer at least, the same in all networks
	Output                 int                           // of the decoder; 0 means Input
	Likelihood             func(h *graph.Node) prob.Dist // by the decoder's output; nil means Bernoulli logits
	Networks               layers.Config                 // nil Activation means softplus, as in the paper
}

// defaults fills in what is not said.
func (c M2Config) defaults() M2Config {
	if len(c.Hidden) == 0 {
		graph.Fail("models: M2 without hidden layers")
	}
	if c.Output == 0 {
		c.Output = c.Input
	}
	if c.Likelihood == nil {
		c.Likelihood = func(h *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} }
	}
	if c.Networks.Activation == nil {
		c.Networks.Activation = graph.Softplus
	}
	return c
}

// NewClassifier declares the network "cls" alone: the logits of q(y|x).
func (c M2Config) NewClassifier(s *graph.Scope) layers.Stack {
	c = c.defaults()
	return c.Networks.NewMLP(s.In("cls"), append(append([]int{c.Input}, c.Hidden...), c.Classes)...)
}

// NewM2 declares the networks "cls", "enc" and "dec".
func NewM2(s *graph.Scope, c M2Config) M2 {
	c = c.defaults()
	first := c.Hidden[0]
	rest := func(s *graph.Scope, out int) layers.Stack {
		return c.Networks.NewMLP(s, append(append([]int{}, c.Hidden...), out)...)
	}
	return M2{
		Classes: c.Classes, Latent: c.Latent, Likelihood: c.Likelihood, act: c.Networks.Activation,
		cls:     c.NewClassifier(s),
		enc:     newJoined(s.In("enc"), c.Networks, c.Input, c.Classes, first),
		encRest: rest(s.In("enc"), 2*c.Latent),
		dec:     newJoined(s.In("dec"), c.Networks, c.Latent, c.Classes, first),
		decRest: rest(s.In("dec"), c.Output),
	}
}

// Model returns the model; both functions.
func (m M2) Model() vi.Model { return vi.Model{Joint: m.joint, Guide: m.guide} }

func (m M2) joint(t *vi.Trace) {
	y := t.Draw("y", prob.OneHot{Logits: graph.BroadcastTo(graph.Const(0), m.Classes)})
	z := t.Draw("z", prob.StdNormal(m.Latent))
	t.Draw("x", m.Likelihood(m.Decode(z, y)))
}

func (m M2) guide(t *vi.Trace) {
	x := t.Given("x")
	y := t.Draw("y", prob.OneHot{Logits: m.Classify(x)})
	t.Draw("z", m.Style(x, y))
}

// Classify returns the logits of q(y|x).
func (m M2) Classify(x *graph.Node) *graph.Node { return m.cls.Apply(x) }

// Style returns q(z|x,y).
func (m M2) Style(x, y *graph.Node) prob.Normal {
	return Normal(m.encRest.Apply(m.act(m.enc.Apply(x, y))), m.Latent)
}

// Decode returns what the likelihood takes.
func (m M2) Decode(z, y *graph.Node) *graph.Node { return m.decRest.Apply(m.act(m.dec.Apply(z, y))) }
