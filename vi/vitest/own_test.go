package vitest_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

func isBernoulli(d prob.Dist) bool { _, ok := d.(prob.Bernoulli); return ok }

// leaveOneOut is vi.Score{Baseline: vi.LeaveOneOut{}}, written anew.
var leaveOneOut = vi.Own{Name: "leaveOneOut", Draws: 2, Gradient: func(a *vi.At) {
	f := a.Signal()
	a.Score(f.Sub(a.OtherDraws(f)))
}}

// arm is the augment-REINFORCE-merge estimator, with its own draw.
func arm(scale float64) vi.Own {
	return vi.Own{
		Name: "arm", Laws: isBernoulli,
		Draw: func(noise func(string, graph.Noise, ...int) *graph.Node, d prob.Dist) *graph.Node {
			b := d.(prob.Bernoulli)
			return noise("noise", graph.UniformNoise, b.Logits.Shape()[len(b.Logits.Shape())-1]).Lt(b.P())
		},
		Gradient: func(a *vi.At) {
			logits := graph.BroadcastTo(a.Law().(prob.Bernoulli).Logits, a.Site.Value.Shape()...)
			n := logits.Shape()[len(logits.Shape())-1]
			u := a.Noise("noise", graph.UniformNoise, n)
			f := a.Signal().Sub(a.SignalAt(u.Neg().Shift(1).Lt(graph.Sigmoid(logits))))
			a.Toward(logits, graph.ExpandDims(f, -1).Mul(u.Neg().Shift(.5)).Scale(scale))
		},
	}
}

// linear is the score with a line through the other draws' derivative, whose
// coefficient is learned.
var linear = vi.Own{Name: "linear", Draws: 2, Laws: isBernoulli, Gradient: func(a *vi.At) {
	c := a.Scope().In("linear").Param("c", graph.Constant(.7))
	logits := graph.BroadcastTo(a.Law().(prob.Bernoulli).Logits, a.Site.Value.Shape()...)
	p := graph.Sigmoid(logits)
	slope := a.OtherDraws(a.SignalGrad())
	f := a.Signal().Sub(c.Mul(graph.Sum(slope.Mul(a.Site.Value.Sub(p)), -1)))
	d := graph.ExpandDims(f, -1).Mul(a.Site.Value.Sub(p)).Add(c.Mul(slope.Mul(p).Mul(p.Neg().Shift(1))))
	a.Toward(logits, d)
	a.Learn(graph.Sum(d.Square()), c)
}}

func TestOwnEstimators(t *testing.T) {
	one := arm(1)
	for name, e := range map[string]vi.Estimator{
		"leave-one-out": &leaveOneOut, "ARM": &one, "linear": &linear,
		"baseline of the others": &vi.Score{Baseline: vi.OwnBaseline{Name: "others", Of: func(a *vi.At, f *graph.Node) *graph.Node { return a.OtherDraws(f) }}},
		"constant baseline":      vi.Score{Baseline: &vi.OwnBaseline{Name: "constant", Weights: true, Of: func(a *vi.At, f *graph.Node) *graph.Node { return a.Share().Scale(-.7) }}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vitest.Unbiased(t, vitest.Case{Estimator: e})
		})
	}
}

