package kernel

import (
	"math"
	"slices"
	"testing"
)

var testNoise = Noise{Key: SiteKey(2024, 0, "test"), Step: 3}

func TestFillLaw(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testFillLaw[float32](t)
		testFillLaw[float64](t)
	})
}

func testFillLaw[T Float](t *testing.T) {
	const n = 200000
	x := make([]T, n)
	Uniform(x, testNoise, 0, 0, 0)
	checkUniform(t, widen(x))
	Normal(x, testNoise, 0, 0, 0)
	checkNormal(t, widen(x))
	// Down the counter's other axes: one element each.
	for axis := range 3 {
		for i := range x[:50000] {
			c := [3]uint32{1, 2, 3}
			c[axis] = uint32(i)
			Normal(x[i:i+1], Noise{testNoise.Key, c[0]}, c[1], c[2], 5)
		}
		checkNormal(t, widen(x[:50000]))
	}
	p, b := make([]T, n), make([]T, n)
	for _, want := range []T{0, .25, .9, 1} {
		for i := range p {
			p[i] = want
		}
		Bernoulli(b, p, testNoise, 0, 0, 0)
		var sum float64
		for i, v := range b {
			if v != 0 && v != 1 {
				t.Fatalf("Bernoulli gave %v at %d", v, i)
			}
			sum += float64(v)
		}
		mean := sum / n
		if math.Abs(mean-float64(want)) > 4.5*math.Sqrt(float64(want*(1-want))/n) {
			t.Errorf("Bernoulli(%v) has mean %v", want, mean)
		}
	}
}

// An element is the same number whatever is filled with it.
func TestFillStructure(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testFillStructure[float32](t)
		testFillStructure[float64](t)
	})
}

func testFillStructure[T Float](t *testing.T) {
	for name, f := range map[string]func([]T, Noise, uint32, uint32, uint32){"Uniform": Uniform[T], "Normal": Normal[T]} {
		whole := make([]T, 40100)
		f(whole, testNoise, 4, 9, 0)
		for _, n := range sizes() {
			for _, first := range []int{0, 1, 2, 3, 5, 31} {
				part, check := guarded[T](t, n, first)
				f(part, testNoise, 4, 9, uint32(first))
				check()
				if !slices.Equal(part, whole[first:first+n]) {
					t.Fatalf("%s: elements %d… (%d of them) depend on the split", name, first, n)
				}
			}
		}
		seen := map[T]int{}
		small := make([]T, 32)
		for _, at := range [][3]uint32{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {math.MaxUint32, 0, 0}, {0, math.MaxUint32, 0}} {
			f(small, Noise{testNoise.Key, at[2]}, at[0], at[1], 0)
			for _, v := range small {
				seen[v]++
			}
		}
		if len(seen) < 6*32-2 { // 23 bits may meet
			t.Errorf("%s: samples, rows and steps share numbers", name)
		}
		mustPanic(t, "kernel: a row of noise has more than 2^32 elements", func() { f(small, testNoise, 0, 0, math.MaxUint32-30) })
		f(small[:31], testNoise, 0, 0, math.MaxUint32-30)
	}
	// Bernoulli is Uniform < p, also in place.
	u, p := make([]T, 1100), make([]T, 1100)
	Uniform(u, testNoise, 1, 2, 3)
	for i := range p {
		p[i] = T(i%100) / 100
	}
	p[7] = T(math.NaN())
	want := make([]T, len(p))
	for i := range p {
		if u[i] < p[i] {
			want[i] = 1
		}
	}
	Bernoulli(p, p, testNoise, 1, 2, 3)
	if !slices.Equal(p, want) {
		t.Error("Bernoulli is not Uniform < p")
	}
	mustPanic(t, "kernel: Bernoulli: lengths [1100 3] differ", func() { Bernoulli(p, p[:3], testNoise, 0, 0, 0) })
}

