package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Affine is y = exp(s)·x + m for each element. Shift m and LogScale s are
// […, D] or what broadcasts to it; nil is 0.
type Affine struct {
	Shift    *graph.Node
	LogScale *graph.Node
}

// fit aborts unless Shift and LogScale fit a value.
func (b Affine) fit(x *graph.Node) {
	for _, p := range []*graph.Node{b.Shift, b.LogScale} {
		if p != nil {
			fit("Affine", x, p)
		}
	}
}

// Forward implements Bijector.
func (b Affine) Forward(x *graph.Node) *graph.Node {
	b.fit(x)
	if b.LogScale != nil {
		x = x.Mul(graph.Exp(b.LogScale))
	}
	if b.Shift != nil {
		x = x.Add(b.Shift)
	}
	return x
}

// Inverse implements Inverter.
func (b Affine) Inverse(y *graph.Node) *graph.Node {
	b.fit(y)
	if b.Shift != nil {
		y = y.Sub(b.Shift)
	}
	if b.LogScale != nil {
		y = y.Mul(graph.Exp(b.LogScale.Neg()))
	}
	return y
}

// LogDet returns Σ s.
func (b Affine) LogDet(x *graph.Node) *graph.Node {
	b.fit(x)
	if b.LogScale == nil {
		return noChange(x)
	}
	return perEvent(x, b.LogScale)
}

// Reflect is y = −x.
type Reflect struct{}

// Forward implements Bijector.
func (Reflect) Forward(x *graph.Node) *graph.Node { return x.Neg() }

// Inverse implements Inverter.
func (Reflect) Inverse(y *graph.Node) *graph.Node { return y.Neg() }

// LogDet returns 0.
func (Reflect) LogDet(x *graph.Node) *graph.Node { return noChange(x) }

// above is the support of positive numbers.
var above = Support{Kind: Interval, Hi: math.Inf(1)}

// Exp is y = eˣ.
type Exp struct{}

func (Exp) inner(x *graph.Node) *graph.Node { return boundLog(x) }

// Forward implements Bijector.
func (b Exp) Forward(x *graph.Node) *graph.Node { return graph.Exp(b.inner(x)) }

// Inverse implements Inverter.
func (Exp) Inverse(y *graph.Node) *graph.Node { return graph.Log(y) }

// LogDet returns Σ x.
func (Exp) LogDet(x *graph.Node) *graph.Node { return total(x) }

// Range returns the positive numbers.
func (Exp) Range() Support { return above }

// Softplus is y = log(1+eˣ).
type Softplus struct{}

func (Softplus) inner(x *graph.Node) *graph.Node {
	e := endsOf(x)
	return bound(x, -e.log, 1/e.tiny)
}

// Forward implements Bijector.
func (b Softplus) Forward(x *graph.Node) *graph.Node { return graph.Softplus(b.inner(x)) }

// Inverse returns y + log(1−e⁻ʸ).
func (Softplus) Inverse(y *graph.Node) *graph.Node {
	return y.Add(graph.Log1mExp(y.Neg()))
}

// LogDet returns Σ log sigmoid(x).
func (Softplus) LogDet(x *graph.Node) *graph.Node { return total(graph.LogSigmoid(x)) }

// Range returns the positive numbers.
func (Softplus) Range() Support { return above }

// Sigmoid is y = 1/(1+e⁻ˣ).
type Sigmoid struct{}

func (Sigmoid) inner(x *graph.Node) *graph.Node { return boundLogit(x) }

// Forward implements Bijector.
func (b Sigmoid) Forward(x *graph.Node) *graph.Node { return graph.Sigmoid(b.inner(x)) }

// Inverse returns log y − log(1−y).
func (Sigmoid) Inverse(y *graph.Node) *graph.Node { return logit(y) }

func logit(y *graph.Node) *graph.Node {
	return graph.Log(y).Sub(graph.Log1p(y.Neg()))
}

// LogDet returns Σ log y(1−y).
func (Sigmoid) LogDet(x *graph.Node) *graph.Node {
	return total(graph.LogSigmoid(x).Add(graph.LogSigmoid(x.Neg())))
}

// Range returns (0, 1).
func (Sigmoid) Range() Support { return Support{Kind: Interval, Hi: 1} }

// Tanh is y = tanh x.
type Tanh struct{}

func (Tanh) inner(x *graph.Node) *graph.Node {
	e := endsOf(x)
	return bound(x, -e.tanh, e.tanh)
}

// Forward implements Bijector.
func (b Tanh) Forward(x *graph.Node) *graph.Node { return graph.Tanh(b.inner(x)) }

// Inverse returns ½·log((1+y)/(1−y)).
func (Tanh) Inverse(y *graph.Node) *graph.Node {
	return graph.Log1p(y).Sub(graph.Log1p(y.Neg())).Scale(.5)
}

// LogDet returns Σ log(1−y²) as 2(log 2 − x − log(1+e⁻²ˣ)), which keeps its
// digits where y rounds to ±1.
func (Tanh) LogDet(x *graph.Node) *graph.Node {
	l := x.Add(graph.Softplus(x.Scale(-2)))
	return total(l.Shift(-math.Ln2).Scale(-2))
}

// Range returns (−1, 1).
func (Tanh) Range() Support { return Support{Kind: Interval, Lo: -1, Hi: 1} }

// Power is y = xᴾ on positive numbers. P is not 0.
type Power struct{ P float64 }

func (b Power) raise(x *graph.Node, p float64) *graph.Node {
	if b.P == 0 || math.IsNaN(b.P) || math.IsInf(b.P, 0) {
		graph.Fail("prob: Power: exponent %v, want a finite number other than 0", b.P)
	}
	return x.Pow(graph.Const(p))
}

func (b Power) inner(x *graph.Node) *graph.Node {
	e := endsOf(x)
	hi := math.Exp(e.log / max(1, math.Abs(b.P), math.Abs(1-b.P))) // x, xᴾ and ∂x/∂y
	return bound(x, 1/hi, hi)
}

// Forward implements Bijector.
func (b Power) Forward(x *graph.Node) *graph.Node { return b.raise(b.inner(x), b.P) }

// Inverse implements Inverter.
func (b Power) Inverse(y *graph.Node) *graph.Node { return b.raise(y, 1/b.P) }

// LogDet returns Σ log|P| + (P−1)·log x.
func (b Power) LogDet(x *graph.Node) *graph.Node {
	return total(graph.Log(x).Scale(b.P - 1).Shift(math.Log(math.Abs(b.P))))
}

// Range returns the positive numbers.
func (Power) Range() Support { return above }
