package prob_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
)

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
