package atomicfile_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
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

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestModeIsKept(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		t.Skip("no modes")
	}
	for _, mode := range []os.FileMode{0o600, 0o640, 0o644, 0o666, 0o755, 0o200} {
		path := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Write(path, put("new")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("mode %v (%v), want %v", info.Mode(), err, mode)
		}
	}
}

func TestLongNames(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{200, 250, 255} {
		if err := atomicfile.Write(filepath.Join(dir, strings.Repeat("n", n)), put("x")); err != nil {
			t.Errorf("name of %d bytes: %v", n, err)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(in("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("readonly"), []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, path, want string }{
		{"no folder", in("none/a"), "atomicfile: create: temporary file: open"},
		{"target is a folder", in("folder"), "atomicfile: create: " + in("folder") + " is no regular file (d"},
		{"target is read-only", in("readonly"), "atomicfile: create: read-only: write " + in("readonly") + ": permission denied"},
	}
	if os.Symlink("loop", in("loop")) == nil {
		cases = append(cases, struct{ name, path, want string }{"links in a circle", in("loop"), "atomicfile: create: " + in("loop") + ": too many links"})
	}
	if info, err := os.Stat(os.DevNull); err == nil && info.Mode()&os.ModeDevice != 0 {
		cases = append(cases, struct{ name, path, want string }{"device", os.DevNull, "atomicfile: create: " + os.DevNull + " is no regular file (D"})
		if os.Symlink(os.DevNull, in("device")) == nil {
			cases = append(cases, struct{ name, path, want string }{"link to a device", in("device"), "atomicfile: create: " + os.DevNull + " is no regular file (D"})
		}
	}
	before := names(t, dir)
	for _, tt := range cases {
		err := atomicfile.Write(tt.path, put("x"))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %s…", tt.name, err, tt.want)
		}
	}
	if b, err := os.ReadFile(in("readonly")); err != nil || string(b) != "old" {
		t.Errorf("the read-only file holds %q (%v)", b, err)
	}
	if after := names(t, dir); !slices.Equal(before, after) {
		t.Errorf("left behind: %v, before %v", after, before)
	}
}
