package op

import (
	"math"
)

// Fn2 names a function of two real numbers.
type Fn2 uint8

// The functions. Comparisons give 1 or 0 and have no derivative.
const (
	Add Fn2 = iota
	Sub
	Mul
	Div
	Pow
	Max // NaN if either is NaN; a tie shares the derivative equally
	Min
	LogAddExp    // log(eᵃ+eᵇ)
	MulExp       // a·eᵇ, and 0 where a is 0, whatever b
	LogBernoulli // a·b − log(1+eᵇ), and its limit where b is infinite
	MulSquare    // a·b², with an infinite b as the largest number: 0 where a is 0
	LogisticBin  // log(sinh b/(cosh b + cosh a)) for b > 0
	Lt
	Le
	Gt
	Ge
	Eq
	Ne
	fn2Count
)

var fn2s = [fn2Count]struct {
	name string
	f    func(a, b float64) float64
}{
	Add:       {"add", func(a, b float64) float64 { return a + b }},
	Sub:       {"sub", func(a, b float64) float64 { return a - b }},
	Mul:       {"mul", func(a, b float64) float64 { return a * b }},
	Div:       {"div", func(a, b float64) float64 { return a / b }},
	Pow:       {"pow", math.Pow},
	Max:       {"max", func(a, b float64) float64 { return max(a, b) }},
	Min:       {"min", func(a, b float64) float64 { return min(a, b) }},
	LogAddExp: {"logaddexp", logAddExp},
	MulExp: {"mulexp", func(a, b float64) float64 {
		if a == 0 && !math.IsNaN(b) {
			return a
		}
		return a * math.Exp(b/2) * math.Exp(b/2)
	}},
	LogBernoulli: {"logbernoulli", logBernoulli},
	MulSquare:    {"mulsquare", func(a, b float64) float64 { b = min(b, math.MaxFloat64); return a * b * b }},
	LogisticBin: {"logisticbin", func(a, b float64) float64 {
		return math.Log(-math.Expm1(-2*b)) - softplus(-a-b) - softplus(a-b)
	}},
	Lt: {"lt", func(a, b float64) float64 { return mask(a < b) }},
	Le: {"le", func(a, b float64) float64 { return mask(a <= b) }},
	Gt: {"gt", func(a, b float64) float64 { return mask(a > b) }},
	Ge: {"ge", func(a, b float64) float64 { return mask(a >= b) }},
	Eq: {"eq", func(a, b float64) float64 { return mask(a == b) }},
	Ne: {"ne", func(a, b float64) float64 { return mask(a != b) }},
}

