package prob_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// looser lists where a tolerance is not 1e-10 in float64 or 1e-5 in float32,
// relative or absolute, whichever is looser: by distribution, column without
// its number ("logp", "dx", "dp", "cdf", "entropy", "mean", "var") and
// precision.
var looser = map[string]struct {
	tol float64
	why string
}{
	"Dirichlet logp float32":         {1e-3, "the logarithms of Γ of thousands cancel"},
	"Dirichlet dp float32":           {1e-3, "the digammas of thousands cancel"},
	"Dirichlet entropy float32":      {1e-3, "the logarithms of Γ of thousands cancel"},
	"Dirichlet kl float32":           {1e-4, "the logarithms of Γ of hundreds cancel"},
	"DiscretizedLogistic dp float32": {1e-3, "at a scale of 1e-4 the rounding of an edge near 0.5 is 5e-4 of it"},
	"MultivariateNormal dp float32":  {1e-4, "factors with a diagonal of 1e-2 beside elements of 1 to 20"},
	"LowRankNormal dx float32":       {2e-5, "a factor a hundred times the standard deviations: terms of Woodbury's formula cancel"},
	"LowRankNormal dp float32":       {1e-4, "a factor a hundred times the standard deviations: Woodbury's terms cancel"},
	"NegativeBinomial dp float32":    {2e-3, "at 1e6 successes the terms of the derivative by log r are of that size and cancel"},
}

// references are distributions as the tables have them, where that differs
// from the conformance table.
var references = []family{
	{"LogNormal", probtest.Case{ // once more, as a transformed law
		New: func(_ scope, p []node) prob.Dist {
			return prob.Transformed{Base: prob.Normal{Mean: p[0], LogStd: p[1]}, Bijector: prob.Exp{}}
		},
		Params: [][]float64{{0, 0}},
	}},
	{"Multinomial", probtest.Case{
		New:    func(_ scope, p []node) prob.Dist { return prob.Multinomial{Logits: p[0]} },
		Shapes: [][]int{{3}},
		Event:  3,
	}},
}

// TestReference compares the distributions with testdata/*.csv, made by
// internal/ref/dist/dist.py with mpmath.
func TestReference(t *testing.T) {
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatal("no tables", err)
	}
	without := map[string]string{
		"StdNormal":   "is Normal with constants",
		"Transformed": "goes by the table of LogNormal",
		"Delta":       "has no numbers but its value",
	}
	for _, name := range exportedDists(t) {
		if !slices.Contains(files, filepath.Join("testdata", name+".csv")) && without[name] == "" {
			t.Errorf("%s has no table", name)
		}
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		if name == "kl" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := readTable(t, file)
			if table.n < 25 {
				t.Errorf("%d points, want 25 or more", table.n)
			}
			tested := false
			for _, f := range slices.Concat(references, families) {
				if f.name != name || name == "Multinomial" && tested {
					continue
				}
				for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
					t.Run(dt.String(), func(t *testing.T) { table.test(t, f, dt) })
				}
				tested = true
			}
			if !tested {
				t.Skip("no family of this name in the conformance table")
			}
		})
	}
}

// table is a file by columns; NaN stands for an empty field.
type table struct {
	n       int
	columns map[string][]float64
}

func readTable(t *testing.T, file string) table {
	t.Helper()
	records := readCSV(t, file)
	tab := table{len(records) - 1, map[string][]float64{}}
	for j, name := range records[0] {
		for _, r := range records[1:] {
			v, err := math.NaN(), error(nil)
			if r[j] != "" {
				if v, err = strconv.ParseFloat(r[j], 64); err != nil {
					t.Fatal(err)
				}
			}
			tab.columns[name] = append(tab.columns[name], v)
		}
	}
	return tab
}

// rows returns columns name+from … name+to−1 side by side, nil if the table
// has none of them.
func (tab table) rows(name string, from, to int) []float64 {
	var v []float64
	some := false
	for i := range tab.n {
		for j := from; j < to; j++ {
			c, ok := tab.columns[name+strconv.Itoa(j)]
			if !ok {
				v = append(v, math.NaN())
				continue
			}
			some = true
			v = append(v, c[i])
		}
	}
	if !some {
		return nil
	}
	return v
}

