package probtest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

type node = *graph.Node

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

func on(f func(p node) prob.Dist) func(*graph.Scope, []node) prob.Dist {
	return func(_ *graph.Scope, p []node) prob.Dist { return f(p[0]) }
}

// of makes a Case of a type with one number for parameter.
func of(name string, f func(p node) prob.Dist) probtest.Case {
	c := probtest.Case{New: on(f), Params: [][]float64{{0}, {1.2}, {-2}}, Extremes: [][]float64{{13.8}, {-13.8}}}
	if _, ok := f(nil).(interface{ rho() (node, node) }); ok {
		c.Event, c.Params, c.Extremes, c.Draws = 2, [][]float64{{0.5}, {-1}}, nil, 40_000
	}
	switch f(nil).(type) {
	case nanAtAtom:
		c.Degenerate = [][]float64{{math.Inf(1)}}
	case roundsEntropy:
		c.Extremes = [][]float64{{17}}
	case nanWhenCertain:
		c.Degenerate = [][]float64{{math.Inf(1)}, {math.Inf(-1)}}
	case anotherLaw:
		c.Same = []func(*graph.Scope, []node) prob.Dist{on(func(p node) prob.Dist { return prob.Exponential{LogRate: p.Shift(1e-6)} })}
	case expo:
		c.Same = []func(*graph.Scope, []node) prob.Dist{on(func(p node) prob.Dist { return prob.Exponential{LogRate: p} })}
	}
	return c
}

// TestSound puts distributions without errors through the suite.
func TestSound(t *testing.T) {
	for _, f := range []func(p node) prob.Dist{
		func(p node) prob.Dist { return expo{p} },
		func(p node) prob.Dist { return coin{p} },
		func(p node) prob.Dist { return pair{p} },
	} {
		name := fmt.Sprintf("%T", f(nil))
		t.Run(name, func(t *testing.T) { probtest.Run(t, of(name, f)) })
	}
}

