package prob_test

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// atEnds are the bijectors of testdata/bijectors/ends.csv.
var atEnds = map[string]func() prob.Inverter{
	"Exp":             func() prob.Inverter { return prob.Exp{} },
	"Softplus":        func() prob.Inverter { return prob.Softplus{} },
	"Sigmoid":         func() prob.Inverter { return prob.Sigmoid{} },
	"Tanh":            func() prob.Inverter { return prob.Tanh{} },
	"(-2, 3)":         func() prob.Inverter { return constrain(-2, 3)().(prob.Inverter) },
	"(-1e6, 0)":       func() prob.Inverter { return constrain(-1e6, 0)().(prob.Inverter) },
	"(2, inf)":        func() prob.Inverter { return constrain(2, math.Inf(1))().(prob.Inverter) },
	"(-inf, 2)":       func() prob.Inverter { return constrain(math.Inf(-1), 2)().(prob.Inverter) },
	"chain to (2, 5)": func() prob.Inverter { return chainTo(2, 3) },
	"Power 2.5":       func() prob.Inverter { return prob.Power{P: 2.5} },
	"Power -2":        func() prob.Inverter { return prob.Power{P: -2} },
	"Softmax":         func() prob.Inverter { return prob.Softmax{} },
	"StickBreaking":   func() prob.Inverter { return prob.StickBreaking{} },
	"Rising":          func() prob.Inverter { return prob.Rising{} },
	"LowerCholesky":   func() prob.Inverter { return prob.LowerCholesky{} },
}

// chainTo is a sigmoid stretched by a user's own chain.
func chainTo(lo, width float64) prob.Inverter {
	return prob.Chain(prob.Sigmoid{}, prob.Affine{Shift: graph.Const(lo), LogScale: graph.Const(math.Log(width))}).(prob.Inverter)
}

// ranges are those of chains, which do not say.
var ranges = map[string]prob.Support{"chain to (2, 5)": {Kind: prob.Interval, Lo: 2, Hi: 5}}

// distances returns those of y from the ends of a support, and how near to
// each y may come at the sizes of numbers that y has.
func distances(s prob.Support, y node, eps, tiny float64) (d, slack node) {
	n := y.Shape()[len(y.Shape())-1]
	at := func(v float64) node { return graph.BroadcastTo(graph.Const(v), n) }
	switch s.Kind {
	case prob.Interval:
		size := 0.0
		for _, v := range []float64{s.Lo, s.Hi} {
			if v-v == 0 {
				size = max(size, math.Abs(v))
			}
		}
		near := func(end float64) node {
			if end == 0 {
				return at(2 * tiny * max(size, 1))
			}
			return at(16 * eps * size)
		}
		lo, hi := y.Shift(-s.Lo), y.Neg().Shift(s.Hi)
		switch {
		case math.IsInf(s.Lo, -1):
			return hi, near(s.Hi)
		case math.IsInf(s.Hi, 1):
			return lo, near(s.Lo)
		}
		return graph.Concat(-1, lo, hi), graph.Concat(-1, near(s.Lo), near(s.Hi))
	case prob.Ordered:
		size := graph.Abs(graph.Cols(y, 1, n)).Scale(16 * eps).Shift(2 * tiny)
		return graph.Cols(y, 1, n).Sub(graph.Cols(y, 0, n-1)), size
	case prob.CholeskyRow:
		y, n = graph.Take(y, -1, []int{0, 2}), 2
	}
	return y, at(2 * tiny)
}

// TestBijectorsAtTheirEnds compares bijectors far out with the values of
// internal/ref/bijectors: where y is away from the ends it is the real one;
// next to them it stays inside, and the derivative of the logarithm of its
// distance is that of the real y all the same, up to the rounding of y.
func TestBijectorsAtTheirEnds(t *testing.T) {
	records := readCSV(t, "testdata/bijectors/ends.csv")
	for _, r := range records[1:] {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			t.Run(r[0]+" of "+r[1]+" in "+dt.String(), func(t *testing.T) { bijectorAt(t, r, dt) })
		}
	}
}

func bijectorAt(t *testing.T, r []string, dt graph.Dtype) {
	eps, tiny, tol := 0x1p-24, 0x1p-100, 2e-5
	if dt == graph.Float64 {
		eps, tiny, tol = 0x1p-53, 0x1p-960, 1e-12
	}
	x := numbersOf(t, r[1])
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) {
		b := atEnds[r[0]]()
		set, ok := ranges[r[0]]
		if !ok {
			set = b.(prob.Ranged).Range()
		}
		in := s.Input("x", len(x))
		y := b.Forward(in)
		d, slack := distances(set, y, eps, tiny)
		s.Output("dist", d)
		s.Output("slack", slack)
		var rows []node
		for i := range d.Shape()[0] {
			rows = append(rows, graph.Grad(graph.Sum(graph.Log(graph.Slice(d, 0, i, i+1))), []node{in})...)
		}
		s.Output("dlog", graph.Concat(0, rows...))
		l := b.LogDet(in)
		s.Output("logdet", l)
		s.Output("dlogdet", graph.Grad(l, []node{in})[0])
		back := b.Inverse(y)
		s.Output("inverse", back)
		s.Output("its_derivative", graph.Grad(graph.Sum(back), []node{y})[0])
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", x); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range p.Outputs() {
		out[name], _ = p.Value(name)
		for _, v := range out[name] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s is %v", name, out[name])
			}
		}
	}
	near(t, "log determinant", out["logdet"], numbersOf(t, r[4]), tol)
	near(t, "its gradient", out["dlogdet"], numbersOf(t, r[5]), tol)
	slope := numbersOf(t, r[3])
	for i, want := range numbersOf(t, r[2]) {
		got, slack := out["dist"][i], out["slack"][i]
		if !(got > 0) || math.Abs(got-want) > slack+tol*want {
			t.Errorf("distance %d from an end is %v, want %v within %v", i, got, want, slack)
		}
		loose := min(.3, slack/want) + 2*tol
		if slack < 1e-6*eps { // counted from 0, where numbers keep their digits
			loose = tol
		}
		for j := range x {
			k := i*len(x) + j
			near(t, "derivative of the logarithm of distance "+strconv.Itoa(i), out["dlog"][k:k+1], slope[k:k+1], loose)
		}
	}
}

func numbersOf(t *testing.T, line string) []float64 {
	t.Helper()
	var v []float64
	for _, f := range strings.Fields(line) {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		v = append(v, x)
	}
	return v
}

// On the way to their ends too a kernel's rounding does not reach them.
func TestBijectorsNextToTheirEnds(t *testing.T) {
	var x []float64
	for v := 6.0; v < 40; v += .01 {
		x = append(x, v, -v)
	}
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for name, b := range map[string]prob.Bijector{"Tanh": prob.Tanh{}, "Sigmoid": prob.Sigmoid{}} {
			for i, y := range one(t, dt, func(s scope) node { return b.Forward(s.Tensor(x, len(x))) }) {
				if !(y < 1 && y > -1 && (y > 0 || name == "Tanh")) {
					t.Errorf("%v: %s(%v) = %v", dt, name, x[i], y)
				}
			}
		}
	}
}
