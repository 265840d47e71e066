package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
)

// DisARM is the score-function estimator of a prob.Bernoulli latent with logits l
// from two antithetic draws, b = [u < p] and b̃ = [1−u < p],
//
//	∂E[f]/∂l_i ≈ ½·(f(b) − f(b̃))·(b_i − b̃_i)·sigmoid(|l_i|)
//
// with the uniform numbers integrated out given the two draws (Dong, Mnih and
// Tucker, arXiv 2006.10680; U2G of Yin, Ho, Yan, Qian and Zhou, arXiv 2006.06448, is
// the same). K draws are K pairs. It takes a second run of what depends on the site, and
// the gradient of everything else is the mean of the two runs'; the value is that of the
// first. ARMS pairs the draws that there are, where their laws are one.
//
// A prob.OneHot latent is a tree of bits, each of which decides between two halves of the
// classes: DisARM-Tree of Dong, Mnih and Tucker, arXiv 2106.08056. A bit that b alone
// visits has the derivative ½·(f(b) − f(b̃))·(b_i − p_i), one that b̃ alone visits the
// like, and one that neither does 0.
type DisARM struct{}

// ARM is the augment-REINFORCE-merge estimator of a Bernoulli latent, by the draws of
// DisARM and their uniform numbers u,
//
//	∂E[f]/∂l_i ≈ (f(b) − f(b̃))·(½ − u_i)
//
// (Yin and Zhou, arXiv 1807.11143), of a OneHot that of the bits that b or b̃ visits. DisARM
// is its mean given the draws, of less variance at the same cost.
type ARM struct{}

func (e DisARM) describe() estimator { return paired("DisARM", e.costs) }

func (e ARM) describe() estimator { return paired("ARM", e.costs) }

// paired describes an estimator of antithetic draws.
func paired(name string, costs func(g *gradient, l latent) []Cost) estimator {
	return estimator{name: name, needs: signals | averages | countable | density | separable | relaxable, held: true, draw: drawPair, costs: costs}
}

// drawPair draws the first of a pair.
func drawPair(r *Record, site string, d prob.Dist) *graph.Node {
	logits := bitLogits(site, d)
	return fromBits(d, uniform(r, site, eventOf(logits)).Lt(graph.Sigmoid(logits)))
}

// pair is two draws of a latent by the same noise.
type pair struct {
	logits, u  *graph.Node // of the bits
	own, other side
	f          *graph.Node // the difference of the signals, [E…, K, B, 1]
	both       Cost
}

// side is the bits of a draw, and whether it visits them; nil for all.
type side struct{ value, visited *graph.Node }

func (g *gradient) pair(l latent) pair {
	logits := bitLogits(l.Name, l.law())
	u := uniform(g.r, l.Name, eventOf(logits))
	other := fromBits(l.law(), u.Neg().Shift(1).Lt(graph.Sigmoid(logits)))
	p := pair{u: u}
	p.own.value, p.own.visited = toBits(l.law(), l.Value)
	p.logits = graph.BroadcastTo(logits, p.own.value.Shape()...)
	p.other.value, p.other.visited = toBits(l.law(), other)
	run := g.r.With(Data{l.Name: other})
	f := g.bound.signal(g.r, l.Site).Sub(g.bound.signal(run, run.Site(l.Name)))
	p.f, p.both = graph.ExpandDims(f, -1), g.both(l, f, run)
	return p
}

// both returns the cost with which the value is differentiated as the mean over two runs,
// from the difference of what they judge a latent by. The scores of other draws are not
// in it, as centre takes those of the first run out of the value.
func (g *gradient) both(l latent, f *graph.Node, run *Record) Cost {
	sum := []*graph.Node{graph.Sum(f)}
	for _, m := range g.latents {
		if c := g.centred(m); c != nil && g.r.dependence().On(m.LogQ, l.Value) {
			sum = append(sum, graph.Sum(graph.StopGrad(c).Mul(m.LogQ.Sub(run.Site(m.Name).LogQ))))
		}
	}
	g.replayed = append(g.replayed, g.latents.in(run).held()...)
	return Cost{Name: "both/" + l.Name, Node: g.down(graph.AddN(sum...)).Scale(-.5)}
}

func (DisARM) costs(g *gradient, l latent) []Cost {
	p := g.pair(l)
	d := p.own.value.Sub(p.other.value).Mul(graph.Sigmoid(graph.Abs(p.logits)))
	if v, w := p.own.visited, p.other.visited; v != nil {
		chance := graph.Sigmoid(p.logits)
		alone := func(b side, other *graph.Node) *graph.Node {
			return b.visited.Mul(other.Neg().Shift(1)).Mul(b.value.Sub(chance))
		}
		d = v.Mul(w).Mul(d).Add(alone(p.own, w)).Sub(alone(p.other, v))
	}
	return []Cost{g.toward(l, "disarm", p.f.Mul(d).Scale(.5), p.logits), p.both}
}

func (ARM) costs(g *gradient, l latent) []Cost {
	p := g.pair(l)
	d := p.u.Neg().Shift(.5)
	if p.own.visited != nil {
		d = d.Mul(graph.Max(p.own.visited, p.other.visited))
	}
	return []Cost{g.toward(l, "arm", p.f.Mul(d), p.logits), p.both}
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
func (r *Record) again(site, name string, law graph.Noise, event ...int) *graph.Node {
	return r.replayed(r.noise(site), name, law, r.lead(event...))
}

func (r *Record) replayed(s *graph.Scope, name string, law graph.Noise, shape []int) (u *graph.Node) {
	door.Replay(r.Scope, func() { u = s.Noise(name, law, shape...) })
	return u
}
