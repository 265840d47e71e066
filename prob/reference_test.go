package prob_test

import (
	"context"
	"math"
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
