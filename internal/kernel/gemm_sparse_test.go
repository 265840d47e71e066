package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Zeros are skipped where they are many, and that changes no bit.
func TestGemmSparse(t *testing.T) { eachPath(t, testGemmSparse[float32], testGemmSparse[float64]) }

func testGemmSparse[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(21, 22))
	shapes := [][3]int{{100, 500, 784}, {784, 500, 100}, {40, 300, 1}, {300, 33, 900}, {50, 7, 60}}
	for n := range 140 { // every width
		shapes = append(shapes, [3]int{13 + n%5, 5 + n, 17 + n%40})
	}
	tiny := 0x1p-80
	if sizeOf[T]() == 8 {
		tiny = 0x1p-540
	}
	for i, s := range shapes {
		if Active() == Portable || raceEnabled {
			s[0], s[1], s[2] = min(s[0], 60), min(s[1], 150), min(s[2], 500)
		}
		c := caseOf{m: s[0], n: s[1], k: s[2], transA: i%2 == 1, bias: i%4 == 0, pad: i % 3, off: i % 5}
		for _, share := range []float64{0, .1, .25, .6} {
			g, intact := product[T](r, c)
			for j := range g.A {
				switch x := r.Float64(); {
				case x < share/2 && i%5 != 0:
				case x < share && i%5 == 0: // products too small for T
					g.A[j] = T(-tiny)
				case x < share:
					g.A[j] = 1
				case x < (1+share)/2:
					g.A[j] = T(math.Copysign(0, -1))
				default:
					g.A[j] = 0
				}
			}
			if i%5 == 0 {
				for j := range g.B {
					g.B[j] *= T(tiny)
				}
			}
			start := append([]T(nil), g.C...)
			g.Run(p)
			want := append([]T(nil), g.C...)
			copy(g.C, start)
			g.Sparse = true
			g.Run(p)
			if err := intact(); err != nil {
				t.Fatalf("%+v: %v", c, err)
			}
			if z := g.zeros; share == .1 && s[2] > 60 && (z == nil || !z.use) || share == .6 && z != nil && z.use && s[2] > 60 {
				t.Fatalf("%+v, %v not zero: %+v", c, share, z)
			}
			allSame(t, g.C, want, c)
		}
	}
}

func allSame[T Float](t *testing.T, got, want []T, what any) {
	t.Helper()
	for i, w := range want {
		if math.Float64bits(float64(got[i])) != math.Float64bits(float64(w)) && (w == w || got[i] == got[i]) {
			t.Fatalf("%+v: element %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// A zero times what is not finite is NaN, wherever that is in B, and NaN in A is
// not zero.
func TestGemmSparseNotFinite(t *testing.T) {
	eachPath(t, testGemmSparseNotFinite[float32], testGemmSparseNotFinite[float64])
}

func testGemmSparseNotFinite[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(23, 24))
	for i := range 120 {
		m := []int{20, 200}[i/4%2] // rows in one part or in several
		c := caseOf{m: m, n: 90, k: 40, transA: i%2 == 1, transB: i%5 == 0}
		g, _ := product[T](r, c)
		for j := range g.A {
			if r.IntN(m) > 1 { // rows of B that few rows of A meet
				g.A[j] = 0
			}
		}
		special := T([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[i%3])
		if i%4 < 3 {
			g.B[r.IntN(len(g.B))] = special
		}
		if i%4 > 1 {
			g.A[r.IntN(len(g.A))] = special
		}
		g.Run(p)
		want := append([]T(nil), g.C...)
		g.Sparse = true
		g.Run(p)
		if !c.transB && (g.zeros == nil || !g.zeros.use) {
			t.Fatal("not sparse")
		}
		allSame(t, g.C, want, c)
	}
}

// A that was dense is looked at again after a while, and what FindZeros has found
// before does not outlive it.
func TestGemmSparseComesAndGoes(t *testing.T) {
	eachPath(t, testGemmSparseComesAndGoes[float32], testGemmSparseComesAndGoes[float64])
}

func testGemmSparseComesAndGoes[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(25, 26))
	dense, _ := product[T](r, caseOf{m: 30, n: 40, k: 50})
	g := *dense
	g.C, g.Sparse = make([]T, len(dense.C)), true
	parts := g.Prepare(p)
	for run := range 3 * lookInterval {
		few := run == 0 || run > lookInterval+1 // not zero in the runs between
		for j := range g.A {
			g.A[j] = T(r.NormFloat64())
			if few && r.IntN(10) > 0 {
				g.A[j] = 0
			}
		}
		dense.Run(p)
		g.FindZeros()
		p.Run(parts, &g)
		allSame(t, g.C, dense.C, run)
		if g.zeros.use != few {
			t.Fatalf("run %d: zeros skipped: %v", run, g.zeros.use)
		}
	}
	if n := testing.AllocsPerRun(5, func() { g.FindZeros(); p.Run(parts, &g) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

// The search finds what is not zero, NaN and denormals too, wherever x starts, and
// writes whole words alone.
func TestNonzero(t *testing.T) { eachPath(t, testNonzero[float32], testNonzero[float64]) }

func testNonzero[T Float](t *testing.T, _ *Pool) {
	r := rand.New(rand.NewPCG(25, 26))
	denormal := math.SmallestNonzeroFloat64
	if sizeOf[T]() == 4 {
		denormal = math.SmallestNonzeroFloat32
	}
	values := []float64{0, math.Copysign(0, -1), 0, 1, -denormal, math.NaN(), math.Inf(-1)}
	for n := range 200 {
		x, _ := fenced[T](r, n, n%5)
		for i := range x {
			x[i] = T(values[r.IntN(len(values))])
		}
		words := (n + 63) / 64
		got := make([]uint64, words+1)
		for i := range got {
			got[i] = 0x5555
		}
		nonzero(got[:words], x)
		for i := range words * 64 {
			if set := got[i/64]>>(i%64)&1 == 1; set != (i < n && x[i] != 0) {
				t.Fatalf("%d elements: bit %d is %v", n, i, set)
			}
		}
		if got[words] != 0x5555 {
			t.Fatalf("%d elements: wrote beyond", n)
		}
	}
}
