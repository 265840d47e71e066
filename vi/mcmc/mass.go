package mcmc

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Mass says what the mass matrix of a chain is, whose inverse should be the
// covariance of the posterior.
type Mass uint8

// The mass matrices. Each chain adapts its own, so that chains stay independent and
// R̂ can tell that they disagree; pooled estimates would hide that.
const (
	Diagonal Mass = iota // the variance of each real
	Dense                // their covariances: D² numbers for D reals, and as many operations for a leapfrog step
	Unit                 // no adaptation
)

func (m Mass) String() string {
	if int(m) < len(massNames) {
		return massNames[m]
	}
	return "unknown mass"
}

var massNames = [...]string{"diagonal", "dense", "unit"}

// metric is a mass matrix M by its inverse.
type metric struct {
	inverse []float64 // of the diagonal, or row by row
	root    []float64 // of the diagonal of M, or L of M⁻¹ = L·Lᵀ, row by row
	dense   bool
}

func newMetric(m Mass, dim int) metric {
	k := metric{dense: m == Dense}
	if !k.dense {
		k.inverse, k.root = make([]float64, dim), make([]float64, dim)
		for i := range dim {
			k.inverse[i], k.root[i] = 1, 1
		}
		return k
	}
	k.inverse, k.root = make([]float64, dim*dim), make([]float64, dim*dim)
	for i := range dim {
		k.inverse[i*dim+i], k.root[i*dim+i] = 1, 1
	}
	return k
}

// velocity is v = M⁻¹p.
func (k *metric) velocity(v, p []float64) {
	if !k.dense {
		for i, m := range k.inverse {
			v[i] = m * p[i]
		}
		return
	}
	d := len(p)
	for i := range v {
		v[i] = floats.Dot(k.inverse[i*d:i*d+d], p)
	}
}

// momentum turns standard normal numbers into a momentum of covariance M: p = L⁻ᵀn.
func (k *metric) momentum(p []float64) {
	if !k.dense {
		for i, r := range k.root {
			p[i] *= r
		}
		return
	}
	d := len(p)
	for i := d - 1; i >= 0; i-- {
		s := p[i]
		for j := i + 1; j < d; j++ {
			s -= k.root[j*d+i] * p[j]
		}
		p[i] = s / k.root[i*d+i]
	}
}

// set takes the covariance of n draws, drawn towards 10⁻³ as Stan does,
//
//	M⁻¹ = n/(n+5)·Σ̂ + 5/(n+5)·10⁻³·I
//
// What is not positive definite, or no number, changes nothing.
func (k *metric) set(m *moments) {
	n := float64(m.n)
	if m.n < 2 {
		return
	}
	d := len(m.mean)
	own, small := n/(n+5)/(n-1), 1e-3*5/(n+5)
	if !k.dense {
		for i, s := range m.sum {
			if v := own*s + small; v < math.Inf(1) {
				k.inverse[i], k.root[i] = v, 1/math.Sqrt(v)
			}
		}
		return
	}
	next := mat.NewSymDense(d, nil)
	for i := range d {
		for j := range i + 1 {
			v := own * m.sum[i*d+j]
			if i == j {
				v += small
			}
			next.SetSym(i, j, v)
		}
	}
	var c mat.Cholesky
	var l mat.TriDense
	if !c.Factorize(next) {
		return
	}
	c.LTo(&l)
	for i := range d {
		for j := range d {
			k.inverse[i*d+j] = next.At(i, j)
			k.root[i*d+j] = l.At(i, j)
		}
	}
}

// moments adds up the squares, or products, of what draws are apart from their mean
// (Welford's recurrence).
type moments struct {
	n         int
	mean, sum []float64
	off       []float64
	dense     bool
}

func newMoments(m Mass, dim int) moments {
	w := moments{dense: m == Dense, mean: make([]float64, dim), off: make([]float64, dim), sum: make([]float64, dim)}
	if w.dense {
		w.sum = make([]float64, dim*dim)
	}
	return w
}

func (w *moments) reset() {
	w.n = 0
	clear(w.mean)
	clear(w.sum)
}

func (w *moments) add(x []float64) {
	w.n++
	d := len(x)
	for i, v := range x {
		w.off[i] = v - w.mean[i]
		w.mean[i] += w.off[i] / float64(w.n)
	}
	for i, v := range x {
		if !w.dense {
			w.sum[i] += w.off[i] * (v - w.mean[i])
			continue
		}
		floats.AddScaled(w.sum[i*d:i*d+i+1], v-w.mean[i], w.off[:i+1])
	}
}
