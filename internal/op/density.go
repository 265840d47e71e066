package op

import (
	"math"
)

// DensityLaw names a log density in which large terms cancel.
type DensityLaw uint8

// The laws with the operands of Density.
const (
	GammaLaw            DensityLaw = iota // log shape, log rate, value
	InverseGammaLaw                       // log shape, log scale, value
	BetaLaw                               // log a, log b, value
	StudentLaw                            // log degrees of freedom, value
	ShareLaw                              // as GammaLaw, but e⁻ʳˣ is not differentiated: its product over a simplex is constant
	ContinuousLaw                         // the continuous Bernoulli law: logit, value
	NegativeBinomialLaw                   // log r, logit, count
)

// Density is the log density of every element of operands that broadcast,
// evaluated in float64 from the logarithms of the parameters, so that it is
// right to the last digits of the dtype also at a shape of 10⁶. By names the
// operands, counted from 1, by which it is differentiated: none, one or two.
type Density struct {
	Law DensityLaw
	By  [2]uint8
}

func (r Density) String() string {
	s := [...]string{"gamma", "inversegamma", "beta", "student", "share", "continuousbernoulli", "negativebinomial"}[r.Law] + " log density"
	for _, i := range r.By {
		if i > 0 {
			s += " by " + string('0'+rune(i))
		}
	}
	return s
}

// Shape broadcasts.
func (r Density) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval applies the density.
func (r Density) Eval(out Array, in []Array) error {
	f := [...]func(by uint8, x []float64) float64{gammaDensity, inverseGammaDensity, betaDensity, studentDensity, shareDensity, continuousDensity, negativeBinomialDensity}[r.Law]
	by := r.By[0] // as digits: 0x12 is by the first and then the second
	if r.By[1] > 0 {
		by = by<<4 | r.By[1]
	}
	elementwise(out, in, func(x []float64) float64 { return f(by, x) })
	return nil
}

// Diff multiplies by the partial derivatives and sums over stretched axes.
func (r Density) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	for i := range d {
		if !need[i] {
			continue
		}
		k := uint8(i + 1)
		p := Density{r.Law, [2]uint8{k}}
		switch {
		case r.By[1] > 0:
			Fail("graph: %v: third derivatives are not available", r)
		case r.By[0] > 0:
			p.By = [2]uint8{min(k, r.By[0]), max(k, r.By[0])}
		}
		d[i] = Fit(g.Mul(Apply(p, in...)), in[i].Shape())
	}
	return d
}

func betaDensity(by uint8, v []float64) float64 {
	a, b, x := math.Exp(v[0]), math.Exp(v[1]), v[2]
	y := 1 - x
	score := func(a, b, x, y float64) float64 { return a * (logOf(x, y) + digammaRise(a, b)) }
	switch by {
	case 0:
		switch {
		case x == 0:
			return atEnd(a, v[1])
		case y == 0:
			return atEnd(b, v[0])
		}
		p := betaPointOf(a, b, x)
		if a >= 10 && b >= 10 {
			p = fullBetaPointOf(a, b, x)
		}
		return p.kernel() - p.logx - p.logy
	case 1:
		return score(a, b, x, y)
	case 2:
		return score(b, a, y, x)
	case 3:
		return rate(a-1, x) - rate(b-1, y)
	case 0x11:
		return score(a, b, x, y) + a*a*(polygamma(1, a+b)-polygamma(1, a))
	case 0x12:
		return a * b * polygamma(1, a+b)
	case 0x13:
		return a / x
	case 0x22:
		return score(b, a, y, x) + b*b*(polygamma(1, a+b)-polygamma(1, b))
	case 0x23:
		return -b / y
	}
	return rate(1-a, x*x) + rate(1-b, y*y)
}

