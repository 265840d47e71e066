package prob

import "github.com/latentgo/latent/graph"

// OneHot is one class out of C as an event of one 1 and zeros,
//
//	P(x = row c) = exp(l_c) / Σ_k exp(l_k)
//
// with values and logits […, C]: Categorical in the form that layers take.
type OneHot struct {
	Logits *graph.Node
}

var (
	_ Sampler   = OneHot{}
	_ Moments   = OneHot{}
	_ Entropic  = OneHot{}
	_ Moder     = OneHot{}
	_ Finite    = OneHot{}
	_ Supported = OneHot{}
)

func (d OneHot) classes() int {
	sh := d.Logits.Shape()
	if len(sh) == 0 || sh[len(sh)-1] == 0 {
		graph.Fail("prob: OneHot: logits of shape %v, want [… C]", sh)
	}
	return sh[len(sh)-1]
}

// LogProb implements Dist.
func (d OneHot) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	if c := d.classes(); c > 1 && eventSize("OneHot", x) == 1 {
		graph.Fail("prob: OneHot: value of shape %v is of labels, want rows of %d with one 1, which graph.Labels makes of labels; or take prob.Categorical", x.Shape(), c)
	}
	sameEvent("OneHot", x, d.Logits)
	set := d.Support()
	return insideEvent(x, set.outside(x), set.harmless(d.classes()), func(x *graph.Node) *graph.Node {
		l := graph.LogSoftmax(d.Logits)
		none := x.Eq(graph.Const(0)) // 0·(−Inf) is 0
		return total(x.Mul(graph.Where(none, graph.Const(0), l)))
	})
}

// Sample returns rows, through which no derivative passes.
func (d OneHot) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	c := d.classes()
	u := draw(s, graph.UniformNoise, lead, 1)
	logits := graph.ExpandDims(d.Logits, -2)
	k := choose(u, logits)
	return graph.BroadcastTo(k, append(k.Shape()[:len(k.Shape())-1:len(k.Shape())-1], c)...).Eq(upTo(c))
}

// Support returns the rows with one 1.
func (OneHot) Support() Support { return Support{Kind: OneHotRows} }

// Values returns the C rows in order.
func (d OneHot) Values() [][]float64 {
	complete(d)
	v := make([][]float64, d.classes())
	for i := range v {
		v[i] = make([]float64, len(v))
		v[i][i] = 1
	}
	return v
}

// Moments returns P and P(1−P) of each class.
func (d OneHot) Moments() (mean, variance *graph.Node) {
	complete(d)
	p := graph.Softmax(d.Logits)
	return p, p.Mul(p.Neg().Shift(1))
}

// Mode returns the row of the first class of highest probability.
func (d OneHot) Mode() *graph.Node {
	complete(d)
	return graph.OneHot(graph.ArgMax(d.Logits, -1), d.classes())
}

// Entropy returns −Σ P log P.
func (d OneHot) Entropy() *graph.Node {
	complete(d)
	return entropyOf(d.Logits)
}

func init() {
	RegisterKL(func(q, p OneHot) *graph.Node {
		q.classes()
		p.classes()
		return graph.ExpandDims(klOf("OneHot", q.Logits, p.Logits), -1)
	})
}
