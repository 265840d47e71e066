package flow

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
)

// autoregressive is a masked network and an element.
type autoregressive struct {
	base
	net     layers.MADE
	element Element
	longest int
}

func newAutoregressive(s *graph.Scope, kind string, d int, element Element, c Config) autoregressive {
	b := newBase(s, kind, d, 1, c, "Context", "Hidden", "Activation", "Element", "Order", "Skip", "Residual", "Longest")
	element = c.element(b, element)
	if c.Longest < 0 {
		b.fail("Longest is %d, want 0 or more", c.Longest)
	}
	if c.Longest == 0 {
		c.Longest = 64
	}
	net := layers.NewMADE(s, layers.MADEConfig{
		Config: layers.Config{Activation: c.Activation},
		Inputs: d, Outputs: element.Numbers(), Context: c.Context, Hidden: c.Hidden, Order: c.Order,
		Skip: c.Skip, Residual: c.Residual,
		OutputWeights: graph.Constant(0),
	})
	return autoregressive{b, net, element, c.Longest}
}

// element returns that of the Config, or one in its place.
func (c Config) element(b base, instead Element) Element {
	if c.Element == nil {
		return instead
	}
	if op.Nil(c.Element) {
		b.fail("Config.Element is a nil %T", c.Element)
	}
	if n := c.Element.Numbers(); n < 1 || n > mostElements/b.size {
		b.fail("%T has %d numbers, want 1 to %d", c.Element, n, mostElements/b.size)
	}
	return c.Element
}

// theta returns the numbers of the elements; it checks x.
func (f autoregressive) theta(x *graph.Node) *graph.Node {
	f.fit(x)
	return f.net.Apply(x, f.context)
}

// oneByOne maps v to w, element by element in their order, each with the θ that
// the elements of w before it set: forward by τ, or by its inverse. It also
// returns Σ log τ′.
func (f autoregressive) oneByOne(v *graph.Node, forward bool) (w, logDet *graph.Node) {
	f.fit(v)
	if f.size > f.longest {
		way := "the inverse"
		if forward {
			way = "a draw"
		}
		f.fail("%s of %d elements takes as many passes of its network; Config.Longest allows %d (a coupling flow is one pass both ways)", way, f.size, f.longest)
	}
	d, n := f.size, f.element.Numbers()
	w = graph.BroadcastTo(graph.Const(0), v.Shape()...)
	var slopes []*graph.Node
	for _, i := range f.net.Order() {
		columns := make([]int, n)
		for k := range columns {
			columns[k] = k*d + i
		}
		theta := graph.Take(f.theta(w), -1, columns)
		in := graph.Cols(v, i, i+1)
		var got *graph.Node
		if forward {
			got = f.element.Forward(in, theta)
		} else {
			got = f.element.Inverse(in, theta)
			in = got
		}
		slopes = append(slopes, total(f.element.LogSlope(in, theta)))
		w = w.Add(graph.Pad(got, -1, i, d-1-i))
	}
	return w, graph.AddN(slopes...)
}
