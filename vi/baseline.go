package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// Baseline is what a score is compared with: MovingAverage, LeaveOneOut, NVIL, or
// OwnBaseline.
type Baseline interface {
	// describe returns its name and what it needs beyond Score.
	describe() (name string, needs facts)
	// baseline returns b for every element of the signal, times its share, and
	// the costs of learning it.
	baseline(g *gradient, l latent, signal *graph.Node) (*graph.Node, []Cost)
}

// MovingAverage is a baseline that follows what the draws are judged by over the
// training steps: c ← Decay·c + (1−Decay)·f, kept as the state "SITE/baseline".
type MovingAverage struct {
	Decay float64 // in [0,1); 0 means .9
}

// LeaveOneOut is the mean of the bound over the other draws of the same datum
// (Kool, van Hoof and Welling, 2019; Mnih and Rezende, arXiv 1602.06725).
// It needs K ≥ 2. Of a global, whose draw the whole batch is judged by, it makes K−1
// more draws, each of which takes one more run of what depends on it, and Score is
// the mean over all K; value and other gradients stay those of the first. Such runs
// are at most 64.
type LeaveOneOut struct{}

// NVIL is a baseline computed from the datum by a learned network, with one
// tanh layer, in the scope "SITE/baseline" (Mnih and Gregor, arXiv 1402.0030):
// b(x) is trained to predict f, of a global its mean over the rows to predict the
// batch's. Its cost is one more among the estimate's.
type NVIL struct {
	Input  string // data with one event axis; "" means "x"
	Hidden int    // units; 0 means 100
}

func (MovingAverage) describe() (string, facts) { return "MovingAverage", 0 }
func (LeaveOneOut) describe() (string, facts)   { return "LeaveOneOut", averages | several }
func (NVIL) describe() (string, facts)          { return "NVIL", 0 }

func (m MovingAverage) baseline(g *gradient, l latent, f *graph.Node) (*graph.Node, []Cost) {
	d := m.Decay
	if d == 0 {
		d = .9
	}
	if !(d >= 0 && d < 1) {
		graph.Fail("vi: site %s: MovingAverage with a decay of %v, want a number in [0,1)", l.Name, m.Decay)
	}
	scope := g.r.Scope.In(l.Name)
	c := scope.State("baseline", graph.Constant(0))
	share, total := g.bound.share(l.Site)
	now := graph.Sum(f).Scale(1 / total)
	scope.Assign(c, c.Scale(d).Add(now.Scale(1-d)))
	return c.Mul(share), nil
}

func (LeaveOneOut) baseline(g *gradient, l latent, f *graph.Node) (*graph.Node, []Cost) {
	if l.Global {
		return othersAlong(f, 0), nil
	}
	return g.r.otherDraws(f), nil
}

func (n NVIL) baseline(g *gradient, l latent, f *graph.Node) (*graph.Node, []Cost) {
	if n.Input == "" {
		n.Input = "x"
	}
	if n.Hidden == 0 {
		n.Hidden = 100
	}
	r := g.r
	data := r.of.data
	x := data[n.Input]
	if x == nil {
		graph.Fail("vi: site %s: NVIL reads %s, which is not among the data %v", l.Name, n.Input, data.names())
	}
	event := r.event(x.Shape())
	if len(event) != 1 {
		graph.Fail("vi: site %s: NVIL reads %s, whose rows have shape %v, want one event axis", l.Name, n.Input, event)
	}
	width := event[0]
	net := layers.NewMLP(r.Scope.In(l.Name).In("baseline"), width, n.Hidden, 1)
	guess := graph.Reshape(net.Apply(graph.Reshape(x, r.Rows, width)), r.Rows) // [B]
	share, total := g.bound.share(l.Site)
	target := f
	if l.Global {
		guess = graph.Mean(guess)
	} else {
		target = r.sumRows(f).Scale(float64(r.Rows) / total) // the bound of each row
	}
	loss := graph.Mean(guess.Sub(graph.StopGrad(target)).Square())
	return share.Mul(graph.StopGrad(guess)), []Cost{{Name: "baseline/" + l.Name, Node: loss}}
}
