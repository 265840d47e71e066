package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// measured is the rows of a measurement, with what Check says, as text.
func measured(t *testing.T, k bench.Case, c bench.Config) string {
	t.Helper()
	if k.Bound == nil {
		k.Bound = vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}
	}
	if c.Draws == 0 {
		c.Draws = 20
	}
	if c.Clock == nil {
		c.Clock = clock()
	}
	d, err := data.New(data.FromFlat("x", []float64{1, 2, 3}, 1), data.FromFlat("y", []float64{1, 2, 3}, 1))
	if err != nil {
		t.Fatal(err)
	}
	if c.Arrays == nil {
		c.Arrays = []string{"x"}
	}
	rows, err := bench.GradientVariance(context.Background(), lineModel, d, []bench.Case{k}, c)
	if err != nil {
		return "error " + err.Error()
	}
	out, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, f := range bench.Check(rows, .01) {
		text += fmt.Sprint(f.Biased)
	}
	return text
}

// TestEveryOptionHasAnEffect: measurements that differ, or a second that is an
// error which holds the third. A new field has no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	of := func(k bench.Case) string { return measured(t, k, bench.Config{}) }
	by := func(c bench.Config) string { return measured(t, bench.Case{}, c) }
	plain := by(bench.Config{})
	elsewhere := &graph.Params{}
	if _, err := graph.Build(elsewhere, func(s *graph.Scope) { s.Output("w", newLine(s).w) }); err != nil {
		t.Fatal(err)
	}
	w, err := graph.Memory[float32](elsewhere, "w")
	if err != nil {
		t.Fatal(err)
	}
	w[0] = 0
	known := bench.Case{Exact: lineELBO}
	biased := known
	biased.Biased = true
	along := func(run bench.Training) string {
		t.Helper()
		rows, err := lineSeries(t, run, bench.Case{Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}})
		if err != nil {
			return "error " + err.Error()
		}
		out, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	two := func(k bench.Case) string {
		k.Bound = vi.ELBO{}
		out, err := json.Marshal(lineRows(t, set(t, 1, 2), bench.Config{Draws: 20, Most: 20}, k, bench.Case{Bound: lineScore}))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	turns := func(every int) string {
		const size = 3000
		long := func(s *graph.Scope) vi.Model {
			m := s.Param("m", graph.Constant(.1), size)
			return vi.Model{
				Guide: func(t *vi.Trace) {
					t.Draw("z", prob.Normal{Mean: graph.BroadcastTo(m, t.Rows(), size), LogStd: s.Const(0)})
				},
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.StdNormal(size))
					t.Draw("x", prob.Normal{Mean: graph.ExpandDims(graph.Mean(z, -1), -1), LogStd: s.Const(0)})
				},
			}
		}
		rows, err := bench.GradientVariance(context.Background(), long, set(t, 1, 2), []bench.Case{{Bound: vi.ELBO{}}}, bench.Config{Draws: 40, Most: 40, Every: every, Clock: clock()})
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(rows[0].Var)
	}
	cost := func(r bench.Row) float64 { return r.Ms }
	picture, over := drawn(t, bench.Figure{}, figureRows()), drawn(t, bench.Figure{X: cost}, figureRows())
	all := map[string][][]string{
		"Case.Estimator": {{plain, of(bench.Case{Estimator: "e"})}},
		"Case.Objective": {{plain, of(bench.Case{Objective: "o"})}},
		"Case.Bound":     {{plain, of(bench.Case{Bound: vi.ELBO{}})}},
		"Case.Exact":     {{plain, of(known)}},
		"Case.Biased":    {{of(known), of(biased)}},
		"Case.Model": {{plain, of(bench.Case{Model: func(s *graph.Scope) vi.Model {
			m := lineModel(s)
			m.Guide = func(t *vi.Trace) { t.Draw("z", prob.StdNormal(1)) }
			return m
		}})}},
		"Config.Problem":   {{plain, by(bench.Config{Problem: "p"})}},
		"Config.Params":    {{plain, by(bench.Config{Params: elsewhere})}},
		"Config.Arrays":    {{plain, by(bench.Config{Arrays: []string{"x", "y"}}), "data y is used by neither joint nor guide"}},
		"Config.Draws":     {{plain, by(bench.Config{Draws: 30})}, {plain, by(bench.Config{Draws: 3}), "Draws 3"}},
		"Config.Most":      {{plain, by(bench.Config{Most: 5000})}, {plain, by(bench.Config{Most: 3}), "Most 3"}},
		"Config.Batch":     {{plain, by(bench.Config{Batch: 2})}, {plain, by(bench.Config{Batch: 9}), "Batch 9"}},
		"Config.Warmup":    {{plain, by(bench.Config{Warmup: 9})}, {plain, by(bench.Config{Warmup: -1})}},
		"Config.Seed":      {{plain, by(bench.Config{Seed: 1})}},
		"Config.Group":     {{plain, by(bench.Config{Group: func(string) string { return "all" }})}},
		"Case.Reference":   {{two(bench.Case{}), two(bench.Case{Reference: true})}},
		"Config.Map":       {{plain, by(bench.Config{Map: map[string]data.Transform{"x": func(r data.Row) error { r.F32[0]++; return nil }}})}, {plain, by(bench.Config{Map: map[string]data.Transform{"z": nil}}), "Map has a Transform of z"}},
		"Config.Precision": {{measured(t, bench.Case{Bound: vi.ELBO{}}, bench.Config{Draws: 1000}), measured(t, bench.Case{Bound: vi.ELBO{}}, bench.Config{Draws: 1000, Precision: .01})}, {plain, by(bench.Config{Precision: -1}), "Precision -1"}},
		"Config.Seconds":   {{plain, by(bench.Config{Draws: 200, Seconds: .05})}, {plain, by(bench.Config{Seconds: -1}), "Seconds -1"}},
		"Config.Every":     {{turns(1), turns(2)}, {plain, by(bench.Config{Every: -1}), "Every -1"}},
		"Config.Parts":     {{plain, by(bench.Config{Parts: true})}},
		"Config.Single":    {{plain, by(bench.Config{Single: true})}},
		"Config.OnDraw":    {{plain, by(bench.Config{OnDraw: func(bench.Case, string, int, []float64) error { return errors.New("enough") }}), "enough"}},
		"Training.Bound":   {{along(bench.Training{Steps: []int{3}}), along(bench.Training{Steps: []int{3}, Bound: vi.ELBO{}})}},
		"Training.Batches": {{along(bench.Training{Steps: []int{3}}), along(bench.Training{Steps: []int{3}, Batches: set(t, 5, 6).Batches(data.BatchConfig{})})}},
		"Training.Config":  {{along(bench.Training{Steps: []int{3}}), along(bench.Training{Steps: []int{3}, Config: trainers.Config{Seed: 9}})}},
		"Training.Steps":   {{along(bench.Training{Steps: []int{3}}), along(bench.Training{Steps: []int{2}})}},
		"Figure.Title":     {{picture, drawn(t, bench.Figure{Title: "t"}, figureRows())}},
		"Figure.X":         {{picture, over}},
		"Figure.XLabel":    {{over, drawn(t, bench.Figure{X: cost, XLabel: "l"}, figureRows())}},
		"Figure.Lines":     {{over, drawn(t, bench.Figure{X: cost, Lines: []bench.Row{{Estimator: "a", Var: 1, Ms: 1}, {Estimator: "a", Var: 2, Ms: 5}}}, figureRows())}},
		"Figure.Front":     {{over, drawn(t, bench.Figure{X: cost, Front: true}, figureRows())}},
		"Config.Clock":     {{plain, by(bench.Config{Clock: func() time.Time { return time.Unix(0, 0) }})}},
	}
	exported.Effects(t, all, "Row", "Finding", "Difference") // of which are what was measured
}
