package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/golden"
	"github.com/latentgo/latent/vi"
)

func program(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

// TestEveryPosterior trains little, and says of each posterior what the flags ask for.
func TestEveryPosterior(t *testing.T) {
	seen := map[string]string{}
	for _, q := range models.Posteriors {
		out, err := program("-posterior", q.Name, "-epochs", "1", "-batch", "500", "-hidden", "20", "-k", "3", "-warm-up", "0")
		if err != nil {
			t.Errorf("%s: %v", q.Name, err)
			continue
		}
		first, _, _ := strings.Cut(out, "\n")
		if !strings.HasPrefix(first, q.Name+", 3 draws: test error ") || !strings.Contains(out, q.Name+", means: test error ") {
			t.Errorf("%s printed %q", q.Name, out)
		}
		if sparse := q.Name == "sparse"; sparse != strings.Contains(out, "of 15880 weights") || sparse != strings.Contains(out, "sparse, pruned: test error") {
			t.Errorf("%s printed %q", q.Name, out)
		}
		_, numbers, _ := strings.Cut(first, ":")
		if other := seen[numbers]; other != "" {
			t.Errorf("%s and %s print the same: %q", q.Name, other, numbers)
		}
		seen[numbers] = q.Name
	}
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-posterior bogus": "-posterior bogus: want one of none, normal, binary", "-epochs 0": "-epochs 0", "-k 0": "-k 0", "-rate 2": "-rate 2",
		"-hidden 3,x": "-hidden 3,x: want numbers from 1 to 100000", "-warm-up -1": "-warm-up -1", "x": `unexpected argument "x"`, "-data /nowhere": "-data",
	} {
		if _, err := program(strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if usage, err := program("-h"); err != nil || !strings.Contains(usage, "-posterior") {
		t.Errorf("-h: %v, %q", err, usage)
	}
}

// A training step of the model that the flags have by default: the bound, and its
// gradient by every parameter.
func TestPlan(t *testing.T) {
	o, err := parse(nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	golden.Plan(t, "testdata/plan.txt", func(s *graph.Scope) []*graph.Node {
		e := o.bound(s, vi.Data{"x": s.Input("x", o.batch, 784), "y": s.Input("y", o.batch, 1)}, 60000)
		return append(e.Grad(s.Trainable()...), e.Value)
	})
}
