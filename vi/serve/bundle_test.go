package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// sized is the VAE with hidden units as its configuration says.
func sized(config json.RawMessage) (serve.Spec, error) {
	var c struct{ Hidden int }
	if err := json.Unmarshal(config, &c); err != nil {
		return serve.Spec{}, err
	}
	return serve.Spec{Model: func(s *graph.Scope) vi.Model {
		enc, dec := layers.NewMLP(s.In("enc"), pixels, c.Hidden, 2*latents), layers.NewMLP(s.In("dec"), latents, c.Hidden, pixels)
		return vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(latents)))})
			},
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latents), LogStd: graph.Cols(h, latents, 2*latents)})
			},
		}
	}}, nil
}

var (
	known = serve.Registry{"vae": sized}
	info  = serve.Info{
		Architecture: "vae", Config: json.RawMessage(`{"Hidden": 7}`),
		Arrays:   []serve.Array{{Name: "x", Shape: []int{pixels}, About: "pixels, 0 or 1"}},
		Training: serve.Training{Seed: 1, Data: "made up", Epochs: 2, Bound: -20.5},
	}
)

// params are those of the sized VAE by a seed.
func params(t testing.TB, seed uint64) *graph.Params {
	t.Helper()
	p := &graph.Params{Seed: seed}
	spec, err := sized(info.Config)
	if err != nil {
		t.Fatal(err)
	}
	spec.Arrays = info.Arrays
	m, err := serve.New(spec, p, serve.Config{})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	return p
}

func TestBundle(t *testing.T) {
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "a", "bundle")
	p := params(t, 4)
	if err := serve.Write(dir, info, p, known); err != nil {
		t.Fatal(err)
	}
	b, err := serve.Open(os.DirFS(dir), known)
	if err != nil {
		t.Fatal(err)
	}
	if b.Training.Bound != -20.5 || b.Arrays[0].About != info.Arrays[0].About || b.Canary == nil || len(b.Canary.Outputs) != 3 {
		t.Errorf("the bundle says %+v", b.Info)
	}
	m, err := serve.Load(os.DirFS(dir), known, serve.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Version() != b.Hash {
		t.Errorf("version %s, hash %s", m.Version(), b.Hash)
	}
	spec := b.Spec
	want, err := start(t, spec, p, serve.Config{}).Encode(ctx, serve.Request{Values: xs(bits(1, pixels))})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Encode(ctx, serve.Request{Values: xs(bits(1, pixels))})
	if err != nil || !slices.Equal(got.Get("z/draws"), want.Get("z/draws")) {
		t.Errorf("the model of the bundle encodes %v, want %v: %v", got, want, err)
	}
	if err := serve.Write(dir, info, params(t, 5), known); err != nil { // once more
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("files %v, %v", files, err)
	}
	if again, err := serve.Open(os.DirFS(dir), known); err != nil || again.Hash == b.Hash {
		t.Errorf("another bundle: %v", err)
	}
}

// TestBundlesRefused changes one thing in a bundle at a time.
func TestBundlesRefused(t *testing.T) {
	dir := t.TempDir()
	if err := serve.Write(dir, info, params(t, 4), known); err != nil {
		t.Fatal(err)
	}
	whole := fstest.MapFS{}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	weights := ""
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if whole[f.Name()] = (&fstest.MapFile{Data: b}); strings.HasSuffix(f.Name(), ".safetensors") {
			weights = f.Name()
		}
	}
	text := func(old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			s := string(f["model.json"].Data)
			if !strings.Contains(s, old) {
				t.Fatalf("no %s in %s", old, s)
			}
			f["model.json"] = &fstest.MapFile{Data: []byte(strings.Replace(s, old, new, 1))}
		}
	}
	for _, c := range []struct {
		change func(fstest.MapFS)
		want   string
	}{
		{func(f fstest.MapFS) { delete(f, "model.json") }, "open model.json: file does not exist"},
		{func(f fstest.MapFS) { delete(f, weights) }, weights + ": file does not exist"},
		{func(f fstest.MapFS) { f["model.json"] = &fstest.MapFile{Data: f["model.json"].Data[:50]} }, "model.json: unexpected EOF"},
		{func(f fstest.MapFS) { f[weights] = &fstest.MapFile{Data: f[weights].Data[:50]} }, weights + " has 50 bytes"},
		{func(f fstest.MapFS) { f[weights] = &fstest.MapFile{Data: append(slices.Clone(f[weights].Data), 0)} }, weights + " has more than"},
		{func(f fstest.MapFS) {
			b := slices.Clone(f[weights].Data)
			b[len(b)-1] ^= 1
			f[weights] = &fstest.MapFile{Data: b}
		}, "and the SHA-256"},
		{text(`"vae"`, `"gan"`), `architecture "gan" is unknown; there are [vae]`},
		{text(`"Hidden": 7`, `"Hidden": 8`), "parameter dec/0/b has shape [7] in the file, the model declares [8]"},
		{text(`"Hidden": 7`, `"Hidden": "x"`), "architecture vae: "},
		{text(`float32`, `float64`), "dtype F32, want float64"},
		{text(`float32`, `int8`), `dtype "int8"`},
		{text(`latent bundle 1`, `latent bundle 2`), `format "latent bundle 2"`},
		{text(`"name": "x"`, `"name": "y"`), "the model with its arrays: "},
		{text(fmt.Sprint(pixels), fmt.Sprint(pixels+1)), "the model with its arrays: "},
		{text(`"file": "`, `"file": "../`), `weights in "../`},
		{text(`"sha256": "`, `"sha256": "x`), "want 64 hexadecimal digits"},
		{text(`"dtype"`, `"type"`), `unknown field "type"`},
	} {
		f := maps.Clone(whole)
		c.change(f)
		b, err := serve.Open(f, known)
		if err == nil || !strings.Contains(err.Error(), c.want) || b != nil {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if !errors.Is(err, serve.ErrBundle) && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v is no ErrBundle", err)
		}
	}
	f := maps.Clone(whole)
	var b serve.Info
	if err := json.Unmarshal(f["model.json"].Data, &b); err != nil {
		t.Fatal(err)
	}
	b.Canary.Outputs["encode"]["z/mean"][1] += .1
	changed, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	f["model.json"] = &fstest.MapFile{Data: changed}
	if _, err := serve.Load(f, known, serve.Config{}); !errors.Is(err, serve.ErrBundle) || !strings.Contains(err.Error(), "canary: encode gives z/mean") {
		t.Errorf("a canary that answers otherwise: %v", err)
	}
}

// TestKilledWhileWriting ends a process that writes one bundle after the other.
// What it leaves opens.
func TestKilledWhileWriting(t *testing.T) {
	if dir := os.Getenv("LATENT_WRITE_BUNDLES"); dir != "" {
		for seed := uint64(0); ; seed++ {
			if err := serve.Write(dir, info, params(t, seed), known); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	if err := serve.Write(dir, info, params(t, 4), known); err != nil {
		t.Fatal(err)
	}
	times, hash := 4, ""
	if os.Getenv("LATENT_SWEEP") != "" {
		times = 40
	}
	for i := range times {
		c := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
		c.Env = append(os.Environ(), "LATENT_WRITE_BUNDLES="+dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(200+37*i) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		b, err := serve.Open(os.DirFS(dir), known)
		if err != nil {
			t.Fatalf("killed %d times: %v", i+1, err)
		}
		hash = b.Hash
	}
	if hash == "" {
		t.Error("nothing was opened")
	}
}
