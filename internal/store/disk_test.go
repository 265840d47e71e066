package store_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/internal/store"
)

// On the machine's own disk too, and sha256sum reads the hashes.
func TestOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x", "y")
	if err := store.Make(store.OS{}, dir); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2} {
		if err := store.Commit(store.OS{}, dir, name(n), parts(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Commit(store.OS{}, dir, name(1), parts(1)); err == nil {
		t.Error("a folder that is there was written over")
	}
	for _, n := range []int{1, 2} {
		files, err := store.Read(store.OS{}, dir, name(n))
		if d := cmp.Diff(content(n), files); err != nil || d != "" {
			t.Errorf("error %v, %s", err, d)
		}
	}
	if sum, err := exec.LookPath("sha256sum"); err == nil {
		c := exec.Command(sum, "-c", "--strict", store.Sums)
		c.Dir = filepath.Join(dir, name(1))
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("sha256sum: %v\n%s", err, out)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".writing-"+name(9)), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{store.Remove(store.OS{}, dir, name(1)), store.Clean(store.OS{}, dir)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name(2) {
		t.Errorf("there are %v, error %v", entries, err)
	}
}

// Any byte of any file that is another, or missing, is found out.
func TestDamageIsFound(t *testing.T) {
	disk := &crashfs.FS{}
	if err := store.Make(disk, "a"); err != nil {
		t.Fatal(err)
	}
	write := func(path string, b []byte) {
		f, err := disk.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Commit(disk, "a", "b", parts(3)); err != nil {
		t.Fatal(err)
	}
	for _, file := range append(slices.Sorted(maps.Keys(content(3))), store.Sums) {
		good, err := disk.ReadFile("a/b/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			bad := slices.Clone(good)
			bad[i] ^= 1
			if i%3 == 0 {
				bad = bad[:i]
			}
			write("a/b/"+file, bad)
			files, err := store.Read(disk, "a", "b")
			if err == nil && (file != store.Sums || cmp.Diff(files, content(3)) == "") {
				t.Errorf("%s with another byte %d is read as if it were whole", file, i)
			}
		}
		write("a/b/"+file, good)
	}
	if _, err := store.Read(disk, "a", "b"); err != nil {
		t.Error(err)
	}
}

func FuzzSums(f *testing.F) {
	h := fmt.Sprintf("%x", sha256.Sum256(nil))
	for _, s := range []string{h + "  a\n", h + "  a\n" + h + "  b\n", h + " *a\n", h + "  ../a\n", "", "\n", h + "  a\n" + h + "  a\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sums []byte) {
		disk := &crashfs.FS{}
		if err := store.Make(disk, "a/b"); err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{store.Sums: sums, "a": nil} {
			w, err := disk.Create("a/b/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		files, err := store.Read(disk, "a", "b")
		if err == nil && (len(files) != 1 || files["a"] == nil && len(files["a"]) > 0 || string(sums) != h+"  a\n") {
			t.Errorf("%q gives %v", sums, files)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "store: ") {
			t.Errorf("error %v", err)
		}
	})
}

// Numbers of all kinds are the same after JSON.
func TestNumbers(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1. / 3, -1e-320, math.MaxFloat64, 1e21, math.Inf(1), math.Inf(-1), math.NaN()} {
		b, err := store.Number(v).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var n store.Number
		if err := n.UnmarshalJSON(b); err != nil || math.Float64bits(float64(n)) != math.Float64bits(v) {
			t.Errorf("%v is %v after %s, error %v", v, n, b, err)
		}
	}
	var n store.Number
	if err := n.UnmarshalJSON([]byte(`"x"`)); err == nil {
		t.Error("no error of a text that is no number")
	}
}
