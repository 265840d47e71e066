package peer

import (
	"slices"
	"time"
)

// Median returns the median, nil of nothing.
func Median(v []float64) *float64 {
	if len(v) == 0 {
		return nil
	}
	v = slices.Sorted(slices.Values(v))
	m := (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	return &m
}

// Time calls a function for a turn, eight times or more, of which the first three are
// to warm up, and returns the median of the seconds that a call took.
func Time(turn time.Duration, call func() error) (float64, error) {
	var times []float64
	for start := time.Now(); len(times) < 8 || time.Since(start) < turn; {
		t := time.Now()
		if err := call(); err != nil {
			return 0, err
		}
		times = append(times, time.Since(t).Seconds())
	}
	return *Median(times[3:]), nil
}
