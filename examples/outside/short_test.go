package outside

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Programs are as short as they are said to be: of a main.go 40 lines of code beside
// the imports, 80 of the study of gradients, 30 that measure a model of one's own, and on the page for those who come from Pyro 15 of the
// model of eight schools and its call.
func TestExamplesAreShort(t *testing.T) {
	for name, most := range map[string]int{"schools": 40, "regression": 40, "gradients": 80} {
		code := read(t, filepath.Join(root(t), "examples", name, "main.go"))
		if n := lines(code[afterImports(t, code):]); n > most {
			t.Errorf("examples/%s: %d lines of code", name, n)
		}
	}
	if n := lines(goBlocks(read(t, filepath.Join(root(t), "docs", "measuring-gradients.md")))); n > 30 {
		t.Errorf("docs/measuring-gradients.md: %d lines of code", n)
	}
	page := goBlocks(read(t, filepath.Join(root(t), "docs", "from-pyro-and-numpyro.md")))
	for from, to := range map[string]string{"func schools(": "func schoolsModel", "func line(": "// rows makes"} {
		_, code, there := strings.Cut(page, from)
		code, _, ends := strings.Cut(code, to)
		if n := lines(from + code); !there || !ends || n > 15 {
			t.Errorf("from %q to %q: %d lines of code", from, to, n)
		}
	}
}

// afterImports returns where the code of a file begins.
func afterImports(t *testing.T, code string) int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", code, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	return int(f.Decls[len(f.Decls)-1].(*ast.GenDecl).End())
}

// lines counts those that are neither empty nor a comment.
func lines(code string) int {
	n := 0
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}
