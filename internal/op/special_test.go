package op

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"testing"
)

// special.csv and extreme.csv are made by internal/ref/special/special.py and
// extreme.py with mpmath.
//
//go:embed testdata/special.csv
var specialValues string

//go:embed testdata/extreme.csv
var extremeValues string

// tabled are the functions of the tables: those of Special, those of Unary,
// with their parameter last, and what is inside of others.
var tabled = func() map[string]func(x []float64) float64 {
	m := map[string]func(x []float64) float64{
		"gammakernel": func(x []float64) float64 { return gammaKernel(x[0], x[1]) },
		"betakernel":  func(x []float64) float64 { return fullBetaPointOf(x[0], x[1], x[2]).kernel() },
		"studentcdf":  func(x []float64) float64 { return studentCDF(x[0], x[1]) },
	}
	for f := range fnCount {
		m[fns[f].name] = func(x []float64) float64 { return fns[f].f(x[0], append(x, 0)[1], 0) }
	}
	for _, s := range specials {
		m[s.name] = s.f
	}
	return m
}()

// accuracy is the relative error that a function keeps if it is not 10⁻¹².
var accuracy = map[string]float64{
	"studentslope": 2e-12, // 1/ν and its neighbour cancel up to ν = 2000(1+t²)
}

func TestSpecialAgainstReference(t *testing.T) { againstReference(t, specialValues) }

// The same at the smallest and largest parameters.
func TestExtremesAgainstReference(t *testing.T) { againstReference(t, extremeValues) }

func againstReference(t *testing.T, table string) {
	worst := map[string]float64{}
	where := map[string][]float64{}
	rows := map[string]int{}
	for line := range strings.Lines(table) {
		field := strings.Split(strings.TrimSpace(line), ",")
		v := make([]float64, len(field)-1)
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(field[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		name, x, want := field[0], v[:len(v)-1], v[len(v)-1]
		f, ok := tabled[name]
		if !ok {
			t.Fatalf("no function of row %v", field)
		}
		rows[name]++
		got := f(x)
		e := math.Abs(got-want) / max(math.Abs(want), 0x1p-1000)
		if tol := max(accuracy[name], 1e-12); !(e <= tol) {
			t.Errorf("%s%v = %v, want %v (relative error %.2g)", name, x, got, want, e)
		}
		if !(e <= worst[name]) {
			worst[name], where[name] = e, x
		}
	}
	for name, e := range worst {
		t.Logf("%s: %d values, relative error up to %.2g at %v", name, rows[name], e, where[name])
	}
}
