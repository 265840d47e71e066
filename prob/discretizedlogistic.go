package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// DiscretizedLogistic is a vector of independent grey values 0, 1/(n−1) … 1 of
// n bins, each the mass of a logistic law from half a step below to half a step
// above; the first and the last bin are open,
//
//	P(x) = Π_i sigmoid((x_i+h−m_i)/s_i) − sigmoid((x_i−h−m_i)/s_i),  h = 1/(2(n−1))
//
// in terms of the mean m and log s, each […, D] or what broadcasts to it
// (Kingma et al., arXiv 1606.04934, appendix; Salimans et al., arXiv
// 1701.05517, eq. 2). A value between two of them counts as the nearer.
// ElementMixture over it mixes.
type DiscretizedLogistic struct {
	Loc      *graph.Node
	LogScale *graph.Node
	Bins     int // 0 means 256
}

var (
	_ Sampler    = DiscretizedLogistic{}
	_ Factored   = DiscretizedLogistic{}
	_ Cumulative = DiscretizedLogistic{}
)

// steps returns n−1.
func (d DiscretizedLogistic) steps() float64 {
	if d.Bins == 0 {
		return 255
	}
	if d.Bins < 2 {
		graph.Fail("prob: DiscretizedLogistic: %d bins, want 2 or more", d.Bins)
	}
	return float64(d.Bins - 1)
}

// bin returns the number of the bin nearest to x.
func (d DiscretizedLogistic) bin(x *graph.Node) *graph.Node {
	return graph.Floor(x.Scale(d.steps()).Shift(.5))
}

// edge returns the upper edge of bin k as a value of the standard law.
func (d DiscretizedLogistic) edge(k *graph.Node) *graph.Node {
	at := k.Shift(.5).Scale(1 / d.steps())
	return standardised("DiscretizedLogistic", at, d.Loc, d.LogScale)
}

// LogProbs returns the log probability of each element. With the edges c+w and
// c−w of a bin the difference of sigmoids is sinh w/(cosh w + cosh c).
func (d DiscretizedLogistic) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("DiscretizedLogistic", x, d.Loc, d.LogScale)
	n := d.steps()
	out := beyond(x, 0, 1)
	point := d.LogScale.Eq(graph.Const(math.Inf(-1))) // all in the bin of the mean
	spread := d.LogScale.Eq(graph.Const(math.Inf(1))) // half in either end
	d.LogScale = graph.Where(graph.Max(point, spread), graph.Const(0), d.LogScale)
	return inside(x, out, 0, func(x *graph.Node) *graph.Node {
		k := d.bin(x)
		u, v := d.edge(k), d.edge(k.Shift(-1))
		// Small scales go by the edges, which neighbours share, so that the bins add
		// up to 1; not where the difference of the edges has no digits.
		half := mulExp(graph.Const(.5/n), d.LogScale.Neg())
		between := u.Sub(v).Scale(.5)
		near := graph.Abs(between.Sub(half)).Lt(half.Scale(.01))
		share := near.Mul(d.LogScale.Lt(graph.Const(-2)))
		half = graph.Where(share, between, half)
		centre := standardised("DiscretizedLogistic", k.Scale(1/n), d.Loc, d.LogScale)
		centre = graph.Where(share, u.Add(v).Scale(.5), centre)
		inner := op.Apply(op.Binary{Fn: op.LogisticBin}, centre, half)
		last := k.Ge(graph.Const(n))
		either := graph.Max(k.Le(graph.Const(0)), last)
		end := graph.LogSigmoid(graph.Where(last, v.Neg(), u))
		certain := func(mask *graph.Node, log float64) *graph.Node {
			return graph.Where(mask, graph.Const(log), graph.Const(math.Inf(-1)))
		}
		l := graph.Where(either, end, inner)
		l = graph.Where(point, certain(k.Eq(d.bin(graph.StopGrad(graph.Clamp(d.Loc, 0, 1)))), 0), l)
		return graph.Where(spread, certain(either, -math.Ln2), l)
	})
}

// LogProb implements Dist.
func (d DiscretizedLogistic) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns the value of the bin that a logistic number falls into; no
// derivative passes.
func (d DiscretizedLogistic) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	x := Logistic{d.Loc, d.LogScale}.Sample(s, lead...)
	return d.bin(graph.StopGrad(graph.Clamp(x, 0, 1))).Scale(1 / d.steps())
}

// CDF returns the mass of the bins up to that of x.
func (d DiscretizedLogistic) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("DiscretizedLogistic", x, d.Loc, d.LogScale)
	k := graph.Floor(graph.Clamp(x, 0, 1).Scale(d.steps()).Shift(1e-3))
	p := cdf(op.GridLogisticCDF, d.Loc, d.LogScale, graph.Const(d.steps()), k)
	all := k.Ge(graph.Const(d.steps()))
	return graph.Where(belowZero(x), graph.Const(0), graph.Where(all, graph.Const(1), p))
}
