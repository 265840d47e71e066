package models

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Ladder is a model of several layers of latents, z1 next to the data,
//
//	p(z_L) = N(0, I),  p(z_i|z_{i+1}) = N(gen_i(z_{i+1})),  p(x|z_1) = Bernoulli(gen_0(z_1))
//
// with one of two guides (Sønderby, Raiko, Maaløe, Sønderby and Winther, arXiv
// 1602.02282). The plain one goes up from layer to layer,
//
//	q(z_1|x) = N(up_1(x)),  q(z_i|z_{i−1}) = N(up_i(z_{i−1}))
//
// The ladder goes up without noise, d_i = up_i(d_{i−1}), and comes down with the
// generative networks,
//
//	q(z_i|z_{i+1}, x) ∝ N(head_i(d_i)) · p(z_i|z_{i+1})
//
// which are computed once, for guide and joint. Variances are softplus of what the
// networks put out.
type Ladder struct {
	c        LadderConfig
	up       []layers.Stack // hidden features of layer i from those below
	heads    []layers.Dense // mean and log standard deviation of z_i by the features
	gen      []layers.Stack // of what is below, by z_i
	genHeads []layers.Dense
}

// LadderConfig says how a Ladder is made.
type LadderConfig struct {
	Input   int
	Latents []int // of z1, z2, …
	Hidden  []int // units of the networks beside each
	Plain   bool  // the guide that goes up; false: the ladder

	// Network makes a network of hidden layers from the width in to the width
	// out, which ends in its nonlinearity; nil means two dense layers with tanh.
	Network func(s *graph.Scope, in, out int) layers.Stack
}

// NewLadder declares the networks "up/1", "gen/1", ….
func NewLadder(s *graph.Scope, c LadderConfig) Ladder {
	if len(c.Latents) == 0 || len(c.Hidden) != len(c.Latents) {
		graph.Fail("models: Ladder of the latents %v with the hidden units %v, want one number for each layer", c.Latents, c.Hidden)
	}
	if c.Network == nil {
		c.Network = func(s *graph.Scope, in, out int) layers.Stack {
			return append(layers.NewMLP(s, in, out, out), layers.Func(graph.Tanh))
		}
	}
	m := Ladder{c: c}
	for i, d := range c.Latents {
		up, gen := s.In("up").In(fmt.Sprint(i+1)), s.In("gen").In(fmt.Sprint(i+1))
		in, out := c.Input, c.Input
		if i > 0 {
			in, out = c.Hidden[i-1], 2*c.Latents[i-1]
			if c.Plain {
				in = c.Latents[i-1]
			}
		}
		m.up = append(m.up, c.Network(up, in, c.Hidden[i]))
		m.heads = append(m.heads, layers.NewDense(up.In("head"), c.Hidden[i], 2*d))
		m.gen = append(m.gen, c.Network(gen, d, c.Hidden[i]))
		m.genHeads = append(m.genHeads, layers.NewDense(gen.In("head"), c.Hidden[i], out))
	}
	return m
}

// Normalised is a network of two dense layers with batch normalisation and leaky
// rectifiers, as the paper's, for LadderConfig.Network.
func Normalised(s *graph.Scope, in, out int) layers.Stack {
	leaky := layers.Func(func(x *graph.Node) *graph.Node { return graph.LeakyRelu(x, .1) })
	return layers.Stack{
		layers.NewDense(s.In("0"), in, out), layers.NewBatchNorm(s.In("norm0"), out), leaky,
		layers.NewDense(s.In("1"), out, out), layers.NewBatchNorm(s.In("norm1"), out), leaky,
	}
}

// Model returns the model; both functions.
func (m Ladder) Model() vi.Model {
	guide := m.ladder
	if m.c.Plain {
		guide = m.plain
	}
	return vi.Model{Joint: m.joint, Guide: guide}
}

// softNormal splits the last axis as Normal does, into a mean and what softplus
// makes a variance of, as in that paper: with several layers of latents a
// variance that grows as an exponential overflows.
func softNormal(h *graph.Node, d int) prob.Normal {
	n := Normal(h, d)
	n.LogStd = graph.Log(graph.Softplus(n.LogStd).Shift(1e-6)).Scale(.5)
	return n
}

// site returns the name of layer i, counted from 0.
func site(i int) string { return fmt.Sprint("z", i+1) }

// below returns what layer i says of what is below it.
func (m Ladder) below(i int, z *graph.Node) *graph.Node {
	return m.genHeads[i].Apply(m.gen[i].Apply(z))
}

func (m Ladder) joint(t *vi.Trace) {
	top := len(m.c.Latents) - 1
	z := t.Draw(site(top), prob.StdNormal(m.c.Latents[top]))
	for i := top; i > 0; i-- {
		z = t.Draw(site(i-1), softNormal(m.below(i, z), m.c.Latents[i-1]))
	}
	t.Draw("x", prob.Bernoulli{Logits: m.below(0, z)})
}

func (m Ladder) plain(t *vi.Trace) {
	z := t.Given("x")
	for i, d := range m.c.Latents {
		z = t.Draw(site(i), softNormal(m.heads[i].Apply(m.up[i].Apply(z)), d))
	}
}

func (m Ladder) ladder(t *vi.Trace) {
	var seen []prob.Normal // what the data say of each layer
	h := t.Given("x")
	for i, d := range m.c.Latents {
		h = m.up[i].Apply(h)
		seen = append(seen, softNormal(m.heads[i].Apply(h), d))
	}
	top := len(seen) - 1
	z := t.Draw(site(top), seen[top])
	for i := top; i > 0; i-- {
		z = t.Draw(site(i-1), prob.ProductOfExperts(seen[i-1], softNormal(m.below(i, z), m.c.Latents[i-1])))
	}
}
