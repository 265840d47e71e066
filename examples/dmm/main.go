// Command dmm trains a deep Markov model on music for several voices, which the program
// writes itself, and has it play: states go on by a gated network, what sounds is drawn
// from each, and the guide combines the state before with what is still to come.
//
//	go run ./examples/dmm -out pictures
//	go run ./examples/dmm -flows 2
//
// Krishnan, Shalit and Sontag, Structured Inference Networks for Nonlinear State Space
// Models, arXiv 1609.09869.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

type nodes = []*graph.Node

// A dmm is a deep Markov model of sequences of so many steps. What a state before a
// step becomes is a law, as is what is seen of the states of all steps.
type dmm struct {
	steps      int
	first      *graph.Node // the state before the first step
	transition func(z *graph.Node) prob.Dist
	emission   func(z *graph.Node) prob.Dist
}

func (m dmm) joint(t *vi.Trace) {
	_, z := t.Scan(graph.Loop{Steps: m.steps}, nodes{m.first}, nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
		now := t.Draw("z", m.transition(z[0]))
		return nodes{now}, nodes{now}
	})
	t.Draw("x", m.emission(z[0]))
}

// sizes are those of the networks.
type sizes struct{ keys, latent, hidden, flows int }

// newDMM declares the model: the mean of a state is a linear map of the one before, or
// a network of it where a gate is open.
func newDMM(s *graph.Scope, c sizes, steps int) dmm {
	z, h := c.latent, c.hidden
	relu := layers.Config{Activation: graph.Relu}
	gate, other := relu.NewMLP(s.In("gate"), z, h, z), relu.NewMLP(s.In("other"), z, h, z)
	linear, spread := layers.NewDense(s.In("linear"), z, z), layers.NewDense(s.In("spread"), z, z)
	emission := relu.NewMLP(s.In("emission"), z, h, h, c.keys)
	return dmm{
		steps: steps, first: s.Param("first", graph.Constant(0), z),
		transition: func(z *graph.Node) prob.Dist {
			g, o := graph.Sigmoid(gate.Apply(z)), other.Apply(z)
			l := linear.Apply(z)
			return law(l.Add(g.Mul(o.Sub(l))), spread.Apply(graph.Relu(o)))
		},
		emission: func(z *graph.Node) prob.Dist {
			return prob.Independent(prob.Bernoulli{Logits: emission.Apply(z)}, steps)
		},
	}
}

// law is a normal law with the standard deviation softplus(raw).
func law(mean, raw *graph.Node) prob.Normal {
	return prob.Normal{Mean: mean, LogStd: graph.Log(graph.Softplus(raw).Shift(1e-3))}
}

// newGuide declares q(z_t | z_{t−1}, x_t, x_{t+1} …): a network that reads x backwards,
// and a combiner of what it says with the state before.
func newGuide(s *graph.Scope, c sizes) vi.Func {
	read := layers.Sequence{Cell: layers.NewGRU(s.In("rnn"), layers.CellConfig{Inputs: c.keys, Width: c.hidden}), Reverse: true}
	first := s.Param("first", graph.Constant(0), c.latent)
	before := layers.NewDense(s.In("before"), c.latent, c.hidden)
	mean, spread := layers.NewDense(s.In("mean"), c.hidden, c.latent), layers.NewDense(s.In("spread"), c.hidden, c.latent)
	var flow func(h *graph.Node) prob.Bijector
	if c.flows > 0 {
		flow = models.InverseAutoregressive(c.flows, 2*c.hidden)(s.In("flow"), c.latent, c.hidden)
	}
	return func(t *vi.Trace) {
		x := read.Apply(t.Given("x"))
		t.Scan(graph.Loop{}, nodes{first}, nodes{x}, func(t *vi.Trace, z, x nodes) (next, outs nodes) {
			h := graph.Tanh(before.Apply(z[0])).Add(x[0]).Scale(.5)
			q := law(mean.Apply(h), spread.Apply(h))
			if flow == nil {
				return nodes{t.Draw("z", q)}, nil
			}
			return nodes{t.Draw("z", prob.Transformed{Base: q, Bijector: flow(h)})}, nil
		})
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dmm:", err)
		os.Exit(1)
	}
}
