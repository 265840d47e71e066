package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Uniform is a vector of independent numbers spread evenly over intervals,
//
//	p(x) = Π_i 1/(h_i−l_i),  l_i ≤ x_i ≤ h_i
//
// with ends l and h, each […, D] or what broadcasts to it. Constant ends out of
// order abort the build; others give −Inf.
type Uniform struct {
	Low  *graph.Node
	High *graph.Node
}

var (
	_ Pathwise   = Uniform{}
	_ Factored   = Uniform{}
	_ Moments    = Uniform{}
	_ Entropic   = Uniform{}
	_ Moder      = Uniform{}
	_ Cumulative = Uniform{}
	_ Supported  = Uniform{}
)

// width returns h−l.
func (d Uniform) width() *graph.Node {
	if v, ok := constants(d.Low, d.High); ok && !(v[0] < v[1]) {
		graph.Fail("prob: Uniform: interval from %v to %v", v[0], v[1])
	}
	return d.High.Sub(d.Low)
}

// half returns ½(h−l), which does not overflow.
func (d Uniform) half() *graph.Node {
	return d.High.Scale(.5).Sub(d.Low.Scale(.5))
}

// logTwice returns log 2x.
func logTwice(x *graph.Node) *graph.Node { return graph.Log(x).Shift(math.Ln2) }

// LogProbs returns the log density of each element, those of the ends included.
func (d Uniform) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Uniform", x, d.Low, d.High)
	d.width() // checks constants
	half := d.half()
	out := graph.Max(graph.Max(x.Lt(d.Low), x.Gt(d.High)), half.Le(graph.Const(0)))
	l := logTwice(graph.Where(out, graph.Const(.5), half)).Neg()
	return graph.Where(out, graph.Const(math.Inf(-1)), l.Add(graph.Where(out, graph.Const(0), x).Scale(0)))
}

// LogProb implements Dist.
func (d Uniform) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns l + (h−l)u with uniform noise u.
func (d Uniform) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Uniform", s, lead, d.Low, d.High)
	return op.Apply(op.Between{}, d.Low.Add(d.width().Mul(u)), d.Low, d.High)
}

// Pathwise marks Sample as reparameterised.
func (Uniform) Pathwise() {}

// Support returns (l, h) where both are constants of one number, else the
// reals.
func (d Uniform) Support() Support {
	complete(d)
	if v, ok := constants(d.Low, d.High); ok {
		return Support{Kind: Interval, Lo: v[0], Hi: v[1]}
	}
	return Support{}
}

// Moments returns ½(l+h) and (h−l)²/12.
func (d Uniform) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Low.Scale(.5).Add(d.High.Scale(.5)), d.width().Square().Scale(1. / 12)
}

// Mode returns ½(l+h); every value is as probable.
func (d Uniform) Mode() *graph.Node {
	complete(d)
	mean, _ := d.Moments()
	return mean
}

// Entropy returns Σ log(h−l).
func (d Uniform) Entropy() *graph.Node {
	complete(d)
	d.width() // checks constants
	return overEvent("Uniform", logTwice(d.half()), d.Low, d.High)
}

// CDF returns (x−l)/(h−l), from 0 to 1.
func (d Uniform) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Uniform", x, d.Low, d.High)
	return cdf(op.UniformCDF, d.Low, d.High, x)
}

func init() {
	// log((h₂−l₂)/(h₁−l₁)), +Inf where the second interval does not hold the first
	RegisterKL(func(q, p Uniform) *graph.Node {
		out := graph.Max(q.Low.Lt(p.Low), q.High.Gt(p.High))
		kl := logTwice(p.half()).Sub(logTwice(q.half()))
		return graph.Where(out, graph.Const(math.Inf(1)), kl)
	})
}
