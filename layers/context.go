package layers

import "github.com/latentgo/latent/graph"

// Conditional is a function of a node and of a context, such as what an encoder
// knows of the datum, which is nil where there is none.
type Conditional interface {
	Apply(x, context *graph.Node) *graph.Node
}

// contextMap declares a linear map "context" of a context, nil if there is none.
func (c Config) contextMap(s *graph.Scope, in, out int) *Dense {
	if in == 0 {
		return nil
	}
	d := c.plain().dense(s.In("context"), in, out, nil)
	return &d
}

// maps returns what a map makes of a context, nothing if there is no map.
func (d *Dense) maps(context *graph.Node) []*graph.Node {
	if d == nil {
		return nil
	}
	return []*graph.Node{d.Apply(context)}
}

// checkContext refuses a context that is missing, unwanted or of another width.
func checkContext(what, path string, context *graph.Node, width int) {
	switch {
	case width == 0 && context != nil:
		graph.Fail("layers: %s: a context, and Context is 0", named(what, path))
	case width > 0 && context == nil:
		graph.Fail("layers: %s: the context is nil, want [… %d]", named(what, path), width)
	}
}
