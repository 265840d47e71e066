package report_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/trainers/report"
	"github.com/latentgo/latent/trainers/tensorboard"
	"github.com/latentgo/latent/vi"
)

// mean is a model of one parameter: x ~ N(m, 1), maximum likelihood.
func mean(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := s.Param("m", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)})
	}}, d)
}

func batches(t testing.TB, size int, x ...float64) data.Batches {
	t.Helper()
	s, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s.Batches(data.BatchConfig{Size: size, Evaluation: true})
}

// fit is one of two epochs of three steps, by the second.
func fit(t testing.TB, onStep func(trainers.Step) error, onEpoch func(trainers.Epoch) error) error {
	now := time.Unix(0, 0)
	_, err := trainers.Fit(context.Background(), mean, batches(t, 1, 1, 2, 3), trainers.Config{
		Params: &graph.Params{Dtype: graph.Float64}, Epochs: 2, Optimizer: trainers.SGD{Rate: .5}, Test: batches(t, 0, 4), OnStep: onStep, OnEpoch: onEpoch,
		Clock: func() time.Time { now = now.Add(time.Second); return now },
	})
	return err
}

// record is a sink in memory.
type record struct{ lines *[]string }

func (r record) Scalars(step int, values map[string]float64) error {
	line := fmt.Sprint(step)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		line += fmt.Sprintf(" %s %.4f", name, values[name])
	}
	*r.lines = append(*r.lines, line)
	return nil
}

// The numbers of a log are those of the model N(m, 1), by formulas.
func TestLog(t *testing.T) {
	var got, want []string
	log := &report.Log{To: []report.Sink{record{&got}}, Every: 2, GradNorms: []string{"^m"}}
	if err := fit(t, log.OnStep, log.OnEpoch); err != nil {
		t.Fatal(err)
	}
	bound := func(x, m float64) float64 { return -.5*(x-m)*(x-m) - .5*math.Log(2*math.Pi) }
	m, step := 0., 0
	write := func(values map[string]float64) {
		for name, v := range maps.Clone(values) {
			if strings.HasSuffix(name, "bound") { // with nothing latent
				at := strings.TrimSuffix(name, "bound")
				values[at+"elbo"], values[at+"reconstruction"], values[at+"kl"] = v, v, 0
			}
		}
		record{&want}.Scalars(step, values)
	}
	for epoch := range 2 {
		sum, norms := 0., 0.
		for _, x := range []float64{1, 2, 3} {
			step++
			sum, norms = sum+bound(x, m)/3, norms+math.Abs(x-m)/3
			if step%2 == 0 {
				write(map[string]float64{"step/bound": bound(x, m), "step/grad_norm": math.Abs(x - m), "step/grad_norm/^m": math.Abs(x - m)})
			}
			m += .5 * (x - m)
		}
		write(map[string]float64{"epoch": float64(epoch + 1), "train/bound": sum, "test/bound": bound(4, m), "grad_norm": norms, "not_finite": 0, "seconds": 1, "examples_per_second": 3})
	}
	if !slices.Equal(got, want) {
		t.Errorf("log\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// failing is a sink that fails.
type failing struct{}

func (failing) Scalars(int, map[string]float64) error { return fs.ErrClosed }

func TestLogErrors(t *testing.T) {
	for want, l := range map[string]*report.Log{
		"report: the Log is nil":        nil,
		"report: Log of Every -1 steps": {Every: -1},
		"report: Log To[0] is nil":      {To: []report.Sink{nil}},
		"report: file already closed":   {To: []report.Sink{failing{}}},
		`report: GradNorms: trainers: group "q" matches none of the parameters [m]`: {Every: 1, GradNorms: []string{"q"}},
	} {
		if err := fit(t, l.OnStep, l.OnEpoch); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// A log of both kinds has the same numbers, to a float32.
func TestLogInBothForms(t *testing.T) {
	dir := t.TempDir()
	lines, err := report.OpenJSONL(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	events, err := tensorboard.Open(filepath.Join(dir, "tfevents"), tensorboard.Config{})
	if err != nil {
		t.Fatal(err)
	}
	log := &report.Log{To: []report.Sink{lines, events}, Every: 1}
	for _, err := range []error{fit(t, log.OnStep, log.OnEpoch), lines.Close(), events.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text := func(step int, values map[string]float64) string {
		line := fmt.Sprint(step)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			line += fmt.Sprint(" ", name, float32(values[name]))
		}
		return line
	}
	var a, b []string
	err = errors.Join(report.ReadJSONL(filepath.Join(dir, "metrics.jsonl"), func(step int, values map[string]float64) error {
		a = append(a, text(step, values))
		return nil
	}), tensorboard.ReadFile(filepath.Join(dir, "tfevents"), func(e tensorboard.Event) error {
		values := map[string]float64{}
		for _, v := range e.Values {
			values[v.Tag] = float64(v.Scalar)
		}
		if len(values) > 0 {
			b = append(b, text(int(e.Step), values))
		}
		return nil
	}))
	if err != nil || !slices.Equal(a, b) || len(a) != 8 {
		t.Errorf("lines\n%s\nevents\n%s\nerror %v", strings.Join(a, "\n"), strings.Join(b, "\n"), err)
	}
}
