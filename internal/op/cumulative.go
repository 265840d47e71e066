package op

// CDFLaw names a distribution function.
type CDFLaw uint8

// The laws with the operands of CDF. Scales and shapes are logarithms, as in
// package prob; the last operand is the value x, for counts cut to a whole
// number below.
const (
	NormalCDF              CDFLaw = iota // mean, log scale, x
	LogNormalCDF                         // mean and log scale of the logarithm, x
	LogisticCDF                          // mean, log scale, x
	CauchyLawCDF                         // median, log scale, x
	LaplaceCDF                           // mean, log scale, x
	GumbelCDF                            // location, log scale, x
	HalfNormalCDF                        // log scale, x
	HalfCauchyCDF                        // log scale, x
	ExponentialCDF                       // log scale, x
	RelaxedBernoulliCDF                  // logit, temperature, x
	GridLogisticCDF                      // mean, log scale, n; x: the upper edge (x+½)/n of bin x
	UniformCDF                           // low, high, x
	ContinuousBernoulliCDF               // logit, x
	StudentTCDF                          // log degrees of freedom, location, log scale, x
	GammaCDF                             // log shape, log rate, x
	InverseGammaCDF                      // log shape, log scale, x
	BetaCDF                              // log a, log b, x
	PoissonCDF                           // log rate, x
	BinomialCDF                          // trials, logit, x
	NegativeBinomialCDF                  // log of the number of failures, logit of success, x
	GeometricCDF                         // logit, x
	cdfCount
)

// The functions take the operands and those by which to differentiate, as By
// of CDF has them.
var cdfs = [cdfCount]struct {
	name string
	f    func(by [2]uint8, v []float64) float64
	// operands from 1, as a mask: those without a second derivative by
	// themselves, and those on which the function does not depend smoothly
	once, never uint8
}{
	NormalCDF:              {name: "normal", f: located(normalStd)},
	LogNormalCDF:           {name: "lognormal", f: logNormalCDF},
	LogisticCDF:            {name: "logistic", f: located(logisticStd)},
	CauchyLawCDF:           {name: "cauchy", f: located(cauchyStd)},
	LaplaceCDF:             {name: "laplace", f: located(laplaceStd)},
	GumbelCDF:              {name: "gumbel", f: located(gumbelStd)},
	HalfNormalCDF:          {name: "halfnormal", f: scaled(halfNormalStd)},
	HalfCauchyCDF:          {name: "halfcauchy", f: scaled(halfCauchyStd)},
	ExponentialCDF:         {name: "exponential", f: scaled(exponentialStd)},
	RelaxedBernoulliCDF:    {name: "relaxedbernoulli", f: relaxedBernoulliCDF},
	GridLogisticCDF:        {name: "gridlogistic", f: gridLogisticCDF, never: 1<<3 | 1<<4},
	UniformCDF:             {name: "uniform", f: uniformCDF},
	ContinuousBernoulliCDF: {name: "continuousbernoulli", f: continuousBernoulliCDF, once: 1 << 1},
	StudentTCDF:            {name: "student", f: studentTCDF, once: 1 << 1},
	GammaCDF:               {name: "gamma", f: gammaCDF, once: 1 << 1},
	InverseGammaCDF:        {name: "inversegamma", f: inverseGammaCDF, once: 1 << 1},
	BetaCDF:                {name: "beta", f: betaCDF, once: 1<<1 | 1<<2},
	PoissonCDF:             {name: "poisson", f: poissonCDF, never: 1 << 2},
	BinomialCDF:            {name: "binomial", f: binomialCDF, once: 1 << 1, never: 1 << 3},
	NegativeBinomialCDF:    {name: "negativebinomial", f: negativeBinomialCDF, once: 1 << 1, never: 1 << 3},
	GeometricCDF:           {name: "geometric", f: geometricCDF, never: 1 << 2},
}

// CDF is the distribution function of every element of operands that broadcast,
// or a derivative of it, evaluated in float64 from the parameters as they are
// given, so that neither tail loses digits to a rounded complement, exponential
// or standardised value. By names the operands, counted from 1 and in order, by
// which it is differentiated: none, one or two.
type CDF struct {
	Law CDFLaw
	By  [2]uint8
}

func (r CDF) String() string {
	s := cdfs[r.Law].name + " distribution function"
	for _, i := range r.By {
		if i > 0 {
			s += " by " + string('0'+rune(i))
		}
	}
	return s
}

// Shape broadcasts.
func (r CDF) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval applies the function.
func (r CDF) Eval(out Array, in []Array) error {
	f := cdfs[r.Law].f
	elementwise(out, in, func(x []float64) float64 { return f(r.By, x) })
	return nil
}

// Diff multiplies by the partial derivatives and sums over stretched axes.
func (r CDF) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	law := cdfs[r.Law]
	for i := range d {
		k := uint8(i + 1)
		if !need[i] || law.never>>k&1 > 0 {
			continue
		}
		p := CDF{r.Law, [2]uint8{k}}
		switch {
		case r.By[1] > 0:
			Fail("graph: %v: third derivatives are not available", r)
		case r.By[0] > 0:
			p.By = [2]uint8{min(k, r.By[0]), max(k, r.By[0])}
			if law.once>>k&1 > 0 && law.once>>r.By[0]&1 > 0 {
				Fail("graph: %v: its derivative by operand %d is not available", r, i)
			}
		}
		d[i] = Fit(Stretch(g.Mul(Apply(p, in...)), y.Shape()), in[i].Shape())
	}
	return d
}
