package bench

import "math"

// Finding is what Check says of a row.
type Finding struct {
	Row
	Relative, RelativeLo, RelativeHi float64 // norm of the bias over the norm of the exact gradient of all groups
	Failed                           bool
}

// Check tests every row with an exact gradient for bias. Its intervals are
// wide enough to hold all at once with probability 1−level (Bonferroni); a row
// fails if its interval does not reach down to zero, rounding of 1e-5 of the
// gradient aside, and it is not Biased by design. RelativeHi says how much bias
// could have been missed; it is NaN, and nothing was tested, where NoInterval is
// "all".
func Check(rows []Row, level float64) []Finding {
	tests := 0
	for _, r := range rows {
		if r.exact != nil {
			tests++
		}
	}
	var out []Finding
	for _, r := range rows {
		if r.exact == nil {
			continue
		}
		d, lo, hi := r.sum.distance(r.exact, level/float64(tests))
		if r.Size == 1 { // of the absolute value
			d, lo, hi = math.Abs(d), max(lo, -hi, 0), max(hi, -lo) // NaN stay
		}
		f := Finding{Row: r, Relative: d / r.Exact, RelativeLo: lo / r.Exact, RelativeHi: hi / r.Exact}
		f.Failed = !r.Biased && lo > 1e-5*r.Exact
		out = append(out, f)
	}
	return out
}
