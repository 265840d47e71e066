package vi

import (
	"math"
	"slices"
	"sync"

	"github.com/latentgo/latent/internal/pareto"
)

// ParetoShape fits a generalised Pareto distribution to the largest of the
// importance weights and returns its shape k̂ (Vehtari, Simpson, Gelman, Yao and
// Gabry, arXiv 1507.02646): below ½ the importance-sampling estimate has finite
// variance, above .7 it is not to be trusted. The tail is the largest
// min(n/5, 3√n) of n weights; with fewer than 5 in it k̂ is +Inf.
//
// Where the weights of the tail are all the same, as they are under a guide
// that is exact, k̂ is −Inf: the shape of a tail that ends where it begins. R's
// loo, from which the tolerance of √ε is, and ArviZ have no fit there and say
// +Inf. A NaN gives NaN.
func ParetoShape(logw []float64) float64 {
	if slices.ContainsFunc(logw, math.IsNaN) {
		return math.NaN()
	}
	n := len(logw)
	tail := int(math.Ceil(min(float64(n)/5, 3*math.Sqrt(float64(n)))))
	if tail < 5 || tail >= n {
		return math.Inf(1)
	}
	s := paretoScratch.Get().(*paretoMemory)
	defer paretoScratch.Put(s)
	s.sorted = append(s.sorted[:0], logw...)
	x := s.sorted
	slices.Sort(x)
	most := x[n-1]
	if most-x[n-tail] < 0x1p-26 { // false where both are infinite
		return math.Inf(-1)
	}
	cut := math.Exp(max(x[n-tail-1]-most, math.Log(0x1p-1022)))
	over := s.over[:0]
	for _, v := range x[n-tail:] {
		if w := math.Exp(v-most) - cut; w > 0 {
			over = append(over, w)
		}
	}
	s.over = over
	if len(over) < 5 {
		return math.Inf(1)
	}
	return paretoFit(&s.fit, over)
}

// paretoMemory is what a call of ParetoShape needs, for the next one: it is called for
// each row of a data set or a request.
type paretoMemory struct {
	sorted, over []float64
	fit          pareto.Fit
}

var paretoScratch = sync.Pool{New: func() any { return &paretoMemory{} }}

// paretoFit returns the shape of a generalised Pareto distribution by the
// empirical Bayes estimate of Zhang and Stephens (2009), of excesses in rising
// order, drawn towards ½ by a prior worth 10 of them (Vehtari et al.).
func paretoFit(f *pareto.Fit, x []float64) float64 {
	const prior = 10
	n := float64(len(x))
	f.Refit(x)
	return (n*f.Mean() + prior*.5) / (n + prior)
}
