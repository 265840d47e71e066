package main

import (
	"context"
	"math"
	"testing"
)

// y and σ as in the data of the program.
var (
	y     = []float64{28, 8, -3, 7, -1, 1, 18, 12}
	sigma = []float64{15, 10, 16, 11, 9, 11, 10, 18}
)

// posterior returns the exact means of θ: given τ all is normal, and τ is
// integrated over a grid.
func posterior() []float64 {
	mean, total := make([]float64, len(y)), 0.
	for tau := .005; tau < 200; tau += .01 {
		precision, weighted, log := 1/25., 0., -math.Log(1+tau*tau/25)
		for i, s := range sigma {
			v := s*s + tau*tau
			precision += 1 / v
			weighted += y[i] / v
			log -= .5 * (math.Log(v) + y[i]*y[i]/v)
		}
		mu := weighted / precision
		w := math.Exp(log + .5*weighted*mu - .5*math.Log(precision))
		for i, s := range sigma {
			shrink := tau * tau / (tau*tau + s*s)
			mean[i] += w * (mu + shrink*(y[i]-mu))
		}
		total += w
	}
	for i := range mean {
		mean[i] /= total
	}
	return mean
}

// The effects are near their exact means, which differ by less than the guide errs.
func TestEffects(t *testing.T) {
	theta, err := effects(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range posterior() {
		if got := theta.Mean()[i]; math.Abs(got-want) > .8 {
			t.Errorf("school %c: effect %.2f, exactly %.2f", 'A'+i, got, want)
		}
	}
}
