package bench

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/latentgo/latent/graph"
)

// running is the mean and the variance of numbers met one by one (Welford,
// 1962).
type running struct {
	n        int
	mean, m2 float64
}

func (r *running) add(x float64) {
	r.n++
	d := x - r.mean
	r.mean += d / float64(r.n)
	r.m2 += d * (x - r.mean)
}

// stderr returns the standard error of the mean.
func (r *running) stderr() float64 {
	if r.n < 2 {
		return math.Inf(1)
	}
	return math.Sqrt(r.m2 / float64(r.n-1) / float64(r.n))
}

// moments are those of a random vector with covariance Σ met draw by draw, in
// the memory of four vectors.
type moments struct {
	n           int
	mean        []float64
	dev         [3][]float64 // of the last draws from the mean before each, scaled to covariance Σ; the latest first
	cross       float64      // product of dev[0] and dev[1]
	total       running      // tr Σ: ‖dev‖², whose mean is Welford's variance exactly
	squared     running      // tr Σ²: (dev[0]·dev[1])²
	cubed       running      // tr Σ³: (dev[0]·dev[1])(dev[1]·dev[2])(dev[2]·dev[0])
	measurement []float64    // where parts of a draw are put together
}

func newMoments(size int) *moments {
	m := &moments{mean: make([]float64, size), measurement: make([]float64, size)}
	for i := range m.dev {
		m.dev[i] = make([]float64, size)
	}
	return m
}

// part takes values from position at of the next draw.
func part[T graph.Float](m *moments, at int, values []T) {
	dst := m.measurement[at:]
	for i, v := range values {
		dst[i] = float64(v)
	}
}

// add counts the draw that has been put together.
func (m *moments) add() {
	m.n++
	t := float64(m.n)
	d := m.dev[2]
	m.dev[2], m.dev[1], m.dev[0] = m.dev[1], m.dev[0], d
	scale := math.Sqrt((t - 1) / t)
	var own, last, before float64
	d1, d2 := m.dev[1][:len(d)], m.dev[2][:len(d)]
	for i, x := range m.measurement {
		e := x - m.mean[i]
		m.mean[i] += e / t
		e *= scale
		d[i] = e
		own += e * e
		last += e * d1[i]
		before += e * d2[i]
	}
	if m.n > 1 {
		m.total.add(own)
	}
	if m.n > 2 {
		m.squared.add(last * last)
	}
	if m.n > 3 {
		m.cubed.add(last * m.cross * before)
	}
	m.cross = last
}

// variance returns tr Σ and its 95 % interval.
func (m *moments) variance() (v, lo, hi float64) {
	v = m.total.mean
	if v == 0 {
		return 0, 0, 0
	}
	f := math.Exp(distuv.StudentsT{Sigma: 1, Nu: float64(m.total.n - 1)}.Quantile(.975) * m.total.stderr() / v)
	return v, v / f, v * f
}

// radius returns what the distance of the mean from its expectation exceeds
// with probability p: a weighted sum of χ²₁ variables, tr Σ in the mean,
// approximated by the χ² law of ν degrees of freedom shifted and scaled to its
// first three moments (Imhof, Biometrika 48, 1961, section 4, after Pearson),
//
//	‖d‖²·n ≈ tr Σ + √(tr Σ²/ν)·(χ²_ν − ν),  ν = (tr Σ²)³/(tr Σ³)²
//
// with ν·F(ν, n−1) for χ²_ν, since Σ is estimated.
func (m *moments) radius(p float64) float64 {
	one := m.total.mean
	if one == 0 {
		return 0
	}
	two, nu := one*one, 1.
	if size := float64(len(m.mean)); size > 1 {
		// 1/size ≤ tr Σ²/(tr Σ)² ≤ 1 and tr Σ²/tr Σ ≤ tr Σ³/tr Σ² ≤ √tr Σ².
		two = min(max(m.squared.mean, one*one/size), one*one)
		three := min(max(m.cubed.mean, two*two/one), two*math.Sqrt(two))
		nu = two * two * two / (three * three)
	}
	f := distuv.F{D1: nu, D2: float64(m.n - 1)}.Quantile(1 - p)
	return math.Sqrt(max(one+math.Sqrt(two*nu)*(f-1), 0) / float64(m.n))
}

// distance returns the norm of the expectation minus a vector, nil for zeros,
// signed for a single number: its estimate and an interval of confidence 1−p.
func (m *moments) distance(from []float64, p float64) (d, lo, hi float64) {
	r := m.radius(p)
	if len(m.mean) == 1 {
		if d = m.mean[0]; from != nil {
			d -= from[0]
		}
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
	return math.Sqrt(max(squares-m.total.mean/float64(m.n), 0)), max(raw-r, 0), raw + r
}