// studentDensity is −log B(ν/2,½) − ½log ν − ½(ν+1)log(1+z²/ν).
func studentDensity(by uint8, v []float64) float64 {
	nu, z := math.Exp(v[0]), v[1]
	u := z * z
	w := nu / (nu + u) // and 1−w:
	far := u / (nu + u)
	// Where z²/ν is small the logarithm and the fraction cancel but for
	// log(1+u/ν) − u/ν and the like.
	score := func() float64 {
		if t := u / nu; t < 0.5 {
			return (studentRest(nu/2) - nu*log1pmx(t) + (t-u*t)/(1+t)) / 2
		}
		return (studentRest(nu/2) - nu*math.Log1p(u/nu) + (nu+1)*far) / 2
	}
	switch by {
	case 0:
		return -lbeta(nu/2, 0.5) - v[0]/2 - (nu+1)/2*math.Log1p(u/nu)
	case 1:
		return score()
	case 2:
		return -(nu + 1) * z / (nu + u)
	case 0x11:
		return score() + (nu*nu*(polygamma(1, (nu+1)/2)-polygamma(1, nu/2))/2+1+nu*far+far*(nu-(nu+1)*(1+w)))/2
	case 0x12:
		return w * z * (1 - u) / (nu + u)
	}
	return -(nu + 1) * (w - far) / (nu + u)
}

// studentRest is 2x(ψ(x+½) − ψ(x)) − 1.
func studentRest(x float64) float64 {
	if x < 30 {
		return 2*x*digammaRise(x, 0.5) - 1
	}
	z := 1 / (x * x)
	return (1./4 - z*(1./32-z*(1./64-z*(17./1024-z*(31./1024))))) / x
}

// continuousDensity is l(x−½) − log(sinh t/t) at t = l/2. Where |l| is large it
// is that of an exponential law from the end where the mass is.
func continuousDensity(by uint8, v []float64) float64 {
	l, x := v[0], v[1]
	size := math.Abs(l)
	from, sign := x, -1.0
	if l > 0 {
		from, sign = 1-x, 1
	}
	switch by {
	case 0:
		if size < 1 {
			return l*(x-0.5) - logSinhc(l/2)
		}
		return math.Log(size) - size*from - math.Log(-math.Expm1(-size))
	case 1:
		if size < 1 {
			return x - 0.5 - langevin(l/2)/2
		}
		return sign * (1/size - 1/math.Expm1(size) - from)
	case 2:
		return l
	case 0x11:
		return -langevinSlope(l/2) / 4
	case 0x12:
		return 1
	}
	return 0
}

// negativeBinomialDensity is log Γ(x+r)/(x!·Γ(r)) − x·log(1+e⁻ˡ) − r·log(1+eˡ),
// which for x > 0 is the kernel of a beta law over x.
func negativeBinomialDensity(by uint8, v []float64) float64 {
	r, l, x := math.Exp(v[0]), v[1], v[2]
	switch by {
	case 0:
		switch {
		case x == 0:
			return -times(r, softplus(l))
		case r == 0 || math.IsInf(l, -1):
			return math.Inf(-1)
		}
		p := betaPointOfLogit(x, r, l)
		if x >= 10 && r >= 10 {
			p = fullBetaPointOfLogit(x, r, l)
		}
		return p.kernel() - math.Log(x)
	case 1:
		switch {
		case x == 0:
			return -times(r, softplus(l))
		case r == 0:
			return 1
		}
		return r * (digammaRise(r, x) - softplus(l))
	case 2:
		return x*sigmoid(-l) - times(r, sigmoid(l))
	case 3:
		return digamma(x+r) - digamma(x+1) - softplus(-l)
	case 0x11:
		return r*(digammaRise(r, x)-softplus(l)) + r*r*(polygamma(1, x+r)-polygamma(1, r))
	case 0x12:
		return -r * sigmoid(l)
	case 0x13:
		return r * polygamma(1, x+r)
	case 0x22:
		return -(x + r) * sigmoid(l) * sigmoid(-l)
	case 0x23:
		return sigmoid(-l)
	}
	return polygamma(1, x+r) - polygamma(1, x+1)
}
