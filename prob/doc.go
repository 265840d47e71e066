// Package prob holds probability distributions over nodes of a graph.
//
// A distribution is a struct literal whose fields are nodes: its parameters,
// on unconstrained scale (logits, log standard deviations) where that is the
// stable form. The last axis is the event; leading axes are batch. Parameters
// broadcast against the value as package graph says: axes of size 1 stretch,
// and one of lower rank aligns at the event axis. The event of a value does not
// stretch: another size than that of the parameters is an error.
//
// What a distribution can do is said by the interfaces it implements: Dist is
// the least, and a type of two methods is a full citizen:
//
//	LogProb(x)        Dist
//	Sample(s, lead…)  Sampler; with the marker Pathwise() also Pathwise
//
// Everything is in nats.
//
// # Draws and ends
//
// A draw, and what a bijector makes, lies in the open interior of the support:
// at a distance from each end at which log densities, their derivatives by the
// value and the inverse of the bijector are finite in the dtype. In float32,
// and float64 in brackets,
//
//	positive numbers     2⁻¹⁰⁰ … 2¹⁰⁰ (2⁻⁹⁶⁰ … 2⁹⁶⁰)
//	simplex              elements from 2⁻¹⁰⁰ (2⁻⁹⁶⁰), which add up to 1 to rounding
//	(0, 1)               2⁻¹⁰⁰ … 1−2⁻²⁴ (2⁻⁹⁶⁰ … 1−2⁻⁵³)
//	(−1, 1)              ±(1−2⁻²⁴), ±(1−2⁻⁵³)
//	an end e other       a few units in the last place of e from it; after a
//	than 0               Chain, of the larger end
//	rising numbers       gaps of two units in the last place of their size
//	reals, heavy tails   ±2¹⁰⁰ (±2⁵⁰⁰)
//	counts               at most the largest float32
//
// so 1/x, and with it the derivative of log x, leaves room for factors of 2²⁶
// (2⁶²). An end is approached in the coordinate in which the law is drawn, the
// logarithm or the logit where there is one, and the derivative by that
// coordinate goes on as if there were no end: at the end of Exp ∂log y/∂x is 1,
// and a Gamma, Beta or Dirichlet draw that was moved has the derivative of one
// that was drawn there. So a gradient leads away from an end and does not
// vanish there, and by the logarithm of a concentration that goes to 0 a draw
// moves by less and less. The laws that are a scale times noise, Exponential,
// HalfNormal and HalfCauchy, and Uniform keep the derivative of the number
// before it was moved.
//
// SampleScore scores the draw as moved, so that importance weights compare two
// laws at one point. LogSample of Gamma and LogitSample of Beta go beyond these
// ends, to those of the reals.
//
// At degenerate parameters, such as a scale or a rate of 0 or logits of −∞, a
// draw is the atom that the law has become, moved inside where it is an end of
// an open support.
//
// Noise and parameters broadcast: a parameter with a leading axis on which the
// draw has size 1, such as an enumerated class, stretches the draw, with the
// same noise along that axis.
//
// # Distributions
//
// Supports are those of an event element, or of a whole event where elements
// depend on each other. Pathwise says that draws are differentiable functions
// of the parameters, entropy and KL that there are closed forms.
//
//	distribution         support                 pathwise  entropy  closed KL to
//	Bernoulli            {0 … 1}                 —         yes      Bernoulli
//	Beta                 (0, 1)                  yes       yes      Beta
//	Binomial             {0 … n}                 —         —        Binomial
//	Categorical          {0 … C−1}               —         yes      Categorical
//	Cauchy               reals                   yes       yes      Cauchy
//	ContinuousBernoulli  (0, 1)                  yes       yes      ContinuousBernoulli
//	Delta                its value               yes       yes      any
//	Dirichlet            simplex                 yes       yes      Dirichlet
//	DiscretizedLogistic  0, 1/(n−1) … 1          —         —        —
//	ElementMixture       that of the components  —         —        —
//	Exponential          (0, ∞)                  yes       yes      Exponential, Gamma
//	Gamma                (0, ∞)                  yes       yes      Exponential, Gamma
//	Geometric            {0 … ∞}                 —         yes      Geometric
//	Gumbel               reals                   yes       yes      Gumbel
//	HalfCauchy           (0, ∞)                  yes       yes      —
//	HalfNormal           (0, ∞)                  yes       yes      HalfNormal
//	InverseGamma         (0, ∞)                  yes       yes      InverseGamma
//	Laplace              reals                   yes       yes      Laplace, Normal
//	LogNormal            (0, ∞)                  yes       yes      LogNormal
//	LogUniform           reals                   —         —        —
//	Logistic             reals                   yes       yes      —
//	LowRankNormal        reals                   yes       yes      LowRankNormal, MultivariateNormal, Normal, StdNormal
//	Mixture              that of the components  —         —        —
//	Multinomial          counts of n             —         —        —
//	MultivariateNormal   reals                   yes       yes      LowRankNormal, MultivariateNormal, Normal, StdNormal
//	NegativeBinomial     {0 … ∞}                 —         —        NegativeBinomial
//	Normal               reals                   yes       yes      Laplace, LogUniform, LowRankNormal, MultivariateNormal, Normal, StdNormal
//	OneHot               one-hot rows            —         yes      OneHot
//	Poisson              {0 … ∞}                 —         —        Poisson
//	RelaxedBernoulli     reals                   yes       yes      —
//	RelaxedOneHot        log simplex             yes       —        —
//	StdNormal            reals                   yes       yes      LowRankNormal, MultivariateNormal, Normal, StdNormal
//	StudentT             reals                   yes       yes      —
//	Transformed          range of the bijector   yes       —        Transformed
//	Uniform              (Low, High)             yes       yes      Uniform
//	ZeroInflated         that of the base        —         —        —
//
// KL of Delta, Mixture, Transformed and the like is closed where those of what
// they are made of are. Masked and Independent are as their base.
package prob
