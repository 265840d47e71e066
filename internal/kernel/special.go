package kernel

import "math"

// unaryFunc is the portable form of every function of one number.
var unaryFunc = [unaries]func(float64) float64{
	OpNeg:        func(x float64) float64 { return -x },
	OpAbs:        math.Abs,
	OpSign:       signOf,
	OpSqrt:       math.Sqrt,
	OpRsqrt:      func(x float64) float64 { return 1 / math.Sqrt(x) },
	OpSquare:     func(x float64) float64 { return x * x },
	OpRecip:      func(x float64) float64 { return 1 / x },
	OpFloor:      math.Floor,
	OpRelu:       func(x float64) float64 { return max(x, 0) },
	OpExp:        math.Exp,
	OpExpm1:      math.Expm1,
	OpLog:        math.Log,
	OpLog1p:      math.Log1p,
	OpTanh:       math.Tanh,
	OpSigmoid:    sigmoid,
	OpLogSigmoid: func(x float64) float64 { return min(x, 0) - math.Log1p(math.Exp(-math.Abs(x))) },
	OpSoftplus:   func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	OpSilu:       silu,
	OpElu:        elu,
	OpErf:        math.Erf,
	OpSin:        math.Sin,
	OpCos:        math.Cos,
	OpGelu:       gelu,
	OpErfInv:     math.Erfinv,
	OpLgamma:     lgamma,
	OpDigamma:    digamma,
	OpTrigamma:   trigamma,
}

func signOf(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

// lessSigmoid is x - sigmoid l without the rounding of a sigmoid near 1.
func lessSigmoid(x, l float64) float64 {
	if l < 0 {
		return x - sigmoid(l)
	}
	return x - 1 + sigmoid(-l)
}

// logBernoulli is x·l - ln(1 + exp l), for x in [0,1] as terms of one sign.
func logBernoulli(x, l float64) float64 {
	return math.FMA(x, l, -max(l, 0)) - math.Log1p(math.Exp(-math.Abs(l)))
}

func silu(x float64) float64 {
	if x < -800 { // also -Inf, where the product is not defined
		return math.Copysign(0, -1)
	}
	return x * sigmoid(x)
}

func elu(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.Expm1(x)
}

func gelu(x float64) float64 {
	if x < -40 {
		return math.Copysign(0, -1)
	}
	return .5 * x * math.Erfc(-x/math.Sqrt2)
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

// digamma is reflected below ½, raised to 10 by ψ(x) = ψ(x+1) - 1/x, and there
// the asymptotic series (Abramowitz and Stegun 6.3.7, 6.3.5 and 6.3.18). It is
// ∓Inf at ±0 and NaN at the poles -1, -2, … and at -Inf.
func digamma(x float64) float64 {
	switch {
	case x != x || x == math.Inf(1):
		return x
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case x < 0 && x == math.Floor(x):
		return math.NaN()
	case x < .5:
		return digamma(1-x) - math.Pi/tanPi(x)
	}
	var y float64
	for ; x < 10; x++ {
		y -= 1 / x
	}
	z := 1 / (x * x)
	return y + math.Log(x) - .5/x - z*(1./12-z*(1./120-z*(1./252-z*(1./240-z*(1./132-z*(691./32760-z/12))))))
}

// trigamma goes the same way (6.4.7, 6.4.6 and 6.4.12). It is +Inf at the poles
// 0, -1, … and NaN at -Inf, where they crowd.
func trigamma(x float64) float64 {
	switch {
	case x != x || x == math.Inf(-1):
		return math.NaN()
	case x == math.Inf(1):
		return 0
	case x <= 0 && x == math.Floor(x):
		return math.Inf(1)
	case x < .5:
		s := sinPi(x)
		return math.Pi*math.Pi/(s*s) - trigamma(1-x)
	}
	var y float64
	for ; x < 10; x++ {
		y += 1 / (x * x)
	}
	z := 1 / (x * x)
	return y + 1/x + .5*z + z/x*(1./6-z*(1./30-z*(1./42-z*(1./30-z*(5./66-z*(691./2730-z*7/6))))))
}

// sinPi and tanPi are sin πx and tan πx with the argument reduced first.
func sinPi(x float64) float64 { return math.Sin(math.Pi * (x - 2*math.Round(x/2))) }
func tanPi(x float64) float64 { return math.Tan(math.Pi * (x - math.Round(x))) }

// logAddExp is ln(eᵃ + eᵇ).
func logAddExp(a, b float64) float64 {
	if a == b { // also equal infinities, whose difference is not defined
		return a + math.Ln2
	}
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}
