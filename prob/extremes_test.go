package prob_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

// extremeCases are laws of the tables that are not among families.
var extremeCases = map[string]probtest.Case{
	"Multinomial": references[1].Case,
	"Categorical": {
		New:    func(_ scope, p []node) prob.Dist { return prob.Categorical{Logits: p[0]} },
		Shapes: [][]int{{1, 3}},
	},
	"OneHot": {
		New:    func(_ scope, p []node) prob.Dist { return prob.OneHot{Logits: p[0]} },
		Shapes: [][]int{{3}}, Event: 3,
	},
	"LowRankNormal of two": {
		New: func(_ scope, p []node) prob.Dist {
			return prob.LowRankNormal{Mean: p[0], LogStd: p[1], Factor: p[2]}
		},
		Shapes: [][]int{{2}, {2}, {2, 2}}, Event: 2,
	},
	"Normal line": {New: planes["Normal line"].New, Shapes: [][]int{{1}, {1}}},
	"Binomial of 10": {
		New:    func(_ scope, p []node) prob.Dist { return prob.Binomial{Total: graph.Const(10), Logits: p[0]} },
		Shapes: [][]int{{1}},
	},
	"NegativeBinomial of 7": {
		New: func(_ scope, p []node) prob.Dist {
			return prob.NegativeBinomial{LogTotal: graph.Const(math.Log(7)), Logits: p[0]}
		},
		Shapes: [][]int{{1}},
	},
	"NegativeBinomial of 0": {
		New: func(_ scope, p []node) prob.Dist {
			return prob.NegativeBinomial{LogTotal: graph.Const(math.Inf(-1)), Logits: p[0]}
		},
		Shapes: [][]int{{1}},
	},
}

func extremeCase(t *testing.T, name string) probtest.Case {
	t.Helper()
	c, ok := extremeCases[name]
	if !ok {
		c = find(t, name)
	}
	if c.Shapes == nil {
		c.Shapes = [][]int{}
		for range c.Params[0] {
			c.Shapes = append(c.Shapes, []int{1})
		}
	}
	return c
}

func sizeOf(c probtest.Case) (n int) {
	for _, sh := range c.Shapes {
		n += graph.Size(sh)
	}
	return n
}

// batch declares an input of n rows and feeds it the part of every row.
type batch struct {
	s     scope
	n     int
	feeds map[string][]float64
}

func (b batch) input(name string, shape []int, part func(i int) []float64) node {
	for i := range b.n {
		b.feeds[name] = append(b.feeds[name], part(i)...)
	}
	return b.s.Input(name, append([]int{b.n}, shape...)...)
}

// law makes a distribution of the rows' parameters.
func (b batch) law(name string, c probtest.Case, in func(i int) []float64) (d prob.Dist, params []node) {
	at := 0
	for k, sh := range c.Shapes {
		from, to := at, at+graph.Size(sh)
		params = append(params, b.input(fmt.Sprintf("%s%d", name, k), sh, func(i int) []float64 { return in(i)[from:to] }))
		at = to
	}
	return c.New(b.s.In(name), params), params
}

// compare runs f, which returns a value for each row and what it is
// differentiated by, and compares both with the rows.
func compareExtremes(t *testing.T, table string, rows []extremeRow, dt graph.Dtype, f func(b batch) (y node, by []node)) {
	t.Helper()
	feeds := map[string][]float64{}
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) {
		y, by := f(batch{s, len(rows), feeds})
		s.Output("0", graph.BroadcastTo(y, len(rows)))
		for i, g := range graph.Grad(graph.Sum(y), by) {
			s.Output(strconv.Itoa(i+1), g)
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
	got := make([][]float64, len(rows))
	for k := range p.Outputs() {
		v, err := p.Value(strconv.Itoa(k))
		if err != nil {
			t.Fatal(err)
		}
		m := len(v) / len(rows)
		for i := range rows {
			got[i] = append(got[i], v[i*m:(i+1)*m]...)
		}
	}
	bad := map[int]int{}
	for i, r := range rows {
		for j := range r.want {
			what := "value"
			if j > 0 {
				what = fmt.Sprintf("gradient %d", j-1)
			}
			if !r.ask[j] || r.agrees(table, j, got[i][j], dt) {
				continue
			}
			if bad[j]++; bad[j] <= 4 {
				t.Errorf("%s at %v, %v: %v, want %v, off by %.1e; condition %v", what, r.in[0], r.in[1], got[i][j], r.want[j],
					math.Abs(got[i][j]-r.want[j])/math.Abs(r.want[j]), r.condition[j])
			}
		}
	}
	for j, n := range bad {
		if n > 4 {
			t.Errorf("number %d: %d of %d are off", j, n, len(rows))
		}
	}
}

// eachExtreme calls f for the rows of every law, or pair, in both precisions.
func eachExtreme(t *testing.T, rows []extremeRow, f func(t *testing.T, rows []extremeRow, dt graph.Dtype)) {
	t.Helper()
	var names []string
	by := map[string][]extremeRow{}
	for _, r := range rows {
		name := r.q
		if r.p != r.q {
			name += " to " + r.p
		}
		if by[name] == nil {
			names = append(names, name)
		}
		by[name] = append(by[name], r)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
				t.Run(dt.String(), func(t *testing.T) { f(t, by[name], dt) })
			}
		})
	}
}

