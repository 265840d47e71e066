package vi

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// term is a summand of log p(x,z) − log q(z): [E…, K or 1, B or 1].
type term struct {
	name string
	node *graph.Node
	kl   bool  // part of the divergences, and so negative in the bound
	draw *Site // whose log q at its draw is in it; nil if none
}

// logWeight returns the log probabilities Σ log q(y|…) of the values that the
// guide's enumerations go through, [E…, K or 1, B or 1]; nil if there are none.
func (r *Record) logWeight() *graph.Node {
	var logq []*graph.Node
	for _, s := range r.sites {
		if s.Enumerated && s.Q != nil {
			logq = append(logq, s.LogQ)
		}
	}
	if logq == nil {
		return nil
	}
	return graph.AddN(logq...)
}

// weight returns the probabilities themselves; nil if there are none.
func (r *Record) weight() *graph.Node {
	logq := r.logWeight()
	if logq == nil {
		return nil
	}
	return graph.Exp(logq)
}

// weighted multiplies a score by the weights of the enumerations.
func (r *Record) weighted(x *graph.Node) *graph.Node {
	if w := r.weight(); w != nil {
		return expect(w, x)
	}
	return x
}

// expect returns w·x, and 0 with no derivative by x where the weight is 0:
// what cannot happen counts nothing, though its score be infinite.
func expect(w, x *graph.Node) *graph.Node {
	never := w.Eq(graph.Const(0))
	return w.Mul(graph.Where(never, graph.Const(0), x))
}

// enumerations returns the axes of the enumerations.
func (r *Record) enumerations() []int {
	axes := make([]int, len(r.enum))
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// sumsOut tells whether an enumeration is the joint's alone, which sums it out.
func (r *Record) sumsOut(axis int) bool { return r.Site(r.enum[axis]).Q == nil }

// perRow returns the expectation of a score over the guide's enumerations and
// its mean over the draws: [B].
func (r *Record) perRow(x *graph.Node) *graph.Node {
	x = r.weighted(x)
	if axes := r.enumerations(); len(axes) > 0 {
		x = graph.Sum(x, axes...)
	}
	return graph.BroadcastTo(graph.Mean(x, 0), r.Rows)
}

// scored returns the shape of what belongs to the draws of a site: that of its
// score with all draws and rows.
func (r *Record) scored(s *Site) []int {
	shape := []int(s.logq().Shape())
	e := len(r.enum)
	shape[e], shape[e+1] = r.K, r.Rows
	return shape
}

// fold sums [E…, K, B] over the enumerations that a site's score does not
// depend on, and repeats it along those that it alone depends on.
func (r *Record) fold(x *graph.Node, s *Site) *graph.Node {
	shape := r.scored(s)
	small := slices.Clone(shape)
	for i, d := range x.Shape() {
		small[i] = min(d, small[i])
	}
	return graph.BroadcastTo(graph.SumTo(x, small...), shape...)
}

// drawShare returns the part of a mean over draws and rows that each draw of a
// site is, constant: probability of the enumerated values that it depends on,
// over K·B.
func (r *Record) drawShare(s *Site) *graph.Node {
	one := r.weighted(r.wide(r.Scope.Tensor([]float64{1}, ones(len(r.enum)+2)...)))
	return graph.StopGrad(r.fold(one.Scale(1/float64(r.K*r.Rows)), s))
}

// logSum returns log Σ exp over axes, [the others], measured from the largest,
// so that its derivative, the normalised weights, keeps its digits where the
// logs are large.
func logSum(x *graph.Node, axes ...int) *graph.Node {
	top := largest(x, axes...)
	rest := graph.LogSumExp(x.Sub(top), axes...)
	return graph.Reshape(top, rest.Shape()...).Add(rest)
}

// largest returns the maximum over axes, which it keeps as 1, as a finite
// constant.
func largest(x *graph.Node, axes ...int) *graph.Node {
	top := graph.Clamp(graph.MaxOver(x, axes...), -math.MaxFloat32, math.MaxFloat32)
	keep := x.Shape()
	for _, a := range axes {
		if a < 0 {
			a += len(keep)
		}
		keep[a] = 1
	}
	return graph.StopGrad(graph.Reshape(top, keep...))
}

// wide stretches a score to [E…, K, B], with the sizes of the guide's
// enumerations; those summed out stay 1.
func (r *Record) wide(x *graph.Node) *graph.Node {
	shape := []int{}
	for i, n := range r.sizes {
		if r.sumsOut(i) {
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
			total = total.Add(s.LogP)
		}
	}
	keep := total.Shape()
	for _, a := range axes {
		keep[a] = 1
	}
	return graph.Reshape(logSum(total, axes...), keep...), among
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
	if at := r.dependence().Last(kl); at >= s.order {
		return nil, "p(" + s.Name + ") depends on " + r.valued()[at].Name + ", which the guide does not draw before it, so the sum would be no bound"
	}
	return kl, ""
}
