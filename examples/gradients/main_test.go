package main

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/latentgo/latent/vi"
)

// TestVariancesOfASquare: of f = (z−k)² the variances are known. By the mean pathwise
// derivatives are 2(z−k), of variance 4, and scores (1−k+ε)²ε, by moments of ε.
func TestVariancesOfASquare(t *testing.T) {
	for _, k := range []float64{.1, 1, 3} {
		d := 1 - k // f·ε = (d² + 2dε + ε²)·ε, E(f·ε)² = d⁴ + 18d² + 15, E f·ε = 2d
		want := map[string]map[string]float64{
			"Score":    {"mean": d*d*d*d + 18*d*d + 15 - 4*d*d},
			"Pathwise": {"mean": 4, "scale": 4*d*d + 8},
		}
		for _, e := range estimators {
			exact, rows, err := study("square", e, k)
			if err != nil {
				t.Fatal(err)
			}
			for group, v := range want[vi.Name(e)] {
				if math.Abs(exact[group]-v) > 1e-6*v {
					t.Errorf("k = %v, %s by %s: %v, want %v", k, vi.Name(e), group, exact[group], v)
				}
			}
			for _, r := range rows {
				if r.NoInterval == "" && !(r.VarLo <= 1.15*exact[r.Group]+1e-12 && r.VarHi >= .85*exact[r.Group]) {
					t.Errorf("k = %v, %s by %s: draws have the variance %v [%v, %v], the integral %v", k, vi.Name(e), r.Group, r.Var, r.VarLo, r.VarHi, exact[r.Group])
				}
			}
		}
	}
}

func TestFigures(t *testing.T) {
	all := ks
	defer func() { ks = all }()
	ks = []float64{.5, 2}
	dir := t.TempDir()
	if err := figures(filepath.Join(dir, "cos"), "cos"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cos-mean.png", "cos-scale.png"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(f); err != nil || c.Width < 100 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		f.Close()
	}
}
