package op

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"testing"
)

// terms.csv is made by internal/ref/terms/terms.py with mpmath.
//
//go:embed testdata/terms.csv
var termValues string

// termSlack lists the terms whose error is relative to more than their value:
// where the arguments are nearly the same a divergence is a small difference.
var termSlack = map[string]float64{
	"gammarest":            1e-15,
	"laplacedivergence":    1e-15,
	"laplacedivergencea":   1e-15,
	"betaentropyslope":     1e-15,
	"gammarestb":           1e-15,
	"continuousdivergence": 1e-15,
	"langevinrise":         1e-16,
	"gammaentropyslope":    1e-15,
	"continuousentropy":    1e-15,
	"digammaexp":           1e-15,
}

func TestTermsAgainstReference(t *testing.T) {
	byName := map[string]TermFn{}
	for f := range termCount {
		byName[terms[f].name] = f
	}
	seen := map[string]bool{}
	for line := range strings.Lines(termValues) {
		field := strings.Split(strings.TrimSpace(line), ",")
		v := make([]float64, len(field)-1)
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(field[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		name := field[0]
		f, ok := byName[name]
		if !ok || terms[f].arity != len(v)-1 {
			t.Fatalf("row %v", field)
		}
		seen[name] = true
		x, want := v[:len(v)-1], v[len(v)-1]
		got := terms[f].f(x)
		if !(math.Abs(got-want) <= 1e-12*math.Abs(want)+termSlack[name]+0x1p-1000) {
			t.Errorf("%s%v = %v, want %v (relative error %.2g)", name, x, got, want, math.Abs(got/want-1))
		}
	}
	for f := range termCount {
		if !seen[terms[f].name] {
			t.Errorf("%s has no reference values", terms[f].name)
		}
	}
}

// Laws of infinite parameters have the limits of their terms, and NaN stays.
func TestTermLimits(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		f    TermFn
		x    []float64
		want float64
	}{
		{BernoulliEntropy, []float64{inf}, 0}, {BernoulliEntropy, []float64{-inf}, 0}, {BernoulliEntropySlope, []float64{inf}, 0},
		{BernoulliDivergence, []float64{inf, 0}, math.Ln2}, {BernoulliDivergence, []float64{-inf, -inf}, 0}, {BernoulliDivergence, []float64{0, inf}, inf},
		{BernoulliDivergence, []float64{inf, -inf}, inf}, {BernoulliDivergenceSlope, []float64{inf, 0}, 0}, {SigmoidRise, []float64{inf, -inf}, 1},
		{GeometricEntropy, []float64{inf}, 0}, {GeometricEntropySlope, []float64{inf}, 0}, {GeometricDivergence, []float64{inf, inf}, 0},
		{GeometricDivergence, []float64{inf, 0}, math.Ln2}, {GeometricDivergenceA, []float64{inf, 0}, 0}, {GeometricDivergenceB, []float64{inf, 0}, -0.5},
		{PoissonDivergence, []float64{-inf, 0}, 1}, {PoissonDivergence, []float64{-inf, -inf}, 0}, {PoissonDivergence, []float64{0, -inf}, inf},
		{PoissonDivergenceSlope, []float64{-inf, 0}, 0}, {ExpRise, []float64{-inf, -inf}, 0},
	} {
		if got := terms[c.f].f(c.x); !(got == c.want || math.Abs(got-c.want) < 1e-15) {
			t.Errorf("%s%v = %v, want %v", terms[c.f].name, c.x, got, c.want)
		}
	}
	for f := range termCount {
		for i := range terms[f].arity {
			x := []float64{0.5, 0.7, 0.9}[:terms[f].arity]
			x[i] = math.NaN()
			if v := terms[f].f(x); !math.IsNaN(v) {
				t.Errorf("%s%v = %v", terms[f].name, x, v)
			}
		}
	}
}
