package report_test

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/report"
)

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has
// no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	log := func(l report.Log) string {
		var lines []string
		if l.To == nil {
			l.To = []report.Sink{record{&lines}}
		}
		if err := fit(t, l.OnStep, l.OnEpoch); err != nil {
			return "error " + err.Error()
		}
		return strings.Join(lines, "\n")
	}
	progress := func(p report.Progress) string { return show(t, p) }
	to := func(w io.Writer) string {
		p := report.Progress{To: w}
		if err := p.OnEpoch(trainers.Epoch{Epoch: 3}); err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(w)
	}
	timed := func(clock func() time.Time) string {
		var b bytes.Buffer
		p := report.Progress{To: &b, Clock: clock}
		if err := fit(t, p.OnStep, p.OnEpoch); err != nil {
			return "error " + err.Error()
		}
		return b.String()
	}
	hour := time.Unix(0, 0)
	plain, shown := log(report.Log{}), progress(report.Progress{})
	exported.Effects(t, map[string][][]string{
		"Log.To":        {{plain, log(report.Log{To: []report.Sink{}})}, {plain, log(report.Log{To: []report.Sink{nil}}), "To[0] is nil"}},
		"Log.Every":     {{plain, log(report.Log{Every: 1})}, {plain, log(report.Log{Every: -1}), "Every -1"}},
		"Log.GradNorms": {{log(report.Log{Every: 1}), log(report.Log{Every: 1, GradNorms: []string{"m"}})}, {plain, log(report.Log{Every: 1, GradNorms: []string{"q"}}), "matches none"}},

		"Progress.To":       {{"", to(&bytes.Buffer{})}, {"", to(nil), "nowhere to write To"}},
		"Progress.Terminal": {{shown, progress(report.Progress{Terminal: true})}},
		"Progress.Every":    {{shown, progress(report.Progress{Every: 1})}, {shown, progress(report.Progress{Every: -1}), "Every -1"}},
		"Progress.Metric":   {{shown, progress(report.Progress{Metric: "kl"})}},
		"Progress.Unit":     {{shown, progress(report.Progress{Unit: "rows"})}},
		"Progress.Clock":    {{timed(nil), timed(func() time.Time { hour = hour.Add(time.Hour); return hour })}},
	})
}

// No function of the package ends in an error of the Go runtime, whatever it is
// given.
func TestAbsurdArguments(t *testing.T) {
	j, err := report.OpenJSONL(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	absurd.Sweep{
		Funcs: map[string]any{"OpenJSONL": report.OpenJSONL, "ReadJSONL": report.ReadJSONL, "NewProgress": report.NewProgress},
		Types: []any{report.Log{}, report.JSONL{}, report.Progress{}},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*report.JSONL]():
				return []any{j, &report.JSONL{}, (*report.JSONL)(nil)}
			case reflect.TypeFor[report.Sink]():
				return []any{j, (*report.JSONL)(nil)}
			case reflect.TypeFor[io.Writer]():
				return []any{&bytes.Buffer{}, io.Discard}
			}
			return nil
		},
	}.Run(t)
}
