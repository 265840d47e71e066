package vi

import "github.com/latentgo/latent/graph"

// bound is the value of an objective as the draws of its sites see it. Estimators
// that do not differentiate a draw, or not the whole of its score, work on it.
//
// What belongs to the draws of a local site has the shape of its score with all
// draws and rows; what belongs to a global is a scalar.
type bound interface {
	// signal returns what each draw of a site is judged by: the value without the
	// terms that do not depend on the draw. The record is that of the run, or of a
	// replay with other values of the site, and the site is that record's. The
	// result can be differentiated.
	signal(r *Record, s *Site) *graph.Node
	// share returns the signal of a site as it would be if the value were the
	// constant 1, and what that adds up to over all draws and rows: 1 where every
	// draw is judged by terms of its own, more where it is judged by the whole of
	// its row.
	share(s *Site) (signal *graph.Node, total float64)
	// own returns the weight that −log q of the draws of a latent has in the value
	// where all importance weights are the same. It does not depend on the draws.
	// It is nil where log q is not in the value, or has no such weight.
	own(l latent) *graph.Node
	// without returns the signal of a site with the importance weight of each draw
	// replaced by the mean of the other draws' weights. It is nil where a draw's
	// weight is not in the signal of another.
	without(s *Site) *graph.Node
	// dropped returns a scalar with the gradient that the value has by log q of the
	// local or of the global latents whose estimator drops the score, but for the
	// sign: Σ w·log q with the weights w of −log q constant.
	dropped(global bool) *graph.Node
	// scale returns what the gradient by the draws of a local site is multiplied by
	// under DReG, [E…, K, B]; nil means 1.
	scale() *graph.Node
}
