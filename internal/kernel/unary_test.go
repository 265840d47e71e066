package kernel

import (
	"flag"
	"math"
	"testing"
)

var ulpStride = flag.Uint64("ulpstride", 4099, "check the functions of one number on every so-manieth float32; 1 takes minutes for each")

// unaryCases lists every function with its largest error in ulp on the vector
// path, as its documentation states it.
var unaryCases = []struct {
	name string
	op   Unary
	ulp  float64
}{
	{"Neg", OpNeg, 0}, {"Abs", OpAbs, 0}, {"Sign", OpSign, 0}, {"Sqrt", OpSqrt, .5}, {"Rsqrt", OpRsqrt, 1.5},
	{"Square", OpSquare, .5}, {"Recip", OpRecip, .5}, {"Floor", OpFloor, 0}, {"Relu", OpRelu, 0},
	{"Exp", OpExp, 1.1}, {"Expm1", OpExpm1, 1.5}, {"Log", OpLog, 1}, {"Log1p", OpLog1p, 1.3}, {"Tanh", OpTanh, 1.9},
	{"Sigmoid", OpSigmoid, 1.5}, {"LogSigmoid", OpLogSigmoid, 1.8}, {"Softplus", OpSoftplus, 1.8}, {"Silu", OpSilu, 1.8},
	{"Elu", OpElu, 1}, {"Erf", OpErf, 1.1}, {"Sin", OpSin, 1.5}, {"Cos", OpCos, 1.5},
	{"Gelu", OpGelu, 4}, {"ErfInv", OpErfInv, .51}, {"Lgamma", OpLgamma, .51}, {"Digamma", OpDigamma, .51},
	{"Trigamma", OpTrigamma, .51},
}

// TestUnaryAccuracy goes over the whole range of float32 in strides, with every
// kind of special number, against float64.
func TestUnaryAccuracy(t *testing.T) {
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, .5, -.5, 2, -2, math.MaxFloat32, -math.MaxFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
		0x1p-126, -0x1p-126, 0x1.fffffcp-127, 88.72283, 88.72284, -87.3, -103.97, -103.98, -104, 1 - 0x1p-24, 1 + 0x1p-23, -1 + 0x1p-24, -1 - 0x1p-23}
	onEachPath(t, func(t *testing.T) {
		for _, c := range unaryCases {
			t.Run(c.name, func(t *testing.T) {
				stride, want := *ulpStride, c.ulp
				if c.op > OpGelu || active == Portable {
					stride = 65521 // the reference itself
				}
				if active == Portable {
					want = .51
				}
				worst, at := 0., float32(0)
				src, dst := make([]float32, 0, 1<<14), make([]float32, 1<<14)
				check := func() {
					Map(c.op, dst[:len(src)], src)
					for i, x := range src {
						if e := ulps(dst[i], unaryFunc[c.op](float64(x))); !(e <= worst) {
							worst, at = e, x
						}
					}
					src = src[:0]
				}
				src = append(src, special...)
				check()
				for bits := uint64(0); bits < 1<<32; bits += stride {
					if src = append(src, math.Float32frombits(uint32(bits))); len(src) == cap(src) {
						check()
					}
				}
				check()
				t.Logf("%s: %.3f ulp at %v (%#x)", c.name, worst, at, math.Float32bits(at))
				if worst > want {
					x := []float32{at}
					Map(c.op, x, x)
					t.Errorf("%s(%v) = %v, want %v: %.3f ulp, at most %v stated", c.name, at, x[0], unaryFunc[c.op](float64(at)), worst, want)
				}
			})
		}
	})
}

func TestUnaryPlaces(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		for _, c := range unaryCases {
			if active == Portable && c.op != OpNeg && c.op != OpExp {
				continue // one loop serves all
			}
			t.Run(c.name, func(t *testing.T) {
				checkPlaces(t, 1, func(dst []float32, x [][]float32) { Map(c.op, dst, x[0]) })
				if c.op <= OpGelu {
					checkPlaces(t, 1, func(dst []float64, x [][]float64) { Map(c.op, dst, x[0]) })
				}
			})
		}
	})
}

// TestUnaryFloat64 holds float64 to the reference itself, but for what has
// kernels with errors of their own: see TestUnaryAccuracyFloat64. OpRelu may give
// either zero.
func TestUnaryFloat64(t *testing.T) {
	x, y := make([]float64, 1000), make([]float64, 1000)
	spread(x, 7)
	copy(x, []float64{math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1030, -0x1p-1030,
		math.MaxFloat64, -math.MaxFloat64, 0x1p52 - .5, .5 - 0x1p52, 7, -7})
	onEachPath(t, func(t *testing.T) {
		for _, c := range unaryCases {
			if vectors() && c.op >= OpExp && c.op <= OpGelu {
				continue
			}
			Map(c.op, y, x)
			for i, v := range x {
				if want := unaryFunc[c.op](v); !same(y[i], want) || want == 0 && c.op != OpRelu && math.Signbit(y[i]) != math.Signbit(want) {
					t.Errorf("%s(%v) = %v, want %v", c.name, v, y[i], want)
				}
			}
		}
	})
}

func TestUnaryCases(t *testing.T) {
	for i, c := range unaryCases {
		if c.op != Unary(i) {
			t.Errorf("%s is out of place", c.name)
		}
	}
	mustPanic(t, "kernel: Map: lengths [1 2] differ", func() { Map(OpExp, make([]float64, 1), make([]float64, 2)) })
}

