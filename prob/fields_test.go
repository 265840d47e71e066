package prob_test

import (
	"fmt"
	"go/ast"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
)

// seen notes, as "Type.Field", the fields of a law or a bijector that out depends
// on, and those that hold such laws or bijectors.
func seen(fields map[string]bool, of any, out *graph.Node) (depends bool) {
	v := reflect.ValueOf(of)
	if v.Kind() != reflect.Struct {
		return false
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		used := false
		switch x := v.Field(i).Interface().(type) {
		case *graph.Node:
			used = x != nil && graph.DependsOn(out, x)
		case prob.Dist, prob.Bijector:
			used = seen(fields, x, out)
		}
		if used && ast.IsExported(v.Type().Name()) {
			fields[v.Type().Name()+"."+field.Name] = true
		}
		depends = depends || used
	}
	return depends
}

// numbers are pairs of values that tell apart what is no node.
var numbers = map[string][2]func() any{
	"DiscretizedLogistic.Bins": {bins(3), bins(4)},
	"Invert.Of": {func() any { return forward(prob.Invert{Of: prob.Exp{}}, .3) },
		func() any { return forward(prob.Invert{Of: prob.Softplus{}}, .3) }},
	"Permutation.Index": {func() any { return forward(prob.Permutation{Index: []int{0, 1}}, .3, .5) },
		func() any { return forward(prob.Permutation{Index: []int{1, 0}}, .3, .5) }},
	"Power.P":      {func() any { return forward(prob.Power{P: 2}, .3) }, func() any { return forward(prob.Power{P: 3}, .3) }},
	"Support.Kind": {of(prob.Support{Kind: prob.Integers, Hi: 1}), of(prob.Support{Kind: prob.Interval, Hi: 1})},
	"Support.Lo":   {of(prob.Support{Kind: prob.Interval, Hi: 1}), of(prob.Support{Kind: prob.Interval, Lo: -1, Hi: 1})},
	"Support.Hi":   {of(prob.Support{Kind: prob.Interval, Hi: 1}), of(prob.Support{Kind: prob.Interval, Hi: 2})},
}

func of(s prob.Support) func() any { return func() any { return s.String() } }

func bins(n int) func() any {
	return func() any {
		return prob.DiscretizedLogistic{Loc: graph.Const(.5), LogScale: graph.Const(0), Bins: n}.LogProb(graph.Tensor([]float64{0}, 1, 1))
	}
}

func forward(b prob.Bijector, x ...float64) *graph.Node { return b.Forward(graph.Tensor(x, 1, len(x))) }

// TestEveryFieldHasAnEffect: the density of a law depends on every parameter it
// has, and a bijector on every one of its own. A new field fails here until some
// case shows it.
func TestEveryFieldHasAnEffect(t *testing.T) {
	all, err := exported.Fields(".")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	_, err = graph.Build(&graph.Params{}, func(s scope) {
		s.Output("none", s.Const(0))
		for i, f := range families {
			in := s.In(fmt.Sprint("f", i))
			shapes := f.Shapes
			if shapes == nil {
				for range f.Params[0] {
					shapes = append(shapes, []int{1})
				}
			}
			var ps []node
			for j, sh := range shapes {
				ps = append(ps, in.Input(fmt.Sprint(j), sh...))
			}
			d := f.New(in, ps)
			seen(fields, d, d.LogProb(in.Input("x", 1, max(f.Event, 1))))
		}
		for _, b := range []prob.Bijector{prob.Affine{Shift: s.Input("shift", 1), LogScale: s.Input("scale", 1)}} {
			seen(fields, b, b.Forward(s.Input("x", 1, 1)))
		}
		d := prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Affine{Shift: s.Input("a", 1)}}
		seen(fields, d, d.LogProb(s.Input("y", 1, 1)))
		for name, pair := range numbers {
			fields[name] = pair[0]() != pair[1]() // one graph has one node for one computation
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range all {
		if !fields[field] {
			t.Errorf("no case shows an effect of %s", field)
		}
	}
}
