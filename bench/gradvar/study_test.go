package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/latentgo/latent/trainers"

	"github.com/pkg/errors"
)

// stopping cancels when it is told of a step.
type stopping struct {
	at     string
	cancel context.CancelFunc
}

func (s stopping) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.at) {
		s.cancel()
	}
	return len(p), nil
}

// A training that was stopped goes on to the same numbers, and one that had come to its
// end goes on to more steps.
func TestStudyGoesOn(t *testing.T) {
	run := func(ctx context.Context, dir string, steps int, log stopping) (rows []studied, err error) {
		t.Helper()
		var out bytes.Buffer
		err = studies(ctx, options{study: dir, only: "two784", quick: true, draws: .1, steps: steps, every: 1, evaluations: 2, estimator: "DoubleCV", seed: 3}, &out, log)
		for line := range strings.Lines(out.String()) {
			var r studied
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			r.Seconds, r.Ms = 0, 0
			rows = append(rows, r)
		}
		return rows, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	whole, err := run(ctx, t.TempDir(), 6, stopping{"no step", cancel})
	if err != nil || len(whole) != 6 || whole[5].Bound == 0 || whole[5].Var <= 0 {
		t.Fatalf("%v: %+v", err, whole)
	}
	dir := t.TempDir()
	if _, err := run(ctx, dir, 6, stopping{": 3 steps", cancel}); !errors.Is(err, trainers.ErrInterrupted) {
		t.Fatalf("stopped: %v", err)
	}
	further := t.TempDir()
	if rows, err := run(context.Background(), further, 3, stopping{"no step", cancel}); err != nil || len(rows) != 3 || rows[2].Bound == 0 {
		t.Fatalf("%v: %+v", err, rows)
	}
	for _, dir := range []string{dir, further} {
		rest, err := run(context.Background(), dir, 6, stopping{"no step", cancel})
		if err != nil || len(rest) != len(whole) {
			t.Fatalf("%v: %d rows, want %d", err, len(rest), len(whole))
		}
		if dir == further {
			rest[2].Bound = 0 // which was the end
		}
		for i := range whole {
			if rest[i] != whole[i] {
				t.Errorf("after a break %+v, without %+v", rest[i], whole[i])
			}
		}
	}
}
