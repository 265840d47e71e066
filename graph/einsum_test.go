package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// einsums are formulas, the shapes of their operands, and the same without ellipses
// and implied results.
var einsums = []struct {
	formula string
	plain   string
	shapes  [][]int
}{
	{"ij,jk->ik", "ij,jk->ik", [][]int{{2, 3}, {3, 4}}},
	{"ij,jk", "ij,jk->ik", [][]int{{2, 3}, {3, 4}}},
	{"ba,cb", "ba,cb->ac", [][]int{{2, 3}, {4, 2}}},
	{"ji,jk->ki", "ji,jk->ki", [][]int{{3, 2}, {3, 4}}},
	{"ij,kj->ik", "ij,kj->ik", [][]int{{2, 3}, {4, 3}}},
	{"bqhd,bkhd->bhqk", "bqhd,bkhd->bhqk", [][]int{{2, 3, 2, 4}, {2, 5, 2, 4}}},
	{"bhqk, bkhd -> bqhd", "bhqk,bkhd->bqhd", [][]int{{2, 2, 3, 5}, {2, 5, 2, 4}}},
	{"i,j->ij", "i,j->ij", [][]int{{2}, {3}}},
	{"i,i->", "i,i->", [][]int{{3}, {3}}},
	{"i,i->i", "i,i->i", [][]int{{3}, {3}}},
	{"ij,j->i", "ij,j->i", [][]int{{2, 3}, {3}}},
	{"ij->ji", "ij->ji", [][]int{{2, 3}}},
	{"ijk->k", "ijk->k", [][]int{{2, 3, 2}}},
	{"ij->", "ij->", [][]int{{2, 3}}},
	{"ii->", "ii->", [][]int{{3, 3}}},
	{"ii", "ii->", [][]int{{3, 3}}},
	{"iji->ij", "iji->ij", [][]int{{3, 2, 3}}},
	{"iii->i", "iii->i", [][]int{{2, 2, 2}}},
	{"ii,ij->j", "ii,ij->j", [][]int{{3, 3}, {3, 2}}},
	{"ij,kl->il", "ij,kl->il", [][]int{{2, 3}, {2, 2}}},
	{"ij,jk,kl->il", "ij,jk,kl->il", [][]int{{2, 3}, {3, 4}, {4, 2}}},
	{"i,j,k->kij", "i,j,k->kij", [][]int{{2}, {3}, {2}}},
	{"ij,ij,ij->j", "ij,ij,ij->j", [][]int{{2, 3}, {2, 3}, {2, 3}}},
	{"bi,ijk,bk->bj", "bi,ijk,bk->bj", [][]int{{2, 3}, {3, 2, 4}, {2, 4}}},
	{"...ij,jk->...ik", "abij,jk->abik", [][]int{{2, 2, 2, 3}, {3, 2}}},
	{"...ij,...jk", "abij,bjk->abik", [][]int{{2, 2, 2, 3}, {2, 3, 2}}},
	{"...i,...i->...", "abi,bi->ab", [][]int{{2, 3, 2}, {3, 2}}},
	{"i...,...->...i", "iab,b->abi", [][]int{{2, 3, 2}, {2}}},
	{",ij->ji", ",ij->ji", [][]int{{}, {2, 3}}},
	{"ij,jk->ik", "ij,jk->ik", [][]int{{2, 0}, {0, 3}}},
	{"ij,jk->ik", "ij,jk->ik", [][]int{{1, 1}, {1, 1}}},
}

