package op

import (
	"math"
	"slices"
)

// ImplicitLaw names a continuous law whose draws have a derivative though they
// are made by rejection: that of the value at a constant distribution
// function, ∂z/∂θ = −(∂F/∂θ)/f (Figurnov, Mohamed and Mnih, arXiv 1805.08498,
// eq. 5).
type ImplicitLaw uint8

// The laws, with the operands of Variate after the noise and those of Implicit
// after the value. Implicit takes logarithms: at a shape of 10⁻³⁷ the
// derivative by the shape is beyond float32, the one by its logarithm is not.
const (
	// LogGamma is the logarithm of a gamma number. Variate: shape, at rate 1;
	// Implicit: log shape and log rate.
	LogGamma ImplicitLaw = iota
	// LogitBeta is log x/(1−x) of a beta number x. Variate: a and b;
	// Implicit: log a and log b.
	LogitBeta
	// Student is Student's law. Variate: degrees of freedom; Implicit: their
	// logarithm.
	Student
	// Dirichlet is a point of the simplex. Variate: shapes, for the logarithms
	// of the gamma numbers that the point is made of, up to what they have in
	// common. Implicit: these logarithms and those of the shapes.
	Dirichlet
)

// Implicit is its first operand, a value of a law, as a function of the law's
// parameters. The derivative is that at the value, wherever it comes from: a
// draw that was moved has the derivative of one that was drawn there.
type Implicit struct{ Law ImplicitLaw }

func (r Implicit) String() string {
	return [...]string{"loggamma", "logitbeta", "student", "dirichlet"}[r.Law]
}

// Shape is the value's.
func (Implicit) Shape(in [][]int) ([]int, error) {
	for _, p := range in[1:] {
		if _, err := (BroadcastTo{in[0]}).Shape([][]int{p}); err != nil {
			return nil, err
		}
	}
	return slices.Clone(in[0]), nil
}

// Eval copies.
func (Implicit) Eval(out Array, in []Array) error {
	for i := range out.Len() {
		out.Set(i, in[0].At(i))
	}
	return nil
}

// Diff multiplies by the implicit derivatives.
func (r Implicit) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	put := func(i int, adjoint func() *Node) {
		if i < len(in) && need[i] {
			d[i] = Fit(adjoint(), in[i].Shape())
		}
	}
	switch r.Law {
	case LogGamma:
		put(1, func() *Node { return g.Mul(Apply(logSlope{GammaSlope}, in[1], y.Add(in[2]))) })
		put(2, func() *Node { return g.Neg() })
	case LogitBeta:
		put(1, func() *Node { return g.Mul(Apply(logSlope{BetaSlope}, in[1], in[2], y)) })
		put(2, func() *Node { // 1−x has the parameters exchanged
			return g.Mul(Apply(logSlope{BetaSlope}, in[2], in[1], y.Neg())).Neg()
		})
	case Student:
		put(1, func() *Node { return g.Mul(y.Mul(Apply(logSlope{StudentSlope}, in[1], y))) })
	case Dirichlet:
		put(2, func() *Node { return dirichlet(in[2], in[1], y, g) })
	}
	return d
}

// dirichlet is the adjoint of log α for a point y that gamma numbers of
// logarithms l were normalised to: with their sum T each is y·T, and log y_i
// moves by slope_i − Σ_j y_j·slope_j. The point does not depend on T, which is
// kept within the room of the dtype.
func dirichlet(logAlpha, l, y, g *Node) *Node {
	last := len(y.Shape()) - 1
	over := func(f Fold, x *Node) *Node {
		kept := slices.Clone(x.Shape())
		kept[last] = 1
		return Reshaped(Apply(Reduce{f, []int{last}}, x), kept)
	}
	room := math.Log(MaxDraw(y.Dtype()))
	logT := Apply(Unary{Clamp, -room, room}, over(LogSumExp, l))
	byLog := g.Mul(y)
	u := byLog.Sub(y.Mul(over(Sum, byLog)))
	return u.Mul(Apply(logSlope{GammaSlope}, logAlpha, Map(Log, y).Add(logT)))
}

// logSlope is an implicit derivative by the logarithm of a parameter: the
// special function Of, whose first operand is the parameter, times that.
// Parameters are given by their logarithms, the value as in Of. Where the
// parameter is 0 or infinite it is 0: the draw of a law that degenerates stays
// where it is.
type logSlope struct{ Of SpecialFn }

func (r logSlope) String() string { return "log " + specials[r.Of].name }

// Shape broadcasts.
func (logSlope) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval applies the function.
func (r logSlope) Eval(out Array, in []Array) error {
	slope := specials[r.Of]
	elementwise(out, in, func(x []float64) float64 {
		for i := range slope.arity - 1 {
			x[i] = math.Exp(x[i])
		}
		if x[0] == 0 || math.IsInf(x[0], 1) {
			return 0
		}
		return x[0] * slope.f(x)
	})
	return nil
}

// Diff aborts: there are no second derivatives.
func (r logSlope) Diff([]*Node, *Node, *Node, []bool) []*Node {
	Fail("graph: %s: its derivative is not available", r)
	return nil
}
