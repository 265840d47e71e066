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
// Bijectors without weights are here, flows in package flow. NewGaussianMixture
// and NewVampPrior declare the parameters of a prior.
//
// See the examples of the package (own, a distribution of one's own, in
// own_test.go) and of Mixture, Transformed, Masked, Checked and
// MultivariateNormal, in example_compound_test.go.
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
// laws at one point; behind bijectors that have no inverse, or one of many passes
// as an IAF, it scores the draw as drawn. LogSample of Gamma and LogitSample of
// Beta go beyond these ends, to those of the reals.
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
//	Geometric            {0, 1, …}               —         yes      Geometric
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
//	NegativeBinomial     {0, 1, …}               —         —        NegativeBinomial
//	Normal               reals                   yes       yes      Laplace, LogUniform, LowRankNormal, MultivariateNormal, Normal, StdNormal
//	OneHot               one-hot rows            —         yes      OneHot
//	Poisson              {0, 1, …}               —         —        Poisson
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
//
// # Support and precision
//
// An end of a support has the limit of the log density from inside: Gamma at 0
// is +Inf for α < 1, the log rate for α = 1, as Exponential is, and −Inf for
// α > 1; Beta, Dirichlet and Uniform alike. Outside it is −Inf. Transformed is
// taken without the ends of its bijector's range. At a point of a simplex where
// several elements are 0 and the limit depends on the way there, it is −Inf.
// Gradients at an end are the limits where those are finite and never NaN; an
// event of probability 0, and a divergence of +Inf, have a gradient of zero or
// an infinite one.
//
// A degenerate parameter means the limit law: a Bernoulli or Binomial logit of
// ±Inf, a Poisson rate of 0, a Geometric p of 1, a NegativeBinomial r or p of 0,
// a class whose logit is −Inf, a ZeroInflated logit of ±Inf, a
// DiscretizedLogistic scale of 0 or ∞. The value that is certain has log
// probability 0, others −Inf; the entropy of one value is 0; divergences go by
// 0·log 0 = 0, and are +Inf where the second law does not have what the first
// has. A Bernoulli logit beyond 2⁻²⁰ of the largest number counts as infinite.
// There is no limit law, and results may be NaN, where
//
//   - a count has an infinite mean: Geometric with p = 0, NegativeBinomial with
//     r = ∞ or p = 1, Poisson of rate ∞, Binomial of ∞ trials;
//   - a logit of classes or components is +Inf, or all are −Inf;
//   - a continuous law has an infinite location, or a scale, shape or degrees of
//     freedom of 0 or ∞: the limits are points, or nothing;
//   - a temperature is 0, or a covariance singular.
//
// A log scale or log rate may be beyond the logarithms of the dtype's numbers:
// Normal of LogStd −89 in float32, where σ is below the normal numbers, has the
// density that it has, as far as the dtype holds it.
//
// Accuracy is that of N roundings, of the result and of every input,
//
//	|error| ≤ N·ε·(|f| + Σ|θ·∂f/∂θ|),  N = 32 in float32, 2¹⁰ in float64
//
// for f a log density (whose error is relative to 1 besides), an entropy, a
// divergence or a derivative of one by values or parameters: tested at logits to
// ±300, log scales to ±89, log concentrations from −80 to 30 and counts to 2²⁴.
// Entropies of Bernoulli, Categorical, Geometric and OneHot are so also where
// they are tiny. These errors are relative to more than the number itself:
//
//	Categorical, OneHot, Multinomial        gradients: 1, or the count
//	Mixture, ElementMixture, ZeroInflated   gradients: 1
//	Geometric, Binomial                     gradients of log probabilities: 1, or the trials
//	Dirichlet                               gradients: 1, of densities the sum of concentrations
//	Categorical, OneHot, Dirichlet, Gumbel  divergences: 1
//	LowRankNormal, MultivariateNormal       gradients and divergences: 1, or tr Σp⁻¹Σq
//
// # Special functions
//
// What densities, distribution functions and draws stand on is evaluated in
// float64, whatever the dtype, and is bounded in time for all parameters: loops
// end after 250 terms or give way to quadrature or an asymptotic form, and what
// does not converge is NaN. The largest relative error seen against mpmath, at
// shapes from 1e-300 to 1e300, and the slowest of 300 random points on a
// processor of 2023; in float32 a rounding of 6e-8 comes on top:
//
//	function                                 domain          error    ns
//	GammaP, GammaQ                           a, x > 0        2.2e-13  1200
//	their derivatives by a                   a, x > 0        2.2e-13  1100
//	slope of gamma draws                     a > 0           4.1e-13  1400
//	BetaI, BetaIc                            a, b > 0        3.5e-13  4300
//	their derivatives by a and b             a, b > 0        3.7e-13  4200
//	slope of beta draws                      a, b > 0        2.2e-13  7100
//	distribution function of Student's t     ν > 0           1.2e-13
//	slope of Student draws                   ν > 0           1e-12    4700
//	Lbeta                                    a, b > 0        9.9e-15  1500
//	Dawson, its integral and derivative      reals           1.4e-14  270
//	NormalCDF, LogNormalCDF                  reals           9.8e-14  140
//	quantile of ContinuousBernoulli          0 < u < 1       2.1e-16  180
//
// Distribution functions of this package and their derivatives keep 3e-7 in
// float32, in both tails, and 1e-12 besides four roundings of their arguments in
// float64.
//
// # Files
//
// A distribution is in the file of its name, but StdNormal in normal.go,
// RelaxedBernoulli and RelaxedOneHot in relaxed.go, MultivariateNormal in
// multinormal.go, LowRankNormal in lowrank.go and LogUniform in vdropout.go.
// gaussian.go has what all normal laws share, experts.go their product, scale.go what laws of a location
// and a scale do, counts.go what laws of counts do.
//
// The interfaces are in prob.go, with complete.go and fit.go for parameters that
// are missing or do not fit. support.go, outside.go and offending.go say which
// values a law can take, ends.go how near to an end; checked.go stops a run at
// others. kl.go finds divergences, name.go the name of a law for a message.
//
// Bijectors: bijector.go has the interfaces, elementwise.go, interval.go,
// ordering.go, simplex.go and triangle.go the maps, constrain.go the one of a
// support. priors.go has the laws that declare parameters.
package prob
