package kernel

import (
	"testing"
	"time"
)

// The operations counted are those of the rounds asked for, however they are cut into
// calls, and they take time: no faster than a thousand a nanosecond.
func TestPeakRounds(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testPeakRounds[float32](t)
		testPeakRounds[float64](t)
	})
}

func testPeakRounds[T Float](t *testing.T) {
	one := PeakRounds[T](1)
	lanes := 8 / sizeOf[T]() * map[Path]int{Portable: 0, AVX2: 4, AVX512: 8}[Active()]
	sums := map[Path]int{AVX2: 14, AVX512: 24}[Active()] // what the generator writes
	if Active() == Portable {
		lanes, sums = 1, 8
	}
	if want := float64(2 * lanes * sums); one != want {
		t.Errorf("a round has %v operations, want %v", one, want)
	}
	for _, n := range []int{0, 7, 1 << 12, 1<<12 + 1, 30000} {
		start := time.Now()
		if got, want := PeakRounds[T](n), one*float64(n); got != want {
			t.Errorf("%d rounds have %v operations, want %v", n, got, want)
		}
		if ns := float64(time.Since(start).Nanoseconds()); ns < one*float64(n)/1000 {
			t.Errorf("%d rounds, %v operations each, took %v ns", n, one, ns)
		}
	}
}
