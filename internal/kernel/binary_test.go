package kernel

import (
	"math"
	"testing"
)

var binaryNames = [binaries]string{"Add", "Sub", "Mul", "Div", "Min", "Max", "Lt", "Le", "Gt", "Ge", "Eq", "Ne", "LogAddExp", "MulSquare", "Pow"}

func TestBinary(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testBinary[float32](t, 0x1p-23)
		testBinary[float64](t, 0x1p-52)
	})
}

func testBinary[T Float](t *testing.T, ulp float64) {
	const n = 2000
	a, b, dst := make([]T, n), make([]T, n), make([]T, n)
	spread(a, 1)
	spread(b, 2)
	copy(b[:200], a) // equal operands
	for op := range binaries {
		verify := func(what string, x, y func(i int) T) {
			t.Helper()
			for i, got := range dst {
				want := float64(binary(op, x(i), y(i)))
				ok := same(float64(got), want)
				if op == OpLogAddExp && active != Portable && !ok {
					scale := max(math.Abs(float64(x(i))), math.Abs(float64(y(i))), math.Ln2)
					ok = math.Abs(float64(got)-want) <= 2*ulp*scale
				}
				if !ok {
					t.Errorf("%s%s(%v, %v) = %v, want %v", binaryNames[op], what, x(i), y(i), got, want)
					return
				}
			}
		}
		at := func(x []T) func(int) T { return func(i int) T { return x[i] } }
		Zip(op, dst, a, b)
		verify("", at(a), at(b))
		for _, s := range []T{0, 1.5, -2, T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN())} {
			scalar := func(int) T { return s }
			ZipRight(op, dst, a, s)
			verify("Right", at(a), scalar)
			ZipLeft(op, dst, s, b)
			verify("Left", scalar, at(b))
		}
	}
}

func TestBinaryPlaces(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		for op := range binaries {
			if op == OpPow || active == Portable && op != OpSub {
				continue
			}
			t.Run(binaryNames[op], func(t *testing.T) {
				checkPlaces(t, 2, func(dst []float32, x [][]float32) { Zip(op, dst, x[0], x[1]) })
				checkPlaces(t, 1, func(dst []float32, x [][]float32) { ZipRight(op, dst, x[0], 1.5) })
				checkPlaces(t, 1, func(dst []float32, x [][]float32) { ZipLeft(op, dst, 1.5, x[0]) })
				checkPlaces(t, 2, func(dst []float64, x [][]float64) { Zip(op, dst, x[0], x[1]) })
				checkPlaces(t, 1, func(dst []float64, x [][]float64) { ZipRight(op, dst, x[0], 1.5) })
				checkPlaces(t, 1, func(dst []float64, x [][]float64) { ZipLeft(op, dst, 1.5, x[0]) })
			})
		}
	})
}

func TestBinaryLengths(t *testing.T) {
	a, b := []float64{3}, []float64{2}
	mustPanic(t, "kernel: Zip: lengths [1 1 0] differ", func() { Zip(OpAdd, a, b, nil) })
	mustPanic(t, "kernel: ZipRight: lengths [1 0] differ", func() { ZipRight(OpAdd, a, nil, 1) })
	mustPanic(t, "kernel: ZipLeft: lengths [1 0] differ", func() { ZipLeft(OpSub, a, 1, nil) })
}

// fusedCases are the functions of more operands with what they mean.
func fusedCases[T Float]() []struct {
	name     string
	operands int
	f        func(dst []T, x [][]T)
	want     func(x ...T) T
} {
	return []struct {
		name     string
		operands int
		f        func(dst []T, x [][]T)
		want     func(x ...T) T
	}{
		{"MulAdd", 3, func(d []T, x [][]T) { MulAdd(d, x[0], x[1], x[2]) }, func(x ...T) T { return fma(x[0], x[1], x[2]) }},
		{"NegMulAdd", 3, func(d []T, x [][]T) { NegMulAdd(d, x[0], x[1], x[2]) }, func(x ...T) T { return fma(-x[0], x[1], x[2]) }},
		{"AddScaled", 2, func(d []T, x [][]T) { AddScaled(d, x[0], -1.7, x[1]) }, func(x ...T) T { return fma(-1.7, x[1], x[0]) }},
		{"Affine", 1, func(d []T, x [][]T) { Affine(d, x[0], -1.7, .3) }, func(x ...T) T { return fma(x[0], -1.7, .3) }},
		{"TanhGrad", 2, func(d []T, x [][]T) { TanhGrad(d, x[0], x[1]) }, func(x ...T) T { return x[0] * fma(-x[1], x[1], 1) }},
		{"SigmoidGrad", 2, func(d []T, x [][]T) { SigmoidGrad(d, x[0], x[1]) }, func(x ...T) T { return x[0] * fma(-x[1], x[1], x[1]) }},
		{"Where", 3, func(d []T, x [][]T) { Where(d, x[0], x[1], x[2]) }, func(x ...T) T {
			if x[0] != 0 {
				return x[1]
			}
			return x[2]
		}},
		{"LeakyRelu", 1, func(d []T, x [][]T) { LeakyRelu(d, x[0], .1) }, func(x ...T) T {
			if x[0] < 0 {
				return .1 * x[0]
			}
			return x[0]
		}},
		{"Outside", 1, func(d []T, x [][]T) { Outside(d, x[0], -.5, .7) }, func(x ...T) T {
			if x[0] < -.5 || x[0] > .7 {
				return 1
			}
			return 0
		}},
		{"Between", 3, func(d []T, x [][]T) { Between(d, x[0], x[1], x[2], 0x1p-100) }, func(x ...T) T { return between(x[0], x[1], x[2], 0x1p-100) }},
		{"Clamp", 1, func(d []T, x [][]T) { Clamp(d, x[0], -.5, .7) }, func(x ...T) T { return min(max(x[0], -.5), .7) }},
	}
}

