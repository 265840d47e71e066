package onnx

import "math"

// value is a value of the model. Its methods write the operators of formulas.
type value struct {
	w    *writer
	name string
}

func (a value) op(kind string, in ...value) value {
	return a.w.apply(kind, append([]value{a}, in...))
}

func (a value) num(x float64) value { return a.w.num(x) }

func (a value) add(b value) value { return a.op("Add", b) }
func (a value) sub(b value) value { return a.op("Sub", b) }
func (a value) mul(b value) value { return a.op("Mul", b) }
func (a value) div(b value) value { return a.op("Div", b) }
func (a value) min(b value) value { return a.op("Min", b) }
func (a value) max(b value) value { return a.op("Max", b) }

func (a value) neg() value    { return a.op("Neg") }
func (a value) abs() value    { return a.op("Abs") }
func (a value) exp() value    { return a.op("Exp") }
func (a value) log() value    { return a.op("Log") }
func (a value) sqrt() value   { return a.op("Sqrt") }
func (a value) recip() value  { return a.op("Reciprocal") }
func (a value) tanh() value   { return a.op("Tanh") }
func (a value) floor() value  { return a.op("Floor") }
func (a value) square() value { return a.mul(a) }

func (a value) shift(x float64) value { return a.add(a.num(x)) }
func (a value) scale(x float64) value { return a.mul(a.num(x)) }

// Comparisons give truth values.
func (a value) lt(b value) value      { return a.op("Less", b) }
func (a value) gt(b value) value      { return a.op("Greater", b) }
func (a value) eq(b value) value      { return a.op("Equal", b) }
func (a value) below(x float64) value { return a.lt(a.num(x)) }
func (a value) above(x float64) value { return a.gt(a.num(x)) }
func (a value) is(x float64) value    { return a.eq(a.num(x)) }
func (a value) not() value            { return a.op("Not") }
func (a value) and(b value) value     { return a.op("And", b) }
func (a value) or(b value) value      { return a.op("Or", b) }
func (a value) isNaN() value          { return a.op("IsNaN") }
func (a value) isInf() value          { return a.op("IsInf") }

// where is a where a truth value holds, else b.
func (w *writer) where(mask, a, b value) value { return w.apply("Where", []value{mask, a, b}) }

// zeroWhere is 0 where a truth value holds, else a.
func (a value) zeroWhere(mask value) value { return a.w.where(mask, a.num(0), a) }

// cast converts to other elements.
func (a value) cast(to elem) value {
	return a.w.apply("Cast", []value{a}, attribute{"to", int(to)})
}

// number is 1 where a truth value holds, else 0.
func (a value) number() value { return a.cast(a.w.now) }

// reshape gives the elements another shape.
func (a value) reshape(shape []int) value {
	return a.w.apply("Reshape", []value{a, a.w.ints(shape...)}, attribute{"allowzero", 1})
}

// expand stretches to a shape.
func (a value) expand(shape []int) value { return a.op("Expand", a.w.ints(shape...)) }

// transpose permutes axes.
func (a value) transpose(perm []int) value {
	return a.w.apply("Transpose", []value{a}, attribute{"perm", perm})
}

// fold reduces over axes, which it keeps with size 1.
func (a value) fold(kind string, axes []int) value {
	return a.w.apply(kind, []value{a, a.w.ints(axes...)}, attribute{"keepdims", 1})
}

// poly is c₀ + c₁a + c₂a² + ….
func (a value) poly(c ...float64) value {
	s := a.num(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		s = s.mul(a).shift(c[i])
	}
	return s
}

// sigmoid is 1/(1+e⁻ˣ), softplus log(1+eˣ).
func (a value) sigmoid() value  { return a.op("Sigmoid") }
func (a value) softplus() value { return a.op("Softplus") }

// expm1 is eˣ−1; below 1 it is 2t/(1−t) with t = tanh(x/2).
func (a value) expm1() value {
	t := a.scale(.5).tanh()
	return a.w.where(a.abs().below(1), t.scale(2).div(t.neg().shift(1)), a.exp().shift(-1))
}

// log1p is log(1+x): with w = 1+x as it is rounded, log w·x/(w−1) (Kahan).
func (a value) log1p() value {
	w := a.shift(1)
	up := w.shift(-1)
	plain := up.is(0).or(w.isInf())
	return a.w.where(plain, a, w.log().mul(a.div(a.w.where(plain, a.num(1), up))))
}

// expRest is eˣ−1−x: a series for |x| ≤ ½.
func (a value) expRest() value {
	c := []float64{1}
	for k := 3.; k <= 15; k++ {
		c = append(c, c[len(c)-1]/k)
	}
	s := a.poly(c...).mul(a.square()).scale(.5)
	far := a.w.where(a.is(math.Inf(1)), a, a.expm1().sub(a))
	return a.w.where(a.abs().below(.5), s, far)
}
