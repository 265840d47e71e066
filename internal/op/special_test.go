package op

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"testing"
)

// special.csv is made by internal/ref/special/special.py with mpmath.
//
//go:embed testdata/special.csv
var specialValues string

// loose lists the functions whose error exceeds 10⁻¹² relative somewhere, with
// what they keep instead.
var loose = map[string]float64{
	"studentslope": 1e-10, // 1/ν and its neighbour cancel up to ν = 2000(1+t²)
}

func TestSpecialAgainstReference(t *testing.T) {
	byName := map[string]SpecialFn{}
	for f := range specialCount {
		byName[specials[f].name] = f
	}
	worst := map[string]float64{}
	where := map[string][]float64{}
	rows := map[string]int{}
	for line := range strings.Lines(specialValues) {
		field := strings.Split(strings.TrimSpace(line), ",")
		v := make([]float64, len(field)-1)
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(field[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		f, ok := byName[field[0]]
		if !ok || specials[f].arity != len(v)-1 {
			t.Fatalf("row %v", field)
		}
		x, want := v[:len(v)-1], v[len(v)-1]
		rows[field[0]]++
		got := specials[f].f(x)
		e := math.Abs(got-want) / max(math.Abs(want), 0x1p-1000)
		tol := max(loose[field[0]], 1e-12)
		if !(e <= tol) {
			t.Errorf("%s%v = %v, want %v (relative error %.2g)", field[0], x, got, want, e)
		}
		if e > worst[field[0]] {
			worst[field[0]], where[field[0]] = e, x
		}
	}
	for name, e := range worst {
		t.Logf("%s: %d values, relative error up to %.2g at %v", name, rows[name], e, where[name])
	}
}
