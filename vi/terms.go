package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// term is a summand of log p(x,z) − log q(z): [E…, K or 1, B or 1].
type term struct {
	name string
	node *graph.Node
	kl   bool // part of the divergences, and so negative in the bound
}

// weight returns the probabilities Π q(y|…) of the values that the guide's
// enumerations go through, [E…, K or 1, B or 1]; nil if there are none.
func (r *Record) weight() *graph.Node {
	var logq []*graph.Node
	for _, s := range r.sites {
		if s.Enumerated && s.Q != nil {
			logq = append(logq, s.LogQ)
		}
	}
	if logq == nil {
		return nil
	}
	return graph.Exp(graph.AddN(logq...))
}

// weighted multiplies a score by the weights of the enumerations.
func (r *Record) weighted(x *graph.Node) *graph.Node {
	if w := r.weight(); w != nil {
		return graph.Mul(w, x)
	}
	return x
}

// perRow returns the expectation of a score over the guide's enumerations and
// its mean over the draws: [B].
func (r *Record) perRow(x *graph.Node) *graph.Node {
	x = r.weighted(x)
	e := len(r.enum)
	axes := make([]int, e)
	for i := range axes {
		axes[i] = i
	}
	if e > 0 {
		x = graph.Sum(x, axes...)
	}
	return graph.BroadcastTo(graph.Mean(x, 0), r.Rows)
}

// wide stretches a score to [E…, K, B], with the sizes of the guide's
// enumerations; those summed out stay 1.
func (r *Record) wide(x *graph.Node) *graph.Node {
	shape := []int{}
	for i, name := range r.enum {
		n := r.sizes[i]
		if r.Site(name).Q == nil {
			n = 1
		}
		shape = append(shape, n)
	}
	return graph.BroadcastTo(x, append(shape, r.K, r.Rows)...)
}

// summedOut sorts the scores of the joint into those that depend on a site
// which only the joint enumerates, added up and summed over its values as
// log Σ exp, and says of each site whether it was among them.
func (r *Record) summedOut() (total *graph.Node, among map[*Site]bool) {
	var axes []int
	for _, s := range r.sites {
		if s.Enumerated && s.Q == nil {
			axes = append(axes, s.axis)
		}
	}
	if axes == nil {
		return nil, nil
	}
	among = map[*Site]bool{}
	for _, s := range r.sites {
		if s.Global {
			continue
		}
		for _, a := range axes {
			if s.axis == a || s.LogP.Shape()[a] > 1 {
				among[s] = true
			}
		}
		switch {
		case !among[s] || s.prior && !s.Enumerated:
		case total == nil:
			total = s.LogP
		default:
			total = graph.Add(total, s.LogP)
		}
	}
	keep := total.Shape()
	for _, a := range axes {
		keep[a] = 1
	}
	return graph.Reshape(graph.LogSumExp(total, axes...), keep...), among
}

// divergence returns KL(q ‖ p) of a latent in closed form, or nil and the
// reason why not. It is legal only if every latent that p depends on was drawn
// before it.
func (r *Record) divergence(s *Site) (kl *graph.Node, why string) {
	if !prob.HasKL(s.Q, s.P) {
		return nil, "it has none for these distributions"
	}
	if s.Global {
		kls, shape := prob.KLs(s.Q, s.P), s.globalShape
		ks := kls.Shape()
		if n := len(ks); n > 0 && ks[n-1] == 1 {
			shape = append(append([]int(nil), shape[:len(shape)-1]...), 1)
		}
		kl = graph.Sum(graph.BroadcastTo(kls, shape...))
	} else {
		kl = prob.KL(s.Q, s.P)
		if short := len(r.enum) + 2 - len(kl.Shape()); short > 0 { // parameters without leading axes
			kl = graph.Reshape(kl, append(ones(short), kl.Shape()...)...)
		}
	}
	for _, late := range slices.Backward(r.sites) {
		if !late.Observed && late.Value != nil && graph.DependsOn(kl, late.Value) {
			return nil, "p(" + s.Name + ") depends on " + late.Name + ", which the guide does not draw before it, so the sum would be no bound"
		}
		if late == s {
			break
		}
	}
	return kl, ""
}