func mask(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func logAddExp(a, b float64) float64 {
	if a == b { // equal infinities included
		return a + math.Ln2
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

// logBernoulli is a·b − log(1+eᵇ). The law of an infinite logit b is certain.
func logBernoulli(a, b float64) float64 {
	if math.IsInf(b, 0) && !math.IsNaN(a) {
		if a == mask(b > 0) {
			return 0
		}
		return math.Inf(-1)
	}
	return math.FMA(a, b, -max(b, 0)) - math.Log1p(math.Exp(-math.Abs(b)))
}

// Binary is a function of two operands, element by element, broadcasting.
type Binary struct{ Fn Fn2 }

func (r Binary) String() string { return fn2s[r.Fn].name }

// Shape broadcasts.
func (r Binary) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval applies the function.
func (r Binary) Eval(out Array, in []Array) error {
	f := fn2s[r.Fn].f
	elementwise(out, in, func(x []float64) float64 { return f(x[0], x[1]) })
	return nil
}

// Diff multiplies by the partial derivatives and sums over stretched axes.
func (r Binary) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, 2)
	for i := range d {
		if !need[i] {
			continue
		}
		if p := r.partial(i, in[0], in[1], y, g); p != nil {
			d[i] = Fit(Stretch(p, y.Shape()), in[i].Shape())
		}
	}
	return d
}

// partial returns g·∂y/∂operand i.
func (r Binary) partial(i int, a, b, y, g *Node) *Node {
	first := i == 0
	switch r.Fn {
	case Add:
		return g
	case Sub:
		if first {
			return g
		}
		return g.Neg()
	case Mul:
		if first {
			return g.Mul(b)
		}
		return g.Mul(a)
	case Div:
		if first {
			return g.Div(b)
		}
		return g.Mul(y).Div(b).Neg()
	case Pow:
		if first { // b·aᵇ⁻¹, and 0 where a and b are 0
			zero := Current().Const(0)
			both := a.Eq(zero).Mul(b.Eq(zero))
			safe := Apply(Where{}, both, Current().Const(1), b)
			return g.Mul(b.Mul(a.Pow(safe.Shift(-1))))
		}
		// y·log a, and 0 where a = 0
		pos := positive(a)
		return g.Mul(y.Mul(Map(Log, Apply(Where{}, pos, a, Current().Const(1)))))
	case Max, Min:
		wins := Gt
		if (r.Fn == Max) != first {
			wins = Lt
		}
		share := Apply(Binary{wins}, a, b).Add(a.Eq(b).Scale(.5))
		return g.Mul(share)
	case MulExp: // g·eᵇ and g·y
		if first {
			return Apply(Binary{MulExp}, g, b)
		}
		return g.Mul(y)
	case MulSquare: // b², and 2·a·b
		if first {
			return Apply(Binary{MulSquare}, g, b)
		}
		return g.Mul(a.Mul(b).Scale(2))
	case LogBernoulli: // b, and a − sigmoid(b)
		if first {
			return g.Mul(b)
		}
		return g.Mul(a).Sub(g.Mul(Map(Sigmoid, b)))
	case LogisticBin:
		return g.Mul(binSlope(a, b, first))
	case LogAddExp:
		if !first {
			a, b = b, a
		}
		b = Apply(Unary{Clamp, -math.MaxFloat32, math.Inf(1)}, b) // two −Inf have the derivative 0
		return g.Mul(Map(Sigmoid, a.Sub(b)))
	}
	return nil
}

// binSlope is the derivative of log(sinh b/(cosh b + cosh a)): by a it is
// −sinh a/(cosh b + cosh a), by b (1 + cosh b·cosh a)/(sinh b·(cosh b + cosh a)),
// written with e^(−|a|) taken out of both sides, so that nothing large cancels
// or overflows.
func binSlope(a, b *Node, byA bool) *Node {
	size := Map(Abs, a)
	e := Map(Exp, size.Neg())
	add := func(x, y *Node) *Node { return x.Add(y) }
	over := func(x, y *Node) *Node { return x.Div(y) }
	twice := e.Square().Shift(1) // 2·cosh a·e^(−|a|)
	sum := add(twice, add(Map(Exp, b.Sub(size)), e.Mul(Map(Exp, b.Neg()))))
	if byA {
		return over(Map(Sign, a).Mul(Map(Expm1, size.Scale(-2))), sum)
	}
	f := Map(Exp, b.Neg())
	none := Map(Expm1, b.Scale(-2)).Neg() // 2·sinh b·e^(−b)
	top := add(e.Mul(f).Scale(4), twice.Mul(f.Square().Shift(1)))
	return over(top, none.Mul(sum))
}

// Where takes its second operand where the first is not 0, else the third.
type Where struct{}

// Shape broadcasts.
func (Where) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval chooses.
func (Where) Eval(out Array, in []Array) error {
	elementwise(out, in, func(x []float64) float64 {
		if x[0] != 0 {
			return x[1]
		}
		return x[2]
	})
	return nil
}

// Diff routes the adjoint to the operand chosen; the other gets 0.
func (Where) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, 3)
	zero := Current().Const(0)
	if need[1] {
		d[1] = Fit(Apply(Where{}, in[0], g, zero), in[1].Shape())
	}
	if need[2] {
		d[2] = Fit(Apply(Where{}, in[0], zero, g), in[2].Shape())
	}
	return d
}
