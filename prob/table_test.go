package prob_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

var update = flag.Bool("update", false, "rewrite the table in doc.go")

// supports are those that depend on parameters, for the table.
var supports = map[string]string{
	"Binomial":            "{0 … n}",
	"Categorical":         "{0 … C−1}",
	"Delta":               "its value",
	"DiscretizedLogistic": "0, 1/(n−1) … 1",
	"ElementMixture":      "that of the components",
	"Mixture":             "that of the components",
	"Multinomial":         "counts of n",
	"Transformed":         "range of the bijector",
	"Uniform":             "(Low, High)",
	"ZeroInflated":        "that of the base",
}

// TestTable compares the table in doc.go with the types: a distribution's
// support, whether draws have a pathwise derivative, whether the entropy has a
// closed form, and the types to which the divergence has one. -update rewrites
// the table.
func TestTable(t *testing.T) {
	want := tableOfTypes(t)
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "//\tdistribution", "//\n// KL"
	a := strings.Index(string(src), begin)
	b := strings.Index(string(src), end)
	if a < 0 || b < a {
		t.Fatalf("doc.go has no table between %q and %q", begin, end)
	}
	if got := string(src)[a:b]; got != want {
		if *update {
			if err := os.WriteFile("doc.go", []byte(string(src)[:a]+want+string(src)[b:]), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("the table in doc.go is\n%s\nthe types say\n%s\nrun go test ./prob -run TestTable -update", got, want)
	}
}

func tableOfTypes(t *testing.T) string {
	rows := map[string][]string{}
	_, err := graph.Build(&graph.Params{}, func(s scope) {
		s.Output("none", s.Const(0))
		for i, f := range families {
			var ps []node
			at := 0
			shapes := f.Shapes
			if shapes == nil {
				for range f.Params[0] {
					shapes = append(shapes, []int{1})
				}
			}
			for _, sh := range shapes {
				n := graph.Size(graph.Shape(sh))
				ps = append(ps, s.Tensor(f.Params[0][at:at+n], sh...))
				at += n
			}
			d := f.New(s.In("new"+string(rune('a'+i))), ps)
			name := reflect.TypeOf(d).Name()
			if !ast.IsExported(name) || rows[name] != nil {
				continue
			}
			rows[name] = rowOfType(t, name, d)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range exportedDists(t) {
		if rows[name] == nil {
			t.Errorf("%s is a distribution without a case in the conformance table", name)
		}
	}
	names := make([]string, 0, len(rows))
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	table := [][]string{{"distribution", "support", "pathwise", "entropy", "closed KL to"}}
	for _, name := range names {
		table = append(table, rows[name])
	}
	width := make([]int, 4)
	for _, r := range table {
		for i := range width {
			width[i] = max(width[i], utf8.RuneCountInString(r[i])+2)
		}
	}
	var text strings.Builder
	for _, r := range table {
		line := "//\t"
		for i, w := range width {
			line += r[i] + strings.Repeat(" ", w-utf8.RuneCountInString(r[i]))
		}
		text.WriteString(line + r[4] + "\n")
	}
	return text.String()
}

func rowOfType(t *testing.T, name string, d prob.Dist) []string {
	yes := func(ok bool) string {
		if ok {
			return "yes"
		}
		return "—"
	}
	support := supports[name]
	if support == "" {
		s, ok := d.(prob.Supported)
		if !ok {
			t.Errorf("%s has no Support method", name)
			return []string{name, "", "", "", ""}
		}
		support = strings.ReplaceAll(strings.ReplaceAll(s.Support().String(), "+Inf", "∞"), "-Inf", "−∞")
	}
	_, pathwise := d.(prob.Pathwise)
	_, entropic := d.(prob.Entropic)
	var to []string
	for _, pair := range prob.KLPairs() {
		if pair[0] == reflect.TypeOf(d) {
			n := pair[1].Name()
			if n == "Dist" {
				n = "any"
			}
			to = append(to, n)
		}
	}
	slices.Sort(to)
	if to == nil {
		to = []string{"—"}
	}
	return []string{name, support, yes(pathwise), yes(entropic), strings.Join(to, ", ")}
}

// exportedDists lists the exported types of the package with a method LogProb.
func exportedDists(t *testing.T) []string {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range files {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "LogProb" {
				continue
			}
			if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok && id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	return names
}
