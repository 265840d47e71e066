package report_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/report"
	"github.com/latentgo/latent/trainers/tensorboard"
)

// logged is a fit of eight steps that fails at one of them, or where it tells of
// one of its epochs, once that is written down.
func logged(t *testing.T, dir string, fs checkpoint.FS, step, epoch int) error {
	t.Helper()
	clock := func() time.Time { return time.Unix(7, 0) }
	lines, err := report.OpenJSONL(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	events, err := tensorboard.Open(filepath.Join(dir, "tfevents"), tensorboard.Config{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	log := &report.Log{To: []report.Sink{lines, events}, Every: 1}
	c := trainers.Config{
		Params: &graph.Params{Dtype: graph.Float64}, Epochs: 4, Clock: clock,
		OnStep: func(s trainers.Step) error {
			err := log.OnStep(s)
			if s.Number == step {
				err = errFailed
			}
			return err
		},
		OnEpoch: func(e trainers.Epoch) error {
			err := log.OnEpoch(e)
			if e.Epoch == epoch {
				err = errFailed
			}
			return err
		},
	}
	if fs != nil {
		c.Checkpoint = &checkpoint.Config{Dir: "run", FS: fs, State: map[string]checkpoint.Stateful{"lines": lines, "events": events}}
		if step%2 == 0 { // else the run goes on from the epoch before
			c.Checkpoint.Save = []checkpoint.When{checkpoint.EveryEpochs(1), checkpoint.OnError{}}
		} else {
			c.Checkpoint.Save = []checkpoint.When{checkpoint.EveryEpochs(1)}
		}
	}
	_, err = trainers.Fit(context.Background(), normal, points(2), c)
	return err
}

var errFailed = errors.New("failed")

// What a run that went on has written is what one writes that was never stopped,
// byte for byte, wherever that was.
func TestLogsGoOnWithTheRun(t *testing.T) {
	read := func(dir string) (all string) {
		for _, name := range []string{"metrics.jsonl", "tfevents"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		return all
	}
	dir := t.TempDir()
	if err := logged(t, dir, nil, 0, 0); err != nil {
		t.Fatal(err)
	}
	want := read(dir)
	if strings.Count(want, "\n") < 12 {
		t.Fatal("too little is written")
	}
	for step := 3; step <= 7; step++ { // the first epoch has two
		dir, fs := t.TempDir(), &crashfs.FS{}
		for _, stop := range [][2]int{{step, 0}, {step + 1, 0}, {0, 4}, {0, 0}} {
			err := logged(t, dir, fs, stop[0], stop[1])
			if !errors.Is(err, errFailed) && (err != nil || stop[1] > 0) {
				t.Fatalf("step %d, then %v: error %v", step, stop, err)
			}
		}
		if got := read(dir); got != want {
			t.Errorf("stopped at step %d: %q, want %q", step, got, want)
		}
	}
	// A log that was lost is an error, as is one that is not open.
	dir, fs := t.TempDir(), &crashfs.FS{}
	if err := logged(t, dir, fs, 5, 0); !errors.Is(err, errFailed) {
		t.Fatal(err)
	}
	if err := logged(t, t.TempDir(), fs, 0, 0); err == nil || !strings.Contains(err.Error(), "take back: there are") {
		t.Errorf("error %v", err)
	}
	if _, err := new(report.JSONL).MarshalBinary(); err == nil || err.Error() != "report: the JSONL is not open: use OpenJSONL" {
		t.Errorf("error %v", err)
	}
	if err := new(tensorboard.Writer).UnmarshalBinary(nil); err == nil || err.Error() != "tensorboard: the Writer is not open: use Open" {
		t.Errorf("error %v", err)
	}
}
