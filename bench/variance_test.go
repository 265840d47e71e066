package bench_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// line is z ~ N(0,1), x ~ N(wz, 1) with the guide N(m, s²).
type line struct{ w, m, l *graph.Node }

const lineW, lineM, lineL = 1.3, .4, -.5

func newLine(s *graph.Scope) line {
	return line{s.Param("w", graph.Constant(lineW), 1), s.Param("m", graph.Constant(lineM), 1), s.Param("l", graph.Constant(lineL), 1)}
}

func lineModel(s *graph.Scope) vi.Model {
	v := newLine(s)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", prob.Normal{Mean: z.Mul(v.w), LogStd: s.Const(0)})
		},
		Guide: func(t *vi.Trace) {
			t.Given("x")
			t.Draw("z", prob.Normal{Mean: graph.BroadcastTo(v.m, t.Rows(), 1), LogStd: v.l})
		},
	}
}

// lineELBO is −½((x−wm)² + w²s²) − KL, up to constants.
func lineELBO(s *graph.Scope, d vi.Data) *vi.Estimate {
	v := newLine(s)
	s2 := graph.Exp(v.l.Scale(2))
	e := d["x"].Sub(v.m.Mul(v.w)).Square()
	kl := v.m.Square().Add(s2).Scale(.5).Sub(v.l)
	b := graph.Mean(e.Add(v.w.Square().Mul(s2)).Scale(-.5).Sub(kl))
	return &vi.Estimate{Value: b, Costs: []vi.Cost{{Name: "exact", Node: b.Neg()}}}
}

func set(t *testing.T, x ...float64) *data.Set {
	t.Helper()
	d, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// clock moves by a millisecond at every look.
func clock() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time { now = now.Add(time.Millisecond); return now }
}

func TestVariancesAreThoseComputedByHand(t *testing.T) {
	const x, draws = 1.7, 20000
	rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, x), []bench.Case{
		{Estimator: "Pathwise", Objective: "ELBO", Bound: vi.ELBO{}, Exact: lineELBO},
		{Estimator: "Score", Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, Exact: lineELBO},
	}, bench.Config{Problem: "line", Draws: draws, Seed: 3, Clock: clock()})
	if err != nil {
		t.Fatal(err)
	}
	// With z = m + sε the gradients of the negative bound are
	//	m: −w(x − wz) + m             variance w⁴s²
	//	l: −sεw(x − wz) + s² − 1      variance w²s²(x−wm)² + 2w⁴s⁴
	//	w: −z(x − wz)                 variance of −(x−2wm)sε + ws²ε²
	w, m, s := lineW, lineM, math.Exp(lineL)
	r := x - w*m
	want := map[string]struct{ mean, variance float64 }{
		"m": {-w*r + m, w * w * w * w * s * s},
		"l": {w*w*s*s + s*s - 1, w*w*s*s*r*r + 2*math.Pow(w*s, 4)},
		"w": {-m*r + w*s*s, math.Pow((x-2*w*m)*s, 2) + 2*math.Pow(w*s*s, 2)},
	}
	for _, row := range rows {
		h := want[row.Group]
		if math.Abs(row.Mean-row.Bias-h.mean) > 1e-6 {
			t.Errorf("%s %s: exact gradient %v, by hand %v", row.Estimator, row.Group, row.Mean-row.Bias, h.mean)
		}
		if row.BiasLo > 0 || row.BiasHi < 0 || row.BiasHi-row.BiasLo > 5*math.Sqrt(row.Var/draws) {
			t.Errorf("%s %s: bias in [%v, %v]", row.Estimator, row.Group, row.BiasLo, row.BiasHi)
		}
		if row.Ms != 1 || row.VarMs != row.Var || row.Size != 1 || row.Problem != "line" {
			t.Errorf("%+v", row)
		}
		if row.Estimator == "Pathwise" || row.Group == "w" {
			if h.variance < row.VarLo || h.variance > row.VarHi || row.VarHi > 1.12*row.VarLo {
				t.Errorf("%s %s: variance in [%v, %v], by hand %v", row.Estimator, row.Group, row.VarLo, row.VarHi, h.variance)
			}
		}
		if snr := math.Abs(row.Mean) / math.Sqrt(row.Var); row.SNR != snr {
			t.Errorf("%s %s: snr %v, want %v", row.Estimator, row.Group, row.SNR, snr)
		}
	}
	if len(rows) != 6 {
		t.Errorf("%d rows, want 6", len(rows))
	}
	if rows[0].Group != "w" || rows[0].Var != rows[3].Var {
		t.Errorf("on common random numbers the joint's gradients differ: %v and %v", rows[0].Var, rows[3].Var)
	}
	for _, f := range bench.Check(rows, .01) {
		if f.Failed || !(f.RelativeHi < .2) {
			t.Errorf("%s %s: failed %v, relative bias in [%v, %v]", f.Estimator, f.Group, f.Failed, f.RelativeLo, f.RelativeHi)
		}
	}
}

