package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/tensorboard"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

func inspect(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var b bytes.Buffer
	err := run(args, &b)
	return b.String(), err
}

// save writes tensors to a file.
func save(t *testing.T, path string, metadata map[string]string, tensors ...safetensors.Tensor) {
	t.Helper()
	var b bytes.Buffer
	if err := safetensors.Write(&b, safetensors.File{Tensors: tensors, Metadata: metadata}); err != nil {
		t.Fatal(err)
	}
	put(t, path, b.String())
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The sums are those of Python's hashlib over struct.pack("<4f", 3, 4, nan, -inf)
// and so on.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	save(t, path, map[string]string{"step": "600"},
		safetensors.Tensor{Name: "enc/w", Dtype: safetensors.F32, Shape: []int{2, 2}, F32: []float32{3, 4, nan, inf}},
		safetensors.Tensor{Name: "dec/b", Dtype: safetensors.F64, Shape: []int{3}, F64: []float64{-1e200, 2, 1e200}},
		safetensors.Tensor{Name: "count", Dtype: safetensors.F32, F32: []float32{7}},
		safetensors.Tensor{Name: "none", Dtype: safetensors.F64, Shape: []int{0, 3}, F64: []float64{}})
	got, err := inspect(t, path)
	if err != nil {
		t.Fatal(err)
	}
	head, got, _ := strings.Cut(got, "\n")
	if !regexp.MustCompile(`^model.safetensors: \d+ bytes, SHA-256 [0-9a-f]{64}$`).MatchString(head) {
		t.Errorf("%s", head)
	}
	want := `  metadata step: "600"
  tensor  dtype  shape  norm          least    largest  not finite  SHA-256
  count   F32    []     7             7        7        0           ee0a6628f972…
  dec/b   F64    [3]    1.41421e+200  -1e+200  1e+200   0           cfa67ac6e57f…
  enc/w   F32    [2 2]  5             3        4        2           31bc4173d4bc…
  none    F64    [0 3]  0             NaN      NaN      0           e3b0c44298fc…
  4 of 4 tensors, 8 values, norm 1.41421e+200, 2 not finite
`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// bundle writes a bundle of a model with one parameter.
func bundle(t *testing.T, dir string) {
	t.Helper()
	spec := func(json.RawMessage) (serve.Spec, error) {
		return serve.Spec{Model: func(s *graph.Scope) vi.Model {
			m := s.Param("m", graph.Constant(.5), 2)
			return vi.Model{Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(2)).Add(m), LogStd: s.Const(0)})
			}, Guide: func(t *vi.Trace) {
				t.Draw("z", prob.Normal{Mean: t.Given("x").Sub(m), LogStd: s.Const(0)})
			}}
		}}, nil
	}
	params := &graph.Params{}
	if _, err := graph.Build(params, func(s *graph.Scope) { s.Output("m", s.Param("m", graph.Constant(.5), 2)) }); err != nil {
		t.Fatal(err)
	}
	info := serve.Info{Architecture: "one", Arrays: []serve.Array{{Name: "x", Shape: []int{2}}}, Training: serve.Training{Bound: -3.5, Epochs: 2}}
	if err := serve.Write(dir, info, params, serve.Registry{"one": spec}); err != nil {
		t.Fatal(err)
	}
}

