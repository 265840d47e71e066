// Package exported lists what a package's source exports, for tests that go
// through all of it.
package exported

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Fields returns "Type.Field" for every exported field of every exported struct
// that the Go files of a folder declare, tests left out, in sorted order. An
// embedded field goes by the name of its type.
func Fields(dir string) ([]string, error) {
	var fields []string
	err := each(dir, func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if _, in := n.(*ast.FuncDecl); in {
				return false
			}
			t, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := t.Type.(*ast.StructType); ok && t.Name.IsExported() {
				for _, field := range s.Fields.List {
					for _, name := range names(field) {
						if ast.IsExported(name) {
							fields = append(fields, t.Name.Name+"."+name)
						}
					}
				}
			}
			return false
		})
	})
	slices.Sort(fields)
	return fields, err
}

// each visits the Go files of a folder, tests left out.
func each(dir string, visit func(f *ast.File)) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return errors.Wrap(err, "exported")
	}
	if len(files) == 0 {
		return errors.Errorf("exported: no Go files in %s", dir)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return errors.Wrap(err, "exported")
		}
		visit(f)
	}
	return nil
}

func names(f *ast.Field) (names []string) {
	for _, n := range f.Names {
		names = append(names, n.Name)
	}
	if f.Names != nil {
		return names
	}
	t := f.Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	switch t := t.(type) {
	case *ast.Ident:
		return []string{t.Name}
	case *ast.SelectorExpr:
		return []string{t.Sel.Name}
	}
	return nil
}