// TestABiasedEstimatorIsFound: an estimator that is off by a hundredth fails.
func TestABiasedEstimatorIsFound(t *testing.T) {
	m := vitest.Models()[0]
	p := m.Problem(1)
	o := func(e vi.Estimator) vi.Objective {
		return vi.ELBO{Config: vi.Config{Sites: map[string]vi.Estimator{"z": e}}}
	}
	exact, err := p.Exact(o(vi.Score{}), 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Mean(o(arm(1.01)), 1)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := got.Off(exact); !(d > 1e-4) {
		t.Errorf("off by %v, want some", d)
	}
}

// TestOwnIsRefusedByName: what an estimator of one's own does not support is
// refused, naming it and the site.
func TestOwnIsRefusedByName(t *testing.T) {
	p := vitest.Models()[0].Problem(2)
	iwae := func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Estimator: e}} }
	elbo := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{Estimator: e}} }
	base := func(f func(a *vi.At, f *graph.Node) *graph.Node) vi.Estimator {
		return vi.Score{Baseline: vi.OwnBaseline{Name: "mine", Of: f}}
	}
	weights := func(f func(a *vi.At)) vi.Own { return vi.Own{Name: "mine", Weights: true, Gradient: f} }
	for _, c := range []struct {
		name string
		o    vi.Objective
		want string
	}{
		{"objective", iwae(leaveOneOut), "vi: site z: IWAE does not take leaveOneOut at a discrete site"},
		{"draws", elbo(leaveOneOut), "vi: site z: leaveOneOut compares draws with each other and needs K of 2 or more, not 1"},
		{"law", elbo(vi.Own{Name: "mine", Laws: func(prob.Dist) bool { return false }, Gradient: leaveOneOut.Gradient}), "site z: mine does not take prob.Bernoulli"},
		{"no name", elbo(vi.Own{Gradient: leaveOneOut.Gradient}), "every latent is an Own without Name or Gradient"},
		{"no gradient", elbo(vi.Own{Name: "mine"}), "every latent is an Own without Name or Gradient"},
		{"baseline of nothing", elbo(vi.Score{Baseline: vi.OwnBaseline{Name: "mine"}}), "an OwnBaseline without Name or Of"},
		{"weights and a draw", elbo(vi.Own{Name: "mine", Weights: true, Draw: arm(1).Draw, Gradient: leaveOneOut.Gradient}), "has a Draw and Weights"},
		{"weights and other draws", iwae(weights(leaveOneOut.Gradient)), "mine asks for OtherDraws and says Weights"},
		{"weights and values", iwae(weights(func(a *vi.At) { a.Score(a.SignalAt(a.Site.Value)) })), "mine asks for SignalAt and says Weights"},
		{"own draw", elbo(base(func(a *vi.At, f *graph.Node) *graph.Node { return f.Scale(.5) })), "the baseline mine depends on the draw that it is subtracted at"},
		{"baseline with a gradient", elbo(base(func(a *vi.At, f *graph.Node) *graph.Node { a.Score(f); return a.Share() })), "a baseline adds no gradient"},
		{"shape", elbo(vi.Own{Name: "mine", Gradient: func(a *vi.At) { a.Toward(a.Site.Value, a.Signal()) }}), "mine adds a gradient of another shape"},
		{"nothing learned", elbo(vi.Own{Name: "mine", Gradient: func(a *vi.At) { a.Learn(a.Signal()) }}), "mine learns by a loss that is no scalar"},
		{"a negative number of draws", elbo(vi.Own{Name: "mine", Draws: -1, Gradient: leaveOneOut.Gradient}), "needs -1 Draws"},
	} {
		if _, err := p.Compile(c.o, 2, true); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
}

// TestOwnUnderImportanceWeights: an estimator that says so is taken by IWAE, with the
// gradient that the score has.
func TestOwnUnderImportanceWeights(t *testing.T) {
	for _, m := range vitest.Models()[:2] {
		o := func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Estimator: e}} }
		exact, err := m.Problem(2).Exact(o(vi.Score{}), 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []vi.Estimator{
			vi.Own{Name: "score", Weights: true, Gradient: func(a *vi.At) { a.Score(a.Signal().Sub(a.Share().Scale(.3))) }},
			vi.Score{Baseline: vi.OwnBaseline{Name: "constant", Weights: true, Of: func(a *vi.At, _ *graph.Node) *graph.Node { return a.Share().Scale(.3) }}},
		} {
			got, err := m.Problem(2).Mean(o(e), 2)
			if err != nil {
				t.Fatal(err)
			}
			if d, at := got.Off(exact); !(d <= 1e-6) {
				t.Errorf("%s, %s: off by %v at %s", m.Name, vi.Name(e), d, at)
			}
		}
	}
}
