package prob

import (
	"fmt"
	"math"
)

// Support is the set of values that an event element, or a whole event, can
// take. Supports are comparable.
type Support struct {
	Kind   SupportKind
	Lo, Hi float64 // of Interval and Integers; infinite where there is no bound
}

// SupportKind is a kind of Support.
type SupportKind uint8

// The kinds.
const (
	Reals       SupportKind = iota // every number
	Interval                       // numbers in the open interval (Lo, Hi)
	Integers                       // whole numbers Lo ≤ x ≤ Hi
	Simplex                        // events of positive numbers that add up to 1
	LogSimplex                     // logarithms of such events
	OneHotRows                     // events with one 1 and zeros
	Counts                         // events of whole numbers ≥ 0 that add up to Hi
	Ordered                        // events of rising numbers
	CholeskyRow                    // lower-triangular matrices with a positive diagonal, row by row
)

// Discrete tells whether the values can be counted, so that no real numbers stand for
// them.
func (s Support) Discrete() bool {
	return s.Kind == Integers || s.Kind == OneHotRows || s.Kind == Counts
}

func (s Support) String() string {
	switch s.Kind {
	case Interval:
		return fmt.Sprintf("(%v, %v)", s.Lo, s.Hi)
	case Integers:
		if math.IsInf(s.Hi, 1) {
			return fmt.Sprintf("{%v, %v, …}", s.Lo, s.Lo+1)
		}
		return fmt.Sprintf("{%v … %v}", s.Lo, s.Hi)
	case Counts:
		if math.IsInf(s.Hi, 1) {
			return "counts"
		}
		return fmt.Sprintf("counts of %v", s.Hi)
	}
	names := [...]string{"reals", "", "", "simplex", "log simplex", "one-hot rows", "", "ordered", "Cholesky factors"}
	if int(s.Kind) >= len(names) {
		return fmt.Sprintf("support of unknown kind %d", s.Kind)
	}
	return names[s.Kind]
}
