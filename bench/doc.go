// Package bench measures gradient estimators: GradientVariance draws the
// gradient of a model many times and reports, for each estimator and group of
// parameters, its mean, its bias, its variance and its cost. See the example
// GradientVariance, in example_test.go.
//
// # The unit
//
// The gradient G is that of an estimate's costs: minus the bound, averaged over
// the rows of a batch, in nats per datum. Its randomness is the noise of the
// draws and, with Config.Batch, the choice of the batch; parameters, data and
// whatever an estimator has learnt are fixed. A group of parameters is a vector,
// of which
//
//	mean      ‖E G‖
//	bias      ‖E G − g‖, g the exact gradient
//	variance  Σᵢ Var Gᵢ = E‖G − E G‖², summed over the group's parameters
//	snr       ‖E G‖ / √variance
//
// in nats per datum and unit of the parameter, variances squared. For a group
// of a single number mean and bias keep their sign. Estimates of squared norms
// have the noise in them, variance/draws, subtracted.
//
// What an estimator has learnt, the weights of a baseline or the one number of a
// moving average, is trained until it has settled, or for Config.Warmup steps, and then
// held: variances are given that state, and Row.Warmup says how old it is. It has
// settled when after 500 more steps, twice in a row, the mean square of 32 gradients by
// the same noise is another by no more than 1 %; after 20,000 steps it is given up.
//
// Where no exact gradient is known, one case is the Reference of the others, and bias
// is the difference of the means, with the interval of the differences of the draws.
//
// # Large models
//
// Of a gradient that takes hardly longer to compute than to be read, by the count of
// its program, each draw shows the statistics one in so many blocks of numbers, in turn:
// variances stay as sharp, but the mean of a number is of as many draws fewer, and its
// interval wider. Config.Every chooses otherwise. They take
// 12 bytes a parameter and case above 65,536 parameters, 16 below; Config.Single and
// OnDraw 8 more each, Parts 8.
//
// # The intervals
//
// All are of 95 %, and are offered where the draws support them.
//
// The variance is the mean of the squared distances D of each draw from the mean
// of those before, of a single number from that of all. A normal interval of its logarithm covers .69 to .90 of the
// time by a thousand draws where tails are heavy, as they are under most score
// functions, and Hall's transformation for skewness .84 to .91: the draws that
// would have made the variance larger are mostly missing, and so is the spread
// that they would have shown. The interval here is that of the mean
// of D with a generalised Pareto tail fitted to the largest min(n/5, 3√n) of n
// values, its shape k and scale with their uncertainty. If the chance of k ≥ 1,
// where the mean is infinite, is above 1 % nothing bounds the variance from
// above; then the draws are made four times as many, and again up to
// Config.Most, and if that does not help there is no interval: Row.NoInterval
// says "variance".
//
// The mean of n draws has an error d with E‖d‖² = variance/n. For a single
// number the interval is Student's. For a vector, ‖Ḡ − g‖² is a weighted sum of
// noncentral χ² variables; the interval has every norm ‖E G − g‖ under which
// the one found is not extreme, by an approximation with the first three moments
// of that law, so that it reaches zero exactly if the test for zero says so.
// The variance in it is the posterior median above, if that is more than the
// sample's; if it is more than four times that, the interval of the mean cannot
// be trusted either, and Row.NoInterval says "all".
//
// In simulations that begin with a thousand draws the intervals of the mean, the
// bias and the variance cover .94 to .97 for normal, quadratic and skewed
// gradients, scalars and vectors, for exp(.1x²)·x, and for a score function under
// a Poisson likelihood (kurtosis 100). Where the kurtosis is 1177, or infinite as
// for exp(.2x²)·x, sixteen thousand draws have an interval of the variance for 4
// and 15 % of the seeds, and one that is wrong for less than 1 and 6 %.
//
// Everything but the times is a function of Config.Seed. Draw i of every case
// has the same noise, as far as sites and shapes agree, and the same batch:
// common random numbers make the differences between cases sharper than the
// intervals of each, and Compare is the interval of such a ratio.
//
// # Files
//
//   - variance.go: GradientVariance, its cases and configuration; gradient.go, the
//     program of a case and its draws; batches.go, the rows of each; warmup.go, what is
//     trained before; exact.go, gradients without noise
//   - moments.go: moments met draw by draw; distance.go, intervals of a mean and its
//     distance; tail.go, those of a variance
//   - row.go: what comes out; check.go, tests for bias; paired.go, ratios of variances;
//     series.go, along a training; figure.go, pictures
package bench
