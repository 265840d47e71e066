package engine

import "github.com/latentgo/latent/internal/op"

// A fused is the step of a member and of the operands inlined into it: it reads
// what they read.
type fused struct {
	code             code
	vectors, scalars []arg
}

// fuse looks for operands that the step of m can compute itself.
func (e *emitter) fuse(m *member) {
	switch r := m.v.rule.(type) {
	case op.Unary:
		a := m.args[0]
		if !a.inlinable() {
			return
		}
		_, softmax := a.m.v.rule.(logSoftmax)
		switch s, scales := a.unary(op.Scale); {
		case r.Fn == op.Shift && scales && !e.scalar(a.m.args[0]):
			m.inline(affine, a.m.args[:1], []arg{number(s.A), number(r.A)}, a)
		case r.Fn == op.Exp && softmax:
			m.inline(softmaxOf, a.m.args[:1], []arg{number(a.m.instr.k[0])}, a)
		}
	case op.Binary:
		switch r.Fn {
		case op.Mul:
			e.fuseSlope(m)
		case op.Add:
			e.fuseProduct(m, r.Fn)
		case op.Sub:
			if !e.fuseBernoulli(m) {
				e.fuseProduct(m, r.Fn)
			}
		}
	}
}

// inline makes the step of m that of operands, which nothing else reads, too.
func (m *member) inline(c code, vectors, scalars []arg, operands ...arg) bool {
	m.fused = &fused{c, vectors, scalars}
	for _, a := range operands {
		a.m.inlined = true
	}
	return true
}

// inlinable reports whether an operand is a value of this loop that nothing but
// its one consumer reads, so that the step of the consumer may compute it too.
func (a arg) inlinable() bool {
	m := a.m
	return m != nil && m.uses == 1 && !m.saved && !m.folded && !m.inlined && m.fused == nil && !m.v.folds()
}

func number(c float64) arg { return arg{load: -1, c: c} }

// unary reports whether an operand is a function of one number.
func (a arg) unary(f op.Fn) (u op.Unary, ok bool) {
	if a.m != nil {
		u, ok = a.m.v.rule.(op.Unary)
	}
	return u, ok && u.Fn == f
}

// binary reports whether an operand is a function of two numbers.
func (a arg) binary(f op.Fn2) bool {
	return a.m != nil && isBinary(a.m.v, f)
}

// fuseProduct finds c + a·b, c − a·b and c ± s·b.
func (e *emitter) fuseProduct(m *member, f op.Fn2) bool {
	multiply, sign := mulAdd, 1.0
	if f == op.Sub {
		multiply, sign = mulSub, -1
	}
	for _, i := range []int{1, 0} {
		a, c := m.args[i], m.args[1-i]
		if i == 0 && f == op.Sub {
			return false
		}
		if !a.inlinable() || e.scalar(c) {
			continue
		}
		x := a.m.args[0]
		if u, ok := a.unary(op.Scale); ok && !e.scalar(x) {
			return m.inline(addScale, []arg{c, x}, []arg{number(sign * u.A)}, a)
		}
		if _, ok := a.unary(op.Square); ok && !e.scalar(x) {
			return m.inline(multiply, []arg{x, x, c}, nil, a)
		}
		if !a.binary(op.Mul) {
			continue
		}
		y := a.m.args[1]
		if e.scalar(x) {
			x, y = y, x
		}
		switch {
		case !e.scalar(y):
			return m.inline(multiply, []arg{x, y, c}, nil, a)
		case f == op.Add && !e.scalar(x):
			return m.inline(addScale, []arg{c, x}, []arg{y}, a)
		}
	}
	return false
}

// fuseSlope finds the products with the derivative of tanh or sigmoid, written
// with their result: g·(1 − y²) and g·(y·(1 − y)).
func (e *emitter) fuseSlope(m *member) bool {
	for i, a := range m.args {
		g := m.args[1-i]
		if !a.inlinable() || e.scalar(g) {
			continue
		}
		if s, ok := oneMinus(a); ok && s.inlinable() {
			if _, ok := s.unary(op.Square); ok && !e.scalar(s.m.args[0]) {
				return m.inline(tanhSlope, []arg{g, s.m.args[0]}, nil, a, s)
			}
		}
		if !a.binary(op.Mul) {
			continue
		}
		for j, b := range a.m.args {
			y := a.m.args[1-j]
			if w, ok := oneMinus(b); ok && b.inlinable() && w == y && !e.scalar(y) {
				return m.inline(sigmoidSlope, []arg{g, y}, nil, a, b)
			}
		}
	}
	return false
}

// fuseBernoulli finds x·l − softplus(l) and g·x − g·sigmoid(l). Where x is
// infinite, the latter may become NaN instead of an infinity.
func (e *emitter) fuseBernoulli(m *member) bool {
	a, b := m.args[0], m.args[1]
	if !a.inlinable() || !b.inlinable() || !a.binary(op.Mul) {
		return false
	}
	for i, y := range a.m.args { // l or g
		x := a.m.args[1-i]
		if _, ok := b.unary(op.Softplus); ok && b.m.args[0] == y && !e.scalar(y) {
			return m.inline(bernoulli, []arg{x, y}, nil, a, b)
		}
		if !b.binary(op.Mul) {
			continue
		}
		for j, s := range b.m.args {
			if _, ok := s.unary(op.Sigmoid); ok && b.m.args[1-j] == y && s.inlinable() && !e.scalar(s.m.args[0]) {
				return m.inline(bernoulliSlope, []arg{y, x, s.m.args[0]}, nil, a, b, s)
			}
		}
	}
	return false
}

// oneMinus returns y if a is 1 − y.
func oneMinus(a arg) (y arg, ok bool) {
	if !a.binary(op.Sub) || a.m.args[0] != number(1) {
		return y, false
	}
	return a.m.args[1], true
}
