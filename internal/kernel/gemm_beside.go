package kernel

import "fmt"

// An operand may be matrices that lie apart, taken as one side by side, so that nobody
// has to copy them together: gates of a recurrent network, each computed by itself.

// BesideColumns divides the width of each matrix of BesideB: a panel has columns of one.
const BesideColumns = 32

// checkBeside panics unless matrices side by side are equally wide and long enough.
func (g *Gemm[T]) checkBeside() {
	a, b := len(g.BesideA), len(g.BesideB)
	switch {
	case a+b == 0:
		return
	case g.Batch > 1 || a > 0 && (g.TransA || g.Sparse || g.K%a != 0) || b > 0 && (g.TransB || g.Packed != nil || g.N%(b*BesideColumns) != 0):
		panic(fmt.Sprintf("kernel: Gemm of %d×%d by %d×%d cannot have %d matrices side by side as A, %d as B", g.M, g.K, g.K, g.N, a, b))
	}
	for _, x := range g.BesideA {
		g.checkOperand("A", len(x), g.M, g.K/a, false, g.lda(), 1, 0)
	}
	for _, x := range g.BesideB {
		g.checkOperand("B", len(x), g.K, g.N/b, false, g.ldb(), 1, 0)
	}
}

// beside has the view read matrices side by side.
func (v *view[T]) beside(a, b [][]T) {
	v.besideA, v.besideB, v.wideA, v.wideB = a, b, v.k, v.n
	if a != nil {
		v.wideA /= len(a)
	}
	if b != nil {
		v.wideB /= len(b)
	}
}

// fromA returns A from an element on, to be read up to column untilA.
func (v *view[T]) fromA(i, p int) []T {
	if v.besideA != nil {
		return v.besideA[p/v.wideA][i*v.rsa+p%v.wideA:]
	}
	return v.a[i*v.rsa+p*v.csa:]
}

// untilA returns the first column after p that lies elsewhere.
func (v *view[T]) untilA(p int) int { return (p/max(v.wideA, 1) + 1) * v.wideA }

// untilB returns the first column of B after j that lies elsewhere.
func (v *view[T]) untilB(j int) int { return (j/v.wideB + 1) * v.wideB }

// finiteB reports whether B[q, j0:j1] is finite.
func (v *view[T]) finiteB(q, j0, j1 int) bool {
	for j, end := j0, 0; j < j1; j = end {
		if end = min(v.untilB(j), j1); !AllFinite(v.fromB(q, j)[:end-j]) {
			return false
		}
	}
	return true
}

// fromB returns B from an element on, up to the end of its panel.
func (v *view[T]) fromB(p, j int) []T {
	if v.besideB != nil {
		return v.besideB[j/v.wideB][p*v.rsb+j%v.wideB:]
	}
	return v.b[p*v.rsb+j*v.csb:]
}
