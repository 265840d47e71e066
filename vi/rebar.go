package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
)

// REBAR is the score-function estimator of a Bernoulli latent b = [y > 0],
// y = l + log u − log(1−u), with the relaxed bound as a control variate,
//
//	∂E[f]/∂φ = (f(b) − c(ỹ))·∂log q(b) + ∂c(y) − ∂c(ỹ),  c(y) = η·f(sigmoid(y/τ))
//
// where ỹ has the law of y given b and depends on l through it (Tucker, Mnih,
// Maddison, Lawson and Sohl-Dickstein, arXiv 1703.07370). η and τ are
// parameters "SITE/rebar/scale" and "SITE/rebar/log_temperature", trained to
// lower the variance of the gradient by l; it is unbiased at any of theirs,
// as long as derivatives pass the sites that are drawn after it. The cost
// of that is one more among the estimate's. It takes two more runs of what
// depends on the site, at values between 0 and 1.
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

func (REBAR) method() method { return rebar }
func (RELAX) method() method { return relax }

func (e REBAR) fits(r *Record, s *Site) { relaxes(r, s, e.Scale, e.Temperature) }
func (e RELAX) fits(r *Record, s *Site) { relaxes(r, s, e.Scale, e.Temperature) }

// relaxes checks that the derivative of the relaxed run is that of its mean: it
// must pass every site drawn after it.
func relaxes(r *Record, s *Site, scale, temperature float64) {
	isBernoulli(s)
	if !(temperature >= 0) || math.IsInf(temperature, 1) || math.IsNaN(scale) || math.IsInf(scale, 0) {
		graph.Fail("vi: site %s: %s with a scale of %v and a temperature of %v, want finite numbers, the temperature not below 0", s.Name, Name(s.estimator), scale, temperature)
	}
	for _, t := range r.latents() {
		if t == s || t.Global || t.Enumerated || t.soft || !r.dependence().On(t.logq(), s.Value) {
			continue
		}
		_, pathwise := t.law().(prob.Pathwise)
		e := r.asked(t.Name)
		switch e.(type) {
		case STL, DReG:
			graph.Fail("vi: site %s: %s differentiates what follows, and %s at site %s drops a part of that; use vi.Pathwise at %s", s.Name, Name(s.estimator), Name(e), t.Name, t.Name)
		}
		if !pathwise {
			graph.Fail("vi: site %s: %s differentiates what follows, and site %s, drawn from %T, stops that; use vi.DisARM or vi.Score at %s, or enumerate %s", s.Name, Name(s.estimator), t.Name, t.law(), s.Name, t.Name)
		}
	}
}

func (e REBAR) draw(r *Record, s *Site, d prob.Dist) *graph.Node { return hardLogistic(r, s, d) }
func (e RELAX) draw(r *Record, s *Site, d prob.Dist) *graph.Node { return hardLogistic(r, s, d) }

// hardLogistic draws [l + log u − log(1−u) > 0], as [u > 1−p].
func hardLogistic(r *Record, s *Site, d prob.Dist) *graph.Node {
	b, ok := d.(prob.Bernoulli)
	if !ok {
		graph.Fail("vi: site %s: REBAR and RELAX are for prob.Bernoulli, not %T; use vi.Score, or vi.Enumerate where the values are few", s.Name, d)
	}
	return uniform(r, s.Name, "noise", eventOf(b.Logits)).Gt(graph.Sigmoid(b.Logits.Neg()))
}

func (e REBAR) cost(b *bound, s *Site) []Cost {
	return control(b, s, e.Scale, e.Temperature, nil)
}

func (e RELAX) cost(b *bound, s *Site) []Cost {
	if e.Hidden == 0 {
		e.Hidden = 10
	}
	net := layers.NewMLP(b.r.Scope.In(s.Name).In("rebar").In("net"), eventOf(s.Value), e.Hidden, 1)
	return control(b, s, e.Scale, e.Temperature, net)
}

// control returns the costs of a control variate of two relaxed draws.
func control(b *bound, s *Site, scale, temperature float64, net layers.Stack) []Cost {
	if scale == 0 {
		scale = 1
	}
	if temperature == 0 {
		temperature = .5
	}
	r, scope := b.r, b.r.Scope.In(s.Name).In("rebar")
	eta := scope.Param("scale", graph.Constant(scale))
	logT := scope.Param("log_temperature", graph.Constant(math.Log(temperature)))
	tuned := []*graph.Node{eta, logT}
	for _, l := range net {
		if d, ok := l.(layers.Dense); ok {
			tuned = append(tuned, d.W, d.B)
		}
	}

	logits := isBernoulli(s)
	n := eventOf(logits)
	u, v := uniform(r, s.Name, "noise", n), r.Scope.In(s.Name).Noise("given", graph.UniformNoise, append(r.lead(), n)...)
	y := logits.Add(logit(u))
	// u given b is uniform on (1−p, 1), where it is 1−p+vp, or on (0, 1−p),
	// where it is v(1−p); their logits in a form that stays finite.
	p, off := graph.Sigmoid(logits), graph.Sigmoid(logits.Neg())
	above := graph.Log(off.Add(v.Mul(p))).Sub(graph.LogSigmoid(logits).Add(graph.Log1p(v.Neg())))
	below := graph.Log(v).Add(graph.LogSigmoid(logits.Neg())).Sub(graph.Log1p(v.Mul(off).Neg()))
	tilde := logits.Add(graph.Where(s.Value, above, below))
	share, _ := b.share(s)
	c := func(y *graph.Node) *graph.Node {
		x := eta.Mul(b.at(s, graph.Sigmoid(y.Mul(graph.Exp(logT.Neg())))))
		if net != nil {
			x = x.Add(share.Mul(graph.Sum(net.Apply(y), -1)))
		}
		return x
	}
	hold := r.held()
	cy, ct := c(y), c(tilde)
	// Gradients by the relaxed values alone: the others' means cancel.
	gy := graph.Grad(graph.Sum(cy), []*graph.Node{y}, append(hold, y)...)[0]
	gt := graph.Grad(graph.Sum(ct), []*graph.Node{tilde}, append(hold, tilde)...)[0]

	f := b.part(r, s)
	costs := []Cost{
		b.score(s, f.Sub(ct)),
		b.toward(s, "rebar", gy, y),
		b.toward(s, "rebar given", gt.Neg(), tilde),
	}
	// The gradient by the logits, and its square as a function of what is tuned.
	byTilde := graph.Grad(graph.Sum(tilde), []*graph.Node{logits}, s.Value)[0] // element by element
	g := graph.ExpandDims(f.Sub(ct), -1).Mul(s.Value.Sub(p))
	g = g.Add(gy.Sub(gt.Mul(byTilde)))
	square := graph.Sum(g.Square()).Scale(float64(r.Rows))
	var sum []*graph.Node
	for i, d := range graph.Grad(square, tuned, hold...) {
		sum = append(sum, graph.Sum(graph.StopGrad(d).Mul(tuned[i])))
	}
	return append(costs, Cost{Name: "rebar variance/" + s.Name, Node: graph.AddN(sum...)})
}
