package probtest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

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
