package peer

import (
	"errors"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{5, 1}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if m := Median(c.of); m == nil || *m != c.want {
			t.Errorf("median of %v: %v, want %v", c.of, m, c.want)
		}
	}
	if Median(nil) != nil {
		t.Error("nothing has a median")
	}
}

func TestTime(t *testing.T) {
	calls := 0
	if s, err := Time(0, func() error { calls++; return nil }); err != nil || calls != 8 || !(s >= 0) {
		t.Errorf("%v s by %d calls, error %v", s, calls, err)
	}
	want := errors.New("broken")
	if _, err := Time(time.Hour, func() error { return want }); err != want {
		t.Errorf("error %v", err)
	}
}
