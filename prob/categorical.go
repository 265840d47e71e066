package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Categorical is a vector of independent class indices 0 … C−1 with
//
//	P(x_i = c) = exp(l_ic) / Σ_k exp(l_ik)
//
// Values are […, D], logits […, D, C]. A logit of −Inf is a class that never
// comes.
type Categorical struct {
	Logits *graph.Node
}

var (
	_ Sampler   = Categorical{}
	_ Factored  = Categorical{}
	_ Entropic  = Categorical{}
	_ Moder     = Categorical{}
	_ Finite    = Categorical{}
	_ Supported = Categorical{}
)

// sizes returns D and C.
func (d Categorical) sizes() (n, classes int) {
	sh := d.Logits.Shape()
	if len(sh) < 2 || sh[len(sh)-1] == 0 {
		graph.Fail("prob: Categorical: logits of shape %v, want [… D C], C for each of D labels; for rows with one 1 take prob.OneHot", sh)
	}
	return sh[len(sh)-2], sh[len(sh)-1]
}

// LogProbs returns the log probability of each element.
func (d Categorical) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	n, c := d.sizes()
	eventSize("Categorical", x)
	if sh := x.Shape(); len(sh) == 0 || n != 1 && n != sh[len(sh)-1] {
		graph.Fail("prob: Categorical: value of shape %v does not fit logits of shape %v", sh, d.Logits.Shape())
	}
	return inside(x, notCount(x, graph.Const(float64(c-1))), 0, func(x *graph.Node) *graph.Node {
		at := graph.ExpandDims(x, -1).Eq(ranked(upTo(c), len(x.Shape())+1))
		l := graph.Sum(graph.Where(at, d.Logits, graph.Const(0)), -1)
		l = l.Sub(graph.LogSumExp(d.Logits, -1))
		return graph.Where(x.Ne(x), x, l) // NaN
	})
}

// upTo returns 0 … n−1.
func upTo(n int) *graph.Node {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i)
	}
	return graph.Tensor(v, n)
}

// LogProb implements Dist.
func (d Categorical) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns indices, through which no derivative passes: the first class
// whose cumulative probability reaches a uniform number.
func (d Categorical) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	n, _ := d.sizes()
	return choose(draw(s, graph.UniformNoise, lead, n), d.Logits)
}

// choose returns the class that each uniform number of u […] falls to, by
// logits […, C]. A class without probability is never chosen.
func choose(u, logits *graph.Node) *graph.Node {
	sum := ranked(graph.CumSum(graph.Softmax(logits), -1), len(u.Shape())+1)
	n := sum.Shape()[len(sum.Shape())-1]
	level := graph.ExpandDims(u, -1).Mul(graph.Cols(sum, n-1, n))
	return graph.Sum(sum.Lt(level), -1)
}

// Support returns {0 … C−1}.
func (d Categorical) Support() Support {
	complete(d)
	_, c := d.sizes()
	return Support{Kind: Integers, Hi: float64(c - 1)}
}

// Values returns the Cᴰ vectors of indices, the last element running fastest.
func (d Categorical) Values() [][]float64 {
	complete(d)
	n, c := d.sizes()
	return enumerate("Categorical", n, c)
}

// enumerate returns the vectors of n indices below c in that order.
func enumerate(what string, n, c int) [][]float64 {
	rows := math.Pow(float64(c), float64(n))
	if rows > maxValues {
		graph.Fail("prob: %s: %d elements of %d classes have more than %d values to enumerate", what, n, c, maxValues)
	}
	v := make([][]float64, int(rows))
	for i := range v {
		v[i] = make([]float64, n)
		for j, k := n-1, i; j >= 0; j, k = j-1, k/c {
			v[i][j] = float64(k % c)
		}
	}
	return v
}

// maxValues is the longest list of values that is made.
const maxValues = 1 << 20

// Mode returns the first class of highest probability.
func (d Categorical) Mode() *graph.Node {
	complete(d)
	return graph.ArgMax(d.Logits, -1)
}

// Entropy returns −Σ P log P.
func (d Categorical) Entropy() *graph.Node {
	complete(d)
	d.sizes()
	return total(entropyOf(d.Logits))
}

// entropyOf returns −Σ P log P over the last axis, of logits.
func entropyOf(logits *graph.Node) *graph.Node {
	l := fineLogSoftmax(logits)
	return expect(l, l).Neg()
}

// fineLogSoftmax is LogSoftmax that keeps the digits of a logarithm near 0: the
// sum over all but the largest is added to 1 by log(1+x).
func fineLogSoftmax(logits *graph.Node) *graph.Node {
	sh := logits.Shape()
	at := graph.OneHot(graph.ArgMax(logits, -1), sh[len(sh)-1])
	top := graph.ExpandDims(graph.Sum(graph.Where(at, logits, graph.Const(0)), -1), -1)
	x := logits.Sub(top)
	rest := graph.Sum(graph.Where(at, graph.Const(0), graph.Exp(x)), -1)
	return x.Sub(graph.ExpandDims(graph.Log1p(rest), -1))
}

// expect returns Σ exp(l)·f over the last axis, with 0·f = 0. Where it is +Inf,
// it has no gradient.
func expect(l, f *graph.Node) *graph.Node {
	p, inf := graph.Exp(l), graph.Const(math.Inf(1))
	none := p.Eq(graph.Const(0))
	f = graph.Where(none, graph.Const(0), f)
	never := f.Eq(inf)
	sum := graph.Sum(p.Mul(graph.Where(never, graph.Const(0), f)), -1)
	return graph.Where(graph.MaxOver(never, -1), inf, sum)
}

// klOf returns Σ P₁(log P₁ − log P₂) over the last axis, of logits: +Inf where
// the second never has what the first has.
func klOf(what string, q, p *graph.Node) *graph.Node {
	a, b := q.Shape(), p.Shape()
	if a[len(a)-1] != b[len(b)-1] {
		graph.Fail("prob: KL of %s with %d and %d classes", what, a[len(a)-1], b[len(b)-1])
	}
	l := fineLogSoftmax(q)
	return expect(l, l.Sub(fineLogSoftmax(p)))
}

func init() {
	RegisterKL(func(q, p Categorical) *graph.Node {
		q.sizes()
		p.sizes()
		return klOf("Categorical", q.Logits, p.Logits)
	})
}
