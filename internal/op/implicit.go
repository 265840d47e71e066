package op

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/kernel"
)

// ImplicitLaw names a continuous law that is drawn by rejection, in float64,
// and whose draws have a derivative all the same: that of the value at a
// constant distribution function, ∂z/∂θ = −(∂F/∂θ)/f (Figurnov, Mohamed and
// Mnih, arXiv 1805.08498, eq. 5).
type ImplicitLaw uint8

// The laws, with the operands of Implicit after the noise.
const (
	LogGamma  ImplicitLaw = iota // shape; the logarithm of a standard gamma number
	LogitBeta                    // a, b; log x/(1−x) of a beta number x
	Student                      // degrees of freedom
)

// Implicit draws from uniform noise [lead…, StreamNoise·D] and parameters that
// broadcast to the result [lead…, D].
type Implicit struct{ Law ImplicitLaw }

func (r Implicit) String() string {
	return [...]string{"loggamma", "logitbeta", "student"}[r.Law]
}

// Shape is the noise's with D for StreamNoise·D.
func (Implicit) Shape(in []tensor.Shape) (tensor.Shape, error) { return streamShape(in) }

// Eval draws.
func (r Implicit) Eval(out Array, in []Array) error {
	var at [3][]int
	for k := 1; k < len(in); k++ {
		at[k] = stretched(out, in[k])
	}
	for i := range out.Len() {
		s := stream(in[0], i)
		a := in[1].At(placed(at[1], i))
		switch r.Law {
		case LogGamma:
			out.Set(i, logGamma(&s, a))
		case LogitBeta:
			x := logGamma(&s, a)
			out.Set(i, x-logGamma(&s, in[2].At(placed(at[2], i))))
		case Student:
			out.Set(i, student(&s, a))
		}
	}
	return nil
}

// student draws a normal number over the root of a mean square.
func student(s *kernel.Substream, nu float64) float64 {
	z := s.FastNormal()
	if math.IsInf(nu, 1) {
		return z
	}
	return z * math.Exp((math.Log(nu/2)-logGamma(s, nu/2))/2)
}

// Diff multiplies by the implicit derivatives.
func (r Implicit) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	for i := 1; i < len(in); i++ {
		if !need[i] {
			continue
		}
		var slope *Node
		switch {
		case r.Law == LogGamma:
			slope = Apply(Special{GammaSlope}, in[1], y)
		case r.Law == Student:
			slope = Times(y, Apply(Special{StudentSlope}, in[1], y))
		case i == 1:
			slope = Apply(Special{BetaSlope}, in[1], in[2], y)
		default: // 1−x has the parameters exchanged
			slope = Map(Neg, Apply(Special{BetaSlope}, in[2], in[1], Map(Neg, y)))
		}
		d[i] = Fit(Times(g, slope), in[i].Shape())
	}
	return d
}
