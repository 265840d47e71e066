package data_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/trainers/data"
)

// delivered is what two epochs of batches hold, or the error.
func delivered(t *testing.T, c data.BatchConfig) string {
	t.Helper()
	s, err := data.New(data.FromFlat("x", []float64{.1, .5, .9, .4, .6, .3}, 1, 1), data.FromFlat("m", []float64{.5, .4, .6, .5, .4, .6}, 1))
	if err != nil {
		t.Fatal(err)
	}
	b, out := s.Batches(c), ""
	for e := range 2 {
		if err := b.Seek(e, 0); err != nil {
			return "error " + err.Error()
		}
		for b.Next() {
			for _, a := range b.Arrays() {
				v := make([]float32, len(b.Index(a.Name))*graph.Size(a.Shape))
				if err := b.Fill(a.Name, 0, graph.Array{F32: v}); err != nil {
					t.Fatal(err)
				}
				out += fmt.Sprintln(a, b.Index(a.Name), v)
			}
		}
	}
	return out
}

// joined is how often a join of three and of two batches goes on in two epochs.
func joined(t *testing.T, epoch string, names ...string) string {
	t.Helper()
	if names == nil {
		names = []string{"a", "b"}
	}
	j := &data.Join{Parts: map[string]data.Batches{}, Epoch: epoch}
	for i, name := range names {
		j.Parts[name] = count(t, 3-i).Batches(data.BatchConfig{Size: 1})
	}
	out := fmt.Sprint(j.Count(), j.Arrays())
	for e := range 2 {
		if err := j.Seek(e, 0); err != nil {
			return "error " + err.Error()
		}
		for j.Next() {
			out += fmt.Sprint(j.Index("a/x"), j.Index("b/x"))
		}
	}
	return out
}

// loaded is the sizes and first rows of the parts of a folder.
func loaded(t *testing.T, parts bool, c data.LoadConfig) string {
	t.Helper()
	values := make([]byte, 40)
	for i := range values {
		values[i] = byte(i)
	}
	files := map[string][]byte{"frey-images-idx3-ubyte": idx(values, 40, 1, 1)}
	if parts {
		files = map[string][]byte{"train-images-idx3-ubyte": idx(values, 40, 1, 1), "test-images-idx3-ubyte": idx(values, 40, 1, 1)}
	}
	s, err := data.Load(folder(t, files), c)
	if err != nil {
		return "error " + err.Error()
	}
	out := fmt.Sprint(s.Train.Values("x"), s.Test.Values("x"))
	if s.Valid != nil {
		out += fmt.Sprint(s.Valid.Values("x"))
	}
	return out
}

