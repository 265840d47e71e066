package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
)

// DisARM is the score-function estimator of a Bernoulli latent with logits l
// from two antithetic draws, b = [u < p] and b̃ = [1−u < p],
//
//	∂E[f]/∂l_i ≈ ½·(f(b) − f(b̃))·(b_i − b̃_i)·sigmoid(|l_i|)
//
// with the uniform numbers integrated out given the two draws (Dong, Mnih and
// Tucker, arXiv 2006.10680). It takes a second run of what depends on the site.
type DisARM struct{}

func (e DisARM) describe() estimator {
	return estimator{name: "DisARM", needs: signals | averages | countable | density | separable | bernoulli, held: true, draw: e.draw, costs: e.costs}
}

func (DisARM) draw(r *Record, site string, d prob.Dist) *graph.Node {
	b := d.(prob.Bernoulli)
	return uniform(r, site, eventOf(b.Logits)).Lt(b.P())
}

func (DisARM) costs(g *gradient, l latent) []Cost {
	logits := logitsOf(l)
	u := uniform(g.r, l.Name, eventOf(logits))
	other := u.Neg().Shift(1).Lt(graph.Sigmoid(logits))
	f := graph.ExpandDims(g.bound.signal(g.r, l.Site).Sub(g.at(l, other)), -1)
	d := f.Mul(l.Value.Sub(other).Mul(graph.Sigmoid(graph.Abs(logits))))
	return []Cost{g.toward(l, "disarm", d.Scale(.5), logits)}
}

// logitsOf returns the logits of a Bernoulli latent, stretched to its value.
func logitsOf(l latent) *graph.Node {
	return graph.BroadcastTo(l.law().(prob.Bernoulli).Logits, l.Value.Shape()...)
}

// uniform returns the noise that a Bernoulli site is, or was, drawn from.
func uniform(r *Record, site string, events int) *graph.Node {
	return r.again(site, "noise", graph.UniformNoise, events)
}

// again returns noise of a local site, or the same where it has been drawn.
func (r *Record) again(site, name string, law graph.Noise, event ...int) (u *graph.Node) {
	door.Replay(r.Scope, func() { u = r.noise(site).Noise(name, law, r.lead(event...)...) })
	return u
}
