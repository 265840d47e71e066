package api

import (
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The go command's doc prints no examples, so each package comment names those
// of its package and the file that they are in.
func TestPackageCommentsNameTheirExamples(t *testing.T) {
	for _, dir := range packages {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		comment, in := "", map[string]string{}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, "_test.go") {
				comment += f.Doc.Text()
				continue
			}
			for _, e := range doc.Examples(f) {
				in[e.Name] = filepath.Base(name)
			}
		}
		words := strings.FieldsFunc(comment, func(r rune) bool { return strings.ContainsRune(" \n,;()", r) })
		named := func(word string) bool {
			for _, w := range words {
				if strings.TrimRight(w, ".:") == word {
					return true
				}
			}
			return false
		}
		for name, file := range in {
			of, _, _ := strings.Cut(name, "_")
			if of == "" {
				of = "examples"
				if name == "" {
					of = "example"
				}
			}
			if !named(of) || !named(file) {
				t.Errorf("%s: the package comment does not name the example %s in %s", dir, name, file)
			}
		}
	}
}
