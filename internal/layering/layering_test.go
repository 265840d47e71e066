// Package layering tests the direction of the imports between packages.
package layering

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

const module = "github.com/latentgo/latent/"

// level orders the rooms: a package imports only packages of lower levels, or
// its own sub-packages. A name stands for the folder and all below it; the
// longest match counts.
var level = map[string]int{
	"internal/atomicfile":  0,
	"internal/safetensors": 1,
	"internal/kernel":      1,
	"internal/op":          2,
	"internal/engine":      3,
	"graph":                4,
	"internal/gradcheck":   5,
	"layers":               5,
	"prob":                 5,
	"vi":                   6,
	"trainers":             7,
	"trainers/data":        6, // readers know nothing of inference
	"bench":                8,
	"examples":             8,
	"internal/layering":    9,
	"internal/ref":         9,
}

// gorgonia lists the packages that may import gorgonia.org/gorgonia.
var gorgonia = []string{"internal/op", "internal/engine", "graph"}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ps []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps
		} else if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
}

func room(path string) (name string, l int) {
	path = strings.TrimPrefix(path, module)
	for k, v := range level {
		if (path == k || strings.HasPrefix(path, k+"/")) && len(k) > len(name) {
			name, l = k, v
		}
	}
	return name, l
}

func TestImportsPointDownwards(t *testing.T) {
	ps := packages(t)
	if len(ps) < 10 {
		t.Fatalf("go list found only %d packages", len(ps))
	}
	for _, p := range ps {
		from, l := room(p.ImportPath)
		if from == "" {
			t.Errorf("%s: no level is set for this package", p.ImportPath)
		}
		for _, i := range p.Imports {
			if i == "gorgonia.org/gorgonia" && !slices.Contains(gorgonia, from) {
				t.Errorf("%s imports gorgonia; only %v may", p.ImportPath, gorgonia)
			}
			if to, m := room(i); strings.HasPrefix(i, module) && to != from && m >= l {
				t.Errorf("%s (level %d) imports %s (level %d)", p.ImportPath, l, i, m)
			}
		}
	}
}
