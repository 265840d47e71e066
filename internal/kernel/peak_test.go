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
	if lanes := geometryOf[T]().lanes; one < float64(16*lanes) && Active() != Portable || one <= 0 {
		t.Errorf("a round has %v operations, %d lanes", one, lanes)
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
