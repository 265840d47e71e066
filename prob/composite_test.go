package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/prob"
)

func TestMixtureShapes(t *testing.T) {
	// parameters of a batch, of one for all, and a value of many leading axes
	mixture := func(lead ...int) prob.Dist {
		at := func(event ...int) *graph.Node {
			n := 1
			shape := append(append([]int(nil), lead...), event...)
			for _, d := range shape {
				n *= d
			}
			v := make([]float64, n)
			for i := range v {
				v[i] = math.Sin(float64(i % (n / max(len(lead), 1))))
			}
			return graph.Tensor(v, shape...)
		}
		return prob.Mixture{Logits: at(2), Components: prob.Normal{Mean: at(2, 3), LogStd: graph.Const(0)}}
	}
	x := func() *graph.Node {
		v := make([]float64, 4*5*3)
		for i := range v {
			v[i] = math.Cos(float64(i))
		}
		return graph.Tensor(v, 4, 5, 3)
	}
	got := values(t, func(*graph.Scope) *graph.Node { return mixture().LogProb(x()) })
	for i := range 20 {
		one := values(t, func(*graph.Scope) *graph.Node {
			return mixture().LogProb(graph.Slice(graph.Reshape(x(), 20, 3), 0, i, i+1))
		})
		near(t, "row", got[i:i+1], one, 1e-14)
	}
	draws := build(t, func(s *graph.Scope) *graph.Node { return mixture().(prob.Sampler).Sample(s, 4, 5) })
	if sh := draws.Shape("y"); len(sh) != 3 || sh[0] != 4 || sh[1] != 5 || sh[2] != 3 {
		t.Errorf("draws of shape %v", sh)
	}
}

func TestMaskedIgnoresMissing(t *testing.T) {
	masked := func(x, logRate *graph.Node) *graph.Node {
		mask := graph.Tensor([]float64{1, 0, 1, 0, 0, 0}, 2, 3)
		return prob.Masked(prob.Poisson{LogRate: logRate}, mask).LogProb(x)
	}
	x := []float64{2, math.NaN(), 3, -1, math.Inf(1), .5}
	got := values(t, func(*graph.Scope) *graph.Node { return masked(graph.Tensor(x, 2, 3), nums(0, 1, 2)) })
	want := values(t, func(*graph.Scope) *graph.Node { return prob.Poisson{LogRate: nums(0, 2)}.LogProb(nums(2, 3)) })
	near(t, "log density", got, []float64{want[0], 0}, 1e-15)
	gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return masked(graph.Tensor(x, 2, 3), in[0])
	}, gradcheck.Between(-1, 1, 3))
	if _, ok := any(prob.Masked(prob.Poisson{}, nil)).(prob.Pathwise); ok {
		t.Error("a masked Poisson says that it is pathwise")
	}
	if _, ok := any(prob.Masked(prob.Normal{}, nil)).(prob.Pathwise); !ok {
		t.Error("a masked Normal does not say that it is pathwise")
	}
	refuses(t, "Masked: value of shape [3] does not fit a parameter of shape [2]", func(*graph.Scope) *graph.Node {
		return prob.Masked(prob.StdNormal(3), nums(1, 0)).LogProb(nums(1, 2, 3))
	})
}

