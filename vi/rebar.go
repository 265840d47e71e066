package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
)

// REBAR is the score-function estimator of a prob.Bernoulli latent b = [y > 0],
// y = l + log u − log(1−u), with the relaxed bound as a control variate,
//
//	∂E[f]/∂φ = (f(b) − c(ỹ))·∂log q(b) + ∂c(y) − ∂c(ỹ),  c(y) = η·f(sigmoid(y/τ))
//
// where ỹ has the law of y given b and depends on l through it (Tucker, Mnih,
// Maddison, Lawson and Sohl-Dickstein, arXiv 1703.07370). A prob.OneHot latent is
// the largest of y = log p + Gumbel noise, which softmax(y/τ) relaxes; given that it is c
// the −log of two exponentials e,
//
//	ỹ_c = −log e_c,  ỹ_i = −log(e_c + e_i/p_i)
//
// η and τ are parameters "SITE/rebar/scale" and "SITE/rebar/log_temperature", trained to
// lower the variance of the gradient by l; it is unbiased at any of theirs,
// as long as derivatives pass the sites that are drawn after it. The cost
// of that is one more among the estimate's. It takes two more runs of what
// depends on the site, at values between 0 and 1, and their backward passes.
type REBAR struct {
	Scale       float64 // η at first; 0 means 1
	Temperature float64 // τ at first; 0 means ½
}

// RELAX is REBAR with a learned function in the control variate, c(y) =
// η·f(sigmoid(y/τ)) + r(y), a network of one tanh layer in the scope
// "SITE/rebar/net" (Grathwohl, Choi, Wu, Roeder and Duvenaud, arXiv 1711.00123).
type RELAX struct {
	Scale       float64 // η at first; 0 means 1
	Temperature float64 // τ at first; 0 means ½
	Hidden      int     // units; 0 means 10
}

func (e REBAR) describe() estimator {
	return controlled("REBAR", e.costs, func(r *Record, all latents, l latent) { relaxes(r, all, l, e.Scale, e.Temperature) })
}

func (e RELAX) describe() estimator {
	return controlled("RELAX", e.costs, func(r *Record, all latents, l latent) { relaxes(r, all, l, e.Scale, e.Temperature) })
}

func controlled(name string, costs func(*gradient, latent) []Cost, check func(*Record, latents, latent)) estimator {
	return estimator{
		name: name, needs: signals | averages | countable | density | separable | relaxable, held: true,
		draw: hardest, costs: costs, check: check,
	}
}

// relaxes checks that the derivative of the relaxed run is that of its mean: it
// must pass every site drawn after it.
func relaxes(r *Record, all latents, l latent, scale, temperature float64) {
	if !(temperature >= 0) || math.IsInf(temperature, 1) || math.IsNaN(scale) || math.IsInf(scale, 0) {
		graph.Fail("vi: site %s: %s with a scale of %v and a temperature of %v, want finite numbers, the temperature not below 0", l.Name, l.name, scale, temperature)
	}
	for _, t := range all {
		switch {
		case t.Site == l.Site || t.Global || t.Enumerated || t.Site.soft || !r.dependence().On(t.logq(), l.Value):
		case t.drops:
			graph.Fail("vi: site %s: %s differentiates what follows, and %s at site %s drops a part of that; use vi.Pathwise at %s", l.Name, l.name, t.name, t.Name, t.Name)
		case !isPathwise(t.law()):
			graph.Fail("vi: site %s: %s differentiates what follows, and site %s, drawn from %s, stops that; use vi.DisARM or vi.Score at %s, or enumerate %s", l.Name, l.name, t.Name, prob.NameOf(t.law()), l.Name, t.Name)
		}
	}
}

// hardest draws [l + log u − log(1−u) > 0], as [u > 1−p], of a Bernoulli, and the
// largest of log p and Gumbel noise of a OneHot.
func hardest(r *Record, site string, d prob.Dist) *graph.Node {
	if d, ok := d.(prob.OneHot); ok {
		n := eventOf(d.Logits)
		return graph.OneHot(graph.ArgMax(graph.LogSoftmax(d.Logits).Add(gumbel(uniform(r, site, n))), -1), n)
	}
	logits := d.(prob.Bernoulli).Logits
	return uniform(r, site, eventOf(logits)).Gt(graph.Sigmoid(logits.Neg()))
}

// gumbel returns −log(−log u).
func gumbel(u *graph.Node) *graph.Node { return graph.Log(graph.Log(u).Neg()).Neg() }

