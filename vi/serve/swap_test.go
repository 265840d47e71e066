package serve_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// TestSwap reloads bundles while requests are under way: none is dropped, and each
// is answered by one version, whose hash its reply has.
func TestSwap(t *testing.T) {
	ctx := context.Background()
	dirs := []string{t.TempDir(), t.TempDir()}
	answers := map[string][]float64{}
	x := bits(1, 9*pixels)
	for i, dir := range dirs {
		if err := serve.Write(dir, info, params(t, uint64(i)), known); err != nil {
			t.Fatal(err)
		}
		m, err := serve.Load(os.DirFS(dir), known, serve.Config{Batch: 4})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.ELBO(ctx, serve.Request{Values: xs(x)})
		if err != nil {
			t.Fatal(err)
		}
		answers[m.Version()] = r.Get("elbo")
		m.Close()
	}
	if len(answers) != 2 {
		t.Fatal("two bundles have one hash")
	}
	m, err := serve.Load(os.DirFS(dirs[0]), known, serve.Config{Batch: 4, Queue: 1 << 20, Runs: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	other := info
	other.Config = json.RawMessage(`{"Hidden": 5}`)
	bad := t.TempDir()
	if err := serve.Write(bad, other, &graph.Params{Seed: 1}, known); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(bad, "*.safetensors"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 1000 {
		group.Go(func() {
			r, err := m.ELBO(ctx, serve.Request{Values: xs(x)})
			if err != nil {
				t.Error(err)
			} else if !near(r.Get("elbo"), answers[r.Version], 1e-5) {
				t.Errorf("version %s answers %v", r.Version, r.Get("elbo"))
			}
		})
	}
	for i := range 20 {
		if err := m.Reload(os.DirFS(dirs[(i+1)%2]), known); err != nil {
			t.Error(err)
		}
		if i%5 == 0 {
			if err := m.Reload(os.DirFS(bad), known); !errors.Is(err, serve.ErrBundle) {
				t.Errorf("a bad bundle: %v", err)
			}
		}
	}
	group.Wait()
	if r, err := m.ELBO(ctx, serve.Request{Values: xs(x)}); err != nil || r.Version != m.Version() || answers[r.Version] == nil {
		t.Errorf("afterwards: %v, %v", r, err)
	}
	b, err := serve.Open(os.DirFS(dirs[0]), known)
	if err != nil {
		t.Fatal(err)
	}
	b.Canary.Outputs["elbo"]["elbo"][0]++
	if err := m.Swap(b); !errors.Is(err, serve.ErrBundle) || !strings.Contains(err.Error(), "canary: elbo") {
		t.Errorf("a canary that fails: %v", err)
	}
	b.Spec.Model = factor
	b.Spec.Arrays = factors.Arrays
	b.Params = &graph.Params{}
	if err := m.Swap(b); !errors.Is(err, serve.ErrBundle) || !strings.Contains(err.Error(), "rows of x have shape [4], not [30]") {
		t.Errorf("another model: %v", err)
	}
	m.Close()
	if b, err = serve.Open(os.DirFS(dirs[0]), known); err != nil {
		t.Fatal(err)
	}
	if err := m.Swap(b); !errors.Is(err, serve.ErrClosed) {
		t.Errorf("a closed model: %v", err)
	}
}
