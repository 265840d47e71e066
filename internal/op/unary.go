package op

import (
	"fmt"
	"math"
	"slices"
)

// Fn names a function of one real number.
type Fn uint8

// The functions. A and B are the parameters of Unary.
const (
	Neg Fn = iota
	Abs
	Sign // −1, 0, 1
	Exp
	Expm1
	Log
	Log1p
	Sqrt
	Rsqrt
	Square
	Recip
	Tanh
	Sigmoid
	LogSigmoid
	Softplus
	Relu
	LeakyRelu // x, A·x below 0
	Elu       // x, eˣ−1 below 0
	Gelu      // x·Φ(x), exact
	Silu      // x·sigmoid(x)
	Sin
	Cos
	Erf
	Erfinv
	Lgamma    // log|Γ(x)|
	Digamma   // ψ
	Trigamma  // ψ′
	Polygamma // ψ⁽ᴬ⁾, A = 1, 2 …
	Floor
	LogLogistic // log s(x)s(−x), s the sigmoid
	ExpRest     // eˣ − 1 − x
	Clamp       // to [A,B]
	Bound       // to [A,B], with the derivative of x itself
	Shift       // x+A
	Scale       // A·x
	Stop        // x, with no derivative
	IsFinite    // 1 where x is finite, else 0
	Outside     // 1 where x < A or x > B, else 0
	fnCount
)

var fns = [fnCount]struct {
	name string
	f    func(x, a, b float64) float64
}{
	Neg:        {"neg", func(x, _, _ float64) float64 { return -x }},
	Abs:        {"abs", plain(math.Abs)},
	Sign:       {"sign", plain(sign)},
	Exp:        {"exp", plain(math.Exp)},
	Expm1:      {"expm1", plain(math.Expm1)},
	Log:        {"log", plain(math.Log)},
	Log1p:      {"log1p", plain(math.Log1p)},
	Sqrt:       {"sqrt", plain(math.Sqrt)},
	Rsqrt:      {"rsqrt", func(x, _, _ float64) float64 { return 1 / math.Sqrt(x) }},
	Square:     {"square", func(x, _, _ float64) float64 { return x * x }},
	Recip:      {"recip", func(x, _, _ float64) float64 { return 1 / x }},
	Tanh:       {"tanh", plain(math.Tanh)},
	Sigmoid:    {"sigmoid", plain(sigmoid)},
	LogSigmoid: {"logsigmoid", func(x, _, _ float64) float64 { return -softplus(-x) }},
	Softplus:   {"softplus", plain(softplus)},
	Relu:       {"relu", func(x, _, _ float64) float64 { return max(x, 0) }},
	LeakyRelu: {"leakyrelu", func(x, a, _ float64) float64 {
		if x < 0 {
			return a * x
		}
		return x
	}},
	Elu: {"elu", func(x, _, _ float64) float64 {
		if x < 0 {
			return math.Expm1(x)
		}
		return x
	}},
	Gelu: {"gelu", func(x, _, _ float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x * 0.5 * math.Erfc(-x/math.Sqrt2)
	}},
	Silu: {"silu", func(x, _, _ float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x * sigmoid(x)
	}},
	Sin:         {"sin", plain(math.Sin)},
	Cos:         {"cos", plain(math.Cos)},
	Erf:         {"erf", plain(math.Erf)},
	Erfinv:      {"erfinv", plain(math.Erfinv)},
	Lgamma:      {"lgamma", plain(func(x float64) float64 { v, _ := math.Lgamma(x); return v })},
	Digamma:     {"digamma", plain(digamma)},
	Trigamma:    {"trigamma", func(x, _, _ float64) float64 { return polygamma(1, x) }},
	Polygamma:   {"polygamma", func(x, n, _ float64) float64 { return polygamma(int(n), x) }},
	Floor:       {"floor", plain(math.Floor)},
	LogLogistic: {"loglogistic", func(x, _, _ float64) float64 { return -math.Abs(x) - 2*math.Log1p(math.Exp(-math.Abs(x))) }},
	ExpRest:     {"exprest", plain(expRest)},
	Clamp:       {"clamp", func(x, a, b float64) float64 { return min(max(x, a), b) }},
	Bound:       {"bound", func(x, a, b float64) float64 { return min(max(x, a), b) }},
	Shift:       {"shift", func(x, a, _ float64) float64 { return x + a }},
	Scale:       {"scale", func(x, a, _ float64) float64 { return a * x }},
	Stop:        {"stop", func(x, _, _ float64) float64 { return x }},
	IsFinite: {"isfinite", func(x, _, _ float64) float64 {
		if math.IsInf(x, 0) || math.IsNaN(x) {
			return 0
		}
		return 1
	}},
	Outside: {"outside", func(x, a, b float64) float64 { return mask(x < a || x > b) }},
}

func plain(f func(float64) float64) func(x, a, b float64) float64 {
	return func(x, _, _ float64) float64 { return f(x) }
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 and NaN
}

