package models

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// Flow declares a flow of d variables that is given so many numbers of a context, and
// returns the bijector by these.
type Flow func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector

// WithFlow is c with a guide that puts a flow behind the normal law, given so many
// more features of the encoder; nil is the normal law itself.
func (c VAEConfig) WithFlow(s *graph.Scope, context int, f Flow) VAEConfig {
	if f == nil {
		return c
	}
	d := c.Latent
	given := f(s, d, context)
	c.Features = 2*d + context
	c.Guide = func(h *graph.Node) prob.Dist {
		return prob.Transformed{Base: Normal(h, d), Bijector: given(graph.Cols(h, 2*d, 2*d+context))}
	}
	return c
}

// Repeated is n flows, one after the other, with the order of the variables turned
// round between them if reverse is set.
func Repeated(n int, reverse bool, f Flow) Flow {
	return func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector {
		var given []func(h *graph.Node) prob.Bijector
		for i := range n {
			given = append(given, f(s.In(fmt.Sprint(i)), d, context))
		}
		return func(h *graph.Node) prob.Bijector {
			var chain []prob.Bijector
			for i, g := range given {
				if i > 0 && reverse {
					chain = append(chain, flow.Reverse(d))
				}
				chain = append(chain, g(h))
			}
			return prob.Chain(chain...)
		}
	}
}

// InverseAutoregressive is n inverse autoregressive flows with one layer of hidden
// units each (arXiv 1606.04934).
func InverseAutoregressive(n, hidden int) Flow {
	return Repeated(n, true, func(s *graph.Scope, d, context int) func(h *graph.Node) prob.Bijector {
		f := flow.NewIAF(s, d, flow.Config{Context: context, Hidden: []int{hidden}, Activation: graph.Elu})
		return func(h *graph.Node) prob.Bijector { return f.Given(h) }
	})
}