// sumOfProducts is a formula without ellipses by its definition.
func sumOfProducts(formula string, in []gradcheck.Input) []float64 {
	from, to, _ := strings.Cut(formula, "->")
	terms := strings.Split(from, ",")
	sizes, letters := map[rune]int{}, []rune(to)
	for i, term := range terms {
		for a, r := range term {
			if _, ok := sizes[r]; !ok && !strings.ContainsRune(to, r) {
				letters = append(letters, r)
			}
			sizes[r] = in[i].Shape[a]
		}
	}
	all, size := 1, 1
	for _, r := range letters {
		all *= sizes[r]
	}
	for _, r := range to {
		size *= sizes[r]
	}
	out, at := make([]float64, size), map[rune]int{}
	offset := func(term string) (n int) {
		for _, r := range term {
			n = n*sizes[r] + at[r]
		}
		return n
	}
	for k := range all {
		for i := len(letters) - 1; i >= 0; i-- {
			at[letters[i]], k = k%sizes[letters[i]], k/sizes[letters[i]]
		}
		p := 1.0
		for i, term := range terms {
			p *= in[i].Values[offset(term)]
		}
		out[offset(to)] += p
	}
	return out
}

func TestEinsum(t *testing.T) {
	for _, c := range einsums {
		t.Run(fmt.Sprint(c.formula, c.shapes), func(t *testing.T) {
			var in []gradcheck.Input
			for i, s := range c.shapes {
				in = append(in, gradcheck.Between(-1, 1+float64(i), s...))
			}
			want := sumOfProducts(c.plain, in)
			f := func(_ *scope, x []*node) *node { return graph.Einsum(c.formula, x...) }
			p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
				var x []*node
				for _, v := range in {
					x = append(x, s.Tensor(v.Values, v.Shape...))
				}
				s.Output("y", f(s, x))
			})
			run(t, p, graph.Key{})
			have := output(t, p, "y")
			if len(have) != len(want) {
				t.Fatalf("%d elements, want %d", len(have), len(want))
			}
			for i, v := range have {
				if !(math.Abs(v-want[i]) <= 1e-14) {
					t.Errorf("element %d is %v, want %v", i, v, want[i])
				}
			}
			if len(want) > 0 && graph.Size(c.shapes[0]) > 0 {
				gradcheck.Check(t, f, in...)
				gradcheck.CheckSecond(t, f, in...)
			}
		})
	}
}

// Axes of an ellipsis that have size 1 are stretched, or stay where all have it.
func TestEinsumStretches(t *testing.T) {
	for want, shapes := range map[string][2][]int{
		"[3 2]":   {{1, 2, 4}, {3, 1, 4}},
		"[1 2]":   {{1, 2, 4}, {2, 4}},
		"[1 1]":   {{1, 1, 4}, {4}},
		"[5 1 2]": {{5, 1, 1, 4}, {2, 4}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			y := graph.Einsum("...i,...i->...", s.Input("a", shapes[0]...), s.Input("b", shapes[1]...))
			if have := fmt.Sprint(y.Shape()); have != want {
				t.Errorf("%v: shape %s, want %s", shapes, have, want)
			}
			s.Output("y", y)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestEinsumRefuses(t *testing.T) {
	for formula, want := range map[string]string{
		"ij->i":             "2 operands, want 1",
		"ij,j,k->i":         "2 operands, want 3",
		"ijk,jk->i":         "operand 1 is [2 3], want 3 axes",
		"ij,ik->jk":         "axis i has size 2 and, in operand 2, which is [3 4], 3",
		"ij,jk->iz":         "axis z of the result is in no operand",
		"ij,jk->ii":         "axis i stands twice in the result",
		"i1,1k->ik":         `'1' is not a letter`,
		"...j,jk->k":        "operands have axes of an ellipsis, which the result lacks",
		"i...,...k":         "an axis of the ellipsis has size 3 and, in operand 2",
		"ijk...,jk->i":      "operand 1 is [2 3], want 3 axes",
		"ij,jk->i->k":       `'-' is not a letter`,
		"......ij,jk->...k": `'.' is not a letter`,
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			b := s.Input("b", 3, 4)
			if formula == "i...,...k" {
				b = s.Input("c", 4, 3)
			}
			s.Output("y", graph.Einsum(formula, s.Input("a", 2, 3), b))
		})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", formula)) {
			t.Errorf("%s: %v, want %q", formula, err, want)
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *scope) { s.Output("y", graph.Einsum("i->i", nil)) })
	if err == nil || !strings.Contains(err.Error(), "operand 1 is nil") {
		t.Errorf("nil: %v", err)
	}
}
