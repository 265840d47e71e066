package vi

import "github.com/latentgo/latent/graph"

// Score is the score-function estimator (REINFORCE; Williams, 1992), for draws
// that no derivative passes,
//
//	∇E[f] = E[(f − b)·∇log q(z)] + E[∇f]
//
// The signal f is the bound without the terms that do not depend on the draw.
// Every datum has one of its own and, where the bound is a mean over draws, every
// draw. The baseline b does not depend on the draw. A latent z before y that is
// differentiated passes the gradient of log q(y|z) too.
//
// The bound holds −log q(z), and with it E[∇f] a term whose mean is 0 in the
// ELBO. It is subtracted; under importance weights, what it would be with equal
// weights is. A baseline that knows the bound then leaves no variance at the exact
// posterior.
//
// Draws that depend on an enumerated site are independent for each of its
// values.
type Score struct {
	Baseline Baseline // nil means none
}

// VIMCO is Score with a baseline for bounds on several draws: for each draw the
// bound with its own log weight replaced by the mean of the others' (Mnih and
// Rezende, arXiv 1602.06725), 0 where those leave nothing finite. It needs K ≥ 2.
// Under ELBO it is LeaveOneOut.
type VIMCO struct{}

func (e Score) describe() estimator {
	d := estimator{name: "Score", needs: signals | scores | density, held: true, apart: true, costs: e.costs}
	if e.Baseline != nil {
		name, needs := e.Baseline.describe()
		d.name, d.needs = "Score{"+name+"}", d.needs|needs
	}
	return d
}

func (e Score) costs(g *gradient, l latent) []Cost {
	f, score := g.signal(l), g.score
	if _, others := e.Baseline.(LeaveOneOut); others && l.Global {
		f, score = g.repeated(l)
	}
	var costs []Cost
	if e.Baseline != nil {
		var base *graph.Node
		base, costs = e.Baseline.baseline(g, l, f)
		f = f.Sub(base)
	}
	return append([]Cost{score(l, f)}, costs...)
}

func (e VIMCO) describe() estimator {
	return estimator{name: "VIMCO", needs: signals | scores | density | local | several, held: true, apart: true, costs: e.costs}
}

func (VIMCO) costs(g *gradient, l latent) []Cost {
	f := g.signal(l)
	base := g.bound.without(l.Site)
	if base == nil {
		base = g.r.otherDraws(f)
	}
	return []Cost{g.score(l, f.Sub(base))}
}
