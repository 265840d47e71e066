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

func (GumbelSoftmax) method() method   { return gumbel }
func (StraightThrough) method() method { return straightThrough }

func (e GumbelSoftmax) draw(r *Record, s *Site, d prob.Dist) *graph.Node {
	y, _ := relaxed(r, s, d, e, e.Temperature)
	return y
}

func (e StraightThrough) draw(r *Record, s *Site, d prob.Dist) *graph.Node {
	y, hard := relaxed(r, s, d, e, e.Temperature)
	return hard.Add(y.Sub(graph.StopGrad(y))) // the difference is 0 exactly
}

// relaxed draws a relaxed value and the hard one on the same noise.
func relaxed(r *Record, s *Site, d prob.Dist, e Estimator, temperature *graph.Node) (soft, hard *graph.Node) {
	if temperature == nil {
		temperature = r.Scope.Const(2. / 3)
	}
	if len(temperature.Shape()) != 0 {
		graph.Fail("vi: site %s: %s with a temperature of shape %v, want a scalar", s.Name, Name(e), temperature.Shape())
	}
	scope := r.Scope.In(s.Name)
	s.soft = true
	switch d := d.(type) {
	case prob.Bernoulli:
		y := d.Logits.Add(logit(scope.Noise("noise", graph.UniformNoise, append(r.lead(), eventOf(d.Logits))...)))
		return graph.Sigmoid(y.Div(temperature)), y.Gt(r.Scope.Const(0))
	case prob.OneHot:
		u := scope.Noise("noise", graph.UniformNoise, append(r.lead(), eventOf(d.Logits))...)
		y := d.Logits.Sub(graph.Log(graph.Log(u).Neg()))
		return graph.Softmax(y.Div(temperature)), graph.OneHot(graph.ArgMax(y, -1), eventOf(d.Logits))
	}
	graph.Fail("vi: site %s: %s relaxes prob.Bernoulli and prob.OneHot, not %T", s.Name, Name(e), d)
	return nil, nil
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
