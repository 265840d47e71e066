package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/safetensors"
)

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	save(t, at("a.safetensors"), nil, safetensors.Tensor{Name: "b", Dtype: safetensors.F64, Shape: []int{1}, F64: []float64{1}})
	whole, err := os.ReadFile(at("a.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	bad := at("bad")
	if err := os.Mkdir(bad, 0o777); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(bad, "cut.safetensors"), string(whole[:len(whole)-1]))
	put(t, filepath.Join(bad, "a.json"), `{"step":1}`)
	put(t, at("a.json"), `{"step":`)
	put(t, at("b.json"), `{"step":1} {`)
	put(t, at("deep.json"), strings.Repeat("[", 1000))
	put(t, at("a.jsonl"), "{\"step\":1}\n{\"step\n")
	put(t, at("tfevents"), strings.Repeat("no events of any kind. ", 9))
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "0 paths, want one, or two to compare"},
		{[]string{"a", "b", "c"}, "3 paths"},
		{[]string{"-match", "(", "a"}, "-match: error parsing regexp"},
		{[]string{"-unknown"}, "flag provided but not defined: -unknown"},
		{[]string{at("none")}, "stat " + at("none")},
		{[]string{at("empty")}, at("empty") + ": an empty folder"},
		{[]string{bad}, "cut.safetensors: safetensors: "},
		{[]string{bad, bad}, "cut.safetensors: safetensors: "},
		{[]string{at("a.json")}, "a.json: JSON: "},
		{[]string{at("b.json")}, "b.json: JSON goes on after its value"},
		{[]string{at("deep.json")}, "deep.json: JSON deeper than 100 levels"},
		{[]string{at("a.jsonl")}, "a.jsonl: JSON: "},
		{[]string{at("tfevents")}, "tfevents: tensorboard: record at byte 0: "},
	} {
		if _, err := inspect(t, c.args...); err == nil || errors.Is(err, errDiffer) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %s", c.args, err, c.want)
		}
	}
	got, _ := inspect(t, bad)
	if !strings.Contains(got, "step 1") || !strings.Contains(got, "  damaged: safetensors: ") {
		t.Errorf("beside a damaged file: %s", got)
	}
	if got, err := inspect(t, "-h"); err != nil || !strings.HasPrefix(got, "usage: inspect [-match expression] path [other]\n") {
		t.Errorf("%s, error %v", got, err)
	}
}

// Whatever a JSON file holds, reading it ends, and all of it is there or an error.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"a":[1,2,{"b":null}],"c":"d","e":[]}`))
	f.Add([]byte(`[[[[`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		leaves, err := document(b, true)
		if valid := json.Valid(b); err == nil && !valid {
			t.Fatalf("%q is no JSON and has the leaves %v", b, leaves)
		} else if err != nil && valid && !strings.Contains(err.Error(), "deeper than") {
			t.Fatalf("%q is JSON: %v", b, err)
		}
		short, err2 := document(b, false)
		if (err == nil) != (err2 == nil) || len(short) > len(leaves) {
			t.Fatalf("%q: %d leaves, shortened %d", b, len(leaves), len(short))
		}
	})
}
