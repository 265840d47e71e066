// Package api holds a record of what the library exports, so that a change of
// it is seen in review: api.txt, one line a declaration.
package api

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write api.txt anew")

// packages are those that users import.
var packages = []string{"bench", "graph", "internal/op", "layers", "prob", "prob/flow", "prob/flow/flowtest", "prob/probtest", "trainers", "trainers/checkpoint", "trainers/data", "trainers/report", "trainers/tensorboard", "vi", "vi/bayes", "vi/calibration", "vi/guide", "vi/mcmc", "vi/mcmc/plots", "vi/serve", "vi/serve/oip", "vi/vitest"}

// aliased are the types of internal/op that package graph gives a name.
var aliased = []string{"Array", "Dtype", "Node"}

// TestExportedAPI compares what is exported with the record. After a change
// that is meant: go test ./internal/api -update, and a line in the changelog.
func TestExportedAPI(t *testing.T) {
	var got []string
	for _, p := range packages {
		lines, err := exported(p)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, lines...)
	}
	if *update {
		if err := os.WriteFile("api.txt", []byte(strings.Join(got, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	record, err := os.ReadFile("api.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(record), "\n"), "\n")
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("- %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("+ %s", line)
		}
	}
}

// exported lists the exported declarations of a package, a line each: constants
// and variables, functions, types, and the fields and methods of types.
func exported(dir string) ([]string, error) {
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, "github.com/latentgo/latent/"+dir)
	if err != nil {
		return nil, err
	}
	var lines []string
	add := func(node any) {
		var b bytes.Buffer
		if err := format.Node(&b, fset, node); err != nil {
			lines = append(lines, fmt.Sprint(dir, ": ", err))
			return
		}
		lines = append(lines, dir+": "+strings.Join(strings.Fields(b.String()), " "))
	}
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			for _, s := range v.Decl.Specs {
				spec := s.(*ast.ValueSpec)
				for _, n := range spec.Names {
					if n.IsExported() {
						lines = append(lines, fmt.Sprintf("%s: %s %s", dir, v.Decl.Tok, n.Name))
					}
				}
			}
		}
	}
	funcs := func(fs []*doc.Func) {
		for _, f := range fs {
			f.Decl.Body, f.Decl.Doc = nil, nil
			add(f.Decl)
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs(p.Funcs)
	if dir == "internal/op" {
		lines = nil
		p.Types = slices.DeleteFunc(p.Types, func(t *doc.Type) bool { return !slices.Contains(aliased, t.Name) })
		for _, t := range p.Types {
			t.Funcs = nil
		}
	}
	for _, t := range p.Types {
		values(t.Consts)
		values(t.Vars)
		spec := t.Decl.Specs[0].(*ast.TypeSpec)
		spec.Doc, spec.Comment = nil, nil
		bare(spec.Type)
		add(spec)
		funcs(t.Funcs)
		funcs(t.Methods)
	}
	slices.Sort(lines)
	return lines, nil
}

// bare drops the comments of fields and methods.
func bare(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			f.Doc, f.Comment = nil, nil
		}
		return true
	})
}