func TestFused(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testFused[float32](t, 0x1p-22)
		testFused[float64](t, 0)
	})
}

func testFused[T Float](t *testing.T, tol float64) {
	for _, c := range fusedCases[T]() {
		checkPlaces(t, c.operands, c.f)
		x := make([][]T, c.operands)
		for i := range x {
			x[i] = make([]T, 1000)
			spread(x[i], uint64(10+i))
		}
		dst := make([]T, 1000)
		c.f(dst, x)
		for i, got := range dst {
			var at []T
			for _, v := range x {
				at = append(at, v[i])
			}
			want := c.want(at...)
			if !same(got, want) && math.Abs(float64(got-want)) > tol*math.Abs(float64(want))+1e-44 {
				t.Fatalf("%s(%v) = %v, want %v", c.name, at, got, want)
			}
		}
	}
	mustPanic(t, "kernel: MulAdd: lengths [1 1 1 0] differ", func() { MulAdd(make([]T, 1), make([]T, 1), make([]T, 1), nil) })
	mustPanic(t, "kernel: Where: lengths [1 0 1 1] differ", func() { Where(make([]T, 1), nil, make([]T, 1), make([]T, 1)) })
	mustPanic(t, "kernel: Outside: lengths [1 0] differ", func() { Outside(make([]T, 1), nil, 0, 1) })
	mustPanic(t, "kernel: Between: lengths [1 1 0 1] differ", func() { Between(make([]T, 1), make([]T, 1), nil, make([]T, 1), 1) })
	mustPanic(t, "kernel: Clamp: lengths [1 0] differ", func() { Clamp(make([]T, 1), nil, 0, 1) })
}

// TestBetween moves the ends themselves to their neighbours.
func TestBetween(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testBetween(t, func(x, to float32) float32 { return math.Nextafter32(x, to) })
		testBetween(t, math.Nextafter)
	})
}

func testBetween[T Float](t *testing.T, next func(x, to T) T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	const tiny = 0x1p-100
	var dst [1]T
	check := func(x, lo, hi, want T) {
		t.Helper()
		if Between(dst[:], []T{x}, []T{lo}, []T{hi}, tiny); !same(dst[0], want) {
			t.Errorf("%T %v between %v and %v is %v, want %v", x, x, lo, hi, dst[0], want)
		}
	}
	ends := make([]T, 1000)
	spread(ends, 1)
	ends = append(ends, 1, 2, next(2, 1), next(1, 2), 1e30, 3e-20)
	for _, e := range ends {
		for _, e := range []T{e, -e} {
			if e-e != 0 || max(e, -e) < 0x1p-60 || max(e, -e) > 0x1p60 {
				continue
			}
			check(e, e, e+2*max(e, -e), next(e, inf))
			check(e, e-2*max(e, -e), e, next(e, -inf))
			check(e, e, e, e)
			check(nan, e, e+1, nan)
		}
	}
	check(0, 0, 1, tiny)
	check(0, -1, 0, -tiny)
	check(5, -inf, inf, 5)
	check(5, nan, 3, next(3, 0))
	check(5, 7, nan, next(7, 8))
}

func TestBinaryAllocates(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		if n := testing.AllocsPerRun(10, func() {
			var x, y [100]float32
			for op := range binaries {
				Zip(op, x[:], x[:], y[:])
				ZipRight(op, x[:], x[:], 2)
				ZipLeft(op, x[:], 2, x[:])
			}
			MulAdd(x[:], x[:], y[:], y[:])
			AddScaled(x[:], x[:], 2, y[:])
			Affine(x[:], x[:], 2, 3)
			Where(x[:], x[:], y[:], y[:])
			Outside(x[:], y[:], 0, 1)
			Between(x[:], x[:], y[:], y[:], 1)
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func BenchmarkBinary(b *testing.B) {
	b.Run("float32", benchmarkBinary[float32])
	b.Run("float64", benchmarkBinary[float64])
}

func benchmarkBinary[T Float](b *testing.B) {
	const n = 4096
	x, y, dst := make([]T, n), make([]T, n), make([]T, n)
	Normal(x, testNoise, 0, 0, 0)
	Normal(y, testNoise, 1, 0, 0)
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
	for op := range binaries {
		run(binaryNames[op], func() { Zip(op, dst, x, y) })
	}
	run("MulAdd", func() { MulAdd(dst, x, y, x) })
	run("AddScaled", func() { AddScaled(dst, x, 2, y) })
	run("Where", func() { Where(dst, x, y, x) })
	run("LogBernoulli", func() { LogBernoulli(dst, x, y) })
	run("BernoulliGrad", func() { BernoulliGrad(dst, x, y, x) })
	run("LeakyRelu", func() { LeakyRelu(dst, x, .1) })
	run("Outside", func() { Outside(dst, x, -.5, .7) })
	run("Between", func() { Between(dst, x, y, x, 0x1p-100) })
	run("Clamp", func() { Clamp(dst, x, -.5, .7) })
}
