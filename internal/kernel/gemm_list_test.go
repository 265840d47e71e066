package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is not zero is listed in order, with a bit for each, at every length and
// density; nothing else is written.
func TestListNonzero(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testListNonzero[float32](t)
		testListNonzero[float64](t)
	})
}

func testListNonzero[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	odd := []T{T(math.NaN()), T(math.Inf(-1)), 1, -3}
	for n := 1; n < 150; n++ {
		for _, share := range []float64{0, .1, .7, 1} {
			p := 8 * r.IntN(20)
			x := make([]T, n)
			var at []int32
			var to []T
			used := make([]uint64, (p+n+7)/64+1)
			bits := slices.Clone(used)
			bits[0], used[0] = 2, 2 // those that are there stay
			for i := range x {
				x[i] = T(math.Copysign(0, -1))
				if r.Float64() < share {
					x[i] = odd[r.IntN(len(odd))]
					at, to = append(at, int32(i)), append(to, x[i])
					bits[(p+i)/64] |= 1 << ((p + i) % 64)
				}
			}
			gotAt, gotTo := make([]int32, n+1), make([]T, n+1)
			for i := range gotAt {
				gotAt[i], gotTo[i] = -1, -1
			}
			k := listNonzero(active, gotAt, gotTo, x, used, p)
			if k != len(at) || !slices.Equal(gotAt[:k], at) || !slices.Equal(used, bits) {
				t.Fatalf("n=%d: %v at %v, bits %x, want %v and %x", n, k, gotAt[:k], used, at, bits)
			}
			allSame(t, gotTo[:k], to, n)
			for i := k; i <= n; i++ {
				if gotAt[i] != -1 || gotTo[i] != -1 {
					t.Fatalf("n=%d: wrote element %d beyond the %d found", n, i, k)
				}
			}
		}
	}
}
