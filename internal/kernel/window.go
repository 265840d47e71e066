package kernel

import "fmt"

// A Window slides along an axis of In places, with Before and After more places
// around it: at step t it covers the places
//
//	t·Stride + k·Dilation − Before,   0 ≤ k < Size.
type Window struct{ In, Size, Stride, Dilation, Before, After int }

// mostPlaces bounds every number of a Window, so that sums of products of two
// stay exact.
const mostPlaces = 1 << 24

// Check says what of a window is impossible, "" if nothing.
func (w Window) Check() string {
	for _, f := range []struct {
		name     string
		v, least int
	}{{"size of the axis", w.In, 0}, {"size", w.Size, 1}, {"stride", w.Stride, 1}, {"dilation", w.Dilation, 1}, {"padding before", w.Before, 0}, {"padding after", w.After, 0}} {
		if f.v < f.least || f.v > mostPlaces {
			return fmt.Sprintf("%s %d, want %d to %d", f.name, f.v, f.least, mostPlaces)
		}
	}
	if have, want := int64(w.In)+int64(w.Before)+int64(w.After), w.reach(); want > have {
		return fmt.Sprintf("a window over %d places of %d", want, have)
	}
	return ""
}

// reach returns how many places there are from the first of a window to its last.
func (w Window) reach() int64 { return int64(w.Dilation)*int64(w.Size-1) + 1 }

// Out returns the number of steps of a window that passes Check.
func (w Window) Out() int {
	return int((int64(w.In)+int64(w.Before)+int64(w.After)-w.reach())/int64(w.Stride)) + 1
}

// Steps returns the steps lo ≤ t < hi at which element k of the window is inside of
// the axis.
func (w Window) Steps(k int) (lo, hi int) {
	at := k*w.Dilation - w.Before // of step 0
	lo = max(ceil(-at, w.Stride), 0)
	return lo, max(min(ceil(w.In-at, w.Stride), w.Out()), lo)
}

// ceil returns a/b rounded up, for b > 0.
func ceil(a, b int) int {
	if a > 0 {
		return (a + b - 1) / b
	}
	return -(-a / b)
}

// Place returns the place that element k of the window covers at step t, and
// whether that is inside of the axis.
func (w Window) Place(t, k int) (at int, inside bool) {
	at = t*w.Stride + k*w.Dilation - w.Before
	return at, at >= 0 && at < w.In
}

// Step returns the step at which element k of the window covers a place of the axis,
// and whether there is one.
func (w Window) Step(at, k int) (t int, ok bool) {
	t = at + w.Before - k*w.Dilation
	return t / w.Stride, t >= 0 && t%w.Stride == 0 && t/w.Stride < w.Out()
}

// Outside returns the first step at which the window covers no place of the axis,
// -1 if there is none.
func (w Window) Outside() int {
	for t := range w.Out() {
		at := t*w.Stride - w.Before
		if k := max(ceil(-at, w.Dilation), 0); k >= w.Size || at+k*w.Dilation >= w.In {
			return t
		}
	}
	return -1
}