func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// expRest is eˣ − 1 − x without cancellation near 0.
func expRest(x float64) float64 {
	if !(math.Abs(x) < 0.5) {
		if math.IsInf(x, 1) {
			return x
		}
		return math.Expm1(x) - x
	}
	sum := 1.0
	for k := ExpRestTerms; k > 2; k-- {
		sum = 1 + sum*x/float64(k)
	}
	return sum * x * x / 2
}

// ExpRestTerms is the power at which the series of ExpRest ends for |x| ≤ ½.
const ExpRestTerms = 15

// Unary is a function applied to every element.
type Unary struct {
	Fn   Fn
	A, B float64
}

func (r Unary) String() string {
	switch r.Fn {
	case Clamp, Bound, Outside:
		return fmt.Sprintf("%s{%v %v}", fns[r.Fn].name, r.A, r.B)
	case LeakyRelu, Polygamma, Shift, Scale:
		return fmt.Sprintf("%s{%v}", fns[r.Fn].name, r.A)
	}
	return fns[r.Fn].name
}

// Shape is the operand's.
func (r Unary) Shape(in [][]int) ([]int, error) { return slices.Clone(in[0]), nil }

// Eval applies the function.
func (r Unary) Eval(out Array, in []Array) error {
	f := fns[r.Fn].f
	for i := range out.Len() {
		out.Set(i, f(in[0].At(i), r.A, r.B))
	}
	return nil
}

// Diff multiplies by the derivative.
func (r Unary) Diff(in []*Node, y, g *Node, _ []bool) []*Node {
	return []*Node{r.diff(in[0], y, g)}
}

func (r Unary) diff(x, y, g *Node) *Node {
	switch r.Fn {
	case Neg:
		return g.Neg()
	case Abs:
		return g.Mul(Map(Sign, x))
	case Exp:
		return g.Mul(y)
	case Expm1:
		return g.Mul(Map(Exp, x))
	case Log:
		return g.Div(x)
	case Log1p:
		return g.Div(x.Shift(1))
	case Sqrt:
		return g.Scale(.5).Div(y)
	case Rsqrt:
		return g.Mul(y.Mul(y.Square()).Scale(-.5))
	case Square:
		return g.Mul(x.Scale(2))
	case Recip:
		return g.Mul(y.Square().Neg())
	case Tanh:
		return g.Mul(y.Square().Neg().Shift(1))
	case Sigmoid:
		return g.Mul(y.Mul(y.Neg().Shift(1)))
	case LogSigmoid:
		return g.Mul(Map(Sigmoid, x.Neg()))
	case Softplus:
		return g.Mul(Map(Sigmoid, x))
	case Relu:
		return g.Mul(positive(x))
	case LeakyRelu:
		return g.Mul(positive(x).Scale(1 - r.A).Shift(r.A))
	case Elu:
		return g.Mul(Map(Exp, Apply(Unary{Clamp, math.Inf(-1), 0}, x)))
	case Gelu: // Φ(x) + xφ(x)
		cdf := Map(Erf, x.Scale(math.Sqrt2/2)).Shift(1).Scale(.5)
		pdf := Map(Exp, x.Square().Scale(-.5)).Scale(1 / math.Sqrt(2*math.Pi))
		return g.Mul(cdf.Add(x.Mul(pdf)))
	case Silu: // s + y(1−s)
		s := Map(Sigmoid, x)
		return g.Mul(s.Add(y.Mul(s.Neg().Shift(1))))
	case Sin:
		return g.Mul(Map(Cos, x))
	case Cos:
		return g.Mul(Map(Sin, x).Neg())
	case Erf:
		return g.Mul(Map(Exp, x.Square().Neg()).Scale(2 / math.Sqrt(math.Pi)))
	case Erfinv:
		return g.Mul(Map(Exp, y.Square()).Scale(math.Sqrt(math.Pi) / 2))
	case Lgamma:
		return g.Mul(Map(Digamma, x))
	case Digamma:
		return g.Mul(Map(Trigamma, x))
	case Trigamma:
		return g.Mul(Apply(Unary{Fn: Polygamma, A: 2}, x))
	case Polygamma:
		return g.Mul(Apply(Unary{Fn: Polygamma, A: r.A + 1}, x))
	case LogLogistic: // −tanh(x/2)
		return g.Mul(Map(Tanh, x.Scale(.5))).Neg()
	case ExpRest:
		return g.Mul(Map(Expm1, x))
	case Clamp: // not by a product: the derivative is 0 where it is cut off, also of an infinite g
		zero := Current().Const(0)
		if !math.IsInf(r.A, -1) {
			g = Apply(Where{}, x.Ge(Current().Const(r.A)), g, zero)
		}
		if !math.IsInf(r.B, 1) {
			g = Apply(Where{}, x.Le(Current().Const(r.B)), g, zero)
		}
		return g
	case Bound, Shift:
		return g
	case Scale:
		return g.Scale(r.A)
	}
	return nil // Sign, Floor, Stop, IsFinite, Outside
}

func positive(x *Node) *Node { return x.Gt(Current().Const(0)) }

// Map applies a function without parameters.
func Map(f Fn, x *Node) *Node { return Apply(Unary{Fn: f}, x) }