// fetched counts the requests of a fetch from a mirror, and says how it ended.
func fetched(t *testing.T, change func(f *data.Fetcher, s *data.Source), answers ...http.HandlerFunc) string {
	t.Helper()
	if answers == nil {
		answers = []http.HandlerFunc{status(500)}
	}
	m := serve(t, answers...)
	f, s := fetcher(t), source(m.URL)
	f.Tries = 2
	if change != nil {
		change(&f, &s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if f.Wait >= time.Hour { // nobody waits so long
		time.AfterFunc(50*time.Millisecond, cancel)
	}
	dir, err := f.Fetch(ctx, s)
	if err == nil {
		dir, err = filepath.Rel(f.Dir, dir)
	}
	for _, varies := range []string{m.URL, f.Dir} {
		if err != nil {
			err = fmt.Errorf("%s", strings.ReplaceAll(err.Error(), varies, "…"))
		}
	}
	return fmt.Sprint(len(m.ranges()), dir, err)
}

// TestEveryOptionHasAnEffect: results that differ, or a second that is an error
// which holds the third. A new field of a struct that says what to do has no
// entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	batch := func(c data.BatchConfig) string {
		if c.Size == 0 {
			c.Size = 2
		}
		return delivered(t, c)
	}
	one := func(c data.LoadConfig) string { return loaded(t, false, c) }
	plain := batch(data.BatchConfig{})
	fetch := func(f func(f *data.Fetcher, s *data.Source)) string { return fetched(t, f) }
	failed := fetch(nil)
	got := fetched(t, nil, good)
	other, progress := t.TempDir(), 0
	gone := func(f func(s *data.Source)) string {
		return fetched(t, func(_ *data.Fetcher, s *data.Source) { f(s) }, good)
	}
	all := map[string][][]string{
		"BatchConfig.Size":       {{plain, batch(data.BatchConfig{Size: 3})}, {plain, batch(data.BatchConfig{Size: -1}), "batches of -1 rows"}},
		"BatchConfig.Seed":       {{plain, batch(data.BatchConfig{Seed: 1})}},
		"BatchConfig.Arrays":     {{plain, batch(data.BatchConfig{Arrays: []string{"m", "x"}})}, {plain, batch(data.BatchConfig{Arrays: []string{"z"}}), "no array z"}},
		"BatchConfig.Flat":       {{plain, batch(data.BatchConfig{Flat: true})}},
		"BatchConfig.Map":        {{plain, batch(data.BatchConfig{Map: drawn})}, {plain, batch(data.BatchConfig{Map: map[string]data.Transform{"z": data.Binarize}}), "Map transforms z"}},
		"BatchConfig.Evaluation": {{plain, batch(data.BatchConfig{Evaluation: true})}},

		"Join.Parts": {{joined(t, ""), joined(t, "", "a")}, {plain, joined(t, "", "a/b"), "want a name without slashes"}},
		"Join.Epoch": {{joined(t, ""), joined(t, "b")}, {plain, joined(t, "c"), "none of the parts [a b]"}},

		"LoadConfig.MaxBytes": {{"", one(data.LoadConfig{MaxBytes: 3}), "at most 3 allowed"}, {"", one(data.LoadConfig{MaxBytes: -3}), "at most -3 allowed"}},

		"LoadConfig.Seed":  {{one(data.LoadConfig{}), one(data.LoadConfig{Seed: 1})}},
		"LoadConfig.Valid": {{one(data.LoadConfig{}), one(data.LoadConfig{Valid: 3})}, {"", loaded(t, true, data.LoadConfig{Valid: 3}), "the folder has a test set of its own, so that Valid 3 and Test 0 divide nothing"}},
		"LoadConfig.Test":  {{one(data.LoadConfig{}), one(data.LoadConfig{Test: 3})}, {"", loaded(t, true, data.LoadConfig{Test: 3}), "Valid 0 and Test 3 divide nothing"}, {"", one(data.LoadConfig{Test: -3}), "split of -3 rows"}},

		"Fetcher.Dir":      {{"[]", entries(t, other, fetched(t, func(f *data.Fetcher, _ *data.Source) { f.Dir = other }, good))}},
		"Fetcher.Client":   {{failed, fetch(func(f *data.Fetcher, _ *data.Source) { f.Client = &http.Client{Transport: nowhere{}} })}},
		"Fetcher.Tries":    {{failed, fetch(func(f *data.Fetcher, _ *data.Source) { f.Tries = 3 })}, {"", "error " + fetch(func(f *data.Fetcher, _ *data.Source) { f.Tries = -1 }), "Tries -1"}},
		"Fetcher.Wait":     {{failed, fetch(func(f *data.Fetcher, _ *data.Source) { f.Wait = time.Hour })}, {"", "error " + fetch(func(f *data.Fetcher, _ *data.Source) { f.Wait = -1 }), "Wait -1ns"}},
		"Fetcher.Stall":    {{got, fetched(t, func(f *data.Fetcher, _ *data.Source) { f.Stall = 20 * time.Millisecond }, hang)}, {"", "error " + fetch(func(f *data.Fetcher, _ *data.Source) { f.Stall = -1 }), "Stall -1ns"}},
		"Fetcher.Progress": {{"0", fmt.Sprint(progressed(t, &progress))}},

		"Source.Name":       {{got, gone(func(s *data.Source) { s.Name = "elsewhere" })}, {"", "error " + gone(func(s *data.Source) { s.Name = "../up" }), "is not the name"}},
		"Source.Mirrors":    {{got, mirrorsTried(t)}, {"", "error " + gone(func(s *data.Source) { s.Mirrors = nil }), "no mirrors"}},
		"Source.Files":      {{got, gone(func(s *data.Source) { s.Files = nil })}},
		"SourceFile.Name":   {{got, gone(func(s *data.Source) { s.Files[0].Name = "/g" })}},
		"SourceFile.Size":   {{"", "error " + gone(func(s *data.Source) { s.Files[0].Size-- }), "bytes, want"}},
		"SourceFile.SHA256": {{"", "error " + gone(func(s *data.Source) { s.Files[0].SHA256 = "0" }), "SHA-256"}},
	}
	exported.Effects(t, all, "IDX", "Set", "Sets", "Spec", "Row", "Regression", "Standardised", "Corpus") // of which are data
}

// entries lists a folder.
func entries(t *testing.T, dir, _ string) string {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(names)
}

// progressed counts the calls of Progress in a fetch.
func progressed(t *testing.T, n *int) int {
	t.Helper()
	fetched(t, func(f *data.Fetcher, _ *data.Source) { f.Progress = func(string, int64, int64) { *n++ } }, good)
	return *n
}

// mirrorsTried is a fetch with a mirror before the one that delivers.
func mirrorsTried(t *testing.T) string {
	t.Helper()
	first := serve(t, status(500))
	fetched(t, func(_ *data.Fetcher, s *data.Source) { s.Mirrors = append([]string{first.URL}, s.Mirrors...) }, good)
	return fmt.Sprint(len(first.ranges()), " requests to the first")
}