// TestExtremeDensities compares log densities and their gradients with
// testdata/extremes/density.csv, at extreme and degenerate parameters, extreme
// values and the ends of supports.
func TestExtremeDensities(t *testing.T) {
	rows := readExtremes(t, "density", 1, 2)
	for _, name := range exportedDists(t) {
		if !slices.ContainsFunc(rows, func(r extremeRow) bool { return r.q == name }) && name != "Transformed" && name != "Delta" {
			t.Errorf("%s is not in the table", name)
		}
	}
	eachExtreme(t, rows, func(t *testing.T, rows []extremeRow, dt graph.Dtype) {
		c := extremeCase(t, rows[0].q)
		compareExtremes(t, "density", rows, dt, func(b batch) (y node, by []node) {
			x := b.input("x", []int{max(c.Event, 1)}, func(i int) []float64 { return rows[i].in[1] })
			d, params := b.law("p", c, func(i int) []float64 { return rows[i].in[0] })
			return d.LogProb(x), append([]node{x}, params...)
		})
	})
}

// TestExtremeEntropies does so with testdata/extremes/entropy.csv.
func TestExtremeEntropies(t *testing.T) {
	eachExtreme(t, readExtremes(t, "entropy", 1, 1), func(t *testing.T, rows []extremeRow, dt graph.Dtype) {
		c := extremeCase(t, rows[0].q)
		if sizeOf(c) == 0 {
			t.Skip("no parameters")
		}
		compareExtremes(t, "entropy", rows, dt, func(b batch) (y node, by []node) {
			d, params := b.law("p", c, func(i int) []float64 { return rows[i].in[0] })
			return d.(prob.Entropic).Entropy(), params
		})
	})
}

// TestExtremeKLs does so with testdata/extremes/kl.csv.
func TestExtremeKLs(t *testing.T) {
	eachExtreme(t, readExtremes(t, "kl", 2, 2), func(t *testing.T, rows []extremeRow, dt graph.Dtype) {
		q, p := extremeCase(t, rows[0].q), extremeCase(t, rows[0].p)
		compareExtremes(t, "kl", rows, dt, func(b batch) (y node, by []node) {
			d, params := b.law("q", q, func(i int) []float64 { return rows[i].in[0] })
			e, more := b.law("p", p, func(i int) []float64 { return rows[i].in[1] })
			return prob.KL(d, e), append(params, more...)
		})
	})
}

// TestSameAtEnds compares laws that are the same at some parameters only.
func TestSameAtEnds(t *testing.T) {
	for name, f := range map[string]func() (a, b prob.Dist){
		"Beta and Uniform": func() (a, b prob.Dist) {
			return prob.Beta{LogA: nums(0), LogB: nums(0)}, prob.Uniform{Low: nums(0), High: nums(1)}
		},
		"Beta and ContinuousBernoulli": func() (a, b prob.Dist) {
			return prob.Beta{LogA: nums(0), LogB: nums(0)}, prob.ContinuousBernoulli{Logits: nums(0)}
		},
		"Gamma and Exponential": func() (a, b prob.Dist) {
			return prob.Gamma{LogConcentration: nums(0), LogRate: nums(0.7)}, prob.Exponential{LogRate: nums(0.7)}
		},
		"Bernoulli and Binomial": func() (a, b prob.Dist) {
			return prob.Bernoulli{Logits: nums(0.3)}, prob.Binomial{Total: graph.Const(1), Logits: nums(0.3)}
		},
		"HalfNormal and Normal": func() (a, b prob.Dist) {
			return prob.HalfNormal{LogScale: nums(0.2)}, shifted{prob.Normal{Mean: nums(0), LogStd: nums(0.2)}, math.Ln2}
		},
		"HalfCauchy and Cauchy": func() (a, b prob.Dist) {
			return prob.HalfCauchy{LogScale: nums(0.2)}, shifted{prob.Cauchy{Loc: nums(0), LogScale: nums(0.2)}, math.Ln2}
		},
		"StudentT and Cauchy": func() (a, b prob.Dist) {
			return prob.StudentT{LogDF: nums(0), Loc: nums(1), LogScale: nums(0.2)}, prob.Cauchy{Loc: nums(1), LogScale: nums(0.2)}
		},
	} {
		got := values(t, func(s *graph.Scope) *graph.Node {
			x := s.Tensor([]float64{0, 1}, 2, 1)
			a, b := f()
			return graph.Concat(0, a.LogProb(x), b.LogProb(x))
		})
		near(t, name, got[:2], got[2:], 1e-14)
	}
}

// shifted adds a constant to a log density.
type shifted struct {
	prob.Dist
	by float64
}

func (d shifted) LogProb(x *graph.Node) *graph.Node { return d.Dist.LogProb(x).Shift(d.by) }
