package vi

import (
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
)

// Draws are K draws of one thing, such as a site under a posterior: Values has
// one after the other, each in row-major order of Shape, which of a site of rows
// is [rows, event…] and of a global [lead…, event].
type Draws struct {
	K      int
	Shape  []int
	Values []float64
}

// alive panics unless there are as many values as K and Shape say.
func (d *Draws) alive() {
	if d == nil || d.K < 1 || graph.Size(d.Shape) < 1 || len(d.Values) != d.K*graph.Size(d.Shape) {
		panic(fmt.Sprintf("vi: Draws %+v, want K of 1 or more and as many Values as K and Shape say", d))
	}
}

// At returns the k-th draw, from 0, which is not copied.
func (d *Draws) At(k int) []float64 {
	d.alive()
	if k < 0 || k >= d.K {
		panic(fmt.Sprintf("vi: draw %d of %d", k, d.K))
	}
	n := len(d.Values) / d.K
	return d.Values[k*n : (k+1)*n]
}

// each returns what f makes of the draws of every element.
func (d *Draws) each(f func(v []float64) float64) []float64 {
	d.alive()
	n := len(d.Values) / d.K
	out, v := make([]float64, n), make([]float64, d.K)
	for i := range out {
		for k := range v {
			v[k] = d.Values[k*n+i]
		}
		out[i] = f(v)
	}
	return out
}

// Mean returns the mean of every element over the draws.
func (d *Draws) Mean() []float64 {
	return d.each(func(v []float64) float64 { m, _ := moments(v); return m })
}

// Std returns the standard deviation of every element over the draws, with K−1;
// NaN for one draw.
func (d *Draws) Std() []float64 {
	return d.each(func(v []float64) float64 { _, s := moments(v); return s })
}

func moments(v []float64) (mean, std float64) {
	n := float64(len(v))
	for _, x := range v {
		mean += x / n
	}
	for _, x := range v {
		std += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(std / (n - 1))
}

// Quantile returns the p-quantile of every element over the draws, 0 ≤ p ≤ 1,
// linear between order statistics (Hyndman and Fan, 1996, definition 7). A
// predictive band of 90 % lies between the .05- and the .95-quantile.
func (d *Draws) Quantile(p float64) []float64 {
	if !(p >= 0 && p <= 1) {
		panic(fmt.Sprintf("vi: the %v-quantile of draws, want a number from 0 to 1", p))
	}
	return d.each(func(v []float64) float64 {
		slices.Sort(v)
		at, part := math.Modf(p * float64(len(v)-1))
		lo := v[int(at)]
		if part == 0 {
			return lo
		}
		return lo + part*(v[int(at)+1]-lo)
	})
}
