package atomicfile_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/atomicfile"
)

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
