package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// DReG is the doubly reparameterised gradient. For bounds of the family
// (1/β) log mean_k w_k^β with weights w̃ ∝ w^β,
//
//	∂/∂φ = Σ_k [(1−β)·w̃_k + β·w̃_k²] · ∂log w_k/∂z_k · ∂z_k/∂φ
//
// β = 1 is IWAE (Tucker, Lawson, Gu and Maddison, arXiv 1810.04152),
// β → 0 ELBO, where it is STL. The gradient of the joint's parameters is the
// plain one, Σ w̃_k ∂log p. It is unbiased, but not always of less variance: far
// from the posterior Pathwise can be better. Of several layers z is all draws of a
// datum, and ∂z/∂φ passes from one to the next.
//
// With Prior the parameters θ of a normal law z = T(ε; θ) that the joint has of the site,
// given the sites before it, are doubly reparameterised too (Bauer and Mnih, arXiv
// 2101.11046),
//
//	∂/∂θ = Σ_k [β·w̃_k(1−w̃_k)·∂log w_k/∂z_k + w̃_k·∂(log q − log p(z))/∂z_k] · ∂T/∂θ
//
// with ε that of the draw. Neither takes a run or a backward pass more than Pathwise.
type DReG struct {
	Prior bool
}

func (e DReG) describe() estimator {
	d := estimator{name: "DReG", needs: derivatives | signals | pathwise | local | density | guided, drops: true, scaled: true}
	if e.Prior {
		d.name, d.needs, d.costs, d.check = "DReG{Prior}", d.needs|normalises, priorCosts, checkPrior
	}
	return d
}

func checkPrior(r *Record, _ latents, l latent) {
	if _, fixed := l.P.(prob.StdNormal); !fixed && normalLaw(l.P) == nil {
		graph.Fail("vi: site %s: DReG{Prior} is for prob.Normal in the joint, not %s; use vi.DReG", l.Name, prob.NameOf(l.P))
	}
	if y := r.summedIn(l.LogP.Shape()); y != "" {
		graph.Fail("vi: site %s: DReG{Prior} reparameterises its law in the joint, which depends on %s, and the joint sums over that inside a logarithm; use vi.DReG", l.Name, y)
	}
}

// priorCosts puts the doubly reparameterised gradient by the joint's law in place of the
// one that the value has.
func priorCosts(g *gradient, l latent) []Cost {
	law := normalLaw(l.P)
	if law == nil { // prob.StdNormal, which has no parameters
		return nil
	}
	r, w := g.r, g.bound.(weighted)
	share := w.shares()
	logq := []*graph.Node{l.LogP.Neg()}
	for _, s := range r.sites {
		if s.Q != nil && drawn(s) && !s.Global {
			logq = append(logq, s.LogQ)
		}
	}
	hold, each := valuesOf(r.valued()), 1/float64(r.Rows)
	by := graph.Grad(graph.Sum(share.Mul(graph.AddN(logq...))).Scale(each), []*graph.Node{l.Value}, hold...)[0]
	by = by.Add(g.slopes[l.Site].Mul(graph.ExpandDims(share.Neg().Shift(1).Scale(w.beta), -1)))
	mean, _ := law.Moments()
	again := mean.Add(law.Std().Mul(graph.StopGrad(l.Value.Sub(mean).Div(law.Std()))))
	c := g.toward(l, "dreg prior", by, again)
	c.Node = c.Node.Sub(g.down(graph.Sum(share.Mul(l.LogP)).Scale(each)))
	c.Hold = hold
	return []Cost{c}
}
