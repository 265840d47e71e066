package op

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// functions.csv is made by internal/ref/functions/functions.py with mpmath.
//
//go:embed testdata/functions.csv
var functions string

func eval1(f Fn, a, x float64) float64 { return fns[f].f(x, a, 0) }

func TestFunctionsAgainstReference(t *testing.T) {
	byName := map[string]Fn{}
	for f := range fnCount {
		byName[fns[f].name] = f
	}
	worst := map[string]float64{}
	for line := range strings.Lines(functions) {
		field := strings.Split(strings.TrimSpace(line), ",")
		var v [3]float64
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(field[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		a, x, want := v[0], v[1], v[2]
		got := eval1(byName[field[0]], a, x)
		tol := 1e-12 * math.Abs(want)
		if want == 0 {
			tol = 0x1p-1000 // underflow to denormal numbers is fine
		}
		if !(math.Abs(got-want) <= tol) {
			t.Errorf("%s{%v}(%v) = %v, want %v (relative error %.2g)", field[0], a, x, got, want, math.Abs(got/want-1))
		}
		worst[field[0]] = max(worst[field[0]], math.Abs(got-want)/max(math.Abs(want), 0x1p-1000))
	}
	t.Log(worst)
}

// Functions that have no table: exact by definition.
func TestExactFunctions(t *testing.T) {
	inf, nan, zero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct {
		f       Fn
		a, b, x float64
		want    float64
	}{
		{f: Neg, x: 2, want: -2}, {f: Neg, x: 0, want: zero},
		{f: Abs, x: -2, want: 2}, {f: Abs, x: zero, want: 0}, {f: Abs, x: -inf, want: inf},
		{f: Sign, x: -3, want: -1}, {f: Sign, x: 0.1, want: 1}, {f: Sign, x: 0, want: 0}, {f: Sign, x: zero, want: zero},
		{f: Square, x: -3, want: 9},
		{f: Recip, x: 0, want: inf}, {f: Recip, x: zero, want: -inf},
		{f: Rsqrt, x: 0, want: inf}, {f: Rsqrt, x: inf, want: 0}, {f: Rsqrt, x: -1, want: nan},
		{f: Relu, x: -1, want: 0}, {f: Relu, x: 2, want: 2}, {f: Relu, x: -inf, want: 0},
		{f: LeakyRelu, a: .5, x: -inf, want: -inf}, {f: LeakyRelu, a: .5, x: zero, want: zero},
		{f: Floor, x: -1.5, want: -2}, {f: Floor, x: 2, want: 2},
		{f: Clamp, a: -1, b: 2, x: -3, want: -1}, {f: Clamp, a: -1, b: 2, x: inf, want: 2}, {f: Clamp, a: -1, b: 2, x: .5, want: .5},
		{f: Bound, a: -1, b: 2, x: -3, want: -1}, {f: Bound, a: -1, b: 2, x: inf, want: 2}, {f: Bound, a: -1, b: 2, x: .5, want: .5},
		{f: Shift, a: 2, x: 3, want: 5}, {f: Scale, a: 2, x: 3, want: 6}, {f: Scale, a: 0, x: inf, want: nan},
		{f: Stop, x: 7, want: 7},
		{f: IsFinite, x: 7, want: 1}, {f: IsFinite, x: inf, want: 0}, {f: IsFinite, x: nan, want: 0},
		{f: Outside, a: -1, b: 2, x: 2, want: 0}, {f: Outside, a: -1, b: 2, x: inf, want: 1}, {f: Outside, a: -1, b: 2, x: -1, want: 0},
		{f: Outside, a: -1, b: 2, x: -1.5, want: 1}, {f: Outside, a: -1, b: 2, x: nan, want: 0},
		{f: Exp, x: -inf, want: 0}, {f: Exp, x: inf, want: inf}, {f: Exp, x: 1e3, want: inf}, {f: Expm1, x: -inf, want: -1},
		{f: Expm1, x: zero, want: zero}, {f: Log1p, x: zero, want: zero},
		{f: Log, x: 0, want: -inf}, {f: Log, x: -1, want: nan}, {f: Log, x: inf, want: inf}, {f: Log1p, x: -1, want: -inf},
		{f: Sqrt, x: zero, want: zero}, {f: Sqrt, x: -1, want: nan},
		{f: Tanh, x: inf, want: 1}, {f: Sigmoid, x: -inf, want: 0}, {f: Sigmoid, x: inf, want: 1},
		{f: LogSigmoid, x: -inf, want: -inf}, {f: LogSigmoid, x: inf, want: 0}, {f: LogSigmoid, x: -1e300, want: -1e300},
		{f: Softplus, x: -inf, want: 0}, {f: Softplus, x: inf, want: inf},
		{f: Elu, x: -inf, want: -1}, {f: Elu, x: inf, want: inf},
		{f: Gelu, x: -inf, want: 0}, {f: Gelu, x: inf, want: inf}, {f: Silu, x: -inf, want: 0}, {f: Silu, x: inf, want: inf},
		{f: Sin, x: inf, want: nan}, {f: Cos, x: inf, want: nan},
		{f: Erf, x: -inf, want: -1}, {f: Erfinv, x: 1, want: inf}, {f: Erfinv, x: -1, want: -inf}, {f: Erfinv, x: 1.1, want: nan},
		{f: Lgamma, x: 0, want: inf}, {f: Lgamma, x: -2, want: inf}, {f: Lgamma, x: inf, want: inf},
		{f: Digamma, x: 0, want: -inf}, {f: Digamma, x: zero, want: inf}, {f: Digamma, x: -2, want: nan},
		{f: Digamma, x: inf, want: inf}, {f: Digamma, x: -inf, want: nan},
		{f: Trigamma, x: 0, want: inf}, {f: Trigamma, x: -2, want: inf}, {f: Trigamma, x: inf, want: 0}, {f: Trigamma, x: -inf, want: nan},
		{f: Polygamma, a: 2, x: 0, want: -inf}, {f: Polygamma, a: 2, x: zero, want: inf}, {f: Polygamma, a: 2, x: -3, want: nan},
		{f: Polygamma, a: 2, x: inf, want: 0}, {f: Polygamma, a: 3, x: -3, want: inf}, {f: Polygamma, a: 2, x: -inf, want: nan},
	} {
		got := fns[c.f].f(c.x, c.a, c.b)
		if got == 0 && math.Signbit(got) != math.Signbit(c.want) && (c.f != LogSigmoid && c.f != Polygamma && c.f != Gelu) || !same(got, c.want) {
			t.Errorf("%v(%v) = %v, want %v", Unary{c.f, c.a, c.b}, c.x, got, c.want)
		}
	}
}

// same is equality that knows NaN.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestNaNPropagates(t *testing.T) {
	for f := range fnCount {
		if f == IsFinite || f == Outside {
			continue
		}
		if v := fns[f].f(math.NaN(), 1, 2); !math.IsNaN(v) {
			t.Errorf("%s(NaN) = %v", fns[f].name, v)
		}
	}
	for f := range fn2Count {
		for _, x := range [][2]float64{{math.NaN(), 1.5}, {1.5, math.NaN()}} {
			v := fn2s[f].f(x[0], x[1])
			want := math.NaN()
			switch f { // comparisons with NaN are false
			case Lt, Le, Gt, Ge, Eq:
				want = 0
			case Ne:
				want = 1
			}
			if !same(v, want) {
				t.Errorf("%s(%v) = %v, want %v", fn2s[f].name, x, v, want)
			}
		}
	}
	for f := range foldCount {
		for i := range 3 {
			x := []float64{1, 2, 3}
			x[i] = math.NaN()
			want := math.NaN()
			if f == ArgMax {
				want = float64(i)
			}
			if v := folds[f].f(x); !same(v, want) {
				t.Errorf("%s(%v) = %v, want %v", folds[f].name, x, v, want)
			}
		}
	}
}

func TestBinaryFunctions(t *testing.T) {
	inf, zero := math.Inf(1), math.Copysign(0, -1)
	for _, c := range []struct {
		f          Fn2
		a, b, want float64
	}{
		{Add, 1, 2, 3}, {Sub, 1, 2, -1}, {Mul, 3, 2, 6}, {Div, 3, 2, 1.5}, {Div, 1, zero, -inf},
		{Pow, 2, 10, 1024}, {Pow, -2, 3, -8}, {Pow, 0, 0, 1}, {Pow, 0, -1, inf}, {Pow, -8, 1. / 3, math.NaN()},
		{Max, 1, 2, 2}, {Max, -inf, 2, 2}, {Max, zero, 0, 0}, {Min, 1, 2, 1}, {Min, 0, zero, zero},
		{LogAddExp, 0, 0, math.Ln2}, {LogAddExp, 1000, 1000, 1000 + math.Ln2}, {LogAddExp, -1e4, 3, 3},
		{LogAddExp, math.Log(2), math.Log(3), math.Log(5)},
		{LogAddExp, -inf, -inf, -inf}, {LogAddExp, inf, inf, inf}, {LogAddExp, -inf, 1, 1}, {LogAddExp, inf, -inf, inf},
		{Lt, 1, 2, 1}, {Lt, 2, 2, 0}, {Le, 2, 2, 1}, {Le, 3, 2, 0}, {Gt, 2, 1, 1}, {Gt, 2, 2, 0}, {Ge, 2, 2, 1}, {Ge, 1, 2, 0},
		{Eq, 0, zero, 1}, {Eq, 1, 2, 0}, {Ne, 0, zero, 0}, {Ne, 1, 2, 1},
	} {
		got := fn2s[c.f].f(c.a, c.b)
		if !same(got, c.want) && !(math.Abs(got-c.want) <= 1e-15*math.Abs(c.want)) || got == 0 && math.Signbit(got) != math.Signbit(c.want) {
			t.Errorf("%s(%v, %v) = %v, want %v", fn2s[c.f].name, c.a, c.b, got, c.want)
		}
	}
}

func TestFolds(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		f    Fold
		x    []float64
		want float64
	}{
		{Sum, nil, 0}, {Sum, []float64{1, 2, 4}, 7},
		{Largest, nil, -inf}, {Largest, []float64{-3, -1, -2}, -1},
		{Smallest, nil, inf}, {Smallest, []float64{-1, -3, -2}, -3},
		{LogSumExp, nil, -inf}, {LogSumExp, []float64{-inf, -inf}, -inf}, {LogSumExp, []float64{inf, 1}, inf},
		{LogSumExp, []float64{1e4, 1e4, -inf}, 1e4 + math.Ln2}, {LogSumExp, []float64{math.Log(1), math.Log(2), math.Log(3)}, math.Log(6)},
		{ArgMax, []float64{1, 3, 3, 2}, 1},
	} {
		if got := folds[c.f].f(c.x); !same(got, c.want) && math.Abs(got-c.want) > 1e-15*math.Abs(c.want) {
			t.Errorf("%s(%v) = %v, want %v", folds[c.f].name, c.x, got, c.want)
		}
	}
	if got, want := pairwise(slices.Repeat([]float64{0.1}, 1<<20)), 0.1*(1<<20); math.Abs(got-want) > 1e-15*want {
		t.Errorf("pairwise sum of 2^20 tenths: %v, want %v", got, want)
	}
}

