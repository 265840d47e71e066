package graph_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// TestWriteAndRead compares with the file of Save, and reads what does not fit.
func TestWriteAndRead(t *testing.T) {
	p := &graph.Params{Seed: 4}
	declare := func(n int) func(*scope) {
		return func(s *scope) { s.Output("w", s.Param("w", graph.Glorot{}, n, 3)) }
	}
	build(t, p, declare(2))
	path := filepath.Join(t.TempDir(), "p.safetensors")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil || !bytes.Equal(b.Bytes(), file) {
		t.Errorf("%d bytes are written, the file has %d: %v", b.Len(), len(file), err)
	}
	q := &graph.Params{}
	if err := q.Read(bytes.NewReader(file), int64(len(file))); err != nil {
		t.Fatal(err)
	}
	want, _ := graph.Values[float32](p, "w")
	if got, err := graph.Values[float32](q, "w"); err != nil || !slices.Equal(got, want) {
		t.Errorf("read %v, want %v: %v", got, want, err)
	}
	other := &graph.Params{}
	build(t, other, declare(5))
	for _, c := range []struct {
		bytes []byte
		want  string
	}{{file, "graph: read: parameter w has shape [2 3] in the file, the model declares [5 3]"}, {file[:20], "graph: read: safetensors: "}} {
		if err := other.Read(bytes.NewReader(c.bytes), int64(len(c.bytes))); !errors.Is(err, graph.ErrWrongFile) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	small := &graph.Params{MaxBytes: 10}
	if err := small.Read(bytes.NewReader(file), int64(len(file))); err == nil || !strings.Contains(err.Error(), "more than the 10 that Params.MaxBytes allows") {
		t.Errorf("a limit: %v", err)
	}
}
