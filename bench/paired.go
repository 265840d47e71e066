package bench

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is the ratio of two variances, with a 95 % interval; NaN where the draws
// allow none.
type Difference struct{ Ratio, Lo, Hi float64 }

// Compare returns the ratio of the variance of a to that of b, rows of the same group
// in one call of GradientVariance. The noise of their draws is common, so that the
// interval is by the differences of the squared distances, draw by draw,
//
//	log ratio ± 1.96·sd(aᵢ/ā − bᵢ/b̄)/√n
//
// and is often much narrower than those of a and b say. It is wider by the factor by
// which the intervals of a or b, that know of heavy tails, are wider than normal ones. Where one has more draws, those
// of both are compared.
func Compare(a, b Row) (Difference, error) {
	if a.sum.m == nil || b.sum.m == nil {
		return Difference{}, errors.New("bench: Compare of a row that is not of GradientVariance, whose draws it needs")
	}
	if a.Group != b.Group || a.Size != b.Size || a.sum.m.every != b.sum.m.every {
		return Difference{}, errors.Errorf("bench: Compare of %d numbers of %s and %d of %s, want the same group, with draws of which as much was looked at", a.Size, a.Group, b.Size, b.Group)
	}
	ofA, ofB := a.sum.m.distances(), b.sum.m.distances()
	n := min(len(ofA), len(ofB))
	x, y := ofA[:n], ofB[:n]
	mx, my := stat.Mean(x, nil), stat.Mean(y, nil)
	d := Difference{mx / my, math.NaN(), math.NaN()}
	if !(mx > 0 && my > 0) {
		return d, nil
	}
	psi := make([]float64, n)
	for i := range psi {
		psi[i] = x[i]/mx - y[i]/my
	}
	r := distuv.UnitNormal.Quantile(.975) * stat.StdDev(psi, nil) / math.Sqrt(float64(n)) * max(1, widening(ofA), widening(ofB))
	if !math.IsInf(r, 1) {
		d.Lo, d.Hi = d.Ratio*math.Exp(-r), d.Ratio*math.Exp(r)
	}
	return d, nil
}

// widening is the width of the interval of a mean over that of a normal one.
func widening(x []float64) float64 {
	p, mean := meanOf(x), stat.Mean(x, nil)
	normal := 2 * distuv.UnitNormal.Quantile(.975) * stat.StdDev(x, nil) / math.Sqrt(float64(len(x)))
	if math.IsInf(p.hi, 1) || normal == 0 {
		return p.hi / mean // infinite, or 1
	}
	return (p.hi - p.lo) / normal
}