// The functions that package math lacks, against mpmath 1.3.0 with 40 digits.
func TestSpecialFunctions(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(float64) float64
		x, y float64
	}{
		{"digamma", digamma, 1e-06, -1000000.57721402001},
		{"digamma", digamma, 0.1, -10.4237549404110762},
		{"digamma", digamma, 0.5, -1.96351002602142348},
		{"digamma", digamma, 1.0, -0.577215664901532861},
		{"digamma", digamma, 1.4, -0.0613845445851162368},
		{"digamma", digamma, 2.0, 0.422784335098467139},
		{"digamma", digamma, 3.75, 1.18253738861179623},
		{"digamma", digamma, 9.99, 2.25070037283120112},
		{"digamma", digamma, 100.0, 4.6001618527380874},
		{"digamma", digamma, 10000000000.0, 23.0258509298904568},
		{"digamma", digamma, -0.25, 2.91413912021352783},
		{"digamma", digamma, -3.7, -0.845076858870419355},
		{"digamma", digamma, -20.1, 12.6942172128925136},
		{"trigamma", trigamma, 1e-06, 1000000000001.64502},
		{"trigamma", trigamma, 0.1, 101.433299150792748},
		{"trigamma", trigamma, 0.5, 4.93480220054467931},
		{"trigamma", trigamma, 1.0, 1.64493406684822644},
		{"trigamma", trigamma, 1.4, 1.02535659052959753},
		{"trigamma", trigamma, 2.0, 0.644934066848226436},
		{"trigamma", trigamma, 3.75, 0.305339852690253075},
		{"trigamma", trigamma, 9.99, 0.105276950148241784},
		{"trigamma", trigamma, 100.0, 0.0100501666633335714},
		{"trigamma", trigamma, 10000000000.0, 1.00000000005e-10},
		{"trigamma", trigamma, -0.25, 18.5418796476716065},
		{"trigamma", trigamma, -3.7, 14.8424218641242799},
		{"trigamma", trigamma, -20.1, 103.307304945824635},
		{"digamma", digamma, 6e-309, -1.66666666666666627e+308},
		{"digamma", digamma, -6e-309, 1.66666666666666627e+308},
		{"trigamma", trigamma, 1e-154, 1.00000000000000005e+308},
		{"trigamma", trigamma, -1e-154, 1.00000000000000005e+308},
		{"gelu", gelu, -4.0, -0.000126684967332479685},
		{"gelu", gelu, -5.0, -1.43325785939596956e-6},
		{"gelu", gelu, -1.0, -0.158655253931457051},
		{"gelu", gelu, -0.01, -0.00496010643685368407},
		{"gelu", gelu, 0.3, 0.185373426656685783},
		{"gelu", gelu, 2.0, 1.95449973610364159},
		{"gelu", gelu, 9.0, 9.0},
		{"silu", silu, -700.0, -6.9017735806318396e-302},
		{"silu", silu, -5.0, -0.0334642546214242778},
		{"silu", silu, -1.0, -0.268941421369995121},
		{"silu", silu, 0.3, 0.172332755043497689},
		{"silu", silu, 9.0, 8.99888944881612391},
	} {
		tol := 8e-15 * math.Abs(c.y)
		if c.name == "digamma" {
			tol = max(tol, 1e-15) // which has a zero
		}
		if got := c.f(c.x); math.Abs(got-c.y) > tol {
			t.Errorf("%s(%v) = %.17g, want %.17g", c.name, c.x, got, c.y)
		}
	}
}

// At the poles and at the ends of the range, as SciPy 1.17 has it; except for
// trigamma(-Inf), which has no limit and is +Inf there.
func TestDigammaAndTrigammaAtEdges(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testDigammaAndTrigammaAtEdges[float32](t, math.SmallestNonzeroFloat32, math.MaxFloat32)
		testDigammaAndTrigammaAtEdges[float64](t, math.SmallestNonzeroFloat64, math.MaxFloat64)
	})
}

func testDigammaAndTrigammaAtEdges[T Float](t *testing.T, smallest, largest T) {
	inf, nan, zero := T(math.Inf(1)), T(math.NaN()), T(0)
	edges := [][3]T{ // x, ψ(x), ψ′(x)
		{zero, -inf, inf}, {-1 / inf, inf, inf}, {inf, inf, 0}, {-inf, nan, nan}, {nan, nan, nan},
		{-1, nan, inf}, {-2, nan, inf}, {-30, nan, inf}, {-1 << 60, nan, inf}, {-largest, nan, inf},
		{smallest, -inf, inf}, {-smallest, inf, inf}, {100 * smallest, -inf, inf}, {-100 * smallest, inf, inf},
	}
	x, y := make([]T, len(edges)), make([]T, len(edges))
	for i, e := range edges {
		x[i] = e[0]
	}
	for i, op := range []Unary{OpDigamma, OpTrigamma} {
		Map(op, y, x)
		for j, e := range edges {
			if want := e[1+i]; y[j] != want && (y[j] == y[j] || want == want) {
				t.Errorf("%s(%v) of %T = %v, want %v", unaryCases[op].name, x[j], x[j], y[j], want)
			}
		}
	}
}

func TestUnaryAllocates(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		if n := testing.AllocsPerRun(10, func() {
			var x [100]float32
			var y [100]float64
			for op := range unaries {
				Map(op, x[:], x[:])
				Map(op, y[:], y[:])
			}
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func BenchmarkUnary(b *testing.B) {
	b.Run("float32", benchmarkUnary[float32])
	b.Run("float64", benchmarkUnary[float64])
}

func benchmarkUnary[T Float](b *testing.B) {
	const n = 4096
	src, dst := make([]T, n), make([]T, n)
	Normal(src, testNoise, 0, 0, 0)
	for _, c := range unaryCases {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Map(c.op, dst, src)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
		})
	}
}
