package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// MovingAverage is a baseline that follows what the draws are judged by over the
// training steps: c ← Decay·c + (1−Decay)·f, kept as the state "SITE/baseline".
type MovingAverage struct {
	Decay float64 // in [0,1); 0 means .9
}

// LeaveOneOut is the mean of the bound over the other draws of the same datum
// (Kool, van Hoof and Welling, 2019; Mnih and Rezende, arXiv 1602.06725).
// It needs K ≥ 2.
type LeaveOneOut struct{}

// NVIL is a baseline computed from the datum by a learned network, with one
// tanh layer, in the scope "SITE/baseline" (Mnih and Gregor, arXiv 1402.0030):
// b(x) is trained to predict f. Its cost is one more among the estimate's.
type NVIL struct {
	Input  string // data with one event axis; "" means "x"
	Hidden int    // units; 0 means 100
}

func (MovingAverage) method() method { return movingAverage }
func (LeaveOneOut) method() method   { return leaveOneOut }
func (NVIL) method() method          { return nvil }

func (m MovingAverage) baseline(b *bound, s *Site, f *graph.Node) (*graph.Node, []Cost) {
	d := m.Decay
	if d == 0 {
		d = .9
	}
	if !(d >= 0 && d < 1) {
		graph.Fail("vi: site %s: MovingAverage with a decay of %v, want a number in [0,1)", s.Name, m.Decay)
	}
	scope := b.r.Scope.In(s.Name)
	c := scope.State("baseline", graph.Constant(0))
	share, total := b.share(s)
	now := graph.Sum(f).Scale(1 / total)
	scope.Assign(c, c.Scale(d).Add(now.Scale(1-d)))
	return c.Mul(share), nil
}

func (LeaveOneOut) baseline(b *bound, s *Site, f *graph.Node) (*graph.Node, []Cost) {
	a, k := len(b.r.enum), b.r.K
	sum := graph.ExpandDims(graph.Sum(f, a), a)
	return sum.Sub(f).Scale(1 / float64(k-1)), nil
}

func (n NVIL) baseline(b *bound, s *Site, f *graph.Node) (*graph.Node, []Cost) {
	if n.Input == "" {
		n.Input = "x"
	}
	if n.Hidden == 0 {
		n.Hidden = 100
	}
	r := b.r
	x := r.data[n.Input]
	if x == nil {
		graph.Fail("vi: site %s: NVIL reads %s, which is not among the data %v", s.Name, n.Input, r.data.names())
	}
	sh := x.Shape()
	if len(sh) != len(r.enum)+3 {
		graph.Fail("vi: site %s: NVIL reads %s, whose rows have shape %v, want one event axis", s.Name, n.Input, []int(sh[len(r.enum)+2:]))
	}
	width := sh[len(sh)-1]
	net := layers.NewMLP(r.Scope.In(s.Name).In("baseline"), width, n.Hidden, 1)
	guess := graph.Reshape(net.Apply(graph.Reshape(x, r.Rows, width)), r.Rows) // [B]
	axes := make([]int, len(r.enum)+1)
	for i := range axes {
		axes[i] = i
	}
	share, total := b.share(s)
	target := graph.Sum(f, axes...).Scale(float64(r.Rows) / total) // the bound of each row
	loss := graph.Mean(guess.Sub(graph.StopGrad(target)).Square())
	return share.Mul(graph.StopGrad(guess)), []Cost{{Name: "baseline/" + s.Name, Node: loss}}
}
