package flow

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/latentgo/latent/graph"
)

// Linear is multiplication by a square matrix that is kept decomposed,
//
//	y = W·x,  W = P·L·(U + diag(±eˢ)),  log|det W| = Σ s
//
// with L lower triangular of unit diagonal, U strictly upper triangular, and P a
// permutation and signs that stay what they are at the beginning, where W is a
// random rotation. For images it is the 1×1 convolution of Kingma and
// Dhariwal, Glow, arXiv 1807.03039, section 3.2. s is kept within ±30.
type Linear struct {
	base
	square *graph.Node // [D, D]: L below the diagonal, U above
	s      *graph.Node
	signs  []float64
	rows   []int // row i of W is row rows[i] of L·(U+…)
}

// NewLinear declares a linear flow of events of d elements, which starts at the
// rotation of c.Seed. It takes no context.
func NewLinear(s *graph.Scope, d int, c Config) Linear {
	f := Linear{base: newBase(s, "linear", d, 1, c, "Seed")}
	if d > 4096 {
		f.fail("events of %d elements, want 4096 at most", d)
	}
	f.signs, f.rows = make([]float64, d), make([]int, d)
	square, logs := make(known, d*d), make(known, d)
	f.rotation(c.Seed, square, logs)
	f.square = s.Param("lu", square, d, d)
	f.s = s.Param("log_scale", logs, d)
	return f
}

// known is an initialiser of known values.
type known []float64

// Fill implements graph.Init.
func (v known) Fill(dst []float64, _ graph.Shape, _ graph.Random) error {
	copy(dst, v)
	return nil
}

// rotation decomposes a random rotation.
func (f Linear) rotation(seed uint64, square, logs []float64) {
	d := f.size
	r := rand.New(rand.NewPCG(seed, uint64(d)))
	noise := make([]float64, d*d)
	for i := range noise {
		noise[i] = r.NormFloat64()
	}
	var qr mat.QR
	qr.Factorize(mat.NewDense(d, d, noise))
	var q mat.Dense
	qr.QTo(&q)
	var lu mat.LU
	lu.Factorize(&q)
	var l, u mat.TriDense
	lu.LTo(&l)
	lu.UTo(&u)
	copy(f.rows, lu.RowPivots(nil))
	for i := range d {
		for j := range d {
			switch {
			case j < i:
				square[i*d+j] = l.At(i, j)
			case j > i:
				square[i*d+j] = u.At(i, j)
			}
		}
		logs[i] = math.Log(math.Abs(u.At(i, i)))
		f.signs[i] = math.Copysign(1, u.At(i, i))
	}
}

// factors returns L and U + diag(±eˢ).
func (f Linear) factors() (l, u *graph.Node) {
	l = graph.Tril(f.square, -1).Add(identity(f.size))
	u = f.square.Sub(graph.Tril(f.square, 0))
	return l, u.Add(graph.Diag(graph.Exp(f.logScale()).Mul(graph.Tensor(f.signs, f.size))))
}

func (f Linear) logScale() *graph.Node { return bound(f.s, -30, 30) }

// Forward implements prob.Bijector.
func (f Linear) Forward(x *graph.Node) *graph.Node {
	f.fit(x)
	l, u := f.factors()
	return graph.MatMulT(x, graph.Take(graph.MatMul(l, u), 0, f.rows))
}

// LogDet returns Σ s.
func (f Linear) LogDet(x *graph.Node) *graph.Node {
	f.fit(x)
	return perEvent(x, f.logScale())
}

// Inverse implements prob.Inverter, by two substitutions.
func (f Linear) Inverse(y *graph.Node) *graph.Node {
	f.fit(y)
	l, u := f.factors()
	back := make([]int, f.size)
	for i, r := range f.rows {
		back[r] = i
	}
	return onColumns(l, graph.Take(y, -1, back), func(l, y *graph.Node) *graph.Node {
		return graph.SolveLowerT(graph.Transpose(u, 1, 0), graph.SolveLower(l, y))
	})
}

// InverseLogDet returns −Σ s.
func (f Linear) InverseLogDet(y *graph.Node) *graph.Node { return f.LogDet(y).Neg() }
