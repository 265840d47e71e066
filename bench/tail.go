package bench

import (
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/latentgo/latent/internal/pareto"
)

// posterior is what a sample of positive numbers says of their mean.
type posterior struct {
	lo, hi float64 // the 95 % interval; hi is +Inf where an infinite mean is not excluded
	median float64
	shape  float64 // k of the tail; NaN where none was fitted
}

// meanOf returns the posterior of the mean E D of positive numbers d, n of them,
// of which the largest m = min(n/5, 3√n) follow a generalised Pareto
// distribution above a threshold u (Pickands, 1975), k and σ unknown:
//
//	E D = E min(D, u) + P(D > u)·σ/(1−k),  infinite for k ≥ 1
//
// The mean below u is normal. θ = −k/σ has the posterior of package pareto, and
// given it the excesses have log(1 − θx)/k standard exponential, so that k is
// m·k̂(θ) over a gamma variable of shape m. Where the tail ends in an atom, as
// those of discrete latents do, or all is one number, there is no tail to fit
// and the mean is log-normal with the sample's standard error.
func meanOf(d []float64) posterior {
	n := len(d)
	x := slices.Sorted(slices.Values(d))
	mean, stderr := meanError(x)
	if x[0] == x[n-1] {
		return posterior{mean, mean, mean, math.NaN()}
	}
	const fewest = 5
	m := int(math.Ceil(min(float64(n)/5, 3*math.Sqrt(float64(n)))))
	none := posterior{0, math.Inf(1), math.Inf(1), math.NaN()}
	if m < fewest {
		return none
	}
	if x[n-1]-x[n-fewest] <= 0x1p-20*x[n-1] {
		f := math.Exp(distuv.UnitNormal.Quantile(.975) * stderr / mean)
		return posterior{mean / f, mean * f, mean, math.NaN()}
	}
	u := x[n-m-1]
	first := sort.Search(n, func(i int) bool { return x[i] > u })
	excess := make([]float64, n-first)
	for i := range excess {
		excess[i] = x[first+i] - u
	}
	if len(excess) < fewest {
		return none
	}
	t := tailOf(excess)
	over := float64(len(excess)) / float64(n)
	usual := t.quantile(.5)
	if math.IsInf(usual, 1) {
		usual = 0
	}
	for i := range x {
		x[i] = min(x[i], u)
	}
	body, _ := meanError(x)
	for i := first; i < n; i++ {
		x[i] += usual // whether a draw is in the tail varies with what is below it
	}
	_, stderr = meanError(x)
	at := func(p float64) float64 { return t.shifted(p, body, over, stderr) }
	out := posterior{max(at(.025), 0), math.Inf(1), at(.5), t.shape}
	if t.infinite <= suspicion {
		out.hi = at(.975)
	}
	return out
}

// suspicion is the chance of an infinite mean above which there is no interval.
// It is below the 2.5 % at which the upper end would be infinite, so that a law
// of infinite variance, looked at three times, passes seldom.
const suspicion = .01

func meanError(x []float64) (mean, stderr float64) {
	var r running
	for _, v := range x {
		r.add(v)
	}
	return r.mean, r.stderr()
}

// tailMean is a posterior of the mean excess over a threshold: points in rising
// order, infinite ones last.
type tailMean struct {
	value, weight []float64
	infinite      float64 // the weight of infinite values
	shape         float64 // k
}

func tailOf(excess []float64) tailMean {
	const parts = 9 // of the gamma distribution, at their medians
	m := float64(len(excess))
	var gamma [parts]float64
	for i := range gamma {
		gamma[i] = distuv.Gamma{Alpha: m, Beta: m}.Quantile((float64(i) + .5) / parts)
	}
	f := pareto.New(excess)
	type point struct{ value, weight float64 }
	var points []point
	for i, w := range f.Weight {
		if w < 1e-9 {
			continue
		}
		for _, g := range gamma {
			p := point{math.Inf(1), w / parts}
			if k := f.Shape[i] / g; k < 1 {
				p.value = -k / f.Theta[i] / (1 - k)
			}
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b point) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	t := tailMean{shape: f.Mean()}
	for _, p := range points {
		t.value, t.weight = append(t.value, p.value), append(t.weight, p.weight)
		if math.IsInf(p.value, 1) {
			t.infinite += p.weight
		}
	}
	return t
}

func (t tailMean) quantile(p float64) float64 {
	for i, w := range t.weight {
		if p -= w; p <= 0 {
			return t.value[i]
		}
	}
	return t.value[len(t.value)-1]
}

// shifted returns a quantile of body + over·T + N(0, stderr²) for T of this law.
func (t tailMean) shifted(p, body, over, stderr float64) float64 {
	below := func(x float64) float64 {
		sum := 0.
		for i, v := range t.value {
			if !math.IsInf(v, 1) {
				sum += t.weight[i] * distuv.UnitNormal.CDF((x-body-over*v)/stderr)
			}
		}
		return sum
	}
	lo, hi := body-9*stderr, body+9*stderr
	for i, v := range t.value {
		if !math.IsInf(v, 1) && t.weight[i] > 0 {
			hi = max(hi, body+over*v+9*stderr)
		}
	}
	if below(hi) < p {
		return math.Inf(1)
	}
	return bisect(lo, hi, func(x float64) bool { return below(x) >= p })
}
