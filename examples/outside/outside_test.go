// Package outside tests that a program of another module can import the
// library, define a model with a formula of its own and train it.
package outside

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutsideModule(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	// The build below happens in another process: look at every file here, so
	// that the test cache knows what the result depends on.
	err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	// The requirements of the library are those of the program, so that no
	// version has to be looked up.
	mod := strings.Replace(read(filepath.Join(root, "go.mod")), "module github.com/latentgo/latent", "module example.com/outside", 1)
	mod += "\nrequire github.com/latentgo/latent v0.0.0\nreplace github.com/latentgo/latent => " + root + "\n"
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  mod,
		"go.sum":  read(filepath.Join(root, "go.sum")),
		"main.go": read(filepath.Join("testdata", "main.go")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", "-mod=mod", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "ELBO rose by more than a nat: true\n"; string(out) != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}
