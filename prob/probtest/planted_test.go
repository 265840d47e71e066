package probtest_test

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

type node = *graph.Node

// The types with one error each.
type (
	wrongNormaliser struct{ expo }
	wrongScale      struct{ expo }
	stopped         struct{ expo }
	stoppedValue    struct{ expo }
	nanAtEdge       struct{ expo }
	inOutside       struct{ expo }
	nanOutside      struct{ expo }
	wrongMean       struct{ expo }
	wrongEntropy    struct{ expo }
	wrongMode       struct{ expo }
	wrongCDF        struct{ expo }
	stoppedDraw     struct{ expo }
	wrongScore      struct{ expo }
	wrongKL         struct{ expo }
	negativeKL      struct{ expo }
	keepsAxis       struct{ expo }
	addsRows        struct{ expo }
	wide            struct{ expo }
	unordered       struct{ expo }
	negativeDraw    struct{ expo }
	overflows       struct{ expo }
	coupled         struct{ expo }
	reachesEnd      struct{ expo }
	steepAtEnd      struct{ expo }
	endlessPath     struct{ expo }
	nanAtAtom       struct{ expo }
	ownNoise        struct{ expo }
	refusesAxis     struct{ expo }
	wrongDraws      struct{ pair }
	wrongPath       struct{ pair }
	wrongDensity    struct{ pair }
	infiniteAtEdge  struct{ expo }
	clamped         struct{ expo }
	cancels         struct{ expo }
	cancelsEntropy  struct{ expo }
	anotherLaw      struct{ expo }
	nanWhenCertain  struct{ coin }
	roundsEntropy   struct{ coin }
	biased          struct{ coin }
	missing         struct{ coin }
	leaky           struct{ coin }
)

func init() {
	prob.RegisterKL(func(q, p expo) node { return kl(q.LogRate, p.LogRate) })
	prob.RegisterKL(func(q, p wrongKL) node { return kl(q.LogRate, p.LogRate).Scale(1.01) })
	prob.RegisterKL(func(q, p negativeKL) node { return q.LogRate.Sub(p.LogRate) })
}

func (d wrongNormaliser) LogProb(x node) node { return d.expo.LogProb(x).Shift(1e-4) }
func (d wrongScale) Sample(s *graph.Scope, lead ...int) node {
	return d.expo.Sample(s, lead...).Scale(1.03)
}
func (d stopped) LogProb(x node) node {
	d.LogRate = graph.StopGrad(d.LogRate)
	return d.expo.LogProb(x)
}
func (d stoppedValue) LogProb(x node) node { return d.expo.LogProb(graph.StopGrad(x)) }
func (d nanAtEdge) LogProb(x node) node {
	return d.expo.LogProb(x).Add(graph.Sum(graph.Log(x.Div(x)).Scale(0), -1))
}
func (d inOutside) LogProb(x node) node {
	return graph.Sum(d.LogRate.Sub(graph.Abs(x).Mul(graph.Exp(d.LogRate))), -1)
}
func (d nanOutside) LogProb(x node) node {
	return d.expo.LogProb(x).Add(graph.Sum(graph.Sqrt(x).Scale(0), -1))
}
func (d wrongMean) Moments() (mean, variance node) {
	m, v := d.expo.Moments()
	return m.Scale(1.001), v
}
func (d wrongEntropy) Entropy() node { return d.expo.Entropy().Shift(1e-3) }
func (d wrongMode) Mode() node       { return d.expo.Mode().Shift(1) }
func (d wrongCDF) CDF(x node) node   { return d.expo.CDF(x).Scale(0.9999) }
func (d stoppedDraw) Sample(s *graph.Scope, lead ...int) node {
	return graph.StopGrad(d.expo.Sample(s, lead...))
}
func (d wrongScore) SampleScore(s *graph.Scope, lead ...int) (x, l node) {
	x, l = d.expo.SampleScore(s, lead...)
	return x, l.Shift(1e-3)
}
func (d keepsAxis) LogProb(x node) node { return d.LogProbs(x) }
func (d addsRows) LogProb(x node) node {
	if l := d.expo.LogProb(x); len(l.Shape()) > 1 {
		return graph.BroadcastTo(graph.Mean(l, 0), l.Shape()...)
	} else {
		return l
	}
}
func (d wide) LogProb(x node) node {
	if sh := x.Shape(); len(sh) == 2 && sh[1] == 1 && width(d.LogRate) > 1 {
		x = graph.BroadcastTo(x, sh[0], width(d.LogRate))
	}
	return d.expo.LogProb(x)
}
func (d unordered) Sample(s *graph.Scope, lead ...int) node {
	x := d.expo.Sample(s, lead...)
	if len(lead) > 0 {
		x = graph.Reverse(x, 0)
	}
	return x
}
func (d negativeDraw) Sample(s *graph.Scope, lead ...int) node {
	return d.expo.Sample(s, lead...).Shift(-0.001)
}
func (d overflows) LogProb(x node) node {
	return d.expo.LogProb(x).Add(graph.Sum(graph.Log(graph.Exp(x)).Sub(x), -1))
}
func (d reachesEnd) Sample(s *graph.Scope, lead ...int) node { // 0 once in 50
	return graph.Relu(d.expo.Sample(s, lead...).Sub(graph.Exp(d.LogRate.Neg()).Scale(.02)))
}
func (d steepAtEnd) LogProb(x node) node { // next to 0 the derivative of 1/x³ overflows, the value does not
	far := graph.Recip(x.Mul(x.Square()))
	return d.expo.LogProb(x).Add(graph.Sum(far.Scale(1e-30), -1))
}
func (d endlessPath) Sample(s *graph.Scope, lead ...int) node {
	x := d.expo.Sample(s, lead...)
	return x.Add(graph.Sqrt(d.LogRate.Sub(graph.StopGrad(d.LogRate)))) // the root of 0
}
func (d nanAtAtom) Sample(s *graph.Scope, lead ...int) node {
	u := s.Noise("u", graph.UniformNoise, append(slices.Clone(lead), width(d.LogRate))...)
	rate := graph.Exp(d.LogRate)
	return graph.Log(u).Neg().Mul(rate).Div(rate.Square())
}
func (d ownNoise) Sample(s *graph.Scope, lead ...int) node {
	if sh := d.LogRate.Shape(); len(sh) > len(lead) && sh[0] > 1 {
		lead = append([]int{sh[0]}, lead[1:]...)
	}
	return d.expo.Sample(s, lead...)
}
func (d refusesAxis) Sample(s *graph.Scope, lead ...int) node {
	x := d.expo.Sample(s, lead...)
	return graph.BroadcastTo(x, append(slices.Clone(lead), width(d.LogRate))...)
}
func (d coupled) LogProb(x node) node {
	if width(x) > 1 {
		return d.expo.LogProb(x).Shift(1)
	}
	return d.expo.LogProb(x)
}
func (d infiniteAtEdge) LogProb(x node) node {
	return d.expo.LogProb(x).Add(graph.Sum(graph.Where(x.Eq(graph.Const(0)), graph.Const(math.Inf(-1)), graph.Const(0)), -1))
}