func TestFillExtremes(t *testing.T) {
	for _, w := range []uint32{0, 1, 1 << 31, math.MaxUint32} {
		if u := uniform32(w); !(u > 0 && u < 1) {
			t.Errorf("uniform32(%#x) = %v", w, u)
		}
		for _, lo := range []uint32{0, math.MaxUint32} {
			if u := uniform64(uint64(w)<<32 | uint64(lo)); !(u > 0 && u < 1) {
				t.Errorf("uniform64(%#x%x) = %v", w, lo, u)
			}
		}
		for b := range uint32(9) {
			x, y := boxMuller32(w, b<<29)
			if r := math.Hypot(float64(x), float64(y)); !(r > 0 && r < 6.77) {
				t.Errorf("boxMuller32(%#x, %#x) has radius %v", w, b<<29, r)
			}
		}
	}
	if x, _ := boxMuller64(0, 0); math.Abs(x-math.Sqrt(106*math.Ln2)) > 1e-14 {
		t.Errorf("the largest normal is %v", x)
	}
	// Every octant of turn against the library.
	for i := range uint64(4096) {
		w := i*0x000FFFFFFFFFFFFF + 12345
		sin, cos := turn(w)
		ws, wc := math.Sincos(2 * math.Pi * float64(w) * 0x1p-64)
		if math.Abs(sin-ws) > 1e-15 || math.Abs(cos-wc) > 1e-15 {
			t.Fatalf("turn(%#x) = %v, %v, want %v, %v", w, sin, cos, ws, wc)
		}
	}
}

// The tail of a normal is where a poor generator shows: count beyond 4.
func TestNormalTail(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		x := make([]float32, 1<<16)
		count := 0
		const rows = 64
		for row := range uint32(rows) {
			Normal(x, testNoise, 1, row, 0)
			for _, v := range x {
				if v > 4 || v < -4 {
					count++
				}
			}
		}
		want := rows * float64(len(x)) * math.Erfc(4/math.Sqrt2)
		if math.Abs(float64(count)-want) > 4.5*math.Sqrt(want) {
			t.Errorf("%d beyond 4, want %.0f", count, want)
		}
	})
}

func TestFillAllocates(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		x, y := make([]float32, 1000), make([]float64, 1000)
		if n := testing.AllocsPerRun(10, func() {
			Normal(x, testNoise, 0, 0, 1)
			Uniform(x, testNoise, 0, 0, 1)
			Bernoulli(x, x, testNoise, 0, 0, 1)
			Normal(y, testNoise, 0, 0, 1)
			Bernoulli(y, y, testNoise, 0, 0, 1)
			s := testNoise.Substream(1, 2, 3)
			s.Normal()
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

// Uniforms are the same bits on every path, normals within 5 ulp.
func TestFillAcrossPaths(t *testing.T) {
	const n = 1 << 18
	x, want := make([]float32, n), make([]float32, n)
	was := active
	defer func() { active = was }()
	fills := func(f func([]float32, Noise, uint32, uint32, uint32), row, first uint32) {
		active = Portable
		f(want, testNoise, 7, row, first)
		active = was
		f(x, testNoise, 7, row, first)
	}
	fills(Uniform[float32], 8, 4)
	if !slices.Equal(x, want) {
		t.Error("uniforms differ between paths")
	}
	fills(Uniform[float32], math.MaxUint32, math.MaxUint32-n+1)
	if !slices.Equal(x, want) {
		t.Error("uniforms at the end of a row differ between paths")
	}
	fills(Normal[float32], 8, 4)
	worst := 0.
	for i, v := range x {
		worst = max(worst, ulps(v, float64(want[i])))
	}
	t.Logf("normals: %.2f ulp", worst)
	if worst > 5 {
		t.Errorf("normals differ by %.2f ulp", worst)
	}
}

func BenchmarkFill(b *testing.B) {
	x := make([]float32, 4096)
	p := make([]float32, 4096)
	for _, k := range []struct {
		name string
		f    func()
	}{
		{"Uniform", func() { Uniform(x, testNoise, 0, 0, 0) }},
		{"Normal", func() { Normal(x, testNoise, 0, 0, 0) }},
		{"Bernoulli", func() { Bernoulli(x, p, testNoise, 0, 0, 0) }},
		{"Normal20", func() {
			for row := range uint32(4096 / 20) {
				Normal(x[:20], testNoise, 0, row, 0)
			}
		}},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/elem")
		})
	}
}