func TestIndependent(t *testing.T) {
	logits := func() *graph.Node { return graph.Tensor([]float64{0, 1, 2, 3, 4, 5}, 2, 3) }
	image := func() *graph.Node { return graph.Tensor([]float64{0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0}, 2, 2, 3) }
	got := values(t, func(*graph.Scope) *graph.Node {
		return prob.Independent(prob.Bernoulli{Logits: logits()}, 2).LogProb(image())
	})
	want := values(t, func(*graph.Scope) *graph.Node {
		return prob.Bernoulli{Logits: graph.Reshape(logits(), 6)}.LogProb(graph.Reshape(image(), 2, 6))
	})
	near(t, "log density", got, want, 1e-14)
	draws := build(t, func(s *graph.Scope) *graph.Node {
		return prob.Independent(prob.Bernoulli{Logits: logits()}, 2).(prob.Sampler).Sample(s, 5)
	})
	if sh := draws.Shape("y"); len(sh) != 3 || sh[0] != 5 || sh[1] != 2 || sh[2] != 3 {
		t.Errorf("draws of shape %v", sh)
	}
	normal := func() prob.Dist { return prob.Normal{Mean: logits(), LogStd: nums(1, 2, 3)} }
	refuses(t, "no closed form", func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Independent(normal(), 2), prob.Independent(prob.StdNormal(3), 1, 2))
	})
	kl := values(t, func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Independent(normal(), 2), prob.Independent(prob.StdNormal(3), 2))
	})
	each := values(t, func(*graph.Scope) *graph.Node { return graph.Sum(prob.KL(normal(), prob.StdNormal(3))) })
	near(t, "KL", kl, each, 1e-13)
	// A closed form does not ask whether the second law can be drawn from.
	kl = values(t, func(*graph.Scope) *graph.Node {
		return prob.KL(prob.Independent(normal(), 2), prob.Independent(prob.LogUniform{}, 2))
	})
	each = values(t, func(*graph.Scope) *graph.Node { return graph.Sum(prob.KL(normal(), prob.LogUniform{})) })
	near(t, "KL to a law without draws", kl, each, 1e-13)
	refuses(t, "Independent: value of shape [4 3], want extra event axes [2] before the last", func(*graph.Scope) *graph.Node {
		return prob.Independent(prob.StdNormal(3), 2).LogProb(graph.BroadcastTo(graph.Const(0), 4, 3))
	})
	if _, ok := prob.Independent(prob.Bernoulli{}, 2).(prob.Pathwise); ok {
		t.Error("an independent Bernoulli says that it is pathwise")
	}
	if _, ok := prob.Independent(inSupport{}, 2).(prob.Sampler); ok {
		t.Error("what cannot be drawn from says that it can")
	}
}

func TestTransformed(t *testing.T) {
	logNormal := func(p []*graph.Node) prob.Transformed {
		return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Exp{}}
	}
	gradcheck.Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node {
		return logNormal(in[:2]).LogProb(in[2])
	}, gradcheck.Between(-1, 1, 2), gradcheck.Between(-1, 1, 2), gradcheck.Between(.5, 2, 3, 2))
	gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node { return logNormal(in).Sample(s, 3) },
		gradcheck.Between(-1, 1, 2), gradcheck.Between(-1, 1, 2))
	// sample-and-score agrees with the score of the sample
	got := values(t, func(s *graph.Scope) *graph.Node {
		d := logNormal([]*graph.Node{nums(0, 1), nums(.5, -1)})
		y, l := d.SampleScore(s, 4)
		return l.Sub(d.LogProb(y))
	})
	near(t, "SampleScore − LogProb", got, make([]float64, 4), 1e-13)
	kl := values(t, func(*graph.Scope) *graph.Node {
		q, p := logNormal([]*graph.Node{nums(0), nums(0)}), logNormal([]*graph.Node{nums(1), nums(0)})
		return prob.KL(q, p)
	})
	near(t, "KL", kl, []float64{.5}, 1e-15)
	if prob.HasKL(prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Exp{}}, prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Tanh{}}) {
		t.Error("different bijectors have a closed form")
	}
	refuses(t, "Transformed: prob_test.oneWay has no inverse", func(*graph.Scope) *graph.Node {
		return prob.Transformed{Base: prob.StdNormal(1), Bijector: oneWay{}}.LogProb(nums(1))
	})
	values(t, func(s *graph.Scope) *graph.Node { // but can be sampled and scored
		_, l := prob.Transformed{Base: prob.StdNormal(1), Bijector: oneWay{}}.SampleScore(s, 2)
		return l
	})
}

