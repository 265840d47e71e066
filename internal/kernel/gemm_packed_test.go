package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A product whose B is packed beforehand has the bits of the one that packs it, or
// reads it where it is, for every shape and every number of rows that share it.
func TestPackedIsTheSame(t *testing.T) { eachPath(t, testPacked[float32], testPacked[float64]) }

func testPacked[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 36 {
		n, k := 1+r.IntN(160), 1+r.IntN(90)
		switch i % 6 {
		case 0:
			k = 1 + r.IntN(900)
		case 1:
			n = 1 + r.IntN(12)
		case 2:
			k = 0
		}
		for _, f := range bools(2) {
			batch, shared := 1, false
			if i%4 == 3 {
				batch, shared = 3, i%8 == 3
			}
			b := normals[T](r, batch*n*k+3)[3:]
			stride := n * k
			if shared {
				stride = 0
			}
			g := Gemm[T]{N: n, K: k, B: b, StrideB: stride, TransB: f[0], Batch: batch}
			packed := g.Pack()
			again := g
			again.B = normals[T](r, len(b))
			again.Packed = again.Pack()
			again.B = b
			if again.Repack(); !slices.Equal(again.Packed.panels, packed.panels) {
				t.Fatalf("%d×%d, transposed %v, batch %d: packed again %v, want %v", k, n, f, batch, again.Packed.panels, packed.panels)
			}
			for _, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 30} {
				a, bias := normals[T](r, batch*m*k), normals[T](r, n)
				run := func(pk *Packed[T]) []T {
					h := Gemm[T]{M: m, N: n, K: k, A: a, B: b, C: make([]T, batch*m*n), StrideA: m * k, StrideB: stride, StrideC: m * n,
						TransA: f[1], TransB: f[0], Batch: batch, Packed: pk}
					if i%2 == 0 {
						h.Bias = bias
					}
					h.Run(p)
					return h.C
				}
				if want, got := run(nil), run(packed); !slices.Equal(got, want) {
					t.Fatalf("%d×%d·%d×%d, transposed %v, batch %d: packed beforehand %v, otherwise %v", m, k, k, n, f, batch, got, want)
				}
			}
		}
	}
}

// A product with F16 is that of the rounded numbers: bit for bit where B is not
// transposed, and but for the order of sums where it is.
func TestHalfIsTheRounded(t *testing.T) {
	eachPath(t, testHalf, func(t *testing.T, _ *Pool) {
		if (&Gemm[float64]{N: 50, K: 50, B: make([]float64, 2500)}).PackHalf() != nil {
			t.Error("float64 was rounded to F16")
		}
	})
}

func testHalf(t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 36 {
		n, k := HalfColumns+r.IntN(160), 1+r.IntN(90)
		if i%6 == 0 {
			k = 1 + r.IntN(2500)
		}
		for _, f := range bools(2) {
			b := normals[float32](r, n*k)
			rounded := make([]float32, len(b))
			for i := range b {
				if i%7 == 0 {
					b[i] *= 1e-6 // below 2⁻¹⁴ F16 has fewer bits
				}
				h, _ := halfOf(b[i])
				rounded[i] = halfValue(h)
			}
			g := Gemm[float32]{N: n, K: k, B: b, TransB: f[0]}
			packed := g.PackHalf()
			for _, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 30} {
				a := normals[float32](r, m*k)
				run := func(b []float32, pk *Packed[float32]) []float32 {
					h := Gemm[float32]{M: m, N: n, K: k, A: a, B: b, C: make([]float32, m*n), TransA: f[1], TransB: f[0], Packed: pk, Sparse: i%3 == 0}
					h.Run(p)
					return h.C
				}
				want, got := run(rounded, nil), run(b, packed)
				for e := range want {
					if d := math.Abs(float64(got[e] - want[e])); d > 0 && (!f[0] || !(d <= 2e-6*float64(k))) {
						t.Fatalf("%d×%d·%d×%d, transposed %v: element %d of F16 is %v, of the rounded %v", m, k, k, n, f, e, got[e], want[e])
					}
				}
			}
		}
	}
}

// Zeros of A are skipped with a B packed beforehand too.
func TestPackedSparse(t *testing.T) {
	eachPath(t, testPackedSparse[float32], testPackedSparse[float64])
}

func testPackedSparse[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{6, 16, 20, 24, 40, 77, 500} {
		const m, k = 20, 300
		a, b := normals[T](r, m*k), normals[T](r, k*n)
		for i := range a {
			if r.IntN(10) > 0 {
				a[i] = 0
			}
		}
		run := func(sparse bool, pack func(*Gemm[T]) *Packed[T]) []T {
			g := Gemm[T]{M: m, N: n, K: k, A: a, B: b, C: make([]T, m*n), Sparse: sparse}
			if pack != nil {
				g.Packed = pack(&g)
			}
			g.Run(p)
			return g.C
		}
		if want, got := run(false, nil), run(true, (*Gemm[T]).Pack); !slices.Equal(got, want) {
			t.Errorf("%d columns: without the zeros %v, with them %v", n, got, want)
		}
		if want, got := run(false, (*Gemm[T]).PackHalf), run(true, (*Gemm[T]).PackHalf); !slices.Equal(got, want) {
			t.Errorf("%d columns of F16: without the zeros %v, with them %v", n, got, want)
		}
	}
}

// Every F16 but NaN is itself when rounded, what lies between two goes to the
// nearer, and half way to the even one.
func TestHalfOf(t *testing.T) {
	for h := range uint16(0x7c00) {
		for _, sign := range []uint16{0, 0x8000} {
			x := halfValue(h | sign)
			if got, ok := halfOf(x); got != h|sign || !ok {
				t.Fatalf("%v is F16 %#x, was rounded to %#x", x, h|sign, got)
			}
		}
		x, y := halfValue(h), halfValue(h+1)
		if h == 0x7bff {
			y = 65536
		}
		mid := x/2 + y/2
		even := h + h&1
		for _, c := range []struct {
			x    float32
			want uint16
		}{{math.Nextafter32(mid, 0), h}, {mid, even}, {math.Nextafter32(mid, 1e9), h + 1}} {
			if got, ok := halfOf(c.x); c.want == 0x7c00 && ok || c.want != 0x7c00 && (got != c.want || !ok) {
				t.Fatalf("%v between F16 %#x and the next: %#x %v, want %#x", c.x, h, got, ok, c.want)
			}
		}
	}
	for _, x := range []float32{float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 65520, -1e9} {
		if h, ok := halfOf(x); ok {
			t.Errorf("%v became F16 %#x", x, h)
		}
	}
	b := make([]float32, 50*50)
	b[7] = 1e6
	if (&Gemm[float32]{N: 50, K: 50, B: b}).PackHalf() != nil {
		t.Error("a number beyond F16 was rounded to it")
	}
}

func TestPackedForAnotherShape(t *testing.T) {
	g := Gemm[float32]{N: 4, K: 6, B: make([]float32, 24)}
	pk := g.Pack()
	if pk.Bytes() != 4*len(pk.panels) || pk.Bytes() < 4*24 {
		t.Errorf("%d bytes for %d elements", pk.Bytes(), len(pk.panels))
	}
	p := NewPool(1)
	defer p.Close()
	h := Gemm[float32]{M: 2, N: 6, K: 4, A: make([]float32, 8), B: make([]float32, 24), C: make([]float32, 12), Packed: pk}
	mustPanic(t, "kernel: Gemm: B was packed for another shape or path", func() { h.Run(p) })
}

func normals[T Float](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}
