package graph_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/latentgo/latent/graph"
)

// What a caller may branch on is found through what wraps it.
func TestSentinels(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { s.Output("y", s.Input("x", 1)) })
	if err != nil {
		t.Fatal(err)
	}
	err = p.Run(context.Background(), graph.Key{})
	if !errors.Is(err, graph.ErrMissingInput) || errors.Is(err, graph.ErrWrongFile) || err.Error() != "graph: run: input x has not been fed" {
		t.Errorf("error %v", err)
	}
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte("not a file of numbers"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&graph.Params{}).Load(path); !errors.Is(err, graph.ErrWrongFile) {
		t.Errorf("%v is not ErrWrongFile", err)
	}
	if err := (&graph.Params{}).Load(path + "no"); errors.Is(err, graph.ErrWrongFile) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is a wrong file, not a missing one", err)
	}
	changed := &graph.Params{Seed: 1}
	if _, err := graph.Build(changed, func(s *graph.Scope) { s.Output("w", s.Param("w", graph.Constant(1), 1)) }); err != nil {
		t.Fatal(err)
	}
	changed.Seed = 2
	if err := changed.Load(path); err == nil || errors.Is(err, graph.ErrWrongFile) {
		t.Errorf("%v blames the file for what was done to Params", err)
	}
}
