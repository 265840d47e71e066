package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// unaries are the kernels of functions of one number.
var unaries = map[op.Fn]kernel.Unary{
	op.Neg: kernel.OpNeg, op.Abs: kernel.OpAbs, op.Sign: kernel.OpSign, op.Exp: kernel.OpExp, op.Expm1: kernel.OpExpm1,
	op.Log: kernel.OpLog, op.Log1p: kernel.OpLog1p, op.Sqrt: kernel.OpSqrt, op.Rsqrt: kernel.OpRsqrt,
	op.Square: kernel.OpSquare, op.Recip: kernel.OpRecip, op.Tanh: kernel.OpTanh, op.Sigmoid: kernel.OpSigmoid,
	op.LogSigmoid: kernel.OpLogSigmoid, op.Softplus: kernel.OpSoftplus, op.Relu: kernel.OpRelu, op.Elu: kernel.OpElu,
	op.Gelu: kernel.OpGelu, op.Silu: kernel.OpSilu, op.Sin: kernel.OpSin, op.Cos: kernel.OpCos, op.Erf: kernel.OpErf,
	op.Erfinv: kernel.OpErfInv, op.Lgamma: kernel.OpLgamma, op.Digamma: kernel.OpDigamma, op.Trigamma: kernel.OpTrigamma,
	op.Floor: kernel.OpFloor,
}

// binaries are the kernels of functions of two numbers.
var binaries = map[op.Fn2]kernel.Binary{
	op.Add: kernel.OpAdd, op.Sub: kernel.OpSub, op.Mul: kernel.OpMul, op.Div: kernel.OpDiv, op.Pow: kernel.OpPow,
	op.Max: kernel.OpMax, op.Min: kernel.OpMin, op.LogAddExp: kernel.OpLogAddExp, op.Lt: kernel.OpLt, op.Le: kernel.OpLe,
	op.MulSquare: kernel.OpMulSquare, op.Gt: kernel.OpGt, op.Ge: kernel.OpGe, op.Eq: kernel.OpEq, op.Ne: kernel.OpNe,
}

// nanoseconds an element, roughly, on one core with 256-bit vectors; a step not
// listed has plain.
const plain = .08

var slowUnary = map[op.Fn]float64{
	op.Exp: .3, op.Expm1: .4, op.Log: .4, op.Log1p: .5, op.Tanh: .5, op.Sigmoid: .4, op.LogSigmoid: .7, op.Softplus: .7,
	op.Elu: .4, op.Silu: .5, op.Sin: .5, op.Cos: .5, op.Erf: .6, op.Gelu: .8, op.Erfinv: 20, op.Lgamma: 30, op.Digamma: 30,
	op.Trigamma: 30, op.Polygamma: 50, op.Sqrt: .3, op.Rsqrt: .5, op.Recip: .2,
}

var slowBinary = map[op.Fn2]float64{op.Pow: 40, op.LogAddExp: .8, op.Div: .2}

var slowFused = map[code]float64{bernoulli: .75, bernoulliSlope: .45}

// rowCost returns the estimated nanoseconds of softmax or its logarithm for one
// element of a row.
func rowCost(cols int) float64 { return .6 + min(60/float64(cols), 3) }

// elementCost returns the estimated nanoseconds of a function of one element.
func elementCost(r op.Unary) float64 { return max(plain, slowUnary[r.Fn]) }

// value writes the step of an element-wise value.
func (e *emitter) value(v *value) {
	l := e.loop
	in := v.args
	n := float64(l.rows * l.cols)
	s := step{v: v}
	cost := plain
	switch r := v.rule.(type) {
	case copied:
		x := e.ref(in[0])
		switch {
		case !v.saved && !x.scalar:
			v.virtual = x.i
			return
		case x.scalar:
			s.code, s.s = fill, x.i
		default:
			s.code, s.a = move, x.i
		}
	case logSoftmax:
		s.code, s.a, s.s = logSoftmaxOf, e.vec(e.ref(in[0])), e.number(r.low)
		cost = rowCost(l.cols)
	case op.Unary:
		if m := in[0].v; m != nil && m.inlined {
			if l, ok := m.rule.(logSoftmax); ok { // Exp of it
				s.code, s.a, s.s = softmaxOf, e.vec(e.ref(m.args[0])), e.number(l.low)
				cost = rowCost(e.cols)
				break
			}
			// Shift of Scale
			s.code, s.a = affine, e.ref(m.args[0]).i
			s.s, s.t = e.number(m.rule.(op.Unary).A), e.number(r.A)
			break
		}
		s.a = e.vec(e.ref(in[0]))
		cost = elementCost(r)
		e.unary(&s, r)
	case op.Binary:
		if f := v.fused; f != nil {
			s.code, cost = f.code, max(cost, slowFused[f.code])
			s.a, s.b, s.c = e.vec(e.ref(f.a)), e.vec(e.ref(f.b)), e.vec(e.ref(f.c))
			break
		}
		cost = max(cost, slowBinary[r.Fn])
		e.binary(&s, r.Fn, in)
	case op.Where:
		s.code = where
		s.a, s.b, s.c = e.vec(e.ref(in[0])), e.vec(e.ref(in[1])), e.vec(e.ref(in[2]))
	case op.Between:
		s.code, cost = between, 2*plain
		s.a, s.b, s.c = e.vec(e.ref(in[0])), e.vec(e.ref(in[1])), e.vec(e.ref(in[2]))
	}
	s.dst = e.nvec
	v.virtual = s.dst
	e.nvec++
	l.steps = append(l.steps, s)
	l.cost += cost * n
}

