package kernel

import (
	"math"
	"slices"
	"testing"
)

// adamInput returns param, grad, m, v of n elements, deterministic.
func adamInput[T Float](n int) [4][]T {
	var x [4][]T
	for i := range x {
		x[i] = make([]T, n)
		Normal(x[i], testNoise, uint32(i), 0, 0)
	}
	for i, v := range x[3] {
		x[3][i] = v * v
	}
	return x
}

func TestAdam(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testAdam[float32](t, 4e-7)
		testAdam[float64](t, 1e-15)
	})
}

func testAdam[T Float](t *testing.T, tol float64) {
	s := AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Scale: .5}.At(3)
	for _, n := range sizes() {
		x := adamInput[T](n)
		var in, out [4][]T
		var checks []func()
		for i := range x {
			var check func()
			in[i] = slices.Clone(x[i])
			out[i], check = guarded[T](t, n, i+1)
			copy(out[i], x[i])
			checks = append(checks, check)
		}
		Adam(out[0], out[1], out[2], out[3], s)
		for _, check := range checks {
			check()
		}
		for i := range n {
			p, g, m, v := float64(in[0][i]), .5*float64(in[1][i]), float64(in[2][i]), float64(in[3][i])
			m = .9*m + .1*g
			v = .999*v + .001*g*g
			p -= 1e-3 * (m / (1 - math.Pow(.9, 3))) / (math.Sqrt(v/(1-math.Pow(.999, 3))) + 1e-8)
			for j, want := range []float64{p, float64(in[1][i]), m, v} {
				if d := math.Abs(float64(out[j][i]) - want); d > tol*max(1, math.Abs(want)) {
					t.Fatalf("n=%d: array %d, element %d: %v, want %v", n, j, i, out[j][i], want)
				}
			}
		}
		if n == 1000 { // the split does not matter
			again := adamInput[T](n)
			for _, r := range [][2]int{{0, 13}, {13, 500}, {500, 1000}} {
				Adam(again[0][r[0]:r[1]], again[1][r[0]:r[1]], again[2][r[0]:r[1]], again[3][r[0]:r[1]], s)
			}
			if !slices.Equal(again[0], out[0]) {
				t.Error("Adam depends on the split")
			}
		}
	}
	// The first step is α·sign(g), and a zero gradient does not move.
	p, g, m, v := make([]T, 3), []T{5, -.01, 0}, make([]T, 3), make([]T, 3)
	Adam(p, g, m, v, AdamStep{Rate: .1, Beta1: .9, Beta2: .999, Eps: 1e-12}.At(1))
	for i, want := range []float64{-.1, .1, 0} {
		if math.Abs(float64(p[i])-want) > 1e-6 {
			t.Errorf("first step %v, want %v", p[i], want)
		}
	}
	mustPanic(t, "kernel: Adam: lengths [3 3 2 3] differ", func() { Adam(p, g, m[:2], v, AdamStep{}) })
}

func TestAdaMaxAndMomentum(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testAdaMaxAndMomentum[float32](t, 4e-7)
		testAdaMaxAndMomentum[float64](t, 1e-15)
	})
}

func testAdaMaxAndMomentum[T Float](t *testing.T, tol float64) {
	s := AdamStep{Rate: .01, Beta1: .9, Beta2: .99}.At(2)
	for _, n := range sizes() {
		in := adamInput[T](n)
		var x [4][]T
		var checks [4]func()
		for i := range x {
			x[i], checks[i] = guarded[T](t, n, i+1)
			copy(x[i], in[i])
		}
		AdaMax(x[0], x[1], x[2], x[3], s)
		Momentum(x[0], x[1], x[2], .1, .8, 2)
		for _, check := range checks {
			check()
		}
		for i := range n {
			p, g, m, u := float64(in[0][i]), float64(in[1][i]), float64(in[2][i]), float64(in[3][i])
			m = .9*m + .1*g
			u = max(.99*u, math.Abs(g))
			p -= .01 / (1 - .81) * m / u
			m = .8*m + 2*g
			p -= .1 * m
			for j, want := range []float64{p, g, m, u} {
				if math.Abs(float64(x[j][i])-want) > 4*tol*max(1, math.Abs(want)) {
					t.Fatalf("n=%d: array %d, element %d: %v, want %v", n, j, i, x[j][i], want)
				}
			}
		}
	}
	nan := []T{T(math.NaN())}
	one := []T{1}
	if AdaMax(one, nan, []T{0}, []T{1}, s); one[0] == one[0] {
		t.Error("AdaMax hid a NaN")
	}
	mustPanic(t, "kernel: AdaMax: lengths [1 1 0 1] differ", func() { AdaMax(one, one, nil, one, s) })
	mustPanic(t, "kernel: Momentum: lengths [1 1 0] differ", func() { Momentum(one, one, nil, 1, 1, 1) })
	p, z := []T{1}, []T{0}
	AdaMax(p, z, []T{0}, []T{0}, s)
	if p[0] != 1 {
		t.Errorf("a gradient that was always zero moved the parameter to %v", p[0])
	}
}

