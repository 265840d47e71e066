package vi

import "github.com/latentgo/latent/graph"

// PerDraw draws a weight for each of the K draws, which all rows share: each draw is
// then one function of x, as curves, sums over rows and choices between them need,
// where Local's draws at two rows are independent. With K of 1 it is Single. It
// takes a matrix for each draw. The draws must be averaged outside of a logarithm.
type PerDraw struct{}

func (PerDraw) describe() estimator {
	return estimator{name: "PerDraw", needs: derivatives | averages | weight | normal, perRow: true, multiply: perDrawNoise}
}

// perDrawNoise draws a weight for each draw.
func perDrawNoise(r *Record, name string, q NormalLaw, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node {
	noise := r.Scope.In(name).RowAxis(-1).Noise("perdraw", graph.GaussianNoise, r.draws(shape...)...)
	mean, _ := q.Moments()
	y := f.Mul(x, mean.Add(q.Std().Mul(noise)))
	if !r.isDraws(y.Shape()) {
		graph.Fail("vi: %s: %T of shapes %v and %v gives %v, want %s", name, f, x.Shape(), r.draws(shape...), y.Shape(), r.text(" …"))
	}
	return y
}
