package bench

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
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

// moments are those of a random vector with covariance Σ met draw by draw, in the
// memory of a float64 and one or two float32 vectors and of a number for each draw.
//
// Of a long vector each draw shows one in so many blocks, in turn. The sums over
// them count so many times, which has the expectation of all for the squared
// distances, and is above it for what is made of products, by the inequality of
// Cauchy and Schwarz: intervals of the mean become wider.
type moments struct {
	n       int
	every   int // of so many blocks one is looked at
	mean    []float64
	exact   []float64    // what the mean should be; nil if unknown
	single  []float64    // sums of squared deviations, number by number; nil if not asked for
	dev     [2][]float32 // of the last draws from the mean before each, scaled to covariance Σ; the latest first; the second nil of long vectors
	cross   []float64    // product of the last two, of each turn
	total   running      // tr Σ: ‖dev‖², whose mean is Welford's variance exactly
	squared running      // tr Σ²: the squared product of two draws next to each other
	cubed   running      // tr Σ³: the three products of three
	squares []float64    // ‖dev‖² of each draw
	values  []float64    // of each draw, of a single number
	towards [2]along     // the variance along the mean, and along its difference from exact
	now     sums         // of the draw that is being taken
	buffer  []float32    // of a block of a long vector
}

// sums are over the blocks of a draw.
type sums struct {
	k                      int // of the draws that the blocks have been seen in
	inv, scale             float64
	scaled                 float64 // scale of the draw before
	own, last, before      float64
	dot, norm, off, offDot float64
}

const (
	block = 512     // numbers that lie together
	long  = 1 << 16 // numbers from which on there is one vector of deviations
)

func newMoments(size int) *moments { return newRotating(size, 1) }

func newRotating(size, every int) *moments {
	m := &moments{every: every, mean: make([]float64, size), cross: make([]float64, every)}
	for i := range m.dev {
		if i == 0 || size <= long {
			m.dev[i] = make([]float32, size)
		}
	}
	if size > long {
		m.buffer = make([]float32, block)
	}
	return m
}

// turn is which blocks the next draw shows.
func (m *moments) turn() int { return m.n % m.every }

// begin begins a draw.
func (m *moments) begin() {
	k := m.n/m.every + 1
	scale := func(k int) float64 { return math.Sqrt(float64(k-1) / float64(k)) }
	m.now = sums{k: k, inv: 1 / float64(k), scale: scale(k), scaled: scale(max(k-1, 1))}
}

// part takes values from position at of a draw, less others if there are some.
func part[T graph.Float](m *moments, at int, values, less []T) {
	b := at / block
	for b += (m.turn() - b%m.every + m.every) % m.every; b*block < at+len(values); b += m.every {
		from, to := max(b*block, at), min((b+1)*block, at+len(values))
		v := values[from-at : to-at]
		if less != nil {
			var d [block]T
			for i, x := range less[from-at : to-at] {
				d[i] = v[i] - x
			}
			v = d[:len(v)]
		}
		take(&m.now, m, from, v)
		if len(m.mean) == 1 {
			m.values = append(m.values, float64(v[0]))
		}
	}
}

// take takes the values of a block.
func take[T graph.Float](s *sums, m *moments, from int, v []T) {
	if m.dev[1] == nil {
		takeLong(s, m, from, v)
		return
	}
	n := len(v)
	mean, d1, d2 := m.mean[from:from+n], m.dev[0][from:from+n], m.dev[1][from:from+n]
	var own, last, before, dot, norm float64
	for i, x := range v {
		e := float64(x) - mean[i]
		c := mean[i] + e*s.inv
		mean[i] = c
		e *= s.scale
		own += e * e
		last += e * float64(d1[i])
		before += e * float64(d2[i])
		dot += e * c
		norm += c * c
		d2[i] = float32(e) // the older makes room
	}
	s.own, s.last, s.before, s.dot, s.norm = s.own+own, s.last+last, s.before+before, s.dot+dot, s.norm+norm
	if m.exact != nil || m.single != nil {
		m.rest(s, from, d2, 1)
	}
}

// takeLong takes the values of a block of a long vector, and leaves the variance along
// the mean to its bound. What is kept of a deviation is before its scaling.
func takeLong[T graph.Float](s *sums, m *moments, from int, v []T) {
	n := len(v)
	mean, before, d := m.mean[from:from+n], m.dev[0][from:from+n], m.buffer[:n]
	for i, x := range v {
		e := float64(x) - mean[i]
		mean[i] += e * s.inv
		d[i] = float32(e)
	}
	s.own += s.scale * s.scale * kernel.SumSquares(d)
	kernel.Zip(kernel.OpMul, before, before, d)
	s.last += s.scale * s.scaled * kernel.Sum(before)
	copy(before, d)
	if m.exact != nil || m.single != nil {
		m.rest(s, from, d, s.scale)
	}
}

// rest is what is not needed of every vector.
func (m *moments) rest(s *sums, from int, dev []float32, scale float64) {
	if m.exact != nil {
		for i, e := range dev {
			c := m.mean[from+i] - m.exact[from+i]
			s.offDot += scale * float64(e) * c
			s.off += c * c
		}
	}
	if m.single != nil {
		for i, e := range dev {
			m.single[from+i] += scale * scale * float64(e) * float64(e)
		}
	}
}

// add counts the draw that has been taken.
func (m *moments) add() {
	s, r, turn := &m.now, float64(m.every), m.turn()
	m.n++
	if m.dev[1] != nil && turn == m.every-1 { // all blocks have been seen once more
		m.dev[0], m.dev[1] = m.dev[1], m.dev[0]
	}
	if s.k > 1 {
		m.total.add(r * s.own)
		m.squares = append(m.squares, r*s.own)
		m.towards[0].add(s.k, r*s.dot, r*s.norm)
		if m.exact != nil {
			m.towards[1].add(s.k, r*s.offDot, r*s.off)
		}
	}
	if s.k > 2 {
		m.squared.add(r * r * s.last * s.last)
	}
	if s.k > 3 && m.dev[1] != nil {
		m.cubed.add(r * r * r * s.last * m.cross[turn] * s.before)
	}
	m.cross[turn] = s.last
}

// distances are the squared ones of the draws, from the mean of all of a single number,
// where those of discrete draws are a few numbers, and else from those before.
func (m *moments) distances() []float64 {
	if m.values == nil {
		return m.squares
	}
	d := make([]float64, len(m.values))
	for i, x := range m.values {
		d[i] = (x - m.mean[0]) * (x - m.mean[0]) * float64(m.n) / float64(max(m.n-1, 1))
	}
	return d
}

// seen is the number of draws of each number, at least.
func (m *moments) seen() float64 { return float64(m.n / m.every) }

// along is the variance cᵀΣc/‖c‖² in the direction of a vector c that is known
// up to the error of the mean. A deviation is not correlated with the mean of
// the draws up to it; later ones, where c is better known, count more.
type along struct{ dot, norm float64 }

func (a *along) add(n int, dot, norm float64) {
	a.dot += float64(n) * dot * dot
	a.norm += float64(n) * norm
}

// variance returns it, between 0 and the square root of tr Σ².
func (a along) variance(two float64) float64 {
	if a.norm == 0 {
		return math.Sqrt(two)
	}
	return min(a.dot/a.norm, math.Sqrt(two))
}