// wrong adds a tenth to the gradient by m, or halves that of all.
type wrong struct{ half bool }

func (o wrong) Estimate(s *graph.Scope, m vi.Model, d vi.Data) *vi.Estimate {
	e := vi.ELBO{}.Estimate(s, m, d)
	if o.half {
		return e.Times(s.Const(.5))
	}
	wrt := s.Trainable()
	e.Costs = append(e.Costs, vi.Cost{Name: "wrong", Node: graph.Sum(wrt[1]).Scale(.1)})
	return e
}

func TestCheckFindsBiasAndHonoursDeclarations(t *testing.T) {
	cases := []bench.Case{
		{Estimator: "right", Bound: vi.ELBO{}, Exact: lineELBO},
		{Estimator: "shifted", Bound: wrong{}, Exact: lineELBO},
		{Estimator: "halved", Bound: wrong{half: true}, Exact: lineELBO},
		{Estimator: "declared", Bound: wrong{half: true}, Exact: lineELBO, Biased: true},
		{Estimator: "unknown", Bound: wrong{half: true}},
	}
	all := func(string) string { return "all" }
	rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1, 2, -.5), cases, bench.Config{Draws: 20000, Group: all})
	if err != nil {
		t.Fatal(err)
	}
	failed := map[string]bool{}
	for _, f := range bench.Check(rows, .01) {
		failed[f.Estimator] = f.Failed
		if f.Estimator == "shifted" && math.Abs(f.Bias-.1) > .02 {
			t.Errorf("shifted by %v, want .1", f.Bias)
		}
		if f.Estimator == "declared" && (math.Abs(f.Relative-.5) > .02 || !f.Biased || f.RelativeLo <= 0) {
			t.Errorf("halved: %v of the norm in [%v, %v]", f.Relative, f.RelativeLo, f.RelativeHi)
		}
	}
	if want := map[string]bool{"right": false, "shifted": true, "halved": true, "declared": false}; len(failed) != len(want) ||
		failed["right"] || !failed["shifted"] || !failed["halved"] || failed["declared"] {
		t.Errorf("failed %v, want %v", failed, want)
	}
}

// Batches chosen anew add the variance between rows: of means of b rows out of
// n, drawn without replacement, S²/b·(1 − b/n).
func TestBatchesAddTheVarianceBetweenRows(t *testing.T) {
	x := []float64{3, -1, .5, 2, -2.5, .1, 1, 4}
	mean, s2 := 0., 0.
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		s2 += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	const b = 3
	want := s2 / b * (1 - float64(b)/float64(len(x)))
	model := func(s *graph.Scope) vi.Model {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)}) }}
	}
	exact := func(s *graph.Scope, d vi.Data) *vi.Estimate { return vi.ELBO{}.Estimate(s, model(s), d) }
	rows, err := bench.GradientVariance(context.Background(), model, set(t, x...), []bench.Case{{Bound: vi.ELBO{}, Exact: exact}}, bench.Config{Draws: 20000, Batch: b})
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; want < r.VarLo || want > r.VarHi || r.BiasLo > 0 || r.BiasHi < 0 {
		t.Errorf("variance in [%v, %v], want %v; bias in [%v, %v]", r.VarLo, r.VarHi, want, r.BiasLo, r.BiasHi)
	}
}
