package mcmc

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// effective is the number of independent draws whose mean has the variance of that
// of the draws of several chains,
//
//	S/τ,  τ = −1 + 2·Σₜ (ρ₂ₜ + ρ₂ₜ₊₁)
//
// with the autocorrelations ρ of all chains together, of which pairs are summed as
// long as they are positive, each at most the one before (Geyer, Statistical Science
// 7, 1992; Vehtari et al., arXiv 1903.08008, section 3.2), and no less than 1/log₁₀S.
func effective(chains [][]float64) float64 {
	n := len(chains[0])
	total := float64(len(chains) * n)
	var means []float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range chains {
		means = append(means, stat.Mean(c, nil))
		for _, v := range c {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if hi-lo < 1e-15 {
		return total
	}
	covariance := func(lag int) float64 { // the mean over chains
		s := 0.
		for i, c := range chains {
			for j := range n - lag {
				s += (c[j] - means[i]) * (c[j+lag] - means[i])
			}
		}
		return s / total
	}
	within := covariance(0) * float64(n) / float64(n-1)
	all := within * float64(n-1) / float64(n)
	if len(chains) > 1 {
		all += stat.Variance(means, nil)
	}
	rho := func(lag int) float64 { return 1 - (within-covariance(lag))/all }
	rhos := make([]float64, n)
	even, odd := 1., rho(1)
	rhos[0], rhos[1] = even, odd
	t := 1
	for ; t < n-3 && even+odd > 0; t += 2 {
		even, odd = rho(t+1), rho(t+2)
		if even+odd >= 0 {
			rhos[t+1], rhos[t+2] = even, odd
		}
	}
	last := t - 2
	if even > 0 {
		rhos[last+1] = even
	}
	for t := 1; t <= last-2; t += 2 {
		if before := rhos[t-1] + rhos[t]; rhos[t+1]+rhos[t+2] > before {
			rhos[t+1], rhos[t+2] = before/2, before/2
		}
	}
	tau := -1 + rhos[last+1]
	for _, r := range rhos[:last+1] {
		tau += 2 * r
	}
	return total / max(tau, 1/math.Log10(total))
}
