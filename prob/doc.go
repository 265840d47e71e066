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
