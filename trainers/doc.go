// Package trainers fits models to data and evaluates them.
//
// Fit takes the same function that builds a model's estimate for any batch; it
// makes the programs it needs (a training batch, the last short batch, the
// evaluation batches) over one set of parameters. The result depends on the
// seeds, the data and the configuration only, not on the number of processors.
//
//   - trainers.go, epoch.go: Fit, its configuration and what it reports; Part
//     takes one of several sets out of a batch;
//   - initialise.go: first values of parameters from the first batch;
//   - evaluate.go: Evaluate, means over a data set, and Predict, values by row;
//   - draw.go: Draw, draws of a posterior and predictions from it; laplace.go,
//     curvature.go: Laplace, the mode and the Hessian of a guide; evidence.go:
//     Evidence, log p(data) of a model with globals;
//   - means.go, step.go: what an epoch and a step come to; watch.go: watchers of epochs,
//     which may end a fit; convergence.go, early.go: when the bound has settled, or
//     does not rise on other data; cliff.go, kept.go: when it falls off a cliff, and
//     what a fit goes back to then;
//   - saver.go, staged.go, record.go, slots.go: the checkpoints of a fit, the copy that
//     is written, what they say and the arrays of the update rule; resume.go,
//     settings.go: going on from one, if it is of the same configuration;
//   - runner.go, feed.go: the programs of a model, and how a batch gets into them;
//   - optimizer.go: the interface of update rules; adagrad.go, adam.go, adamax.go,
//     momentum.go, rmsprop.go, sgd.go: those there are;
//   - schedule.go, plateau.go, group.go: what the rate is multiplied by, by the
//     step, by what epochs came to and by the parameter, with the decay of weights;
//   - updater.go, update.go, pieces.go: one update of all parameters; takeback.go:
//     taken back if it is not finite; accumulate.go: by the gradients of several
//     batches; average.go: averages of the parameters; state.go: all that is kept,
//     to be saved and restored;
//   - lbfgs.go, search.go: a fit by L-BFGS, all data in every step;
//   - errors.go, notfinite.go: the errors that a caller may tell apart; check.go:
//     arguments that do not fit; array.go: arrays of either dtype.
//
// Package data has the data sets and their batches, package checkpoint says when
// checkpoints are written and which are kept.
//
// See the examples Fit, Part, Optimizer and ElementWise, a penalty of one's own,
// in example_test.go; Group (AdamW with a schedule), Average, Plateau, Updater,
// LBFGS and WarmUp in example_update_test.go; Evidence, two models compared, in
// example_evidence_test.go; and EarlyStopping, Cliff and ErrInterrupted, errors told
// apart, in example_stop_test.go. Package report writes down what a fit says, package
// tensorboard for TensorBoard.
package trainers