func TestDelta(t *testing.T) {
	got := values(t, func(s *graph.Scope) *graph.Node {
		q := prob.Delta{Value: nums(1, 2)}
		return graph.Concat(0, graph.Reshape(q.Sample(s, 2), 4), graph.Reshape(q.Entropy(), 1))
	})
	near(t, "draws and entropy", got, []float64{1, 2, 1, 2, 0}, 0)
	for _, p := range []prob.Dist{prob.StdNormal(2), inSupport{}} {
		got := values(t, func(*graph.Scope) *graph.Node { return prob.KL(prob.Delta{Value: nums(1, 2)}, p) })
		want := values(t, func(*graph.Scope) *graph.Node { return p.LogProb(nums(1, 2)).Neg() })
		near(t, "KL", got, want, 1e-15)
	}
	grad := values(t, func(s *graph.Scope) *graph.Node {
		x := nums(1, 2)
		kl := prob.KL(prob.Delta{Value: x}, prob.StdNormal(2))
		return graph.Grad(kl, []*graph.Node{x})[0]
	})
	near(t, "gradient", grad, []float64{1, 2}, 1e-15)
}

func TestCompoundShapeErrors(t *testing.T) {
	x3 := func() *graph.Node { return graph.Tensor([]float64{0, 1, 0}, 1, 3) }
	two, wide := nums, func() *graph.Node { return graph.Tensor([]float64{0, 1, 0, 1}, 2, 2) }
	for text, d := range map[string]func() prob.Dist{
		"Poisson: value of shape [1 3] does not fit a parameter of shape [2]":          func() prob.Dist { return prob.Poisson{LogRate: two(1, 2)} },
		"Binomial: value of shape [1 3] does not fit a parameter of shape [2]":         func() prob.Dist { return prob.Binomial{Total: graph.Const(2), Logits: two(1, 2)} },
		"NegativeBinomial: value of shape [1 3] does not fit a parameter of shape [2]": func() prob.Dist { return prob.NegativeBinomial{LogTotal: graph.Const(2), Logits: two(1, 2)} },
		"Geometric: value of shape [1 3] does not fit a parameter of shape [2]":        func() prob.Dist { return prob.Geometric{Logits: two(1, 2)} },
		"OneHot: value of shape [1 3] does not fit a parameter of shape [2]":           func() prob.Dist { return prob.OneHot{Logits: two(1, 2)} },
		"Multinomial: value of shape [1 3] does not fit a parameter of shape [2]":      func() prob.Dist { return prob.Multinomial{Logits: two(1, 2)} },
		"Multinomial: Total of shape [2], want [… 1]":                                  func() prob.Dist { return prob.Multinomial{Logits: two(1, 2, 3), Total: two(1, 2)} },
		"Dirichlet: value of shape [1 3] does not fit a parameter of shape [2]":        func() prob.Dist { return prob.Dirichlet{LogConcentration: two(1, 2)} },
		"Categorical: logits of shape [2], want [… D C]":                               func() prob.Dist { return prob.Categorical{Logits: two(1, 2)} },
		"Categorical: value of shape [1 3] does not fit logits of shape [2 2]":         func() prob.Dist { return prob.Categorical{Logits: wide()} },
		"RelaxedBernoulli: value of shape [1 3] does not fit a parameter of shape [2]": func() prob.Dist { return prob.RelaxedBernoulli{Logits: two(1, 2), Temperature: graph.Const(1)} },
		"RelaxedOneHot: temperature of shape [3], want a scalar or [… 1]":              func() prob.Dist { return prob.RelaxedOneHot{Logits: two(1, 2, 3), Temperature: two(1, 2, 3)} },
		"RelaxedOneHot: value of shape [1 3] does not fit a parameter of shape [2]":    func() prob.Dist { return prob.RelaxedOneHot{Logits: two(1, 2), Temperature: graph.Const(1)} },
		"ZeroInflated: value of shape [1 3] does not fit a parameter of shape [2]":     func() prob.Dist { return prob.ZeroInflated{Base: prob.StdNormal(3), Logits: two(1, 2)} },
		"Delta: value of shape [1 3] does not fit a parameter of shape [2]":            func() prob.Dist { return prob.Delta{Value: two(1, 2)} },
		"Mixture: logits of shape [], want rank 1 or more":                             func() prob.Dist { return prob.Mixture{Logits: graph.Const(0), Components: prob.StdNormal(3)} },
		"ElementMixture: value of shape [1 3] does not fit logits of shape [2 2]":      func() prob.Dist { return prob.ElementMixture{Logits: wide(), Components: prob.StdNormal(3)} },
		"ElementMixture: logits of shape [2], want rank 2 or more":                     func() prob.Dist { return prob.ElementMixture{Logits: two(1, 2), Components: prob.StdNormal(3)} },
	} {
		refuses(t, text, func(*graph.Scope) *graph.Node { return d().LogProb(x3()) })
	}
	refuses(t, "Binomial: Total is 2.5, want a whole number", func(*graph.Scope) *graph.Node {
		return prob.Binomial{Total: graph.Const(2.5), Logits: nums(0)}.LogProb(nums(1))
	})
	refuses(t, "Multinomial: Total is -1, want a whole number", func(*graph.Scope) *graph.Node {
		return prob.Multinomial{Total: graph.Const(-1), Logits: nums(0, 1)}.LogProb(nums(1, 1))
	})
	refuses(t, "RelaxedBernoulli: Temperature is 0, want a number above 0", func(*graph.Scope) *graph.Node {
		return prob.RelaxedBernoulli{Logits: nums(0), Temperature: graph.Const(0)}.LogProb(nums(1))
	})
	refuses(t, "RelaxedOneHot: Temperature is -1, want a number above 0", func(*graph.Scope) *graph.Node {
		return prob.RelaxedOneHot{Logits: nums(0, 1), Temperature: graph.Const(-1)}.LogProb(nums(1, 1))
	})
	refuses(t, "Multinomial: Total is nil, which takes the number of choices from the counts; draws and moments need it", func(s *graph.Scope) *graph.Node {
		return prob.Multinomial{Logits: nums(1, 2)}.Sample(s, 2)
	})
	refuses(t, "inSupport, which cannot be drawn from", func(s *graph.Scope) *graph.Node {
		return prob.Mixture{Logits: nums(1, 2), Components: inSupport{}}.Sample(s, 2)
	})
	refuses(t, "Categorical: 21 elements of 2 classes have more than 1048576 values", func(s *graph.Scope) *graph.Node {
		prob.Categorical{Logits: graph.BroadcastTo(graph.Const(0), 21, 2)}.Values()
		return nil
	})
}

