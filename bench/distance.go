package bench

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// summary is what all draws say of the variance.
type summary struct {
	posterior
	m *moments
}

func (m *moments) sum() summary { return summary{meanOf(m.distances()), m} }

// variance returns tr Σ and its 95 % interval, NaN where there is none.
func (s summary) variance() (v, lo, hi float64) {
	if math.IsInf(s.hi, 1) {
		return s.m.total.mean, math.NaN(), math.NaN()
	}
	return s.m.total.mean, s.lo, s.hi
}

// factor returns by how much the variance may well exceed that of the draws,
// 1 or more, +Inf where they cannot be trusted for the error of the mean.
func (s summary) factor() float64 {
	const most = 4
	switch f := s.median / s.m.total.mean; {
	case f > most:
		return math.Inf(1)
	case f > 1:
		return f
	}
	return 1
}

// errorOf is the law of ‖Ḡ − g‖² where the expectation of Ḡ is at a distance θ
// from g: a weighted sum of noncentral χ² variables, with the cumulants
//
//	κ₁ = θ² + tr Σ/n,  κ₂ = 4θ²ρ/n + 2 tr Σ²/n²,  κ₃ = 24θ²ρ²/n² + 8 tr Σ³/n³
//
// for the variance ρ along the difference, approximated by the χ² law of ν =
// 8κ₂³/κ₃² degrees of freedom shifted and scaled to them (Imhof, Biometrika 48,
// 1961, section 4, after Pearson).
type errorOf struct{ n, one, two, three, along, factor float64 }

func (s summary) errorOf(from []float64) errorOf {
	m := s.m
	e := errorOf{n: m.seen(), one: m.total.mean, factor: s.factor()}
	size := float64(len(m.mean))
	// 1/size ≤ tr Σ²/(tr Σ)² ≤ 1 and tr Σ²/tr Σ ≤ tr Σ³/tr Σ² ≤ √tr Σ².
	e.two = min(max(m.squared.mean, e.one*e.one/size), e.one*e.one)
	e.three = e.two * math.Sqrt(e.two)
	if m.dev[1] != nil {
		e.three = min(max(m.cubed.mean, e.two*e.two/e.one), e.three)
	}
	e.along = m.towards[0].variance(e.two)
	if from != nil {
		e.along = m.towards[1].variance(e.two)
	}
	return e
}

// quantile returns what ‖Ḡ − g‖² is below with a probability.
func (e errorOf) quantile(theta, p float64) float64 {
	t, n, f := theta*theta, e.n, e.factor
	k1 := t + e.one/n
	k2 := f * (4*t*e.along/n + 2*f*e.two/(n*n))
	k3 := f * f * (24*t*e.along*e.along/(n*n) + 8*f*e.three/(n*n*n))
	nu := 8 * k2 * k2 * k2 / (k3 * k3)
	if nu > 1e6 {
		return k1 + math.Sqrt(k2)*distuv.UnitNormal.Quantile(p)
	}
	return k1 + math.Sqrt(k2/(2*nu))*(distuv.ChiSquared{K: nu}.Quantile(p)-nu)
}

// small returns how much of a level p is for distances that are too small for
// θ; the rest is for those too large. Near θ = 0, where none is too small, that
// is all of p: the test for θ = 0 is exact.
func (e errorOf) small(theta, p float64) float64 {
	return p / 2 * -math.Expm1(-theta*theta*e.n/(4*e.one))
}

func (e errorOf) tooLarge(squares, theta, p float64) bool {
	return squares > e.quantile(theta, 1-p+e.small(theta, p))
}

func (e errorOf) tooSmall(squares, theta, p float64) bool {
	s := e.small(theta, p)
	return s > 1e-12 && squares < e.quantile(theta, s)
}

// distance returns the norm of the expectation minus a vector, nil for zeros,
// signed for a single number: its estimate and an interval of confidence 1−p,
// NaN where there is none. That of a norm has the θ under which the distance
// found is not extreme.
func (s summary) distance(from []float64, p float64) (d, lo, hi float64) {
	m := s.m
	e := errorOf{n: m.seen(), one: m.total.mean, factor: s.factor()}
	if len(m.mean) == 1 {
		if d = m.mean[0]; from != nil {
			d -= from[0]
		}
		if math.IsInf(e.factor, 1) {
			return d, math.NaN(), math.NaN()
		}
		r := distuv.StudentsT{Sigma: 1, Nu: e.n - 1}.Quantile(1-p/2) * math.Sqrt(e.factor*e.one/e.n)
		return d, d - r, d + r
	}
	squares := 0.
	for i, x := range m.mean {
		if from != nil {
			x -= from[i]
		}
		squares += x * x
	}
	raw := math.Sqrt(squares)
	d = math.Sqrt(max(squares-e.one/e.n, 0))
	switch {
	case e.one == 0:
		return raw, raw, raw
	case math.IsInf(e.factor, 1):
		return d, math.NaN(), math.NaN()
	}
	e = s.errorOf(from)
	if e.tooLarge(squares, 0, p) {
		lo = bisect(0, raw, func(theta float64) bool { return !e.tooLarge(squares, theta, p) })
	}
	most := raw + 12*math.Sqrt(e.factor*e.one/e.n)
	return d, lo, bisect(lo, most, func(theta float64) bool { return e.tooSmall(squares, theta, p) })
}

// bisect returns where past turns true between lo and hi.
func bisect(lo, hi float64, past func(x float64) bool) float64 {
	for range 40 {
		if mid := lo + (hi-lo)/2; past(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
