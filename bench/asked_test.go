package bench_test

import (
	"context"
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

var lineScore = vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}

func lineRows(t *testing.T, d *data.Set, c bench.Config, cases ...bench.Case) []bench.Row {
	t.Helper()
	if cases == nil {
		cases = []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.ELBO{}}}
	}
	if c.Clock == nil {
		c.Clock = clock()
	}
	rows, err := bench.GradientVariance(context.Background(), lineModel, d, cases, c)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The draws that OnDraw is given have the moments of the row, number by number.
func TestRawDrawsAndSingleVariances(t *testing.T) {
	columns := make([][]float64, 3)
	r := lineRows(t, set(t, 1, 2), bench.Config{Draws: 200, Most: 200, Single: true, Group: func(string) string { return "all" },
		OnDraw: func(k bench.Case, group string, draw int, g []float64) error {
			if k.Estimator != "e" || group != "all" || draw != len(columns[0]) || len(g) != 3 {
				t.Fatalf("draw %d of %s %s: %v", draw, k.Estimator, group, g)
			}
			for i, v := range g {
				columns[i] = append(columns[i], v)
			}
			return nil
		}})[0]
	mean, single := r.Vector(), r.Singles()
	for i, x := range columns {
		if m, v := stat.MeanVariance(x, nil); math.Abs(m-mean[i]) > 1e-6 || math.Abs(v-single[i]) > 1e-5*v {
			t.Errorf("number %d: mean %v, variance %v; of the draws %v, %v", i, mean[i], single[i], m, v)
		}
	}
	if math.Abs(floats.Sum(single)-r.Var) > 1e-6*r.Var || r.SingleMax != floats.Max(single) || r.SingleMedian > r.Single95 || r.Single95 > r.SingleMax {
		t.Errorf("single variances %v of %+v", single, r)
	}
}

// Without an exact gradient the bias is the difference from a reference, draw by draw.
func TestBiasAgainstAReference(t *testing.T) {
	rows := lineRows(t, set(t, 1, 2), bench.Config{Draws: 2000},
		bench.Case{Estimator: "shifted", Objective: "o", Bound: wrong{}},
		bench.Case{Estimator: "true", Objective: "o", Bound: vi.ELBO{}, Reference: true},
		bench.Case{Estimator: "score", Objective: "o", Bound: lineScore})
	for _, r := range rows {
		switch {
		case r.Estimator == "true" && (r.Against != "" || !math.IsNaN(r.Bias)):
			t.Errorf("the reference itself: %+v", r)
		case r.Estimator != "true" && r.Against != "true":
			t.Errorf("%s is compared with %q", r.Estimator, r.Against)
		case r.Estimator == "shifted" && r.Group == "m" && (math.Abs(r.Bias-.1) > 1e-4 || r.BiasHi-r.BiasLo > 1e-4): // all noise is common
			t.Errorf("the shift of .1 is %v [%v, %v]", r.Bias, r.BiasLo, r.BiasHi)
		case r.Estimator == "score" && !(r.BiasLo < 0 && r.BiasHi > 0 || r.Group == "w"):
			t.Errorf("the score function has the bias %v [%v, %v] by %s", r.Bias, r.BiasLo, r.BiasHi, r.Group)
		}
	}
}

// Of x ~ N(wz, 1) the gradient by m has w⁴s²/B by the draws of z, and w²·Var x·(1/B −
// 1/N)·N/(N−1) by the choice of B rows of N.
func TestNoiseAndBatchParts(t *testing.T) {
	x := []float64{-3, 1, 2, 5, 8, -1}
	r := lineRows(t, set(t, x...), bench.Config{Draws: 4000, Batch: 2, Parts: true, Seed: 2})[1]
	noise := math.Pow(lineW, 4) * math.Exp(2*lineL) / 2
	n := float64(len(x))
	batch := lineW * lineW * stat.PopVariance(x, nil) * (1./2 - 1/n) * n / (n - 1)
	if r.Group != "m" || noise < r.NoiseLo || noise > r.NoiseHi || r.NoiseHi > 1.15*r.NoiseLo {
		t.Errorf("noise of %s %v [%v, %v], want %v", r.Group, r.Noise, r.NoiseLo, r.NoiseHi, noise)
	}
	if v := noise + batch; v < r.VarLo || v > r.VarHi {
		t.Errorf("variance %v [%v, %v], want %v", r.Var, r.VarLo, r.VarHi, v)
	}
}

// Draws go on to a precision, or to the end of a time.
func TestPrecisionAndSeconds(t *testing.T) {
	only := func(p string) string { return map[string]string{"m": "m"}[p] }
	r := lineRows(t, set(t, 1), bench.Config{Draws: 100, Most: 1 << 20, Precision: .02, Group: only})[0]
	if (r.VarHi-r.VarLo)/2 > .02*r.Var || r.Draws < 5000 || r.Draws > 100000 { // of a normal gradient 2·1.96²/.02² = 19208
		t.Errorf("%d draws have the variance %v [%v, %v]", r.Draws, r.Var, r.VarLo, r.VarHi)
	}
	now := time.Unix(0, 0)
	tenth := func() time.Time { now = now.Add(time.Second / 10); return now }
	if r := lineRows(t, set(t, 1), bench.Config{Draws: 50, Seconds: 30, Group: only, Clock: tenth})[0]; r.Draws != 103 { // three looks a draw, from the tenth on
		t.Errorf("%d draws in thirty seconds of a third of a second each", r.Draws)
	}
}

// Diagnostics of tails: a normal gradient has the kurtosis 3, and a Cauchy-like one a
// shape beyond a half.
func TestTailDiagnostics(t *testing.T) {
	for _, r := range lineRows(t, set(t, 1), bench.Config{Draws: 20000}) {
		if r.Group == "m" && (math.Abs(r.Kurtosis-3) > .2 || !(r.Shape < .3)) {
			t.Errorf("a normal gradient has the kurtosis %v and the shape %v", r.Kurtosis, r.Shape)
		}
	}
}

// Ratios of variances on common noise are sharper than the intervals of each.
func TestCompare(t *testing.T) {
	rows := lineRows(t, set(t, 1.7), bench.Config{Draws: 2000}, bench.Case{Estimator: "a", Bound: vi.ELBO{}}, bench.Case{Estimator: "b", Bound: lineScore}, bench.Case{Estimator: "half", Bound: wrong{half: true}})
	a, b, half := rows[1], rows[4], rows[7]
	d, err := bench.Compare(a, b)
	if err != nil || math.Abs(d.Ratio/(a.Var/b.Var)-1) > .5 || !(d.Lo < d.Ratio && d.Ratio < d.Hi && d.Hi < 1) {
		t.Errorf("%v: pathwise to score %+v", err, d)
	}
	if d, err := bench.Compare(half, a); err != nil || math.Abs(d.Ratio-.25) > 1e-6 || d.Hi-d.Lo > 1e-6 {
		t.Errorf("%v: half of a gradient has the ratio %+v", err, d)
	}
	if _, err := bench.Compare(rows[0], a); err == nil {
		t.Error("rows of two groups are compared")
	}
	if _, err := bench.Compare(bench.Row{}, bench.Row{}); err == nil {
		t.Error("rows without draws are compared")
	}
}
