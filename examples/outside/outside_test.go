// Package outside tests that programs of another module can import the library:
// one with a distribution of its own, and the model of the README.
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
	out := outside(t, read(t, filepath.Join("testdata", "main.go")), "run")
	if want := "ELBO rose by more than a nat: true\n"; out != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestReadmeModelBuilds(t *testing.T) {
	_, code, ok := strings.Cut(read(t, filepath.Join(root(t), "README.md")), "```go\n")
	if !ok {
		t.Fatal("the README has no Go code")
	}
	code, _, _ = strings.Cut(code, "```")
	outside(t, `package main

import (
	"context"
	"fmt"
	"log"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

`+code, "build")
}

// outside runs a go command on a program in a module of its own and returns
// what it prints.
func outside(t *testing.T, program, command string) string {
	t.Helper()
	// That happens in another process: look at every file here, so that the
	// test cache knows what the result depends on.
	err := filepath.WalkDir(root(t), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The requirements of the library are those of the program, so that no
	// version has to be looked up.
	mod := strings.Replace(read(t, filepath.Join(root(t), "go.mod")), "module github.com/latentgo/latent", "module example.com/outside", 1)
	mod += "\nrequire github.com/latentgo/latent v0.0.0\nreplace github.com/latentgo/latent => " + root(t) + "\n"
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": mod, "go.sum": read(t, filepath.Join(root(t), "go.sum")), "main.go": program,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", command, ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
