package op

import (
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// MatMul is the product of the matrices on the last two axes, each transposed
// first if asked; the leading axes must be equal.
type MatMul struct{ TransA, TransB bool }

func (r MatMul) String() string {
	a, b := "a", "b"
	if r.TransA {
		a = "aᵀ"
	}
	if r.TransB {
		b = "bᵀ"
	}
	return "matmul " + a + "·" + b
}

// Shape is [batch…, m, n].
func (r MatMul) Shape(in [][]int) ([]int, error) {
	a, b := in[0], in[1]
	if len(a) < 2 || len(a) != len(b) || !slices.Equal(a[:len(a)-2], b[:len(b)-2]) {
		return nil, errors.Errorf("shapes %v and %v", a, b)
	}
	m, k := rows(a, r.TransA)
	k2, n := rows(b, r.TransB)
	if k != k2 {
		return nil, errors.Errorf("shapes %v and %v: inner sizes %d and %d differ", a, b, k, k2)
	}
	return append(slices.Clone(a[:len(a)-2]), m, n), nil
}

// rows returns the sizes of the last two axes, swapped if trans.
func rows(s []int, trans bool) (int, int) {
	r, c := s[len(s)-2], s[len(s)-1]
	if trans {
		return c, r
	}
	return r, c
}

// Eval multiplies with gonum.
func (r MatMul) Eval(out Array, in []Array) error {
	s := out.Shape
	m, n := s[len(s)-2], s[len(s)-1]
	_, k := rows(in[0].Shape, r.TransA)
	for i := range out.Len() {
		out.Set(i, 0)
	}
	if m == 0 || n == 0 || k == 0 {
		return nil
	}
	ta, tb := trans(r.TransA), trans(r.TransB)
	ar, ac := rows(in[0].Shape, false)
	br, bc := rows(in[1].Shape, false)
	for i := range Size(s[:len(s)-2]) {
		if out.F64 != nil {
			blas64.Gemm(ta, tb, 1,
				blas64.General{Rows: ar, Cols: ac, Stride: ac, Data: in[0].F64[i*m*k:]},
				blas64.General{Rows: br, Cols: bc, Stride: bc, Data: in[1].F64[i*k*n:]}, 0,
				blas64.General{Rows: m, Cols: n, Stride: n, Data: out.F64[i*m*n:]})
			continue
		}
		blas32.Gemm(ta, tb, 1,
			blas32.General{Rows: ar, Cols: ac, Stride: ac, Data: in[0].F32[i*m*k:]},
			blas32.General{Rows: br, Cols: bc, Stride: bc, Data: in[1].F32[i*k*n:]}, 0,
			blas32.General{Rows: m, Cols: n, Stride: n, Data: out.F32[i*m*n:]})
	}
	return nil
}

func trans(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// Diff multiplies the adjoint with the other operand.
func (r MatMul) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	a, b := in[0], in[1]
	d := make([]*Node, 2)
	if need[0] {
		if r.TransA {
			d[0] = Apply(MatMul{r.TransB, true}, b, g)
		} else {
			d[0] = Apply(MatMul{false, !r.TransB}, g, b)
		}
	}
	if need[1] {
		if r.TransB {
			d[1] = Apply(MatMul{true, r.TransA}, g, a)
		} else {
			d[1] = Apply(MatMul{!r.TransA, false}, a, g)
		}
	}
	return d
}

// Diag puts the last axis [n] on the diagonal of a matrix [n,n] of zeros.
type Diag struct{}

// Shape repeats the last axis.
func (Diag) Shape(in [][]int) ([]int, error) {
	s := in[0]
	if len(s) == 0 {
		return nil, errors.New("operand of rank 0")
	}
	return append(slices.Clone(s), s[len(s)-1]), nil
}

// Eval writes the diagonal.
func (Diag) Eval(out Array, in []Array) error {
	n := out.Shape[len(out.Shape)-1]
	for i := range out.Len() {
		out.Set(i, 0)
	}
	for i := range in[0].Len() {
		out.Set(i*n+i%n, in[0].At(i))
	}
	return nil
}

// Diff takes the diagonal.
func (Diag) Diff(_ []*Node, _, g *Node, _ []bool) []*Node { return []*Node{Apply(DiagPart{}, g)} }

// DiagPart takes the diagonal of the square matrices on the last two axes.
type DiagPart struct{}

// Shape drops the last axis.
func (DiagPart) Shape(in [][]int) ([]int, error) {
	s := in[0]
	if len(s) < 2 || s[len(s)-1] != s[len(s)-2] {
		return nil, errors.Errorf("shape %v is not square", s)
	}
	return slices.Clone(s[:len(s)-1]), nil
}

// Eval reads the diagonal.
func (DiagPart) Eval(out Array, in []Array) error {
	for i := range out.Len() {
		n := out.Shape[len(out.Shape)-1]
		out.Set(i, in[0].At(i*n+i%n))
	}
	return nil
}

// Diff writes the diagonal.
func (DiagPart) Diff(_ []*Node, _, g *Node, _ []bool) []*Node { return []*Node{Apply(Diag{}, g)} }

// Tril keeps the elements at and below diagonal K of the matrices on the last
// two axes (K = 0 the main one, negative below it) and zeroes the rest.
type Tril struct{ K int }

// Shape is the operand's.
func (Tril) Shape(in [][]int) ([]int, error) {
	if len(in[0]) < 2 {
		return nil, errors.Errorf("shape %v has no matrices", in[0])
	}
	return slices.Clone(in[0]), nil
}

// Eval copies the lower triangle.
func (r Tril) Eval(out Array, in []Array) error {
	m, n := rows(out.Shape, false)
	for i := range out.Len() {
		if i%n-i/n%m <= r.K {
			out.Set(i, in[0].At(i))
		} else {
			out.Set(i, 0)
		}
	}
	return nil
}

// Diff keeps the same triangle.
func (r Tril) Diff(_ []*Node, _, g *Node, _ []bool) []*Node { return []*Node{Apply(r, g)} }
