package engine

import "github.com/latentgo/latent/internal/op"

// inlinable reports whether an operand is a value of this loop that nothing but
// its one consumer reads, so that the step of the consumer may compute it too.
func inlinable(a arg) bool {
	v := a.v
	return v != nil && v.inner == 1 && !v.saved && !v.folded && !v.inlined && v.fused == nil && !v.folds()
}

// merge looks for operands that the step of v can compute itself.
func (e *emitter) merge(v *value) {
	switch r := v.rule.(type) {
	case op.Unary:
		if a := v.args[0]; r.Fn == op.Shift && inlinable(a) && isUnary(a.v, op.Scale) && !e.scalar(a.v.args[0]) {
			a.v.inlined = true
		} else if r.Fn == op.Exp && inlinable(a) {
			_, a.v.inlined = a.v.rule.(logSoftmax)
		}
	case op.Binary:
		switch r.Fn {
		case op.Mul:
			e.mergeSlope(v)
		case op.Add:
			e.mergeProduct(v, r.Fn)
		case op.Sub:
			if !e.mergeBernoulli(v) {
				e.mergeProduct(v, r.Fn)
			}
		}
	}
}

// mergeProduct finds c + a·b, c − a·b and c ± s·b.
func (e *emitter) mergeProduct(v *value, f op.Fn2) {
	for _, i := range []int{1, 0} {
		a, c := v.args[i], v.args[1-i]
		if i == 0 && f == op.Sub {
			return
		}
		if !inlinable(a) || e.scalar(c) {
			continue
		}
		in := a.v.args
		switch {
		case isUnary(a.v, op.Scale), isUnary(a.v, op.Square):
			if e.scalar(in[0]) {
				continue
			}
		case isBinary(a.v, op.Mul):
			if e.scalar(in[0]) && e.scalar(in[1]) || f == op.Sub && (e.scalar(in[0]) || e.scalar(in[1])) {
				continue
			}
		default:
			continue
		}
		a.v.inlined = true
		return
	}
}

// A fused is the step of a value and of the operands inlined into it, whose own
// operands it reads. A step of two operands has the second twice.
type fused struct {
	code    code
	a, b, c arg
}

// mergeSlope finds the products with the derivative of tanh or sigmoid, written
// with their result: g·(1 − y²) and g·(y·(1 − y)).
func (e *emitter) mergeSlope(v *value) {
	for i, a := range v.args {
		g := v.args[1-i]
		if !inlinable(a) || e.scalar(g) {
			continue
		}
		if y, ok := oneMinus(a); ok && inlinable(y) && isUnary(y.v, op.Square) && !e.scalar(y.v.args[0]) {
			a.v.inlined, y.v.inlined = true, true
			y = y.v.args[0]
			v.fused = &fused{tanhSlope, g, y, y}
			return
		}
		if !isBinary(a.v, op.Mul) {
			continue
		}
		for j, b := range a.v.args {
			y := a.v.args[1-j]
			if w, ok := oneMinus(b); ok && inlinable(b) && w == y && !e.scalar(y) {
				a.v.inlined, b.v.inlined = true, true
				v.fused = &fused{sigmoidSlope, g, y, y}
				return
			}
		}
	}
}

// mergeBernoulli finds x·l − softplus(l) and g·x − g·sigmoid(l). Where x is
// infinite, the latter may become NaN instead of an infinity.
func (e *emitter) mergeBernoulli(v *value) bool {
	a, b := v.args[0], v.args[1]
	if !inlinable(a) || !inlinable(b) || !isBinary(a.v, op.Mul) {
		return false
	}
	for i, y := range a.v.args { // l or g
		x := a.v.args[1-i]
		if isUnary(b.v, op.Softplus) && b.v.args[0] == y && !e.scalar(y) {
			a.v.inlined, b.v.inlined = true, true
			v.fused = &fused{bernoulli, x, y, y}
			return true
		}
		if !isBinary(b.v, op.Mul) {
			continue
		}
		for j, s := range b.v.args {
			if b.v.args[1-j] == y && inlinable(s) && isUnary(s.v, op.Sigmoid) && !e.scalar(s.v.args[0]) {
				a.v.inlined, b.v.inlined, s.v.inlined = true, true, true
				v.fused = &fused{bernoulliSlope, y, x, s.v.args[0]}
				return true
			}
		}
	}
	return false
}

// oneMinus returns y if a is 1 − y.
func oneMinus(a arg) (y arg, ok bool) {
	if a.v == nil || !isBinary(a.v, op.Sub) || a.v.args[0].v != nil || a.v.args[0].load >= 0 || a.v.args[0].c != 1 {
		return y, false
	}
	return a.v.args[1], true
}

func isUnary(v *value, f op.Fn) bool {
	u, ok := v.rule.(op.Unary)
	return ok && u.Fn == f
}

func isBinary(v *value, f op.Fn2) bool {
	b, ok := v.rule.(op.Binary)
	return ok && b.Fn == f
}
