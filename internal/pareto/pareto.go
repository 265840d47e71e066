// Package pareto fits generalised Pareto distributions to what exceeds a
// threshold,
//
//	P(X > x) = (1 + k·x/σ)^(−1/k)
//
// of shape k and scale σ, both from the data (Zhang and Stephens,
// Technometrics 51, 2009).
package pareto

import (
	"math"
	"slices"
)

// Fit is a posterior of θ = −k/σ on a grid, each point with the shape of
// greatest likelihood given it; the scale there is −k/θ.
type Fit struct {
	Theta, Shape, Weight []float64 // weights add up to 1

	excess []float64
}

// New fits excesses in rising order, all positive and 2 or more of them. The
// prior of θ is theirs, by the quartile and the largest excess (equation 7 of
// the paper); the likelihood is profiled over the shape.
func New(excess []float64) Fit {
	var f Fit
	f.Refit(excess)
	return f
}

// Refit is New in the memory of another fit.
func (f *Fit) Refit(excess []float64) {
	n := len(excess)
	points := 30 + int(math.Sqrt(float64(n)))
	quartile := excess[max(int(float64(n)/4+.5), 1)-1]
	for _, x := range []*[]float64{&f.Theta, &f.Shape, &f.Weight} {
		*x = slices.Grow((*x)[:0], points)[:points]
	}
	f.excess = excess
	for i := range points {
		f.Theta[i] = 1/excess[n-1] + (1-math.Sqrt(float64(points)/(float64(i)+.5)))/(3*quartile)
		f.Shape[i] = f.shape(f.Theta[i])
		f.Weight[i] = float64(n) * (math.Log(-f.Theta[i]/f.Shape[i]) - f.Shape[i] - 1)
	}
	top, total := slices.Max(f.Weight), 0.
	for i, l := range f.Weight {
		f.Weight[i] = math.Exp(l - top)
		total += f.Weight[i]
	}
	for i := range f.Weight {
		f.Weight[i] /= total
	}
}

// Mean returns the shape at the posterior mean of θ.
func (f Fit) Mean() float64 {
	mean := 0.
	for i, w := range f.Weight {
		mean += w * f.Theta[i]
	}
	return f.shape(mean)
}

func (f Fit) shape(theta float64) float64 {
	sum := 0.
	for _, x := range f.excess {
		sum += math.Log1p(-theta * x)
	}
	return sum / float64(len(f.excess))
}
