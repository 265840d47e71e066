package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// naiveAttention computes a in float64 by the definition.
func naiveAttention[T Float](a *Attention[T]) []float64 {
	y := make([]float64, len(a.Y))
	d := a.W / a.Heads
	dk, dv := y[len(a.Q):], y[min(len(a.Q)+len(a.K), len(y)):]
	for i := range a.Items * a.M * a.Heads {
		h, m := i%a.Heads, i/a.Heads
		q, k := m*a.W+h*d, m/max(a.M, 1)*a.N*a.W+h*d
		p, r := make([]float64, a.N), make([]float64, a.N)
		sum, mean := 0.0, 0.0
		for j := range p {
			for e := range d {
				p[j] += float64(a.Q[q+e]) * float64(a.K[k+j*a.W+e])
			}
			p[j] = math.Exp(p[j] / math.Sqrt(float64(d)))
			if a.Mask != nil && a.Mask[m/a.M*a.MaskItem+m%a.M*a.MaskRow+j] == 0 {
				p[j] = 0
			}
			sum += p[j]
		}
		for j := range p {
			if p[j] > 0 {
				p[j] /= sum
			}
			for e := range d {
				if a.G == nil {
					y[q+e] += p[j] * float64(a.V[k+j*a.W+e])
				} else {
					r[j] += float64(a.G[q+e]) * float64(a.V[k+j*a.W+e])
					dv[k+j*a.W+e] += p[j] * float64(a.G[q+e])
				}
			}
			mean += p[j] * r[j]
		}
		for j := 0; j < a.N && a.G != nil; j++ {
			s := p[j] * (r[j] - mean) / math.Sqrt(float64(d))
			for e := range d {
				y[q+e] += s * float64(a.K[k+j*a.W+e])
				dk[k+j*a.W+e] += s * float64(a.Q[q+e])
			}
		}
	}
	return y
}

// Sizes within a block and of several, uneven ones, and empty ones, against the
// definition, and the same bits for several workers and again.
func TestAttention(t *testing.T) { eachPath(t, testAttention[float32], testAttention[float64]) }

func testAttention[T Float](t *testing.T, p *Pool) {
	one := NewPool(1)
	defer one.Close()
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range [][5]int{ // items, queries, keys, width and heads
		{1, 1, 1, 1, 1}, {2, 3, 5, 6, 2}, {3, 4, 4, 4, 4}, {2, 64, 64, 32, 1}, {1, 65, 30, 24, 3}, {2, 130, 7, 10, 2},
		{1, 5, 200, 16, 2}, {17, 3, 5, 6, 2}, {6, 130, 4, 9, 3}, {0, 3, 4, 2, 1}, {2, 0, 4, 4, 2}, {2, 3, 0, 4, 2}, {1, 129, 67, 33, 3},
	} {
		for way := range 8 {
			grad, masked, itemMasks, rowMasks := way%2 > 0, way > 1, way/2 > 1, way/2 != 2
			a := Attention[T]{Items: c[0], M: c[1], N: c[2], W: c[3], Heads: c[4]}
			queries, keys := a.Items*a.M*a.W, a.Items*a.N*a.W
			var intact [6]func() bool
			if masked {
				if rowMasks {
					a.MaskRow = a.N
				}
				if itemMasks {
					a.MaskItem = max(a.M*a.MaskRow, a.N)
				}
				a.Mask, intact[5] = fenced[T](r, max((a.Items-1)*a.MaskItem+(a.M-1)*a.MaskRow+a.N, 0), 6)
				for i := range a.Mask { // the first query sees nothing, most see some
					a.Mask[i] = T(i % 3 * (i / max(a.N, 1)))
				}
			}
			a.Q, intact[0] = fenced[T](r, queries, 1)
			a.K, intact[1] = fenced[T](r, keys, 3)
			a.V, intact[2] = fenced[T](r, keys, 2)
			size := queries
			if grad {
				a.G, intact[3] = fenced[T](r, queries, 5)
				if a.G == nil {
					a.G = []T{}
				}
				size += 2 * keys
			}
			a.Y, intact[4] = fenced[T](r, size, 4)
			want := naiveAttention(&a)
			what := fmt.Sprintf("%v, derivatives %v, mask %v of items %v and queries %v", c, grad, masked, itemMasks, rowMasks)
			alone := a
			one.Run(alone.Prepare(one), &alone)
			first := slices.Clone(a.Y)
			parts := a.Prepare(p)
			for range 2 {
				for i := range a.Y {
					a.Y[i] = T(math.NaN())
				}
				p.Run(parts, &a)
				for i, v := range a.Y {
					if !(math.Abs(float64(v)-want[i]) <= 20*epsilon[T]()*(1+math.Sqrt(float64(a.M+a.N)))) {
						t.Fatalf("%s: element %d is %v, want %v", what, i, v, want[i])
					}
					if v != first[i] {
						t.Fatalf("%s: element %d is %v with several workers, %v with one", what, i, v, first[i])
					}
				}
			}
			for _, f := range intact {
				if f != nil && !f() {
					t.Fatalf("%s wrote outside of its arrays", what)
				}
			}
		}
	}
}

func TestAttentionDoesNotAllocate(t *testing.T) {
	p := NewPool(1)
	defer p.Close()
	x := make([]float32, 2*70*8)
	a := Attention[float32]{Items: 2, M: 70, N: 70, W: 8, Heads: 2, Q: x, K: x, V: x, G: x, Y: make([]float32, 3*len(x)), Mask: x[:70]}
	parts := a.Prepare(p)
	if n := testing.AllocsPerRun(10, func() { p.Run(parts, &a) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
