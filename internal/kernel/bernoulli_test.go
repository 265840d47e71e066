package kernel

import (
	"math"
	"testing"
)

func TestBernoulli(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testBernoulli[float32](t, 2, 0x1p-23, 0x1p-149)
		testBernoulli[float64](t, 3, 0x1p-52, 0x1p-1074) // the reference rounds too
	})
	mustPanic(t, "kernel: LogBernoulli: lengths [1 1 0] differ", func() { LogBernoulli(make([]float32, 1), make([]float32, 1), nil) })
	mustPanic(t, "kernel: BernoulliGrad: lengths [1 1 0 1] differ", func() { BernoulliGrad(make([]float32, 1), make([]float32, 1), nil, make([]float32, 1)) })
}

// testBernoulli compares with forms that have no difference of like terms for x
// in [0,1] and, of the gradient, for x = 0 or 1. ε is eps.
func testBernoulli[T Float](t *testing.T, tol, eps, least float64) {
	checkPlaces(t, 2, func(d []T, x [][]T) { LogBernoulli(d, x[0], x[1]) })
	checkPlaces(t, 3, func(d []T, x [][]T) { BernoulliGrad(d, x[0], x[1], x[2]) })
	const n = 40000
	g, x, l, y := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
	spread(g, 1)
	spread(x, 2)
	spread(l, 3)
	for i := range n / 4 {
		x[4*i] = T(i % 2)
		x[4*i+1] = T(i) / n
	}
	softplus := unaryFunc[OpSoftplus]
	check := func(what string, tol float64, f func(g, x, l float64) (want, size float64)) {
		t.Helper()
		for i := range y {
			g, x, l, got := float64(g[i]), float64(x[i]), float64(l[i]), float64(y[i])
			want, size := f(g, x, l)
			switch {
			case want != want && g == g && x == x && l == l: // no value is right
			case !same(got, want) && !(math.Abs(got-want) <= tol*eps*size+least):
				t.Fatalf("%s(%v, %v, %v) = %v, want %v", what, g, x, l, got, want)
			}
		}
	}
	LogBernoulli(y, x, l)
	check("LogBernoulli", tol, func(_, x, l float64) (want, size float64) {
		if !(x >= 0 && x <= 1) || l-l != 0 {
			return x*l - softplus(l), math.Abs(x*l) + softplus(l)
		}
		want = (x-1)*softplus(l) - x*softplus(-l)
		return want, -want
	})
	BernoulliGrad(y, g, x, l)
	check("BernoulliGrad", 3, func(g, x, l float64) (want, size float64) {
		if x-x != 0 {
			return math.NaN(), 0
		}
		want = x*sigmoid(-l) + (x-1)*sigmoid(l)
		return g * want, math.Abs(g) * (math.Abs(x)*sigmoid(-l) + math.Abs(x-1)*sigmoid(l))
	})
}
