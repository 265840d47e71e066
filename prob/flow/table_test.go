package flow_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// products counts the matrix products and triangular solves in a program of an
// event of d elements.
func products(t *testing.T, f made, d, context int, out func(s scope, d int, law prob.Transformed)) int {
	t.Helper()
	p := build(t, &graph.Params{}, func(s scope) {
		c := f.config
		c.Context = context
		if c.Hidden != nil {
			c.Hidden = []int{2 * d} // room for every degree
		}
		var x node
		if context > 0 {
			x = s.Input("c", 10, context)
		}
		out(s, d, prob.Transformed{Base: prob.StdNormal(d), Bijector: f.new(s.In("f"), d, c, x)})
	})
	n := 0
	for line := range strings.Lines(p.Explain()) {
		if strings.Contains(line, "product ") || strings.Contains(line, "solve") {
			n++
		}
	}
	return n
}

func drawn(s scope, _ int, law prob.Transformed) {
	y, l := law.SampleScore(s.In("z"), 10)
	s.Output("y", y)
	s.Output("l", l)
}

func scored(s scope, d int, law prob.Transformed) {
	s.Output("l", law.LogProb(s.Input("y", 10, d)))
}

// cost is the number of products, as a function of D where it grows with it.
func cost(t *testing.T, f made, context int, out func(s scope, d int, law prob.Transformed)) string {
	t.Helper()
	at := func(d int) int { return products(t, f, d, context, out) }
	four, five := at(4), at(5)
	switch {
	case four == five:
		return fmt.Sprint(four)
	case four*5 == five*4:
		return fmt.Sprintf("%d·D", four/4)
	}
	return fmt.Sprintf("%d, %d", four, five)
}

// TestTable holds the table of the package comment to what the types can do, and
// with it that a draw and its score are one pass of a network, as is a score
// where the inverse is one.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	has := " " + strings.Join(strings.Fields(string(text)), " ") + " "
	for _, f := range flows {
		score := "—"
		_, p := buildFlow(t, f)
		if _, ok := p.(prob.BothWays); ok {
			score = cost(t, f, 0, scored)
		} else if _, ok := p.(prob.Inverter); ok {
			t.Errorf("%s has an inverse without its log determinant", f.name)
		}
		context := "—"
		if f.context {
			context = "yes"
		}
		kind := strings.TrimPrefix(fmt.Sprintf("%T", p), "flow.")
		line := fmt.Sprintf("%s %s %s %s %s", f.name, kind, context, cost(t, f, 0, drawn), score)
		if !strings.Contains(has, " // "+line+" // ") {
			t.Errorf("the package comment has no line\n%s", line)
		}
	}
}

func buildFlow(t *testing.T, f made) (*graph.Program, prob.Bijector) {
	t.Helper()
	var b prob.Bijector
	return build(t, &graph.Params{}, func(s scope) {
		b = f.new(s.In("f"), 4, f.config, nil)
		s.Output("none", s.Const(0))
	}), b
}

// With a context too, draw and score share what they need of it: the context's
// products come once.
func TestContextCostsItsProductsOnce(t *testing.T) {
	for _, f := range flows {
		if !f.context {
			continue
		}
		one := products(t, f, 4, 3, func(s scope, d int, law prob.Transformed) {
			s.Output("y", law.Bijector.Forward(s.Input("x", 10, d)))
		})
		if both := products(t, f, 4, 3, drawn); both != one {
			t.Errorf("%s: %d products for a draw and its score, %d for the draw", f.name, both, one)
		}
	}
}

// A bijector behind a flow that stops before its ends, as a Sigmoid does, makes a
// draw no dearer where the flow's inverse is slow: it is not gone back through.
func TestDrawsThroughEndsAreOnePass(t *testing.T) {
	iaf := func(s scope, d int) prob.Bijector { return flow.NewIAF(s, d, flow.Config{Longest: 2}) }
	for name, f := range map[string]func(s scope, d int) prob.Bijector{
		"IAF": iaf,
		"MAF turned round": func(s scope, d int) prob.Bijector {
			return prob.Invert{Of: flow.NewMAF(s, d, flow.Config{Longest: 2})}
		},
		"chain": func(s scope, d int) prob.Bijector { return prob.Chain(iaf(s, d), flow.Reverse(d)) },
	} {
		p := build(t, &graph.Params{}, func(s scope) {
			law := prob.Transformed{Base: prob.StdNormal(10), Bijector: prob.Chain(f(s.In("f"), 10), prob.Sigmoid{})}
			drawn(s, 10, law)
		})
		if n := strings.Count(p.Explain(), "product "); n != 1 {
			t.Errorf("%s: %d products, want 1", name, n)
		}
	}
}
