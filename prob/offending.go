package prob

import (
	"math"
	"slices"
)

// Offending returns the element of an event that is farthest outside of the
// support, -1 if the event can be taken. A NaN is outside of every support.
// Where whole events are in or out it is the element that breaks the rule, or
// the largest one if only their sum does.
func (s Support) Offending(event []float64) int {
	worst, by := -1, 0.
	sum, most := 0., 0
	for i, v := range event {
		if math.IsNaN(v) {
			return i
		}
		if d := s.distance(event, i); d > by {
			worst, by = i, d
		}
		if s.Kind == LogSimplex {
			v = math.Exp(v)
		}
		sum += v
		if event[i] > event[most] {
			most = i
		}
	}
	wrong := false
	switch s.Kind {
	case Simplex, LogSimplex:
		wrong = math.Abs(sum-1) > rowTolerance
	case OneHotRows:
		wrong = sum != 1
	case Counts:
		wrong = !math.IsInf(s.Hi, 1) && sum != s.Hi
	}
	if worst < 0 && wrong && len(event) > 0 {
		return most
	}
	return worst
}

// distance returns how far element i of an event is from what it may be, by
// its own; at least a half where it is no whole number.
func (s Support) distance(event []float64, i int) float64 {
	v := event[i]
	beyond := func(lo, hi float64) float64 {
		if math.IsInf(v, 0) {
			return math.Inf(1)
		}
		return max(lo-v, v-hi, 0)
	}
	whole := func(lo, hi float64) float64 {
		if d := beyond(lo, hi); d > 0 {
			return 1 + d
		}
		if v != math.Floor(v) {
			return .5
		}
		return 0
	}
	switch s.Kind {
	case Reals:
		return beyond(math.Inf(-1), math.Inf(1))
	case Interval:
		if v == s.Lo || v == s.Hi {
			return .5
		}
		return beyond(s.Lo, s.Hi)
	case Integers:
		return whole(s.Lo, s.Hi)
	case OneHotRows:
		return whole(0, 1)
	case Counts:
		return whole(0, s.Hi)
	case Simplex:
		if v == 0 {
			return .5
		}
		return beyond(0, math.Inf(1))
	case Ordered:
		if i > 0 && v <= event[i-1] {
			return 1
		}
	case CholeskyRow:
		on := diagonal(int(math.Sqrt(float64(2 * len(event)))))
		if slices.Contains(on, i) && v <= 0 {
			return 1 - v
		}
	}
	return 0
}

// SupportOf returns the support of a distribution, looking through Independent and
// to what the bijector of a Transformed reaches: its Range, or all reals from all
// reals if it is not Ranged, of a Chain one after the other. It returns false if the
// distribution does not say, as a Uniform whose ends are not constants of one number
// does not, nor a mixture of laws that do not.
func SupportOf(d Dist) (Support, bool) {
	present("SupportOf: the distribution", d)
	switch d := d.(type) {
	case Uniform:
		set := d.Support()
		_, fixed := constants(d.Low, d.High)
		return set, fixed
	case Mixture:
		return SupportOf(d.Components)
	case ElementMixture:
		return SupportOf(d.Components)
	case ZeroInflated:
		_, known := SupportOf(d.Base)
		return d.Support(), known
	case Supported:
		return d.Support(), true
	case interface{ unwrap() independent }:
		return SupportOf(d.unwrap().base)
	case Transformed:
		base, known := SupportOf(d.Base)
		return reached(d.Bijector, base, known)
	}
	return Support{}, false
}

// reached returns what a bijector makes of a support, if that is known.
func reached(b Bijector, from Support, known bool) (Support, bool) {
	switch b := b.(type) {
	case Ranged:
		return b.Range(), true
	case inverseChain:
		return reached(b.chain, from, known)
	case chain:
		for _, f := range b {
			from, known = reached(f, from, known)
		}
		return from, known
	case Identity:
		return from, known
	}
	return from, known && from.Kind == Reals
}
