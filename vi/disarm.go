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
// Tucker, arXiv 2006.10680; U2G of Yin, Ho, Yan, Qian and Zhou, arXiv 2006.06448, is
// the same). K draws are K pairs. It takes a second run of what depends on the site;
// ARMS pairs the draws that there are, where their laws are one.
type DisARM struct{}

// ARM is the augment-REINFORCE-merge estimator of a Bernoulli latent, by the draws of
// DisARM and their uniform numbers u,
//
//	∂E[f]/∂l_i ≈ (f(b) − f(b̃))·(½ − u_i)
//
// (Yin and Zhou, arXiv 1807.11143). DisARM is its mean given the draws, of less
// variance at the same cost.
type ARM struct{}

func (e DisARM) describe() estimator { return paired("DisARM", e.costs) }

func (e ARM) describe() estimator { return paired("ARM", e.costs) }

// paired describes an estimator of antithetic draws.
func paired(name string, costs func(g *gradient, l latent) []Cost) estimator {
	return estimator{name: name, needs: signals | averages | countable | density | separable | bernoulli, held: true, draw: drawPair, costs: costs}
}

// drawPair draws the first of a pair.
func drawPair(r *Record, site string, d prob.Dist) *graph.Node {
	b := d.(prob.Bernoulli)
	return uniform(r, site, eventOf(b.Logits)).Lt(b.P())
}

// pair returns the logits, the uniform numbers, the other draw and the difference of
// the signals, [E…, K, B, 1].
func pair(g *gradient, l latent) (logits, u, other, f *graph.Node) {
	logits = logitsOf(l)
	u = uniform(g.r, l.Name, eventOf(logits))
	other = u.Neg().Shift(1).Lt(graph.Sigmoid(logits))
	return logits, u, other, graph.ExpandDims(g.bound.signal(g.r, l.Site).Sub(g.at(l, other)), -1)
}

func (DisARM) costs(g *gradient, l latent) []Cost {
	logits, _, other, f := pair(g, l)
	d := f.Mul(l.Value.Sub(other).Mul(graph.Sigmoid(graph.Abs(logits))))
	return []Cost{g.toward(l, "disarm", d.Scale(.5), logits)}
}

func (ARM) costs(g *gradient, l latent) []Cost {
	logits, u, _, f := pair(g, l)
	return []Cost{g.toward(l, "arm", f.Mul(u.Neg().Shift(.5)), logits)}
}

// logitsOf returns the logits of a Bernoulli or OneHot latent, stretched to its
// value.
func logitsOf(l latent) *graph.Node {
	if d, ok := l.law().(prob.OneHot); ok {
		return graph.BroadcastTo(d.Logits, l.Value.Shape()...)
	}
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
