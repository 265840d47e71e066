// Package layering tests the direction of the imports between packages.
package layering

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/latentgo/latent/"

// level orders the folders: a package imports only packages of lower levels, or
// of its own folder. A name stands for the folder and all below it; the longest
// match counts.
var level = map[string]int{
	"internal/absurd":      1,
	"internal/appendfile":  0,
	"internal/atomicfile":  0,
	"internal/crashfs":     2,
	"internal/store":       1,
	"internal/pareto":      0,
	"internal/peer":        0,
	"internal/protobuf":    0,
	"internal/exported":    0,
	"internal/mark":        0,
	"internal/safetensors": 1,
	"internal/kernel":      1,
	"internal/op":          2,
	"internal/door":        3,
	"internal/engine":      3,
	"internal/onnx":        3,
	"graph":                4,
	"internal/golden":      5,
	"internal/gradcheck":   5,
	"internal/lanes":       5,
	"internal/latents":     8,
	"layers":               5,
	"prob":                 5,
	"trainers/data":        5, // readers know nothing of inference
	"trainers/tensorboard": 5, // nor do logs
	"prob/flow":            6,
	"prob/flow/flowtest":   7,
	"vi":                   7,
	"vi/bayes":             8,
	"vi/calibration":       8,
	"vi/guide":             8,
	"vi/serve":             8,
	"vi/vitest":            8,
	"vi/mcmc":              9,
	"trainers":             10,
	"trainers/checkpoint":  5, // files and policies, which know nothing of models
	"trainers/report":      11,
	"examples/models":      11,
	"bench":                12,
	"bench/speed/tape":     0,
	"examples":             12,
	"examples/gradients":   13, // measures by bench
	"internal/layering":    13,
}

// gorgonia lists the folders that may import gorgonia.org/gorgonia, the last to
// be measured against.
var gorgonia = []string{"internal/op", "graph", "bench/speed/tape"}

func folderOf(path string) (name string, l int) {
	for k, v := range level {
		if (path == k || strings.HasPrefix(path, k+"/")) && len(k) > len(name) {
			name, l = k, v
		}
	}
	return name, l
}

// The files are read here, not by go list, so that the test cache sees them.
func TestImportsPointDownwards(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "gen" || strings.HasPrefix(d.Name(), ".") && path != root):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		from, l := folderOf(filepath.ToSlash(dir))
		if from == "" {
			t.Errorf("%s: no level is set for this folder", dir)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			i, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if i == "gorgonia.org/gorgonia" && !slices.Contains(gorgonia, from) {
				t.Errorf("%s imports gorgonia; only %v may", path, gorgonia)
			}
			if to, m := folderOf(strings.TrimPrefix(i, module)); strings.HasPrefix(i, module) && to != from && m >= l {
				t.Errorf("%s (level %d) imports %s (level %d)", path, l, i, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("found only %d files", files)
	}
}
