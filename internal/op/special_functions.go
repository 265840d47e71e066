package op

import "math"

// SpecialFn names a function of one to three real numbers that is not fused
// with its neighbours: it is evaluated in float64 whatever the dtype, so that
// large terms cancel before they are rounded.
type SpecialFn uint8

// The functions.
const (
	Dawson                   SpecialFn = iota // D(x) = e^(−x²)∫₀ˣ e^(t²)dt
	DawsonSlope                               // D′(x) = 1 − 2xD(x)
	DawsonIntegral                            // ∫₀ˣ D(t)dt
	Ndtr                                      // Φ(x)
	LogNdtr                                   // log Φ(x)
	Mills                                     // φ(x)/Φ(x)
	Lbeta                                     // log B(a,b)
	GammaP                                    // P(a,x)
	GammaQ                                    // Q(a,x)
	GammaPa                                   // ∂P(a,x)/∂a
	GammaPx                                   // ∂P(a,x)/∂x = xᵃ⁻¹e⁻ˣ/Γ(a)
	GammaScore                                // its score by a, log x − ψ(a)
	GammaSlope                                // ∂l/∂a at constant P(a,eˡ), of (a,l)
	BetaI                                     // I_x(a,b), of (a,b,x)
	BetaIc                                    // 1 − I_x(a,b)
	BetaIa                                    // ∂I_x/∂a
	BetaIb                                    // ∂I_x/∂b
	BetaIx                                    // ∂I_x/∂x = xᵃ⁻¹(1−x)ᵇ⁻¹/B(a,b)
	BetaScore                                 // l + ψ(a+b) − ψ(a), of (a,b,l): its score by a for l = log x
	BetaSlope                                 // ∂l/∂a at constant I(a,b), of (a,b,l), l = log(x/(1−x))
	StudentSlope                              // ∂ log|t|/∂ν at constant distribution function, of (ν,t)
	LogSinhc                                  // log(sinh t/t)
	Langevin                                  // coth t − 1/t
	LangevinSlope                             // its derivative
	ContinuousBernoulli                       // quantile at u of logit l, of (l,u)
	ContinuousBernoulliSlope                  // its derivative by l
	GammaEntropy                              // a + log Γ(a) + (1−a)ψ(a), of log a
	InverseGammaEntropy                       // a + log Γ(a) − (1+a)ψ(a), of log a
	BetaEntropy                               // log B(a,b) − (a−1)(ψ(a)−ψ(n)) − (b−1)(ψ(b)−ψ(n)), n = a+b, of log a, log b
	StudentEntropy                            // ½(ν+1)(ψ(½(ν+1))−ψ(½ν)) + ½log ν + log B(½ν,½), of log ν
	specialCount
)

var specials = [specialCount]struct {
	name  string
	arity int
	f     func(x []float64) float64
}{
	Dawson:                   {"dawson", 1, func(x []float64) float64 { return dawson(x[0]) }},
	DawsonSlope:              {"dawsonslope", 1, func(x []float64) float64 { return dawsonSlope(x[0]) }},
	DawsonIntegral:           {"dawsonintegral", 1, func(x []float64) float64 { return dawsonIntegral(x[0]) }},
	Ndtr:                     {"ndtr", 1, func(x []float64) float64 { return ndtr(x[0]) }},
	LogNdtr:                  {"logndtr", 1, func(x []float64) float64 { return logNdtr(x[0]) }},
	Mills:                    {"mills", 1, func(x []float64) float64 { return mills(x[0]) }},
	Lbeta:                    {"lbeta", 2, func(x []float64) float64 { return lbeta(x[0], x[1]) }},
	GammaP:                   {"gammap", 2, func(x []float64) float64 { p, _ := gammaInc(x[0], x[1]); return p }},
	GammaQ:                   {"gammaq", 2, func(x []float64) float64 { _, q := gammaInc(x[0], x[1]); return q }},
	GammaPa:                  {"gammapa", 2, func(x []float64) float64 { return gammaPa(x[0], x[1]) }},
	GammaPx:                  {"gammapx", 2, func(x []float64) float64 { return gammaPx(x[0], x[1]) }},
	GammaScore:               {"gammascore", 2, func(x []float64) float64 { return gammaScore(x[0], x[1]) }},
	GammaSlope:               {"gammaslope", 2, func(x []float64) float64 { return gammaSlope(x[0], math.Exp(x[1]), x[1]) }},
	BetaI:                    {"betai", 3, func(x []float64) float64 { p, _ := betaInc(fullBetaPointOf(x[0], x[1], x[2])); return p }},
	BetaIc:                   {"betaic", 3, func(x []float64) float64 { _, q := betaInc(fullBetaPointOf(x[0], x[1], x[2])); return q }},
	BetaIa:                   {"betaia", 3, func(x []float64) float64 { return betaIa(fullBetaPointOf(x[0], x[1], x[2])) }},
	BetaIb:                   {"betaib", 3, func(x []float64) float64 { return -betaIa(fullBetaPointOf(x[0], x[1], x[2]).flip()) }},
	BetaIx:                   {"betaix", 3, func(x []float64) float64 { return fullBetaPointOf(x[0], x[1], x[2]).density() }},
	BetaScore:                {"betascore", 3, func(x []float64) float64 { return x[2] + digammaRise(x[0], x[1]) }},
	BetaSlope:                {"betaslope", 3, func(x []float64) float64 { return betaSlope(x[0], x[1], x[2]) }},
	StudentSlope:             {"studentslope", 2, func(x []float64) float64 { return studentSlope(x[0], x[1]) }},
	LogSinhc:                 {"logsinhc", 1, func(x []float64) float64 { return logSinhc(x[0]) }},
	Langevin:                 {"langevin", 1, func(x []float64) float64 { return langevin(x[0]) }},
	LangevinSlope:            {"langevinslope", 1, func(x []float64) float64 { return langevinSlope(x[0]) }},
	ContinuousBernoulli:      {"continuousbernoulli", 2, func(x []float64) float64 { return continuousBernoulli(x[0], x[1]) }},
	GammaEntropy:             {"gammaentropy", 1, func(x []float64) float64 { return gammaEntropy(x[0], 1) }},
	InverseGammaEntropy:      {"inversegammaentropy", 1, func(x []float64) float64 { return gammaEntropy(x[0], -1) }},
	BetaEntropy:              {"betaentropy", 2, func(x []float64) float64 { return betaEntropy(x[0], x[1]) }},
	StudentEntropy:           {"studententropy", 1, func(x []float64) float64 { return studentEntropy(x[0]) }},
	ContinuousBernoulliSlope: {"continuousbernoullislope", 2, func(x []float64) float64 { return continuousBernoulliSlope(x[0], x[1]) }},
}
