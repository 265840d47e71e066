package exported

import (
	"go/ast"
	"slices"
)

// Funcs returns "Name" for every exported function and "Type.Name" for every
// exported method of an exported type that the Go files of a folder declare,
// tests left out, in sorted order.
func Funcs(dir string) ([]string, error) {
	var list []string
	err := each(dir, func(f *ast.File) {
		for _, d := range f.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				typ := f.Recv.List[0].Type
				if p, ok := typ.(*ast.StarExpr); ok {
					typ = p.X
				}
				if x, ok := typ.(*ast.IndexExpr); ok {
					typ = x.X
				}
				id, ok := typ.(*ast.Ident)
				if !ok || !id.IsExported() {
					continue
				}
				name = id.Name + "." + name
			}
			list = append(list, name)
		}
	})
	slices.Sort(list)
	return slices.Compact(list), err
}
