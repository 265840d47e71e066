package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// full is a disk without room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func quick(data, out string) []string {
	return []string{"-data", data, "-out", out, "-epochs", "1", "-hidden", "2", "-latent", "1", "-batch", "50"}
}

func TestLostOutputIsAnError(t *testing.T) {
	lost := errors.New("no space left on device")
	for _, args := range [][]string{{"-h"}, quick(pictures(t), t.TempDir())} {
		if err := run(context.Background(), args, full{lost}, io.Discard); !errors.Is(err, lost) {
			t.Errorf("vae %v: error %v, want %v", args, err, lost)
		}
	}
}

// Two runs do not mix their files.
func TestFolderIsOfOneRun(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	unlock, err := atomicfile.Lock(out)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := run(context.Background(), quick(pictures(t), out), &b, &b); err == nil || !strings.HasPrefix(err.Error(), "-out: ") || !strings.Contains(err.Error(), "in use by another run") {
		t.Errorf("error %v of a second run", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), quick(pictures(t), out), &b, &b); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(out, ".latent-lock")); !os.IsNotExist(err) {
		t.Error("the lock was left behind")
	}
}
