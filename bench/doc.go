// Package bench measures gradient estimators: GradientVariance draws the
// gradient of a model many times and reports, for each estimator and group of
// parameters, its mean, its bias, its variance and its cost.
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
// # The intervals
//
// All are of 95 %. With d = Ḡ − E G the error of the mean over n draws, E‖d‖² =
// variance/n, and ‖d‖² is distributed as a sum of weighted χ²₁; a scaled and
// shifted F with the same first three moments gives the radius r that ‖d‖ stays
// within. The norm of the mean, or of its difference from g, is then within r of
// that of its estimate: exact for a single number and for the question whether
// it is zero, else on the safe side. The variance is
// the average of the squared distances of each draw from the mean of those
// before, which are uncorrelated; their spread gives its error, taken on the
// scale of logarithms. Both trust n to be large for the tails of G: estimators
// with rare, huge draws need more of them than it looks.
//
// Everything but the times is a function of Config.Seed. Draw i of every case
// has the same noise, as far as sites and shapes agree, and the same batch:
// common random numbers make the differences between cases sharper than the
// intervals of each.
package bench