// In float32 logits at a low temperature are rounded to more than the
// tolerance of the support; draws lie on the log simplex all the same.
func TestColdDrawsStayOnSimplex(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		d := prob.RelaxedOneHot{Logits: graph.Tensor([]float64{1, 1, 1}, 3), Temperature: graph.Const(1e-3)}
		s.Output("y", d.LogProb(d.Sample(s, 100_000)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	v, err := p.Value("y")
	for i, l := range v {
		if err != nil || math.IsInf(l, 0) || math.IsNaN(l) {
			t.Fatalf("draw %d scores %v, error %v", i, l, err)
		}
	}
}

// A mixture of discretized logistics is a law over its grey values.
func TestMixtureOfDiscretizedLogistic(t *testing.T) {
	const bins = 16
	got := values(t, func(*graph.Scope) *graph.Node {
		d := prob.ElementMixture{
			Logits: graph.Tensor([]float64{0, 1, 2, 1, 0, -1}, 2, 3),
			Components: prob.DiscretizedLogistic{
				Loc:      graph.Tensor([]float64{.1, .5, .9, .2, .6, 1.1}, 3, 2),
				LogScale: graph.Const(-2), Bins: bins,
			},
		}
		x := make([]float64, 2*bins)
		for i := range x {
			x[i] = float64(i/2) / (bins - 1)
		}
		return graph.Sum(graph.Exp(d.LogProbs(graph.Tensor(x, bins, 2))), 0)
	})
	near(t, "sum of probabilities", got, []float64{1, 1}, 1e-14)
}