func (tab table) test(t *testing.T, f family, dt graph.Dtype) {
	event, shapes, n := max(f.Event, 1), f.Shapes, tab.n
	if shapes == nil {
		for range f.Params[0] {
			shapes = append(shapes, []int{1})
		}
	}
	wants := map[string][]float64{}
	feeds := map[string][]float64{"x": tab.rows("x", 0, event)}
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) {
		var ps []node
		at := 0
		x := s.Input("x", n, event)
		for i, sh := range shapes {
			name := fmt.Sprintf("p%d", i)
			ps = append(ps, s.Input(name, append([]int{n}, sh...)...))
			feeds[name] = tab.rows("p", at, at+graph.Size(sh))
			at += graph.Size(sh)
		}
		d := f.New(s.In("new"), ps)
		output := func(name string, v node, want []float64) {
			if want != nil {
				s.Output(name, v)
				wants[name] = want
			}
		}
		score := d.LogProb(x)
		output("logp", score, tab.columns["logp"])
		gs := graph.Grad(graph.Sum(score), append([]node{x}, ps...))
		output("dx", gs[0], tab.rows("dx", 0, event))
		at = 0
		for i, sh := range shapes {
			m := graph.Size(sh)
			output(fmt.Sprintf("dp/%d", i), gs[i+1], tab.rows("dp", at, at+m))
			at += m
		}
		if d, ok := d.(prob.Cumulative); ok {
			output("cdf", d.CDF(x), tab.columns["cdf"])
		}
		if d, ok := d.(prob.Entropic); ok {
			output("entropy", d.Entropy(), tab.columns["entropy"])
		}
		if d, ok := d.(prob.Moments); ok && tab.rows("mean", 0, event) != nil {
			mean, variance := d.Moments()
			output("mean", graph.BroadcastTo(mean, n, event), tab.rows("mean", 0, event))
			output("var", graph.BroadcastTo(variance, n, event), tab.rows("var", 0, event))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range feeds {
		if err := graph.Feed(p, name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Outputs() {
		got, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		column, _, _ := strings.Cut(name, "/")
		tol := map[graph.Dtype]float64{graph.Float64: 1e-10, graph.Float32: 1e-5}[dt]
		if l, ok := looser[f.name+" "+column+" "+dt.String()]; ok {
			tol = l.tol
		}
		width := len(got) / n
		bad := 0
		for i, v := range got {
			want := wants[name][i]
			if dt == graph.Float32 && math.Abs(want) > math.MaxFloat32 {
				want = math.Inf(int(math.Copysign(1, want)))
			}
			if math.IsNaN(want) || v == want || math.Abs(v-want) <= tol*math.Max(1, math.Abs(want)) {
				continue
			}
			if bad++; bad <= 4 {
				t.Errorf("%s%v at p %v, x %v: %v, want %v, off by %.1e", name, i%width,
					tab.rowOf("p", i/width), tab.rowOf("x", i/width), v, want, math.Abs(v-want)/math.Max(1, math.Abs(want)))
			}
		}
		if bad > 4 {
			t.Errorf("%s: %d of %d are off", name, bad, len(got))
		}
	}
}

// rowOf returns p0, p1 … or x0, x1 … of a row.
func (tab table) rowOf(name string, i int) []float64 {
	var v []float64
	for j := 0; tab.columns[name+strconv.Itoa(j)] != nil; j++ {
		v = append(v, tab.columns[name+strconv.Itoa(j)][i])
	}
	return v
}

// planes are normal laws in two dimensions, for kl.csv.
var planes = map[string]probtest.Case{
	"Normal": {
		New:    func(_ scope, p []node) prob.Dist { return prob.Normal{Mean: p[0], LogStd: p[1]} },
		Shapes: [][]int{{2}, {2}},
	},
	"Normal line": {
		New: func(_ scope, p []node) prob.Dist { return prob.Normal{Mean: p[0], LogStd: p[1]} },
	},
	"StdNormal": {
		New:    func(scope, []node) prob.Dist { return prob.StdNormal(2) },
		Shapes: [][]int{},
	},
	"Binomial": {
		New: func(_ scope, p []node) prob.Dist {
			return prob.Binomial{Total: graph.Const(10), Logits: p[0].Scale(0).Add(p[1])}
		},
		Params: [][]float64{{10, 0}},
	},
}

// readCSV returns the lines of a CSV file, the head first.
func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// TestReferenceKL compares divergences with testdata/kl.csv.
func TestReferenceKL(t *testing.T) {
	records := readCSV(t, "testdata/kl.csv")
	find := func(name string) (probtest.Case, bool) {
		if c, ok := planes[name]; ok {
			return c, true
		}
		for _, f := range families {
			if f.name == name {
				return f.Case, true
			}
		}
		return probtest.Case{}, false
	}
	for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
		t.Run(dt.String(), func(t *testing.T) {
			missing := map[string]bool{}
			for _, r := range records[1:] {
				q, ok := find(r[0])
				p, ok2 := find(r[1])
				if !ok || !ok2 {
					missing[r[0]+" to "+r[1]] = true
					continue
				}
				want, err := strconv.ParseFloat(r[4], 64)
				if err != nil {
					t.Fatal(err)
				}
				prog, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) {
					a := q.New(s.In("q"), constants(t, s, q, r[2]))
					b := p.New(s.In("p"), constants(t, s, p, r[3]))
					if !prob.HasKL(a, b) {
						missing[r[0]+" to "+r[1]] = true
						s.Output("kl", s.Const(want))
						return
					}
					s.Output("kl", prob.KL(a, b))
				})
				if err != nil {
					t.Fatalf("%v: %v", r, err)
				}
				if err := prog.Run(context.Background(), graph.Key{}); err != nil {
					t.Fatal(err)
				}
				got, err := prog.Value("kl")
				if err != nil {
					t.Fatal(err)
				}
				tol := map[graph.Dtype]float64{graph.Float64: 1e-10, graph.Float32: 1e-5}[dt]
				if l, ok := looser[r[0]+" kl "+dt.String()]; ok {
					tol = l.tol
				}
				if got[0] != want && !(math.Abs(got[0]-want) <= tol*math.Max(1, want)) {
					t.Errorf("KL(%s %s to %s %s) is %v, want %v, off by %.1e", r[0], r[2], r[1], r[3], got[0], want, math.Abs(got[0]-want)/math.Max(1, want))
				}
			}
			for m := range missing {
				t.Error("no closed form:", m)
			}
		})
	}
}

// constants makes the parameters of a case from numbers in a line.
func constants(t *testing.T, s scope, c probtest.Case, line string) []node {
	t.Helper()
	var v []float64
	for _, f := range strings.Fields(line) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, x)
	}
	shapes := c.Shapes
	if shapes == nil {
		for range v {
			shapes = append(shapes, []int{1})
		}
	}
	var ps []node
	for _, sh := range shapes {
		n := graph.Size(sh)
		ps = append(ps, s.Tensor(v[:n], sh...))
		v = v[n:]
	}
	return ps
}
