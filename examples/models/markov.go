package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

type nodes = []*graph.Node

// Markov is a model of sequences, of states that each depend on the one before,
//
//	p(z_t|z_{t−1}) = Transition(z_{t−1}),  p(x|z) = Emission(z)
//
// with the sites "z" and "x" at all steps.
type Markov struct {
	Steps      int
	First      *graph.Node                     // z_0, the state before the first step
	Transition func(z *graph.Node) prob.Dist   // by the state before the step
	Emission   func(all *graph.Node) prob.Dist // of what is seen, by the states of all steps [… T, latent]
}

// MarkovConfig says how a deep Markov model and its guide are made.
type MarkovConfig struct {
	Input, Latent int // what is seen at a step; a state
	Hidden        int // units of the networks
	Steps         int
	Flows         int // inverse autoregressive flows of the guide; 0: it is normal
}

// NewMarkov declares a deep Markov model of ones and zeros (Krishnan, Shalit and
// Sontag, Structured Inference Networks for Nonlinear State Space Models, arXiv
// 1609.09869): "p", in which the mean of a state is a linear map of the one before, or
// a network of it where a gate is open, and the guide "q" of NewCombiner.
func NewMarkov(s *graph.Scope, c MarkovConfig) vi.Model {
	if c.Flows < 0 {
		graph.Fail("models: Markov: %d flows", c.Flows)
	}
	p, z, h := s.In("p"), c.Latent, c.Hidden
	relu := layers.Config{Activation: graph.Relu}
	gate, other := relu.NewMLP(p.In("gate"), z, h, z), relu.NewMLP(p.In("other"), z, h, z)
	linear, spread := layers.NewDense(p.In("linear"), z, z), layers.NewDense(p.In("spread"), z, z)
	emission := relu.NewMLP(p.In("emission"), z, h, h, c.Input)
	m := Markov{
		Steps: c.Steps, First: p.Param("first", graph.Constant(0), z),
		Transition: func(z *graph.Node) prob.Dist {
			g, o := graph.Sigmoid(gate.Apply(z)), other.Apply(z)
			l := linear.Apply(z)
			return spreadNormal(l.Add(g.Mul(o.Sub(l))), spread.Apply(graph.Relu(o)))
		},
		Emission: func(z *graph.Node) prob.Dist {
			return prob.Independent(prob.Bernoulli{Logits: emission.Apply(z)}, c.Steps)
		},
	}
	return vi.Model{Joint: m.Joint, Guide: NewCombiner(s.In("q"), c)}
}

// Joint is the model as a function of a trace.
func (m Markov) Joint(t *vi.Trace) {
	if m.First == nil || m.Transition == nil || m.Emission == nil {
		graph.Fail("models: Markov: want First, Transition and Emission")
	}
	_, z := t.Scan(graph.Loop{Steps: m.Steps}, nodes{m.First}, nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
		now := t.Draw("z", m.Transition(z[0]))
		return nodes{now}, nodes{now}
	})
	t.Draw("x", m.Emission(z[0]))
}

// NewCombiner declares a guide q(z_t | z_{t−1}, x_t, x_{t+1} …) of the same paper: a
// network that reads x backwards, and a combiner of what it says with the state before.
func NewCombiner(s *graph.Scope, c MarkovConfig) vi.Func {
	read := layers.Sequence{Cell: layers.NewGRU(s.In("rnn"), layers.CellConfig{Inputs: c.Input, Width: c.Hidden}), Reverse: true}
	first := s.Param("first", graph.Constant(0), c.Latent)
	before := layers.NewDense(s.In("before"), c.Latent, c.Hidden)
	mean, spread := layers.NewDense(s.In("mean"), c.Hidden, c.Latent), layers.NewDense(s.In("spread"), c.Hidden, c.Latent)
	var flow func(h *graph.Node) prob.Bijector
	if c.Flows > 0 {
		flow = InverseAutoregressive(c.Flows, 2*c.Hidden)(s.In("flow"), c.Latent, c.Hidden)
	}
	return func(t *vi.Trace) {
		x := read.Apply(t.Given("x"))
		t.Scan(graph.Loop{}, nodes{first}, nodes{x}, func(t *vi.Trace, z, x nodes) (next, outs nodes) {
			h := graph.Tanh(before.Apply(z[0])).Add(x[0]).Scale(.5)
			q := spreadNormal(mean.Apply(h), spread.Apply(h))
			if flow == nil {
				return nodes{t.Draw("z", q)}, nil
			}
			return nodes{t.Draw("z", prob.Transformed{Base: q, Bijector: flow(h)})}, nil
		})
	}
}

// spreadNormal is a normal law with the standard deviation softplus(raw).
func spreadNormal(mean, raw *graph.Node) prob.Normal {
	return prob.Normal{Mean: mean, LogStd: graph.Log(graph.Softplus(raw).Shift(1e-3))}
}