// Broadcasting, by a definition over coordinates.
func TestBroadcast(t *testing.T) {
	for _, c := range []struct {
		in   [][]int
		want string
	}{
		{[][]int{{}, {}}, "[]"},
		{[][]int{{3}, {}}, "[3]"},
		{[][]int{{2, 3}, {3}}, "[2 3]"},
		{[][]int{{2, 1}, {1, 3}}, "[2 3]"},
		{[][]int{{2, 1}, {1}}, "[2 1]"},
		{[][]int{{0, 3}, {1, 3}, {3}}, "[0 3]"},
		{[][]int{{2, 0}, {2, 1}}, "[2 0]"},
		{[][]int{{4, 1, 3}, {1, 2, 1}}, "[4 2 3]"},
		{[][]int{{3, 1}, {3}}, "shapes [[3 1] [3]] do not broadcast"},
		{[][]int{{1}, {2, 1}, {1, 4}}, "[2 4]"},
		{[][]int{{3}, {2, 2}}, "shapes [[3] [2 2]] do not broadcast"},
		{[][]int{{2}, {3}}, "shapes [[2] [3]] do not broadcast"},
		{[][]int{{0}, {2}}, "shapes [[0] [2]] do not broadcast"},
	} {
		s, err := Broadcast(c.in...)
		got := fmt.Sprint(s)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("Broadcast(%v): %s, want %s", c.in, got, c.want)
		}
	}
}