func (e REBAR) costs(g *gradient, l latent) []Cost {
	return control(g, l, e.Scale, e.Temperature, nil)
}

func (e RELAX) costs(g *gradient, l latent) []Cost {
	if e.Hidden == 0 {
		e.Hidden = 10
	}
	net := layers.NewMLP(g.r.Scope.In(l.Name).In("rebar").In("net"), eventOf(l.Value), e.Hidden, 1)
	return control(g, l, e.Scale, e.Temperature, net)
}

// control returns the costs of a control variate of two relaxed draws.
func control(g *gradient, l latent, scale, temperature float64, net layers.Stack) []Cost {
	if scale == 0 {
		scale = 1
	}
	if temperature == 0 {
		temperature = .5
	}
	r, scope := g.r, g.r.Scope.In(l.Name).In("rebar")
	eta := scope.Param("scale", graph.Constant(scale))
	logT := scope.Param("log_temperature", graph.Constant(math.Log(temperature)))
	tuned := []*graph.Node{eta, logT}
	for _, layer := range net {
		if d, ok := layer.(layers.Dense); ok {
			tuned = append(tuned, d.W, d.B)
		}
	}

	y, tilde := relaxations(r, l)
	share, _ := g.bound.share(l.Site)
	c := func(y *graph.Node) *graph.Node {
		x := eta.Mul(g.at(l, l.soften(y.Mul(graph.Exp(logT.Neg())))))
		if net != nil {
			x = x.Add(share.Mul(graph.Sum(net.Apply(y), -1)))
		}
		return x
	}
	hold := g.latents.held()
	cy, ct := c(y), c(tilde)
	// Gradients by the relaxed values alone: the others' means cancel.
	gy := graph.Grad(graph.Sum(cy), []*graph.Node{y}, append(hold, y)...)[0]
	gt := graph.Grad(graph.Sum(ct), []*graph.Node{tilde}, append(hold, tilde)...)[0]

	f := g.bound.signal(r, l.Site)
	costs := []Cost{
		g.score(l, f.Sub(ct)),
		g.toward(l, "rebar", gy, y),
		g.toward(l, "rebar given", gt.Neg(), tilde),
	}
	// The gradient by the logits, and its square as a function of what is tuned.
	z := centre(l)
	relaxed := graph.Sum(gy.Mul(y)).Sub(graph.Sum(gt.Mul(tilde)))
	d := graph.Grad(relaxed, []*graph.Node{z.logits}, l.Value, gy, gt)[0]
	d = d.Add(graph.ExpandDims(f.Sub(ct), -1).Mul(z.score))
	square := graph.Sum(d.Square()).Scale(float64(r.Rows))
	return append(costs, g.learn(l, "rebar variance", square, tuned))
}

// soften returns a relaxed value between those of the law.
func (l latent) soften(y *graph.Node) *graph.Node {
	if _, ok := l.law().(prob.OneHot); ok {
		return graph.Softmax(y)
	}
	return graph.Sigmoid(y)
}

// relaxations returns the number y that a draw is the hard value of, and one of the
// law of y given the draw, both functions of the logits.
func relaxations(r *Record, l latent) (y, tilde *graph.Node) {
	logits := logitsOf(l)
	n := eventOf(logits)
	u, v := uniform(r, l.Name, n), r.Scope.In(l.Name).Noise("given", graph.UniformNoise, r.lead(n)...)
	if _, ok := l.law().(prob.OneHot); ok {
		logp, e := graph.LogSoftmax(logits), gumbel(v).Neg() // the logarithm of an exponential number
		least := total(l.Value.Mul(e))
		others := graph.LogAddExp(graph.BroadcastTo(least, e.Shape()...), e.Sub(logp))
		return logp.Add(gumbel(u)), graph.Where(l.Value, e, others).Neg()
	}
	// u given b is uniform on (1−p, 1), where it is 1−p+vp, or on (0, 1−p),
	// where it is v(1−p); their logits in a form that stays finite.
	p, off := graph.Sigmoid(logits), graph.Sigmoid(logits.Neg())
	above := graph.Log(off.Add(v.Mul(p))).Sub(graph.LogSigmoid(logits).Add(graph.Log1p(v.Neg())))
	below := graph.Log(v).Add(graph.LogSigmoid(logits.Neg())).Sub(graph.Log1p(v.Mul(off).Neg()))
	return logits.Add(logit(u)), logits.Add(graph.Where(l.Value, above, below))
}