func (e *emitter) unary(s *step, r op.Unary) {
	switch r.Fn {
	case op.Scale:
		s.code, s.fn, s.s = zipRight, uint8(kernel.OpMul), e.number(r.A)
	case op.Shift:
		s.code, s.fn, s.s = zipRight, uint8(kernel.OpAdd), e.number(r.A)
	case op.LeakyRelu:
		s.code, s.s = leaky, e.number(r.A)
	case op.Clamp, op.Bound:
		s.code, s.s, s.t = clamp, e.number(r.A), e.number(r.B)
	case op.Outside:
		s.code, s.s, s.t = outside, e.number(r.A), e.number(r.B)
	case op.IsFinite:
		s.code = finite
	default:
		if k, ok := unaries[r.Fn]; ok {
			s.code, s.fn = mapOf, uint8(k)
		} else {
			s.code, s.rule = ruleOf, r
		}
	}
}

func (e *emitter) binary(s *step, f op.Fn2, in []arg) {
	for i, a := range in {
		if a.v == nil || !a.v.inlined {
			continue
		}
		other := e.vec(e.ref(in[1-i]))
		if u, ok := a.v.rule.(op.Unary); ok && u.Fn == op.Scale {
			s.code, s.a, s.b, s.s = addScale, other, e.ref(a.v.args[0]).i, e.number(u.A)
			if f == op.Sub {
				s.s = e.number(-u.A)
			}
			return
		}
		x := e.ref(a.v.args[0])
		y := x // a square
		if len(a.v.args) == 2 {
			y = e.ref(a.v.args[1])
		}
		if x.scalar {
			x, y = y, x
		}
		switch {
		case y.scalar:
			s.code, s.a, s.b, s.s = addScale, other, x.i, y.i
		case f == op.Add:
			s.code, s.a, s.b, s.c = mulAdd, x.i, y.i, other
		default:
			s.code, s.a, s.b, s.c = mulSub, x.i, y.i, other
		}
		return
	}
	x, y := e.ref(in[0]), e.ref(in[1])
	s.fn = uint8(binaries[f])
	switch {
	case y.scalar:
		s.code, s.a, s.s = zipRight, e.vec(x), y.i
	case x.scalar:
		s.code, s.a, s.s = zipLeft, y.i, x.i
	default:
		s.code, s.a, s.b = zip, x.i, y.i
	}
}

// vectors calls f with each vector operand of a step.
func (s *step) vectors(f func(slot *int)) {
	switch s.code {
	case fill:
	case mulAdd, mulSub, where, between, bernoulliSlope:
		f(&s.a)
		f(&s.b)
		f(&s.c)
	case zip, addScale, tanhSlope, sigmoidSlope, bernoulli:
		f(&s.a)
		f(&s.b)
	default:
		f(&s.a)
	}
}

// registers replaces virtual vectors by slots: first come the loads and saves
// that are slices of memory, then registers, which are reused as soon as the last
// step that reads them has run.
func (e *emitter) registers() {
	l := e.loop
	slot := make([]int, e.nvec)
	for i := range slot {
		slot[i] = -1
	}
	for i := range l.loads {
		if a := &l.loads[i]; a.mode == aliased {
			slot[a.to] = l.slots
			a.to = l.slots
			l.slots++
		}
	}
	for i := range l.saves {
		a := &l.saves[i]
		slot[a.base.virtual] = l.slots
		a.to = l.slots
		l.slots++
	}
	next := l.slots
	take := func() int {
		next++
		return next - 1
	}
	for i := range l.loads { // registers of their own
		if a := &l.loads[i]; a.mode == gathered || a.mode == copiedOnce {
			slot[a.to] = take()
			a.to = slot[a.to]
		}
	}
	for i := range l.first {
		s := &l.first[i]
		slot[s.dst] = take()
		s.dst = slot[s.dst]
	}
	owned := next
	last := make([]int, e.nvec)
	for i := range last {
		last[i] = -1
	}
	for i := range l.steps {
		l.steps[i].vectors(func(v *int) { last[*v] = i })
	}
	var free []int
	for i := range l.steps {
		s := &l.steps[i]
		var ends [3]int
		n := 0
		s.vectors(func(v *int) {
			if last[*v] == i && slot[*v] >= owned {
				ends[n] = slot[*v]
				n++
				last[*v] = -1
			}
			*v = slot[*v]
		})
		free = append(free, ends[:n]...)
		if s.code == foldOf {
			l.folds[s.dst].to = s.a
			continue
		}
		if slot[s.dst] < 0 {
			if k := len(free); k > 0 {
				slot[s.dst], free = free[k-1], free[:k-1]
			} else {
				slot[s.dst] = take()
			}
			if last[s.dst] < 0 { // no step reads it
				free = append(free, slot[s.dst])
			}
		}
		s.dst = slot[s.dst]
	}
	l.regs = next - l.slots
	l.slots = next
}
