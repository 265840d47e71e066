package atomicfile_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/pkg/errors"
)

func put(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// only checks that dir holds the file "a" with the given text, and nothing else.
func only(t *testing.T, dir, text string) {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 1 || names[0].Name() != "a" {
		t.Fatalf("folder holds %v, want only a", names)
	}
	b, err := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil || string(b) != text {
		t.Fatalf("a holds %q (%v), want %q", b, err, text)
	}
}

func TestWriteReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"one", "two"} {
		if err := atomicfile.Write(path, put(text)); err != nil {
			t.Fatal(err)
		}
		only(t, dir, text)
	}
}

func TestErrorLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := atomicfile.Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err := atomicfile.Write(path, func(w io.Writer) error {
		if err := put("half")(w); err != nil {
			return err
		}
		return full
	})
	if err != full {
		t.Fatalf("error %v, want %v", err, full)
	}
	only(t, dir, "old")
}

func TestPanicLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := atomicfile.Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = atomicfile.Write(path, func(io.Writer) error { panic("bug") })
	}()
	only(t, dir, "old")
}

func TestStaleTemporaryFileIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, ".a.0.tmp")
	if err := os.WriteFile(stale, []byte("crashed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(filepath.Join(dir, "a"), put("new")); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(stale); string(b) != "crashed" {
		t.Fatalf("another writer's temporary file was touched: %q", b)
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, path, want string }{
		{"no folder", filepath.Join(dir, "none", "a"), "atomicfile: create: open"},
		{"target is a folder", filepath.Join(dir, "a"), "atomicfile: commit: rename"},
	} {
		err := atomicfile.Write(tt.path, put("x"))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %s…", tt.name, err, tt.want)
		}
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}
