package vi

import "github.com/latentgo/latent/graph"

// Score is the score-function estimator (REINFORCE; Williams, 1992), for draws
// that no derivative passes,
//
//	∇E[f] = E[(f − b)·∇log q(z)] + E[∇f]
//
// f is the bound without the terms that do not depend on the draw, for every
// datum and, where the bound is a mean over draws, every draw. The baseline b
// does not depend on the draw. In log q(y|z) a pathwise z before y stays live.
// Of the second term the part of −log q at the draw, whose mean is 0 in the
// ELBO, is taken less its value at equal importance weights: at the exact
// posterior a baseline that knows the bound leaves no variance.
//
// Draws that depend on an enumerated site are independent for each of its
// values.
type Score struct {
	Baseline Baseline // nil means none
}

// Baseline is what a score is compared with: MovingAverage, LeaveOneOut or NVIL.
type Baseline interface {
	// baseline returns b for every element of the signal, times its share, and
	// the costs of learning it.
	baseline(b *bound, s *Site, signal *graph.Node) (*graph.Node, []Cost)
	method() method
}

// VIMCO is Score with a baseline for bounds on several draws: for each draw the
// bound with its own log weight replaced by the mean of the others' (Mnih and
// Rezende, arXiv 1602.06725), 0 where those leave nothing finite. It needs K ≥ 2.
// Under ELBO it is LeaveOneOut.
type VIMCO struct{}

func (e Score) method() method {
	if e.Baseline == nil {
		return score
	}
	return e.Baseline.method()
}

func (VIMCO) method() method { return vimco }

// cost implements holding.
func (e Score) cost(b *bound, s *Site) []Cost {
	f := b.signal(s)
	var costs []Cost
	if e.Baseline != nil {
		var base *graph.Node
		base, costs = e.Baseline.baseline(b, s, f)
		f = f.Sub(base)
	}
	return append([]Cost{b.score(s, f)}, costs...)
}

// cost implements holding.
func (VIMCO) cost(b *bound, s *Site) []Cost {
	f := b.signal(s)
	var base *graph.Node
	if base = b.without(s); base == nil {
		base, _ = LeaveOneOut{}.baseline(b, s, f)
	}
	return []Cost{b.score(s, f.Sub(base))}
}

// score returns the cost whose gradient is that of the score function.
func (b *bound) score(s *Site, f *graph.Node) Cost {
	return Cost{Name: "score/" + s.Name, Node: b.down(graph.Sum(graph.StopGrad(f).Mul(s.logq())))}
}

// fits checks the number of draws.
func (e Score) fits(r *Record, s *Site) {
	if _, ok := e.Baseline.(LeaveOneOut); ok {
		needsDraws(r, s)
	}
}

func (VIMCO) fits(r *Record, s *Site) { needsDraws(r, s) }

func needsDraws(r *Record, s *Site) {
	if r.K < 2 {
		graph.Fail("vi: site %s: %s compares draws with each other and needs K of 2 or more, not %d", s.Name, Name(s.estimator), r.K)
	}
}
