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
// depends on the site, at values between 0 and 1, and their derivatives, and to train
// τ the derivatives of these. With Regress τ stays, and η is what minimises
// the variance by the averages of past training steps, as of DoubleCV, in the states
// "SITE/rebar/product" and "SITE/rebar/square".
type REBAR struct {
	Scale       float64 // η at first; 0 means 1
	Temperature float64 // τ at first; 0 means ½
	Regress     bool    // take η from averages instead of training it and τ
}

// RELAX is REBAR with a learned function in the control variate, c(y) =
// η·f(sigmoid(y/τ)) + r(y), a network of one tanh layer in the scope
// "SITE/rebar/net" (Grathwohl, Choi, Wu, Roeder and Duvenaud, arXiv 1711.00123).
type RELAX struct {
	Scale       float64 // η at first; 0 means 1
	Temperature float64 // τ at first; 0 means ½
	Hidden      int     // units; 0 means 10
	Regress     bool    // take η from averages, and train the network alone
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
	return control(g, l, e, nil)
}

func (e RELAX) costs(g *gradient, l latent) []Cost {
	if e.Hidden == 0 {
		e.Hidden = 10
	}
	net := layers.NewMLP(g.r.Scope.In(l.Name).In("rebar").In("net"), eventOf(l.Value), e.Hidden, 1)
	return control(g, l, REBAR{e.Scale, e.Temperature, e.Regress}, net)
}

// control returns the costs of a control variate of two relaxed draws.
func control(g *gradient, l latent, e REBAR, net layers.Stack) []Cost {
	if e.Scale == 0 {
		e.Scale = 1
	}
	if e.Temperature == 0 {
		e.Temperature = .5
	}
	r, scope := g.r, g.r.Scope.In(l.Name).In("rebar")
	tuned := weightsOf(net)
	rate := r.Scope.Const(1 / e.Temperature)
	c := relaxedControl{g: g, l: l, z: centre(l), f: g.bound.signal(r, l.Site)}
	c.y, c.tilde = relaxations(r, l)
	share, _ := g.bound.share(l.Site)
	bound := func(y *graph.Node) *graph.Node { return g.at(l, l.soften(y.Mul(rate))) }
	extra := func(y *graph.Node) *graph.Node { return share.Mul(graph.Sum(net.Apply(y), -1)) }
	var x relaxedPart
	if e.Regress {
		one := c.of(bound)
		plain := graph.ExpandDims(c.f, -1).Mul(c.z.score)
		if net != nil {
			x = c.of(extra)
			plain = plain.Add(c.byLogits(x))
		}
		eta := g.regressed(l, scope, []float64{e.Scale}, plain, c.byLogits(one))[0]
		x = one.scaled(eta).add(x)
	} else {
		eta, logT := scope.Param("scale", graph.Constant(e.Scale)), scope.Param("log_temperature", graph.Constant(math.Log(e.Temperature)))
		rate, tuned = graph.Exp(logT.Neg()), append(tuned, eta, logT)
		x = c.of(func(y *graph.Node) *graph.Node {
			x := eta.Mul(bound(y))
			if net != nil {
				x = x.Add(extra(y))
			}
			return x
		})
	}
	costs := []Cost{
		g.score(l, c.f.Sub(x.given)),
		g.toward(l, "rebar", x.slope, c.y),
		g.toward(l, "rebar given", x.slopeGiven.Neg(), c.tilde),
	}
	if len(tuned) == 0 {
		return costs
	}
	// The gradient by the logits, and its square as a function of what is tuned.
	d := graph.ExpandDims(c.f, -1).Mul(c.z.score).Add(c.byLogits(x))
	return append(costs, g.learn(l, "rebar variance", graph.Sum(d.Square()).Scale(float64(r.Rows)), tuned))
}

// weightsOf lists the parameters of a network of dense layers.
func weightsOf(net layers.Stack) (ps []*graph.Node) {
	for _, layer := range net {
		if d, ok := layer.(layers.Dense); ok {
			ps = append(ps, d.W, d.B)
		}
	}
	return ps
}

// relaxedControl makes control variates of the relaxed values y and ỹ of a latent.
type relaxedControl struct {
	g        *gradient
	l        latent
	z        centred
	f        *graph.Node // the signal
	y, tilde *graph.Node
}

// relaxedPart is a function c of relaxed values: c(ỹ), and the derivatives of c(y) and
// c(ỹ) by these.
type relaxedPart struct{ given, slope, slopeGiven *graph.Node }

func (c relaxedControl) of(f func(y *graph.Node) *graph.Node) relaxedPart {
	// By the relaxed values alone: the others' means cancel.
	slope := func(f, y *graph.Node) *graph.Node {
		return graph.Grad(graph.Sum(f), []*graph.Node{y}, append(c.g.latents.held(), y)...)[0]
	}
	given := f(c.tilde)
	return relaxedPart{given, slope(f(c.y), c.y), slope(given, c.tilde)}
}

// byLogits returns what the function adds to the gradient by the logits.
func (c relaxedControl) byLogits(x relaxedPart) *graph.Node {
	relaxed := graph.Sum(x.slope.Mul(c.y)).Sub(graph.Sum(x.slopeGiven.Mul(c.tilde)))
	d := graph.Grad(relaxed, []*graph.Node{c.z.logits}, c.l.Value, x.slope, x.slopeGiven)[0]
	return d.Sub(graph.ExpandDims(x.given, -1).Mul(c.z.score))
}

func (x relaxedPart) scaled(a *graph.Node) relaxedPart {
	return relaxedPart{a.Mul(x.given), a.Mul(x.slope), a.Mul(x.slopeGiven)}
}

func (x relaxedPart) add(y relaxedPart) relaxedPart {
	if y.given == nil {
		return x
	}
	return relaxedPart{x.given.Add(y.given), x.slope.Add(y.slope), x.slopeGiven.Add(y.slopeGiven)}
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
