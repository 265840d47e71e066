package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Checked returns x, a value of d at a site, made to stop a run with an error
// that names the site, the first offending element and its index where x is
// outside of the support of d or is NaN; an element that a Masked d does not
// count may be anything. Where d does not say its support an event is outside if
// its log density is −Inf.
//
// A check is part of the graph, made only where it is asked for, and a model
// without checks pays nothing. Every run of a program makes the checks of its
// build, whether what Checked returns is used or not; used in the place of x, it
// comes before what would stumble over x.
func Checked(site string, d Dist, x *graph.Node) *graph.Node {
	present("Checked: the distribution", d)
	eventSize("Checked", x)
	if m, ok := d.(interface {
		checked(site string, x *graph.Node) *graph.Node
	}); ok {
		return m.checked(site, x)
	}
	var out *graph.Node
	want := "a value of positive probability"
	if s, ok := d.(Supported); ok {
		out = s.Support().outside(x)
		want = "a value in " + s.Support().String()
	} else {
		// parameters may have longer leading axes than data: any of them counts
		score := graph.ExpandDims(d.LogProb(x).Eq(graph.Const(math.Inf(-1))), -1)
		one := append(x.Shape()[:len(x.Shape())-1:len(x.Shape())-1], 1)
		out = graph.SumTo(score, one...)
	}
	return op.Apply(op.Require{What: site, Want: want}, x, graph.Max(out, x.Ne(x)))
}
