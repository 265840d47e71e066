package serve

import (
	"math"

	"github.com/latentgo/latent/vi"
)

// weightOutputs are what importance sampling says of a row: the estimate L̂ of log
// p(x), its standard error and bias by the jackknife of vi.Evidence, the
// effective number of draws, and the Pareto shape k̂ of vi.ParetoShape.
var weightOutputs = []string{"logp", "stderr", "bias", "ess", "khat"}

// evidenceGroups is the most groups of draws that are left out in turn, as in
// vi.Evidence.
const evidenceGroups = 50

// evidence reads log weights of draws. Where none has a weight L̂ is −Inf.
func evidence(w []float64) (logp, stderr, bias, ess float64) {
	k := float64(len(w))
	top := math.Inf(-1)
	for _, v := range w {
		top = max(top, v) // NaN stays
	}
	if math.IsNaN(top) || math.IsInf(top, 0) {
		return top, math.NaN(), math.NaN(), 0
	}
	var sums [evidenceGroups]float64
	groups := min(len(w), evidenceGroups)
	all, squares := 0., 0.
	for i, v := range w {
		u := math.Exp(v - top)
		sums[i%groups] += u
		all += u
		squares += u * u
	}
	mean := math.Log(all / k)
	off := func(g int) (o, h float64) {
		size := float64((len(w) - g + groups - 1) / groups)
		rest := 0.
		for j, s := range sums[:groups] {
			if j != g {
				rest += s
			}
		}
		return math.Log(rest/(k-size)) - mean, k / size
	}
	for g := range groups {
		o, h := off(g)
		bias += (1 - 1/h) * o
	}
	for g := range groups {
		o, h := off(g)
		d := bias - (h-1)*o
		stderr += d * d / ((h - 1) * float64(groups))
	}
	return top + mean, math.Sqrt(stderr), bias, all * all / squares
}

// weigh writes what importance sampling says of rows of a request.
func (c *call) weigh(s span, out [][]float64) {
	for r := s.from; r < s.from+s.n; r++ {
		w := c.logw[r*s.all : (r+1)*s.all]
		out[0][r], out[1][r], out[2][r], out[3][r] = evidence(w)
		out[4][r] = vi.ParetoShape(w)
	}
}
