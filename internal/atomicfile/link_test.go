package atomicfile_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/latentgo/latent/internal/atomicfile"
)

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
