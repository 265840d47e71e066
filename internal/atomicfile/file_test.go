package atomicfile_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// Leftovers of killed runs go, as many as there are; the file of a writer at
// work and files that only look alike stay.
func TestLeftoversAreRemoved(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		t.Skip("no locks that end with a process: leftovers go by age")
	}
	dir := t.TempDir()
	for i := range 1200 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf(".latent-%016x.tmp", i)), []byte("killed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".latent-folder.tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".other.tmp"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := atomicfile.Create(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 3 {
		if err := atomicfile.Write(filepath.Join(dir, "a"), put("new")); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{filepath.Base(f.Name()), ".latent-folder.tmp", ".other.tmp", "a"}
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("folder holds %v, want %v", got, want)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
}

// A process that is killed while it writes, or while it holds a folder.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("ATOMICFILE_HANG"); dir != "" {
		if _, err := atomicfile.Lock(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := atomicfile.Create(filepath.Join(dir, "a")); err != nil {
			t.Fatal(err)
		}
		fmt.Println("ready")
		select {}
	}
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		t.Skip("no locks that end with a process")
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), "ATOMICFILE_HANG="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := atomicfile.Lock(dir); err == nil || !strings.Contains(err.Error(), "in use by another run") {
		t.Errorf("error %v of a folder that another process holds", err)
	}
	if err := atomicfile.Write(filepath.Join(dir, "b"), put("b")); err != nil {
		t.Error(err)
	}
	if n := names(t, dir); len(n) != 3 { // its temporary file, its lock and b
		t.Errorf("folder holds %v while another process writes", n)
	}
	cmd.Process.Kill()
	cmd.Wait()
	unlock, err := atomicfile.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(filepath.Join(dir, "b"), put("b")); err != nil {
		t.Error(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if n := names(t, dir); !slices.Equal(n, []string{"b"}) {
		t.Errorf("folder holds %v after the process was killed", n)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		unlock, err := atomicfile.Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := atomicfile.Lock(dir); err == nil || !strings.HasPrefix(err.Error(), "atomicfile: lock "+dir+": ") {
			t.Errorf("error %v of a second lock", err)
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}
	if n := names(t, dir); len(n) != 0 {
		t.Errorf("left behind: %v", n)
	}
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

// Links of every kind lead to the file, which is there or not.
func TestLinksAreFollowed(t *testing.T) {
	for _, there := range []bool{true, false} {
		dir, far := t.TempDir(), t.TempDir()
		file := filepath.Join(far, "file")
		if there {
			if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		relative, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		for link, to := range map[string]string{"absolute": file, "relative": relative, "chain": "absolute"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Skip(err)
			}
		}
		for _, link := range []string{"absolute", "relative", "chain"} {
			if err := atomicfile.Write(filepath.Join(dir, link), put(link)); err != nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(file); err != nil || string(b) != link {
				t.Errorf("the file holds %q (%v), want %q", b, err, link)
			}
			if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("%s is no link any more", link)
			}
		}
		if n := names(t, far); len(n) != 1 {
			t.Errorf("left behind: %v", n)
		}
	}
}

// A relative link is read from the folder that it lies in, not from the one by
// which that is reached.
func TestLinkInALinkedFolder(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	if err := os.MkdirAll(in("far/folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"near": in("far/folder"), "far/folder/a": filepath.FromSlash("../a")} {
		if err := os.Symlink(to, in(link)); err != nil {
			t.Skip(err)
		}
	}
	if err := atomicfile.Write(in("near/a"), put("new")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(in("far/a")); err != nil || string(b) != "new" {
		t.Errorf("the file holds %q (%v), want new", b, err)
	}
	if n := names(t, dir); !slices.Equal(n, []string{"far", "near"}) {
		t.Errorf("written beside: %v", n)
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