func TestAllFinite(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testAllFinite[float32](t, math.MaxFloat32)
		testAllFinite[float64](t, math.MaxFloat64)
	})
}

func testAllFinite[T Float](t *testing.T, largest T) {
	for _, n := range sizes() {
		x, _ := guarded[T](t, n, 1)
		for i := range x {
			x[i] = largest
		}
		if !AllFinite(x) {
			t.Fatalf("n=%d: finite numbers are not", n)
		}
		for _, bad := range []T{T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN())} {
			for i := 0; i < n; i += 1 + n/67 {
				was := x[i]
				x[i] = bad
				if AllFinite(x) {
					t.Fatalf("n=%d: missed %v at %d", n, bad, i)
				}
				x[i] = was
			}
		}
	}
}

func TestAdamAllocates(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		x := adamInput[float32](1000)
		if n := testing.AllocsPerRun(10, func() {
			Adam(x[0], x[1], x[2], x[3], AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8}.At(1))
			AllFinite(x[0])
			SumSquares(x[0])
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func BenchmarkAdam(b *testing.B) {
	x := adamInput[float32](1 << 14)
	s := AdamStep{Rate: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8}.At(1)
	for b.Loop() {
		Adam(x[0], x[1], x[2], x[3], s)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x[0])), "ns/elem")
}

func TestAMSGradAndRootSquares(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testAMSGradAndRootSquares[float32](t, 4e-7)
		testAMSGradAndRootSquares[float64](t, 1e-15)
	})
}

func testAMSGradAndRootSquares[T Float](t *testing.T, tol float64) {
	s := AdamStep{Rate: .01, Beta1: .9, Beta2: .5, Eps: 1e-8, Scale: 2}.At(2)
	for _, n := range sizes() {
		in := adamInput[T](n)
		largest := make([]T, n)
		Normal(largest, testNoise, 9, 0, 0)
		for i, v := range largest {
			largest[i] = v * v // above v at some elements, below at others
		}
		var x [5][]T
		var checks [5]func()
		for i := range x {
			x[i], checks[i] = guarded[T](t, n, i+1)
			copy(x[i], append(in[:], largest)[i])
		}
		AMSGrad(x[0], x[1], x[2], x[3], x[4], s)
		RootSquares(x[0], x[1], x[3], .75, .5, .1, 1e-3, 3)
		for _, check := range checks {
			check()
		}
		for i := range n {
			p, g, m, v, l := float64(in[0][i]), float64(in[1][i]), float64(in[2][i]), float64(in[3][i]), float64(largest[i])
			m = .9*m + .1*2*g
			v = .5*v + .5*4*g*g
			l = max(l, v)
			p -= .01 / .19 * m / (math.Sqrt(l/.75) + 1e-8)
			v = .75*v + .5*9*g*g
			p -= .1 * 3 * g / (math.Sqrt(v) + 1e-3)
			for j, want := range []float64{p, g, m, v, l} {
				if math.Abs(float64(x[j][i])-want) > 4*tol*max(1, math.Abs(want)) {
					t.Fatalf("n=%d: array %d, element %d: %v, want %v", n, j, i, x[j][i], want)
				}
			}
		}
	}
	nan, one := T(math.NaN()), []T{1}
	for k, x := range [][4]T{{nan, 1, 1, 1}, {1, nan, 1, 1}, {1, 1, nan, 1}, {1, 1, 1, nan}} {
		p, l := []T{1}, []T{x[3]}
		if AMSGrad(p, []T{x[0]}, []T{x[1]}, []T{x[2]}, l, s); p[0] == p[0] || k != 1 && l[0] == l[0] {
			t.Errorf("AMSGrad hid a NaN: %v, largest %v", p, l)
		}
	}
	mustPanic(t, "kernel: AMSGrad: lengths [1 1 1 1 0] differ", func() { AMSGrad(one, one, one, one, nil, s) })
	mustPanic(t, "kernel: RootSquares: lengths [1 1 0] differ", func() { RootSquares(one, one, nil, 1, 1, 1, 1, 1) })
}
