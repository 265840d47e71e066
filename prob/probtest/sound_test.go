package probtest_test

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// expo is the exponential distribution with everything a distribution can
// say: exp(r)·exp(−x·exp(r)) for x > 0, in terms of the log rate r. The tests
// embed it to plant one error each.
type expo struct{ LogRate node }

func (d expo) LogProbs(x node) node {
	out := x.Lt(graph.Const(0))
	in := graph.Where(out, graph.Const(1), x)
	return graph.Where(out, graph.Const(math.Inf(-1)), d.LogRate.Sub(in.Mul(graph.Exp(d.LogRate))))
}

func (d expo) LogProb(x node) node { return graph.Sum(d.LogProbs(x), -1) }

func (d expo) SampleScore(s *graph.Scope, lead ...int) (x, l node) {
	x = d.Sample(s, lead...)
	return x, d.LogProb(x)
}

func (d expo) Sample(s *graph.Scope, lead ...int) node {
	u := s.Noise("u", graph.UniformNoise, append(slices.Clone(lead), width(d.LogRate))...)
	return graph.Log(u).Neg().Mul(graph.Exp(d.LogRate.Neg()))
}

func (expo) Pathwise()             {}
func (expo) Support() prob.Support { return prob.Support{Kind: prob.Interval, Hi: math.Inf(1)} }

func (d expo) Moments() (mean, variance node) {
	return graph.Exp(d.LogRate.Neg()), graph.Exp(d.LogRate.Scale(-2))
}

func (d expo) Entropy() node { return graph.Sum(d.LogRate.Neg().Shift(1), -1) }
func (d expo) Mode() node    { return d.LogRate.Scale(0) }

func (d expo) CDF(x node) node {
	x = graph.Max(x, graph.Const(0))
	return graph.Expm1(x.Mul(graph.Exp(d.LogRate)).Neg()).Neg()
}

func width(p node) int { return p.Shape()[len(p.Shape())-1] }

// kl is log(λq/λp) + λp/λq − 1.
func kl(q, p node) node {
	r := p.Sub(q)
	return graph.Expm1(r).Sub(r)
}

// coin is a Bernoulli distribution of the values 0 and 1.
type coin struct{ Logits node }

func (d coin) LogProb(x node) node {
	bad := x.Ne(graph.Const(0)).Mul(x.Ne(graph.Const(1)))
	in := graph.Where(bad, graph.Const(0), x)
	l := in.Mul(d.Logits).Sub(graph.Softplus(d.Logits))
	return graph.Sum(graph.Where(bad, graph.Const(math.Inf(-1)), l), -1)
}

func (d coin) Sample(s *graph.Scope, lead ...int) node {
	u := s.Noise("u", graph.UniformNoise, append(slices.Clone(lead), width(d.Logits))...)
	return u.Lt(graph.Sigmoid(d.Logits))
}

func (coin) Support() prob.Support { return prob.Support{Kind: prob.Integers, Hi: 1} }
func (coin) Values() [][]float64   { return [][]float64{{0}, {1}} }

// pair is a normal distribution in two dimensions with correlation tanh(c).
type pair struct{ C node }

func (d pair) rho() (r, s node) {
	r = graph.Tanh(d.C)
	return r, graph.Sqrt(r.Square().Neg().Shift(1))
}

func (d pair) LogProb(x node) node {
	r, s := d.rho()
	a, b := graph.Cols(x, 0, 1), graph.Cols(x, 1, 2)
	e := b.Sub(a.Mul(r)).Div(s)
	l := a.Square().Add(e.Square()).Scale(-.5).Sub(graph.Log(s))
	return graph.Sum(l.Shift(-math.Log(2*math.Pi)), -1)
}

func (d pair) Sample(s *graph.Scope, lead ...int) node { return d.draw(s, lead, 1) }

func (d pair) draw(s *graph.Scope, lead []int, by float64) node {
	r, t := d.rho()
	e := s.Noise("e", graph.GaussianNoise, append(slices.Clone(lead), 2)...)
	a, b := graph.Cols(e, 0, 1), graph.Cols(e, 1, 2)
	a = a.Add(r.Scale(0)) // of the parameter's rows
	return graph.Concat(-1, a, a.Mul(r.Scale(by)).Add(b.Mul(t)))
}

func (pair) Pathwise() {}
