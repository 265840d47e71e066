package layers

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// DropoutConfig says how a Dropout is made. The zero value drops nothing.
type DropoutConfig struct {
	Rate  float64 // the probability that an element is dropped, below 1
	Alpha float64 // the variance of Gaussian noise; refused beside Rate

	// Always draws noise in all programs, so that the spread of predictions
	// shows what the model does not know (Gal and Ghahramani, arXiv 1506.02142);
	// else only in those that train, outside of frozen scopes.
	Always bool
}

// Dropout multiplies every element by noise of mean 1 (Srivastava, Hinton,
// Krizhevsky, Sutskever and Salakhutdinov, Dropout, 2014, sections 4 and 10): by
// 1/(1−Rate) with probability 1−Rate and else by 0, or by a normal number of
// variance Alpha. Elements are independent; a batch that is split, and more
// samples, leave the noise of each element as it is, with rows on the last axis
// but one unless RowAxis of the scope says otherwise. Where no noise is drawn it
// is the identity.
type Dropout struct {
	s *graph.Scope
	c DropoutConfig
}

// NewDropout makes a dropout whose noise is "noise" in the scope.
func NewDropout(s *graph.Scope, c DropoutConfig) Dropout {
	switch {
	case !(c.Rate >= 0 && rounded(s, c.Rate) < 1):
		graph.Fail("layers: %s: Rate %v, want 0 or more and below 1 in %v", named("dropout", s.Path()), c.Rate, s.Dtype())
	case !(c.Alpha >= 0) || math.IsInf(rounded(s, c.Alpha), 1):
		graph.Fail("layers: %s: Alpha %v, want 0 or more and finite in %v", named("dropout", s.Path()), c.Alpha, s.Dtype())
	case c.Rate > 0 && c.Alpha > 0:
		graph.Fail("layers: %s: Rate and Alpha: choose one", named("dropout", s.Path()))
	case c.Always && c.Rate == 0 && c.Alpha == 0:
		graph.Fail("layers: %s: Always without Rate or Alpha", named("dropout", s.Path()))
	}
	return Dropout{s, c}
}

// Apply implements Layer: [… D] to [… D].
func (d Dropout) Apply(x *graph.Node) *graph.Node {
	if d.s == nil {
		graph.Fail("layers: dropout without a scope; layers.NewDropout gives it one")
	}
	if x == nil {
		graph.Fail("layers: %s: input is nil", named("dropout", d.s.Path()))
	}
	if sh := x.Shape(); len(sh) < 2 {
		graph.Fail("layers: %s: input %v, want [… D] with a batch axis", named("dropout", d.s.Path()), sh)
	}
	switch {
	case d.c.Rate == 0 && d.c.Alpha == 0 || !d.s.Training() && !d.c.Always:
		return x
	case d.c.Alpha > 0:
		e := d.s.Noise("noise", graph.GaussianNoise, x.Shape()...)
		return x.Mul(e.Scale(math.Sqrt(d.c.Alpha)).Shift(1))
	}
	kept := d.s.Noise("noise", graph.UniformNoise, x.Shape()...).Gt(graph.Const(d.c.Rate))
	return x.Mul(kept.Scale(1 / (1 - d.c.Rate)))
}
