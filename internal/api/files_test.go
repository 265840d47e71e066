package api

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// source is a Go file of the repository that no program wrote.
type source struct {
	dir, name string // dir by slashes, from the root
	text      []byte
}

// sources returns the files of the repository, nested modules included.
func sources(t *testing.T) (all []source) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if n := d.Name(); n == "testdata" || n[0] == '.' && file != root {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(file, ".go"):
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil || ast.IsGenerated(f) {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		all = append(all, source{filepath.ToSlash(dir), d.Name(), text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 300 {
		t.Fatalf("%d files, which cannot be all", len(all))
	}
	return all
}

// A file is one idea, so that it can be read in one go.
func TestFilesAreShort(t *testing.T) {
	const most = 300
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > most {
			t.Errorf("%s/%s has %d lines, want at most %d: part it by idea", s.dir, s.name, n, most)
		}
	}
}

// The package comment is the map of a package of many files: it says which file
// holds what. A pattern of path.Match stands for several files, and a type for the
// file that has its name in lower case.
func TestPackageCommentsNameTheirFiles(t *testing.T) {
	const many = 10 // a package of more needs a map
	files, comment := map[string][]string{}, map[string]string{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.name, "_test.go") {
			continue
		}
		if s.name != "doc.go" { // which has the comment and nothing else
			files[s.dir] = append(files[s.dir], s.name)
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.name, s.text, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		comment[s.dir] += f.Doc.Text()
	}
	for dir, names := range files {
		if len(names) <= many {
			continue
		}
		var patterns []string
		types := map[string]bool{}
		for _, word := range strings.FieldsFunc(comment[dir], func(r rune) bool { return strings.ContainsRune(" \t\n,;:()", r) }) {
			if word = strings.TrimRight(word, "."); strings.HasSuffix(word, ".go") {
				patterns = append(patterns, word)
			} else if ast.IsExported(word) {
				types[strings.ToLower(word)+".go"] = true
			}
		}
		used := map[string]bool{}
		for _, name := range names {
			found := types[name]
			for _, p := range patterns {
				ok, err := path.Match(p, name)
				if err != nil {
					t.Fatalf("%s: %s: %v", dir, p, err)
				}
				if ok {
					found, used[p] = true, true
				}
			}
			if !found {
				t.Errorf("%s: the package comment does not say what %s holds", dir, name)
			}
		}
		for _, p := range patterns {
			if !used[p] && !strings.HasSuffix(p, "_test.go") {
				t.Errorf("%s: the package comment names %s, which is no file of it", dir, p)
			}
		}
	}
}
