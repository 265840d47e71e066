package data_test

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/data"
)

func TestNamed(t *testing.T) {
	for _, name := range []string{"mnist", "fashion-mnist"} {
		s, err := data.Named(name)
		if err != nil || s.Name != name || len(s.Mirrors) < 2 || len(s.Files) != 4 {
			t.Fatalf("%s: %+v, %v", name, s, err)
		}
		seen := map[string]bool{}
		for _, f := range s.Files {
			if b, err := hex.DecodeString(f.SHA256); err != nil || len(b) != 32 || f.SHA256 != strings.ToLower(f.SHA256) || f.Size <= 0 || seen[f.SHA256] {
				t.Errorf("%s: %+v", name, f)
			}
			seen[f.SHA256] = true
		}
	}
	_, err := data.Named("minst")
	wantError(t, err, `data: no data set is named "minst", known are mnist, fashion-mnist`)
}

// A known name is fetched, anything else is a folder.
func TestOpen(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := data.Open(ctx, "mnist", fetcher(t), data.LoadConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("mnist: error %v, want %v", err, context.Canceled)
	}
	folder := filepath.Join(t.TempDir(), "mnist")
	_, want := data.Load(folder, data.LoadConfig{})
	if _, err := data.Open(ctx, folder, fetcher(t), data.LoadConfig{}); err == nil || err.Error() != want.Error() {
		t.Errorf("a folder: error %v, want %v", err, want)
	}
}