// TestPlanted plants one error in each distribution: the rule must find it.
func TestPlanted(t *testing.T) {
	for _, c := range []struct {
		f    func(p node) prob.Dist
		rule string
		says string
	}{
		{func(p node) prob.Dist { return wrongNormaliser{expo{p}} }, "normalised", "off by 0.0001"},
		{func(p node) prob.Dist { return wrongScale{expo{p}} }, "sampler", "distribution of 100000 draws differs"},
		{func(p node) prob.Dist { return wrongScale{expo{p}} }, "moments", "draws"},
		{func(p node) prob.Dist { return stopped{expo{p}} }, "gradient by parameters", "differences give"},
		{func(p node) prob.Dist { return stoppedValue{expo{p}} }, "gradient by value", "differences give"},
		{func(p node) prob.Dist { return nanAtEdge{expo{p}} }, "edges", "LogProb([0]) is NaN"},
		{func(p node) prob.Dist { return nanAtEdge{expo{p}} }, "float32", "LogProb([0]) is NaN"},
		{func(p node) prob.Dist { return inOutside{expo{p}} }, "outside the support", "outside of the support (0, +Inf)"},
		{func(p node) prob.Dist { return nanOutside{expo{p}} }, "outside the support", "LogProb([-1]) is NaN"},
		{func(p node) prob.Dist { return wrongMean{expo{p}} }, "moments", "Moments says"},
		{func(p node) prob.Dist { return wrongEntropy{expo{p}} }, "entropy", "Entropy is"},
		{func(p node) prob.Dist { return wrongMode{expo{p}} }, "mode", "Mode [1] scores"},
		{func(p node) prob.Dist { return wrongCDF{expo{p}} }, "cdf", "CDF("},
		{func(p node) prob.Dist { return stoppedDraw{expo{p}} }, "pathwise gradient", "is 0, −∂F/∂θ / f gives"},
		{func(p node) prob.Dist { return wrongScore{expo{p}} }, "sample and score", "LogProb is"},
		{func(p node) prob.Dist { return wrongKL{expo{p}} }, "kl", "E[log q − log p] is"},
		{func(p node) prob.Dist { return negativeKL{expo{p}} }, "kl", "KL to params [1.2] is -1.2"},
		{func(p node) prob.Dist { return keepsAxis{expo{p}} }, "shape", "LogProb has shape [6 1]"},
		{func(p node) prob.Dist { return addsRows{expo{p}} }, "shape", "row 0 scores"},
		{func(p node) prob.Dist { return wide{expo{p}} }, "shape", "silent outer product"},
		{func(p node) prob.Dist { return unordered{expo{p}} }, "draws", "of 40 samples"},
		{func(p node) prob.Dist { return negativeDraw{expo{p}} }, "draws", "outside of the support"},
		{func(p node) prob.Dist { return overflows{expo{p}} }, "float32", "is +Inf, in float64"},
		{func(p node) prob.Dist { return infiniteAtEdge{expo{p}} }, "edges", "its limit from inside"},
		{func(p node) prob.Dist { return clamped{expo{p}} }, "precision", "in float64"},
		{func(p node) prob.Dist { return cancels{expo{p}} }, "precision", "in float64"},
		{func(p node) prob.Dist { return cancelsEntropy{expo{p}} }, "precision of closed forms", "Entropy is"},
		{func(p node) prob.Dist { return roundsEntropy{coin{p}} }, "precision of closed forms", "Entropy is"},
		{func(p node) prob.Dist { return nanWhenCertain{coin{p}} }, "degenerate", "is NaN"},
		{func(p node) prob.Dist { return anotherLaw{expo{p}} }, "same law", "of the same law"},
		{func(p node) prob.Dist { return reachesEnd{expo{p}} }, "draws inside", "draw [0], of support (0, +Inf)"},
		{func(p node) prob.Dist { return steepAtEnd{expo{p}} }, "draws inside", "gradient of LogProb is"},
		{func(p node) prob.Dist { return endlessPath{expo{p}} }, "draws inside", "the derivative by trained parameter 0 is"},
		{func(p node) prob.Dist { return nanAtAtom{expo{p}} }, "draws inside", "draw [NaN], of support (0, +Inf)"},
		{func(p node) prob.Dist { return ownNoise{expo{p}} }, "draws broadcast", "beside another setting"},
		{func(p node) prob.Dist { return refusesAxis{expo{p}} }, "draws broadcast", "broadcast"},
		{func(p node) prob.Dist { return coupled{expo{p}} }, "elements", "an event of 3 elements"},
		{func(p node) prob.Dist { return wrongDraws{pair{p}} }, "sampler", "χ²"},
		{func(p node) prob.Dist { return wrongPath{pair{p}} }, "pathwise gradient", "score-function"},
		{func(p node) prob.Dist { return wrongDensity{pair{p}} }, "normalised", "off by 0.0001"},
		{func(p node) prob.Dist { return biased{coin{p}} }, "sampler", "χ²"},
		{func(p node) prob.Dist { return missing{coin{p}} }, "values", "have probability 0.5"},
		{func(p node) prob.Dist { return leaky{coin{p}} }, "pathwise gradient", "no marker Pathwise"},
	} {
		name := fmt.Sprintf("%T", c.f(nil))
		t.Run(name+"/"+c.rule, func(t *testing.T) {
			err := rule(t, c.rule).Check(of(name, c.f))
			switch {
			case err == nil:
				t.Error("not found")
			case !strings.Contains(err.Error(), c.says):
				t.Errorf("found as:\n%v\nwant %q", err, c.says)
			}
		})
	}
}

func rule(t *testing.T, name string) probtest.Rule {
	for _, r := range probtest.Rules() {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no rule %s", name)
	return probtest.Rule{}
}

// rootless is an exponential law of √x, NaN below 0, that does not say its
// support.
type rootless struct{ LogRate node }

func (d rootless) LogProb(x node) node {
	r := graph.Sqrt(x)
	l := d.LogRate.Sub(r.Mul(graph.Exp(d.LogRate)))
	return graph.Sum(l.Sub(graph.Log(r.Scale(2))), -1)
}

// What a case leaves out or misspells is said.
func TestIncompleteCases(t *testing.T) {
	law := func(d func(p node) prob.Dist) probtest.Case {
		return probtest.Case{New: on(d), Params: [][]float64{{0}}}
	}
	misspelt := law(func(p node) prob.Dist { return expo{p} })
	misspelt.Skip = []string{"momnets"}
	for _, r := range probtest.Rules() {
		if err := r.Check(misspelt); err == nil || err.Error() != `the case skips "momnets", which is no rule` {
			t.Errorf("%s: error %v", r.Name, err)
		}
	}
	nan := law(func(p node) prob.Dist { return rootless{p} })
	want := "its values are taken for all real numbers: the type has no Support, and the case names none"
	if err := rule(t, "normalised").Check(nan); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v", err)
	}
	nan.Support = func([]float64) prob.Support { return prob.Support{Kind: prob.Interval, Hi: math.Inf(1)} }
	if err := rule(t, "outside the support").Check(nan); err == nil || strings.Contains(err.Error(), want) {
		t.Errorf("error %v", err)
	}
}
