package mcmc

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Diagnostics take the draws of one number, [chains][draws], of chains of one
// length. They follow Vehtari, Gelman, Simpson, Carpenter and Bürkner, arXiv
// 1903.08008: chains are split into halves, so that a drift shows as two chains
// that disagree, and draws are replaced by the normal scores of their ranks, so that
// a variance is not asked for. Of fewer than 4 draws, chains of different lengths
// or draws that are not finite they are NaN.

// RHat is the potential scale reduction R̂: the larger of those of the ranks and of
// the ranks of the distances from the median, which finds chains of different
// spread. It should be below 1.01. It is NaN where all draws are the same.
func RHat(chains [][]float64) float64 {
	if !valid(chains) {
		return math.NaN()
	}
	halves := split(chains)
	middle := median(halves)
	folded := mapped(halves, func(v float64) float64 { return math.Abs(v - middle) })
	return max(reduction(scores(halves)), reduction(scores(folded)))
}

// BulkESS is the effective number of draws for the centre of the law, that of the
// mean of the normal scores. It should be above 100 for each chain.
func BulkESS(chains [][]float64) float64 {
	if !valid(chains) {
		return math.NaN()
	}
	return effective(scores(split(chains)))
}

// TailESS is the effective number of draws for the tails, the smaller of those of
// the quantiles at .05 and .95.
func TailESS(chains [][]float64) float64 {
	return min(QuantileESS(chains, .05), QuantileESS(chains, .95))
}

// MeanESS is the effective number of draws for the mean.
func MeanESS(chains [][]float64) float64 {
	if !valid(chains) {
		return math.NaN()
	}
	return effective(split(chains))
}

// QuantileESS is the effective number of draws for the quantile at p, that of how
// often a draw is not above it.
func QuantileESS(chains [][]float64, p float64) float64 {
	if !valid(chains) || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	q := Quantile(chains, p)
	return effective(split(mapped(chains, func(v float64) float64 {
		if v <= q {
			return 1
		}
		return 0
	})))
}

// MeanError is the Monte Carlo standard error of the mean.
func MeanError(chains [][]float64) float64 {
	if !valid(chains) {
		return math.NaN()
	}
	return stat.StdDev(slices.Concat(chains...), nil) / math.Sqrt(MeanESS(chains))
}

// StdError is the Monte Carlo standard error of the standard deviation.
func StdError(chains [][]float64) float64 {
	if !valid(chains) {
		return math.NaN()
	}
	all := slices.Concat(chains...)
	mean := stat.Mean(all, nil)
	square := func(v float64) float64 { return (v - mean) * (v - mean) }
	second, fourth := 0., 0.
	for _, v := range all {
		s := square(v) / float64(len(all))
		second += s
		fourth += s * square(v)
	}
	return math.Sqrt((fourth - second*second) / MeanESS(mapped(chains, square)) / second / 4)
}

// QuantileError is the Monte Carlo standard error of the quantile at p: half of the
// distance between the quantiles at what may be the share of the draws below it,
// give or take a standard deviation.
func QuantileError(chains [][]float64, p float64) float64 {
	n := QuantileESS(chains, p)
	if math.IsNaN(n) {
		return n
	}
	share := distuv.Beta{Alpha: n*p + 1, Beta: n*(1-p) + 1}
	all := slices.Concat(chains...)
	slices.Sort(all)
	most := float64(len(all) - 1)
	at := func(p float64) float64 { return share.Quantile(p)*float64(len(all)) - 1 }
	lo := all[int(math.Floor(max(at(0.1586553), 0)))]
	hi := all[int(math.Ceil(min(at(0.8413447), most)))]
	return (hi - lo) / 2
}

// EBFMI is the estimated Bayesian fraction of missing information of a chain, from
// the energies of its draws: the mean square of their differences over their
// variance (Betancourt, arXiv 1604.00695). Below .3 the momenta change the energy too
// little to get into the tails.
func EBFMI(energy []float64) float64 {
	if len(energy) < 2 {
		return math.NaN()
	}
	s := 0.
	for i, e := range energy[1:] {
		s += (e - energy[i]) * (e - energy[i])
	}
	return s / float64(len(energy)-1) / stat.Variance(energy, nil)
}

// Quantile is that of all draws at p, between two of them linearly.
func Quantile(chains [][]float64, p float64) float64 {
	all := slices.Concat(chains...)
	if len(all) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	slices.Sort(all)
	at := p * float64(len(all)-1)
	i := int(at)
	if i == len(all)-1 {
		return all[i]
	}
	return all[i] + (at-float64(i))*(all[i+1]-all[i])
}

func median(chains [][]float64) float64 { return Quantile(chains, .5) }

func valid(chains [][]float64) bool {
	if len(chains) == 0 {
		return false
	}
	for _, c := range chains {
		if len(c) < 4 || len(c) != len(chains[0]) || !finite(c) {
			return false
		}
	}
	return true
}

// split returns the first and the last half of each chain; of an odd number of
// draws the middle one is left out.
func split(chains [][]float64) [][]float64 {
	var out [][]float64
	half := len(chains[0]) / 2
	for _, c := range chains {
		out = append(out, c[:half])
	}
	for _, c := range chains {
		out = append(out, c[len(c)-half:])
	}
	return out
}

func mapped(chains [][]float64, f func(float64) float64) [][]float64 {
	out := make([][]float64, len(chains))
	for i, c := range chains {
		out[i] = make([]float64, len(c))
		for j, v := range c {
			out[i][j] = f(v)
		}
	}
	return out
}

// scores replaces draws by the normal scores Φ⁻¹((r − 3/8)/(S + 1/4)) of their ranks
// r among all S; draws of one value have the mean of their ranks.
func scores(chains [][]float64) [][]float64 {
	all := slices.Concat(chains...)
	slices.Sort(all)
	score := map[float64]float64{}
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		rank := float64(i+j+1) / 2
		score[all[i]] = distuv.UnitNormal.Quantile((rank - .375) / (float64(len(all)) + .25))
		i = j
	}
	return mapped(chains, func(v float64) float64 { return score[v] })
}

// reduction is √((B/W + n − 1)/n), with W the mean of the variances within chains and
// B/n the variance of their means.
func reduction(chains [][]float64) float64 {
	var means, variances []float64
	for _, c := range chains {
		m, v := stat.MeanVariance(c, nil)
		means, variances = append(means, m), append(variances, v)
	}
	n := float64(len(chains[0]))
	within := stat.Mean(variances, nil)
	return math.Sqrt((n*stat.Variance(means, nil)/within + n - 1) / n)
}
