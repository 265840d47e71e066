package engine

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// apply returns the value of a rule, rewritten where that saves work. Rewrites
// may change a result by rounding, and the sign of a zero; a NaN stays.
func (e *expr) apply(r op.Rule, in []*value, shape []int) *value {
	if op.Size(shape) == 0 && operationOf(r).cannotFail {
		return e.uniform(shape, 0)
	}
	v := e.rewrite(r, in, shape)
	if v == nil {
		v = e.foldConstants(r, in, shape)
	}
	if v == nil {
		v = e.intern(r, in, shape)
	}
	return v
}

// make is apply for rewrites, which know that the shapes fit.
func (e *expr) make(r op.Rule, in ...*value) *value {
	shape, err := r.Shape(shapes(in))
	if err != nil {
		panic(err)
	}
	return e.apply(r, in, shape)
}

func shapes(in []*value) [][]int {
	s := make([][]int, len(in))
	for i, v := range in {
		s[i] = v.shape
	}
	return s
}

func (e *expr) rewrite(r op.Rule, in []*value, shape []int) *value {
	switch r := r.(type) {
	case *op.Custom:
		return in[0]
	case op.Unary:
		return e.unary(r, in[0])
	case op.Binary:
		if v := e.binary(r.Fn, in[0], in[1], shape); v != nil {
			return v
		}
		switch r.Fn {
		case op.Sub:
			if v := e.logSoftmax(in[0], in[1], shape); v != nil {
				return v
			}
		case op.Add, op.Mul, op.Max, op.Min, op.LogAddExp, op.Eq, op.Ne: // one order for equal ones
			if in[0].id > in[1].id {
				in[0], in[1] = in[1], in[0]
			}
		}
		return e.hoistBroadcast(r, in, shape)
	case op.Where:
		if in[0].form == uniform {
			if in[0].c != 0 {
				return e.stretch(in[1], shape)
			}
			return e.stretch(in[2], shape)
		}
		if in[1] == in[2] {
			return e.stretch(in[1], shape)
		}
		return e.hoistBroadcast(r, in, shape)
	case op.Implicit: // only its derivative is more than the value
		return in[0]
	case op.MatMul:
		return e.matmul(r, in, shape)
	}
	return e.rewriteShape(r, in, shape)
}

// matchUnary returns the operand of v if v is the function f.
func matchUnary(v *value, f op.Fn) (u op.Unary, x *value) {
	if u, ok := v.rule.(op.Unary); ok && u.Fn == f {
		return u, v.in[0]
	}
	return u, nil
}

// isRule returns the rule of a value if it is of a type.
func isRule[R op.Rule](v *value) (R, bool) {
	r, ok := v.rule.(R)
	return r, ok && v.form == applied
}

func (e *expr) neg(x *value) *value              { return e.make(op.Unary{Fn: op.Neg}, x) }
func (e *expr) scale(x *value, a float64) *value { return e.make(op.Unary{Fn: op.Scale, A: a}, x) }
func (e *expr) shift(x *value, a float64) *value { return e.make(op.Unary{Fn: op.Shift, A: a}, x) }
func (e *expr) fn2(f op.Fn2, a, b *value) *value { return e.make(op.Binary{Fn: f}, a, b) }

func (e *expr) stretch(x *value, shape []int) *value {
	if slices.Equal(x.shape, shape) {
		return x
	}
	return e.make(op.BroadcastTo{To: shape}, x)
}

func (e *expr) unary(r op.Unary, x *value) *value {
	switch r.Fn {
	case op.Stop:
		return x
	case op.Neg:
		if _, y := matchUnary(x, op.Neg); y != nil {
			return y
		}
		if s, y := matchUnary(x, op.Scale); y != nil {
			return e.scale(y, -s.A)
		}
		if b, ok := isRule[op.Binary](x); ok && b.Fn == op.Sub {
			return e.fn2(op.Sub, x.in[1], x.in[0])
		}
	case op.Scale:
		if r.A == 1 {
			return x
		}
		if r.A == -1 {
			return e.neg(x)
		}
		if s, y := matchUnary(x, op.Scale); y != nil && keepsRange(r.A*s.A) && keepsRange(r.A) && keepsRange(s.A) {
			return e.scale(y, r.A*s.A)
		}
		if _, y := matchUnary(x, op.Neg); y != nil {
			return e.scale(y, -r.A)
		}
	case op.Shift:
		if r.A == 0 {
			return x
		}
		if _, y := matchUnary(x, op.Neg); y != nil {
			return e.fn2(op.Sub, e.uniform([]int{}, r.A), y)
		}
		if s, y := matchUnary(x, op.Shift); y != nil && r.A*s.A > 0 {
			return e.shift(y, r.A+s.A)
		}
	case op.LogLogistic, op.ExpRest:
		return e.expand(r, x)
	case op.Square, op.Abs, op.Cos:
		if _, y := matchUnary(x, op.Neg); y != nil {
			return e.make(r, y)
		}
	}
	if _, ok := isRule[op.BroadcastTo](x); ok && x.in[0].size < x.size {
		return e.stretch(e.make(r, x.in[0]), x.shape)
	}
	return nil
}

