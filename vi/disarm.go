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
// with the uniform numbers summed out as far as that goes (Dong, Mnih and
// Tucker, arXiv 2006.10680). It takes a second run of what depends on
// the site.
type DisARM struct{}

func (DisARM) method() method { return disarm }

func (DisARM) fits(r *Record, s *Site) { isBernoulli(s) }

// isBernoulli returns the logits of a site, stretched to its value.
func isBernoulli(s *Site) *graph.Node {
	d, ok := s.law().(prob.Bernoulli)
	if !ok {
		graph.Fail("vi: site %s: %s is for prob.Bernoulli, not %T; use vi.Score, or vi.Enumerate where the values are few", s.Name, Name(s.estimator), s.law())
	}
	return graph.BroadcastTo(d.Logits, s.Value.Shape()...)
}

// uniform returns the noise that a Bernoulli site was drawn from.
func uniform(r *Record, site, name string, events int) (u *graph.Node) {
	door.Replay(r.Scope, func() {
		u = r.Scope.In(site).Noise(name, graph.UniformNoise, append(r.lead(), events)...)
	})
	return u
}

func (e DisARM) draw(r *Record, s *Site, d prob.Dist) *graph.Node {
	b, ok := d.(prob.Bernoulli)
	if !ok {
		graph.Fail("vi: site %s: DisARM is for prob.Bernoulli, not %T; use vi.Score, or vi.Enumerate where the values are few", s.Name, d)
	}
	return uniform(r, s.Name, "noise", eventOf(b.Logits)).Lt(b.P())
}

// cost implements holding.
func (e DisARM) cost(b *bound, s *Site) []Cost {
	logits := isBernoulli(s)
	u := uniform(b.r, s.Name, "noise", eventOf(logits))
	other := u.Neg().Shift(1).Lt(graph.Sigmoid(logits))
	f := graph.ExpandDims(b.part(b.r, s).Sub(b.at(s, other)), -1)
	g := f.Mul(s.Value.Sub(other).Mul(graph.Sigmoid(graph.Abs(logits))))
	return []Cost{b.toward(s, "disarm", g.Scale(.5), logits)}
}

// at returns what part says of another value of a site, live, of the shape of
// its score.
func (b *bound) at(s *Site, value *graph.Node) *graph.Node {
	r := b.r.With(Data{s.Name: value})
	return b.part(r, r.Site(s.Name))
}

// toward returns the cost whose gradient by a parameter is g.
func (b *bound) toward(s *Site, name string, g, param *graph.Node) Cost {
	return Cost{Name: name + "/" + s.Name, Node: b.down(graph.Sum(graph.StopGrad(g).Mul(param)))}
}
