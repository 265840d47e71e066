package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// GumbelSoftmax replaces a discrete draw by a continuous one between the
// values, which derivatives pass (Jang, Gu and Poole, arXiv 1611.01144;
// Maddison, Mnih and Teh, arXiv 1611.00712): for prob.OneHot
// softmax((l+g)/τ) with Gumbel noise g, for prob.Bernoulli sigmoid((l+g₁−g₂)/τ).
// It is scored by the discrete laws, extended linearly to these values; a
// divergence in closed form is that of the discrete laws. Biased at every τ > 0,
// as the bound itself is another one.
type GumbelSoftmax struct {
	Temperature *graph.Node // τ, a scalar, which may be an input; nil means 2/3
}

// StraightThrough draws a hard value and passes derivatives as if it were the
// GumbelSoftmax one (Jang, Gu and Poole, arXiv 1611.01144). The value is
// that of the bound, the gradient is biased.
type StraightThrough struct {
	Temperature *graph.Node // τ, a scalar, which may be an input; nil means 2/3
}

func (e GumbelSoftmax) describe() estimator {
	return estimator{name: "GumbelSoftmax", needs: derivatives | countable | relaxable, biased: true, soft: true, draw: e.draw}
}

func (e StraightThrough) describe() estimator {
	return estimator{name: "StraightThrough", needs: derivatives | countable | relaxable, biased: true, soft: true, draw: e.draw}
}

func (e GumbelSoftmax) draw(r *Record, site string, d prob.Dist) *graph.Node {
	y, _ := relaxed(r, site, d, "GumbelSoftmax", e.Temperature)
	return y
}

func (e StraightThrough) draw(r *Record, site string, d prob.Dist) *graph.Node {
	y, hard := relaxed(r, site, d, "StraightThrough", e.Temperature)
	return through(hard, y)
}

// relaxed draws a relaxed value and the hard one on the same noise.
func relaxed(r *Record, site string, d prob.Dist, name string, temperature *graph.Node) (soft, hard *graph.Node) {
	temperature = scalarTemperature(r, site, name, temperature, 2./3)
	noise := func(n int) *graph.Node {
		return r.Scope.In(site).Noise("noise", graph.UniformNoise, r.lead(n)...)
	}
	if d, ok := d.(prob.Bernoulli); ok {
		y := d.Logits.Add(logit(noise(eventOf(d.Logits))))
		return graph.Sigmoid(y.Div(temperature)), y.Gt(r.Scope.Const(0))
	}
	logits := d.(prob.OneHot).Logits
	n := eventOf(logits)
	y := logits.Add(gumbel(noise(n)))
	return graph.Softmax(y.Div(temperature)), graph.OneHot(graph.ArgMax(y, -1), n)
}

// linear returns the log probability of a relaxed value, extended linearly
// where the law itself knows none.
func linear(d prob.Dist, x *graph.Node) *graph.Node {
	if d, ok := d.(prob.OneHot); ok {
		return graph.Sum(x.Mul(graph.LogSoftmax(d.Logits)), -1)
	}
	return d.LogProb(x)
}

// logit returns log u − log(1−u).
func logit(u *graph.Node) *graph.Node {
	return graph.Log(u).Sub(graph.Log1p(u.Neg()))
}

// eventOf returns the size of the last axis, 1 for a scalar.
func eventOf(x *graph.Node) int {
	if sh := x.Shape(); len(sh) > 0 {
		return sh[len(sh)-1]
	}
	return 1
}
