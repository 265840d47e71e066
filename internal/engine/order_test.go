package engine_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// order lists the files as the comment of the package does: what the passes share,
// the passes, and what looks at their results. A file uses only what files of earlier
// lines declare, or of its own.
var order = []string{
	"strides.go",
	"code.go functions.go",
	"arena.go",
	"direct.go index.go permute.go reduce.go window.go attention.go",
	"ops.go",
	"value.go view.go",
	"simplify.go reshape.go joined.go expand.go softmax.go scan.go columns.go rows.go rows_rules.go",
	"load.go",
	"lower.go matrix.go concat.go beside.go",
	"fixed.go class.go",
	"stage.go recompute.go unit.go",
	"loop.go fuse.go emit.go registers.go",
	"split.go",
	"once.go",
	"live.go",
	"place.go",
	"instruction.go product.go windowed.go attending.go eval.go bind.go",
	"exec.go fold.go run.go nest_move.go nest_run.go",
	"explain.go explain_passes.go check.go",
	"compile.go nest.go",
	"reference.go origin.go scan_origin.go",
}

// standard imports packages of the standard library that say what types values have, and
// nothing of others.
type standard struct{ types.Importer }

func (s standard) Import(path string) (*types.Package, error) {
	if path == "slices" || path == "cmp" || path == "unsafe" {
		return s.Importer.Import(path)
	}
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}

func TestFilesUseEarlierOnes(t *testing.T) {
	level := map[string]int{}
	for i, line := range order {
		for f := range strings.FieldsSeq(line) {
			level[f] = i
		}
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "doc.go" {
			continue
		}
		if _, ok := level[name]; !ok {
			t.Errorf("%s has no place in the order of files", name)
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) != len(level) {
		t.Errorf("%d files in the order, %d in the folder", len(level), len(files))
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: standard{importer.ForCompiler(set, "source", nil)}, Error: func(error) {}}
	pkg, _ := config.Check("engine", set, files, info) // what other packages declare is missing
	uses := 0
	var wrong []string
	for id, o := range info.Uses {
		if o.Pkg() != pkg {
			continue
		}
		uses++
		from, to := set.Position(id.Pos()).Filename, set.Position(o.Pos()).Filename
		if level[from] < level[to] {
			wrong = append(wrong, from+" uses "+id.Name+" of "+to)
		}
	}
	slices.Sort(wrong)
	for _, s := range slices.Compact(wrong) {
		t.Error(s)
	}
	if uses < 5000 {
		t.Errorf("found only %d uses", uses)
	}
}