// A bundle, an output folder and a folder of folders are shown file by file.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	bundle(t, filepath.Join(dir, "bundle"))
	got, err := inspect(t, filepath.Join(dir, "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"model.json: ", `architecture "one"`, "training.bound -3.5\n", "training.epochs 2\n", ", that of model-", "  m       F32    [2]    0.707107  0.5    0.5      0"} {
		if !strings.Contains(got, want) {
			t.Errorf("bundle: %s\nwant %s", got, want)
		}
	}

	run := filepath.Join(dir, "run")
	if err := os.MkdirAll(filepath.Join(run, "step-600"), 0o777); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(run, ".latent-lock"), "")
	put(t, filepath.Join(run, "COMMIT"), "x")
	put(t, filepath.Join(run, "metrics.jsonl"), "{\"step\":1}\n{\"step\":600,\"test/bound\":-101.25}\n{\"st")
	put(t, filepath.Join(run, "state.json"), `{"step":600,"seeds":[1,2],"many":[1,2,3,4,5,6,7,8,9],"none":[],"of":{"sha256":"`+strings.Repeat("0", 64)+`"},"text":"`+strings.Repeat("é", 101)+`","big":12345678901234567890,"yes":true,"null":null}`)
	w, err := tensorboard.Open(filepath.Join(run, "events.out.tfevents.latent"), tensorboard.Config{Clock: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Scalars(5, map[string]float64{"a": 1, "b": 2}), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err = inspect(t, run)
	if err != nil {
		t.Fatal(err)
	}
	want := `COMMIT: 1 bytes, SHA-256 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881

events.out.tfevents.latent: 89 bytes, SHA-256 HASH
  2 events of 2 tags up to step 5, the last at 1970-01-01 00:00:00

metrics.jsonl: 49 bytes, SHA-256 HASH
  2 lines and one that is cut off, of which the last
  step 600
  test/bound -101.25

state.json: 408 bytes, SHA-256 HASH
  step 600
  seeds[0] 1
  seeds[1] 2
  many [9 items]
  none [0 items]
  of.sha256 "0000000000000000000000000000000000000000000000000000000000000000", that of no file here
  text "` + strings.Repeat("é", 100) + `"… of 202 bytes
  big 12345678901234567890
  yes true
  null null

step-600 is a folder
`
	const ofX = "SHA-256 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
	got = regexp.MustCompile(`SHA-256 [0-9a-f]{64}`).ReplaceAllStringFunc(got, func(s string) string {
		if s == ofX {
			return s
		}
		return "SHA-256 HASH" // of files whose bytes are the matter of others
	})
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// What two files differ in is told by tensor, and how far.
func TestCompare(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	f32 := func(name string, x ...float32) safetensors.Tensor {
		return safetensors.Tensor{Name: name, Dtype: safetensors.F32, Shape: []int{len(x) / 2, 2}, F32: x}
	}
	f64 := func(name string, x ...float64) safetensors.Tensor {
		return safetensors.Tensor{Name: name, Dtype: safetensors.F64, Shape: []int{len(x)}, F64: x}
	}
	nan := math.NaN()
	save(t, at("a.safetensors"), nil, f32("w", 1, 2, 3, 4), f64("b", 1, nan), f64("same", 5), f64("old", 1), f32("kind", 1, 2))
	save(t, at("b.safetensors"), nil, f32("w", 1, 2.5, 3, 4.1), f64("b", 1.0000000000000002, nan), f64("same", 5), f64("new", 1), f64("kind", 1, 2))
	save(t, at("c.safetensors"), nil, f64("b", 1, 3), f64("same", 5))
	save(t, at("d.safetensors"), nil, f64("same", 5), f64("b", 1, 3))
	save(t, at("e.safetensors"), map[string]string{"x": "y"}, f64("same", 5), f64("b", 1, 3))
	put(t, at("a.json"), `{"step":1,"list":[1,2,3,4,5,6,7,8,9,10],"gone":{"x":true}}`)
	put(t, at("b.json"), `{"step":2,"list":[1,2,3,4,5,6,7,8,9,11],"new":"x"}`)
	put(t, at("c.json"), "{\"step\":  2,\n\"list\":[1,2,3,4,5,6,7,8,9,11],\"new\":\"x\"}")
	put(t, at("a.jsonl"), "{\"step\":1}\n{\"step\":2}\n")
	put(t, at("b.jsonl"), "{\"step\":0}\n{\"step\":2}\n")
	put(t, at("a.png"), "abc")
	put(t, at("b.png"), "ab")
	for _, c := range []struct{ args, want string }{
		{"a.safetensors a.safetensors", "a.safetensors: the same bytes\n"},
		{"c.safetensors d.safetensors", "c.safetensors and d.safetensors: the same bytes\n"},
		{"d.safetensors e.safetensors", "d.safetensors and e.safetensors differ:\n  the metadata is map[] and map[x:y]\n"},
		{"a.safetensors b.safetensors", `a.safetensors and b.safetensors differ:
  b: 1 of 2 values, the first [0]: 1 and 1.0000000000000002; by 2.22045e-16 at most, [0]: 1 and 1.0000000000000002
  kind is F32 [1 2] and F64 [2]
  old is in the first alone
  w: 2 of 4 values, the first [0 1]: 2 and 2.5; by 0.5 at most, [0 1]: 2 and 2.5
  new is in the second alone
  the largest difference is 0.5, in w [0 1]: 2 and 2.5
`},
		{"-match ^b a.safetensors c.safetensors", `a.safetensors and c.safetensors differ:
  b: 1 of 2 values, the first [1]: NaN and 3; by +Inf at most, [1]: NaN and 3
  the largest difference is +Inf, in b [1]: NaN and 3
`},
		{"-match ^s a.safetensors c.safetensors", "a.safetensors and c.safetensors: the same values in other bytes\n"},
		{"a.json b.json", `a.json and b.json differ:
  step 1 and 2
  list[9] 10 and 11
  gone.x true is in the first alone
  new "x" is in the second alone
`},
		{"b.json c.json", "b.json and c.json: the same values in other bytes\n"},
		{"a.jsonl b.jsonl", "a.jsonl and b.jsonl differ:\n  the last lines do not, others do\n"},
		{"a.png b.png", "a.png is in the first alone\nb.png is in the second alone\n"},
		{"a.json a.png", "a.json is in the first alone\na.png is in the second alone\n"},
	} {
		var args []string
		for _, a := range strings.Fields(c.args) {
			if strings.Contains(a, ".") {
				a = at(a)
			}
			args = append(args, a)
		}
		got, err := inspect(t, args...)
		if same := !strings.Contains(c.want, "differ:") && !strings.Contains(c.want, "alone"); got != c.want || same != (err == nil) || !same && !errors.Is(err, errDiffer) {
			t.Errorf("%s: error %v,\n%s\nwant\n%s", c.args, err, got, c.want)
		}
	}

	// Folders: by name, and the one file of tensors whatever its name.
	for _, d := range []string{"first", "second"} {
		if err := os.MkdirAll(filepath.Join(at(d), "more"), 0o777); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(at(d), "state.json"), `{"step":1}`)
		put(t, filepath.Join(at(d), "note.txt"), d)
		save(t, filepath.Join(at(d), "model-"+d+".safetensors"), nil, f64("b", 1, 3))
	}
	put(t, filepath.Join(at("first"), "extra"), "")
	got, err := inspect(t, at("first"), at("second"))
	if want := `extra is in the first alone
model-first.safetensors and model-second.safetensors: the same bytes
more: folders, which are not compared
note.txt differ:
  the bytes differ, 5 and 6 of them
state.json: the same bytes
`; got != want || !errors.Is(err, errDiffer) {
		t.Errorf("error %v,\n%s\nwant\n%s", err, got, want)
	}
}