// keepsRange says that products with a do not leave the range of float32.
func keepsRange(a float64) bool { return math.Abs(a) > 1e-30 && math.Abs(a) < 1e30 }

func (e *expr) binary(f op.Fn2, a, b *value, shape []int) *value {
	if v := e.expand2(f, a, b); v != nil {
		return v
	}
	whole := func(v *value) bool { return slices.Equal(v.shape, shape) }
	if a.form == uniform && b.form != uniform && whole(b) {
		switch {
		case f == op.Add:
			return e.shift(b, a.c)
		case f == op.Mul:
			return e.scale(b, a.c)
		case f == op.Sub && a.c == 0:
			return e.neg(b)
		}
	}
	if b.form == uniform && a.form != uniform && whole(a) {
		switch frac, _ := math.Frexp(b.c); {
		case f == op.Add:
			return e.shift(a, b.c)
		case f == op.Sub:
			return e.shift(a, -b.c)
		case f == op.Mul:
			return e.scale(a, b.c)
		case f == op.Div && math.Abs(frac) == .5 && keepsRange(b.c):
			return e.scale(a, 1/b.c)
		case f == op.Pow && b.c == 1:
			return a
		case f == op.Pow && b.c == 2:
			return e.make(op.Unary{Fn: op.Square}, a)
		case f == op.Pow && b.c == -1:
			return e.make(op.Unary{Fn: op.Recip}, a)
		case f == op.Gt && b.c == 0: // a rectifier's result tells the sign as well as its operand
			if y := e.find(op.Unary{Fn: op.Relu}, a); y != nil {
				return e.fn2(op.Gt, y, b)
			}
		}
	}
	_, na := matchUnary(a, op.Neg)
	_, nb := matchUnary(b, op.Neg)
	switch {
	case f == op.Mul && a == b:
		return e.make(op.Unary{Fn: op.Square}, a)
	case f == op.Add && nb != nil:
		return e.fn2(op.Sub, a, nb)
	case f == op.Add && na != nil:
		return e.fn2(op.Sub, b, na)
	case f == op.Sub && nb != nil:
		return e.fn2(op.Add, a, nb)
	case (f == op.Mul || f == op.Div || f == op.MulSquare) && na != nil && whole(a):
		return e.neg(e.fn2(f, na, b))
	case (f == op.Mul || f == op.Div) && nb != nil && whole(b):
		return e.neg(e.fn2(f, a, nb))
	case f == op.Add:
		return e.joinPads(a, b)
	}
	return nil
}

// joinPads turns the sum of two neighbours, each padded with zeros to the place of
// the other, into one array. It is what the gradient of slices leaves behind.
func (e *expr) joinPads(a, b *value) *value {
	p, ok := isRule[op.Pad](a)
	q, ok2 := isRule[op.Pad](b)
	if !ok || !ok2 || p.Axis != q.Axis || !slices.Equal(a.shape, b.shape) {
		return nil
	}
	if p.Before > q.Before {
		p, q, a, b = q, p, b, a
	}
	x, y := a.in[0], b.in[0]
	if p.Before+x.shape[p.Axis] != q.Before {
		return nil
	}
	return e.make(op.Pad{Axis: p.Axis, Before: p.Before, After: q.After}, e.make(op.Concat{Axis: p.Axis}, x, y))
}

// hoistBroadcast evaluates an element-wise rule before its operands are stretched.
func (e *expr) hoistBroadcast(r op.Rule, in []*value, shape []int) *value {
	small := make([]*value, len(in))
	for i, v := range in {
		if small[i] = v; v.form == uniform {
			small[i] = e.uniform([]int{}, v.c)
		} else if _, ok := isRule[op.BroadcastTo](v); ok {
			small[i] = v.in[0]
		}
		if small[i].size == op.Size(shape) {
			return nil
		}
	}
	s, err := r.Shape(shapes(small))
	if err != nil || op.Size(s) >= op.Size(shape) {
		return nil
	}
	if _, err := (op.BroadcastTo{To: shape}).Shape([][]int{s}); err != nil {
		return nil
	}
	return e.stretch(e.apply(r, small, s), shape)
}
