package kernel

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// A point is the argument of a function, the float64 nearest to its value, and
// what is left to the value in ulp of that.
type point struct{ x, value, rest float64 }

// unaryPoints reads testdata/unary.csv, which internal/ref/vec/unary.py makes
// with mpmath.
func unaryPoints(t *testing.T) map[string][]point {
	t.Helper()
	f, err := os.Open("testdata/unary.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	points := map[string][]point{}
	for _, row := range rows {
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(row[1+i], 64); err != nil {
				t.Fatal(err)
			}
		}
		points[row[0]] = append(points[row[0]], point{v[0], v[1], v[2]})
	}
	return points
}

// ulps is the distance of y from the value in ulp, or from the value's double
// if that is infinite.
func (p point) ulps(y float64) float64 {
	switch {
	case y == p.value:
		return math.Abs(p.rest)
	case y != y || math.IsInf(y, 0) || math.IsInf(p.value, 0):
		return math.Inf(1)
	}
	_, e := math.Frexp(p.value)
	return math.Abs(math.Ldexp(y-p.value, min(1074, 53-e)) - p.rest)
}

// unaryUlps64 is the largest error in ulp of float64 on the vector path, as the
// documentation of the functions states it.
var unaryUlps64 = map[Unary]float64{
	OpExp: 1.1, OpExpm1: 1.4, OpLog: .9, OpLog1p: .9, OpTanh: 1.4, OpSigmoid: 1.6, OpLogSigmoid: 1.8, OpSoftplus: 1.8, OpSilu: 1.9, OpElu: 1.4,
	OpErf: 1.3, OpSin: .8, OpCos: .8, OpGelu: 4.5,
}

// TestUnaryAccuracyFloat64 compares the kernels with mpmath. The portable path is
// package math's, whose Log is wrong for denormals on amd64 and whose Exp
// overflows one argument early there.
func TestUnaryAccuracyFloat64(t *testing.T) {
	points := unaryPoints(t)
	onEachPath(t, func(t *testing.T) {
		if active == Portable {
			t.Skip("package math")
		}
		for op, most := range unaryUlps64 {
			name := unaryCases[op].name
			p := points[name]
			x := make([]float64, len(p))
			for i := range p {
				x[i] = p[i].x
			}
			y := make([]float64, len(x))
			Map(op, y, x)
			worst, at := 0., 0
			for i := range p {
				if e := p[i].ulps(y[i]); !(e <= worst) {
					worst, at = e, i
				}
			}
			t.Logf("%s: %.3f ulp at %v of %d", name, worst, x[at], len(p))
			if len(p) < 200 || worst > most {
				t.Errorf("%s(%v) = %v, want %v: %.3f ulp, at most %v stated", name, x[at], y[at], p[at].value, worst, most)
			}
		}
	})
}

// Zeros, infinities, NaN and what has no value are as in the reference, to the
// sign of zero.
func TestUnarySpecialFloat64(t *testing.T) {
	zero, inf := 0., math.Inf(1)
	x := []float64{zero, -1 / inf, inf, -inf, math.NaN(), -1, 1, -2, math.Nextafter(-1, -2), -math.SmallestNonzeroFloat64,
		math.MaxFloat64, -math.MaxFloat64, 710, 709.79, -800, 1e5, -1e5, 1 << 20, math.Nextafter(1<<20, 1<<21), 1e9}
	y, want := make([]float64, len(x)), make([]float64, len(x))
	onEachPath(t, func(t *testing.T) {
		for op := range unaryUlps64 {
			Map(op, y, x)
			for i, v := range x {
				want[i] = unaryFunc[op](v)
				if w := want[i]; w != 0 && w*0 == 0 && math.Abs(y[i]-w) < 1e-15*math.Abs(w) {
					want[i] = y[i]
				}
			}
			if !bitsEqual(y, want) {
				t.Errorf("%s of %v\nis   %v\nwant %v", unaryCases[op].name, x, y, want)
			}
		}
	})
}
