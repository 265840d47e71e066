package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// lineSeries measures along a training of the line.
func lineSeries(t *testing.T, run bench.Training, cases ...bench.Case) ([]bench.Row, error) {
	t.Helper()
	d := set(t, 1, 2, 3)
	if run.Batches == nil {
		run.Batches = d.Batches(data.BatchConfig{Size: 3})
	}
	run.Config.Optimizer = trainers.SGD{Rate: .1}
	return bench.Series(context.Background(), lineModel, d, cases, run, bench.Config{Draws: 400, Most: 400, Clock: clock()})
}

func TestSeries(t *testing.T) {
	path, moving := bench.Case{Estimator: "pathwise", Bound: vi.ELBO{}}, bench.Case{Estimator: "moving", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}}
	rows, err := lineSeries(t, bench.Training{Bound: vi.ELBO{}, Steps: []int{0, 40}}, path, moving)
	if err != nil || len(rows) != 12 {
		t.Fatalf("%v: %d rows", err, len(rows))
	}
	for i, r := range rows {
		if want := 40 * (i / 6); r.Step != want {
			t.Errorf("row %d is of step %d, want %d", i, r.Step, want)
		}
		if r.Estimator == "moving" && !r.Settled {
			t.Errorf("what the baseline learns had not settled: %+v", r)
		}
	}
	// By the mean the variance is w⁴s²/3, which training changes.
	if before, after := rows[1], rows[7]; math.Abs(before.Var/(math.Pow(lineW, 4)*math.Exp(2*lineL)/3)-1) > .25 || math.Abs(math.Log(after.Var/before.Var)) < .1 {
		t.Errorf("variances of %s %v and %v", before.Group, before.Var, after.Var)
	}
	own, err := lineSeries(t, bench.Training{Steps: []int{0, 40}}, path, moving)
	if err != nil || len(own) != 12 || own[6].Estimator != "moving" || own[9].State == own[6].State || own[9].State == "" {
		t.Fatalf("%v: each by itself: %+v", err, own)
	}
	if own[4].Var != rows[7].Var {
		t.Errorf("pathwise trained by itself has %v, and by the same bound %v", own[4].Var, rows[7].Var)
	}
}

func TestMistakesOfSeriesAreNamed(t *testing.T) {
	path := bench.Case{Bound: vi.ELBO{}}
	d := set(t, 1, 2)
	for want, run := range map[string]bench.Training{
		"Steps [], want":                    {},
		"Steps [3 1], want":                 {Steps: []int{3, 1}},
		"ended after 2 steps":               {Steps: []int{5}, Config: trainers.Config{Epochs: 2}},
		"Config.Params has no parameter w,": {Steps: []int{5}, Config: trainers.Config{Params: &graph.Params{}}},
	} {
		run.Batches = d.Batches(data.BatchConfig{})
		if _, err := lineSeries(t, run, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := bench.Series(context.Background(), lineModel, d, []bench.Case{path}, bench.Training{Steps: []int{1}}, bench.Config{Params: &graph.Params{}}); err == nil || !strings.Contains(err.Error(), "want them in that of its Training") {
		t.Errorf("error %v", err)
	}
}

// drawn is the picture of a figure, whole.
func drawn(t *testing.T, f bench.Figure, rows []bench.Row) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.PNG(&b, rows); err != nil {
		return "error " + err.Error()
	}
	if c, err := png.DecodeConfig(bytes.NewReader(b.Bytes())); err != nil || c.Width < 100 || c.Height < 50 {
		t.Errorf("a picture of %+v: %v", c, err)
	}
	return fmt.Sprint(crc32.ChecksumIEEE(b.Bytes()))
}

func figureRows() []bench.Row {
	nan := math.NaN()
	return []bench.Row{
		{Estimator: "a", Group: "q", Var: 1, VarLo: .8, VarHi: 1.3, Ms: 2}, {Estimator: "b", Group: "q", Var: 30, VarLo: 20, VarHi: 50, Ms: 5},
		{Estimator: "c", Group: "q", Var: 3, VarLo: nan, VarHi: nan, Ms: 1}, {Estimator: "d", Group: "q", Var: 0, Ms: 1},
	}
}

// Pictures can be made of any rows, also of none.
func TestFigures(t *testing.T) {
	cost := func(r bench.Row) float64 { return r.Ms }
	for _, f := range []bench.Figure{{}, {X: cost, Front: true}} {
		for _, rows := range [][]bench.Row{nil, figureRows(), figureRows()[:1], {{}}, {{Var: math.NaN()}}, {{Var: math.Inf(1)}}} {
			if got := drawn(t, f, rows); strings.HasPrefix(got, "error") {
				t.Errorf("%d rows: %s", len(rows), got)
			}
		}
	}
}
