package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Constrain returns the default bijector from all real numbers to a support:
//
//	Reals          x
//	(0, ∞)         exp, shifted for another bound and reflected for an upper one
//	(lo, hi)       sigmoid, scaled
//	Simplex        StickBreaking, from one number less
//	LogSimplex     LogSoftmax, from one number less
//	Ordered        Rising
//	CholeskyRow    LowerCholesky
//
// A discrete support has none and aborts the build.
func Constrain(s Support) Inverter {
	switch s.Kind {
	case Reals:
		return Identity{}
	case Interval:
		return constrainInterval(s.Lo, s.Hi)
	case Simplex:
		return StickBreaking{}
	case LogSimplex:
		return LogSoftmax{}
	case Ordered:
		return Rising{}
	case CholeskyRow:
		return LowerCholesky{}
	}
	graph.Fail("prob: no bijector from the reals to %v, which is discrete", s.String())
	return nil
}

func constrainInterval(lo, hi float64) Inverter {
	below, above := math.IsInf(lo, -1), math.IsInf(hi, 1)
	switch {
	case !(lo < hi):
		graph.Fail("prob: no numbers in (%v, %v)", lo, hi)
	case below && above:
		return Identity{}
	case lo == 0 && above:
		return Exp{}
	case lo == 0 && hi == 1:
		return Sigmoid{}
	}
	return between{lo, hi}
}