// small tells whether the arithmetic is of float32.
func small(x node) bool { return x.Dtype() == graph.Float32 }

// LogProb keeps the exponential in the range of the dtype, and its derivative out.
func (d clamped) LogProb(x node) node {
	hi := 1e300
	if small(x) {
		hi = 1e3
	}
	l := d.LogRate.Sub(graph.Clamp(x.Mul(graph.Exp(d.LogRate)), 0, hi))
	return graph.Sum(graph.Where(x.Lt(graph.Const(0)), graph.Const(math.Inf(-1)), l), -1)
}

// LogProb has a term of 0 whose derivative is a difference of large numbers.
func (d cancels) LogProb(x node) node {
	zero := d.LogRate.Shift(0).Sub(d.LogRate.Shift(1e5).Shift(-1e5))
	return d.expo.LogProb(x).Add(graph.Sum(zero.Scale(1), -1))
}
func (d cancelsEntropy) Entropy() node {
	return graph.Sum(d.LogRate.Neg().Shift(1e5).Shift(1-1e5), -1)
}
func (d nanWhenCertain) LogProb(x node) node { return d.coin.LogProb(x) }
func (d roundsEntropy) Entropy() node {
	p := graph.Sigmoid(d.Logits)
	return graph.Sum(graph.Softplus(d.Logits).Sub(d.Logits.Mul(p)), -1)
}
func (d wrongDraws) Sample(s *graph.Scope, lead ...int) node { return d.draw(s, lead, 0.9) }
func (d wrongPath) Sample(s *graph.Scope, lead ...int) node {
	return pair{graph.StopGrad(d.C)}.Sample(s, lead...)
}
func (d wrongDensity) LogProb(x node) node { return d.pair.LogProb(x).Shift(1e-4) }
func (d biased) Sample(s *graph.Scope, lead ...int) node {
	return coin{d.Logits.Shift(0.1)}.Sample(s, lead...)
}
func (missing) Values() [][]float64 { return [][]float64{{0}} }
func (d leaky) Sample(s *graph.Scope, lead ...int) node {
	straight := d.Logits.Sub(graph.StopGrad(d.Logits)) // 0 with a derivative
	return d.coin.Sample(s, lead...).Add(straight)
}
