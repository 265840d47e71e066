package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// DoubleCV is the score-function estimator with the leave-one-out baseline and, in
// the signal and in the baseline, a line of known mean through the derivative of the
// other draws' signals, for a prob.Bernoulli or prob.OneHot z of mean μ and covariance
// Σ,
//
//	t_k = ḡ_k·(z_k − μ),  ḡ_k = 1/(K−1) Σ_{j≠k} ∂f(z_j)/∂z_j
//	∂E[f]/∂l ≈ 1/K Σ_k (f(z_k) − c·t_k − 1/(K−1) Σ_{j≠k} (f(z_j) − c·t_j))·(z_k − μ) + c·Σḡ_k
//
// (Titsias and Shi, arXiv 2111.05300). A line has no variance at
// c = 1. It needs K ≥ 2, no run of the model, and one backward pass of what depends on the
// site.
//
// c is a parameter "SITE/doublecv/scale" that is trained to lower the variance of the
// gradient by l, or with Regress what minimises that variance by the averages of past
// training steps, −E⟨d₀,d₁⟩/E⟨d₁,d₁⟩ of a gradient d₀ + c·d₁, kept as the states
// "SITE/doublecv/product" and "SITE/doublecv/square" with a decay of .99. The gradient
// is unbiased at any c that the draws do not make.
type DoubleCV struct {
	Scale   float64 // c at first; 0 means 1
	Regress bool    // take c from averages instead of training it
}

func (e DoubleCV) describe() estimator {
	return estimator{name: "DoubleCV", needs: signals | averages | countable | density | separable | several | relaxable, held: true, costs: e.costs, check: e.check}
}

func (e DoubleCV) check(_ *Record, _ latents, l latent) {
	if math.IsNaN(e.Scale) || math.IsInf(e.Scale, 0) {
		graph.Fail("vi: site %s: DoubleCV with a scale of %v, want a finite number", l.Name, e.Scale)
	}
}

// slope returns the derivative of each draw's signal by its value, the other draws
// that are held constant: a constant.
func (g *gradient) slope(l latent) *graph.Node {
	f := graph.Sum(g.bound.signal(g.r, l.Site))
	if !graph.DependsOn(f, l.Value) {
		return graph.BroadcastTo(g.r.Scope.Const(0), l.Value.Shape()...)
	}
	hold := append([]*graph.Node{l.Value}, g.latents.held()...)
	return graph.StopGrad(graph.Grad(f, []*graph.Node{l.Value}, hold...)[0])
}

// centred is a Bernoulli or OneHot latent as its logits move it.
type centred struct {
	logits, mean *graph.Node // [E…, K, B, event]
	score        *graph.Node // z − μ, the derivative of log q by the logits
	classes      bool
}

func centre(l latent) centred {
	c := centred{logits: logitsOf(l)}
	if _, c.classes = l.law().(prob.OneHot); c.classes {
		c.mean = graph.Softmax(c.logits)
	} else {
		c.mean = graph.Sigmoid(c.logits)
	}
	c.score = l.Value.Sub(c.mean)
	return c
}

// spread returns Σv, with Σ the covariance of the value.
func (c centred) spread(v *graph.Node) *graph.Node {
	if c.classes {
		return c.mean.Mul(v.Sub(total(c.mean.Mul(v))))
	}
	return c.mean.Mul(c.mean.Neg().Shift(1)).Mul(v)
}

// total sums over the event, whose axis stays as 1.
func total(x *graph.Node) *graph.Node { return graph.ExpandDims(graph.Sum(x, -1), -1) }

func (e DoubleCV) costs(g *gradient, l latent) []Cost {
	if e.Scale == 0 {
		e.Scale = 1
	}
	r, z := g.r, centre(l)
	slope := r.otherDraws(g.slope(l))
	f := g.signal(l)
	t := graph.StopGrad(graph.Sum(slope.Mul(z.score), -1))
	by := func(f *graph.Node) *graph.Node { return graph.ExpandDims(f.Sub(r.otherDraws(f)), -1).Mul(z.score) }
	plain, line := graph.StopGrad(by(f)), graph.StopGrad(z.spread(slope).Sub(by(t)))
	scope := r.Scope.In(l.Name).In("doublecv")
	if e.Regress {
		c := g.regressed(l, scope, []float64{e.Scale}, plain, line)[0]
		return []Cost{g.toward(l, "doublecv", plain.Add(c.Mul(line)), z.logits)}
	}
	c := scope.Param("scale", graph.Constant(e.Scale))
	d := plain.Add(c.Mul(line))
	return []Cost{
		g.toward(l, "doublecv", d, z.logits),
		g.learn(l, "doublecv variance", g.square(l, d), []*graph.Node{c}),
	}
}
