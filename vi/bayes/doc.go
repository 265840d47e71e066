// Package bayes holds layers whose weights are latent: networks that know how
// much they do not know.
//
// A network is declared once, as by layers.Config, and what its weights are drawn
// from is one field:
//
//	net := bayes.Config{Posterior: bayes.Gaussian{}}.NewMLP(s.In("net"), 13, 50, 1)
//	m := vi.Model{
//		Guide: net.Draw,
//		Joint: func(t *vi.Trace) {
//			t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: noise})
//		},
//	}
//
// Draw, in the guide, draws the weights; Apply, in the joint, is the network with
// these weights and scores them under their prior. So every objective of package
// vi that takes products trains it: the divergence of the weights counts once a
// data set, and vi.Config.Total is the size of that. Where the noise is, in the
// products of each row (vi.Local, the default), in a weight for each row
// (vi.Separate), for each draw (vi.PerDraw) or for all (vi.Single), or in one whose
// signs each row turns (vi.Flipout), is vi.Config.Estimator's to say.
//
// # Posteriors
//
//	Point               w = θ
//	Gaussian            w ~ N(μ, σ²), under any Prior
//	VariationalDropout  w = θ(1 + √α·ε), with ε of each weight (type B) or of each
//	                    input (type A), under a log-uniform prior
//	SparseDropout       w ~ N(θ, σ²) under a log-uniform prior, which drives α =
//	                    σ²/θ² of most weights so high that they can be pruned
//	BinaryDropout       w = θ·m/(1−p), with a bit m of probability 1−p of each input
//	GaussianDropout     w = θ(1 + √α·ε), with ε of each input and a fixed α, and
//	                    without a prior
//
// A row of a batch has noise of its own in the dropouts and, under vi.Local,
// everywhere.
//
// # Prediction
//
// The law of y given x is the mean over draws of the weights. A run of the same
// model with vi.Config{K: k} has k of them along the axis of draws; LogPredictive
// averages over it. It takes noise that each draw has by itself: that of vi.Local, row
// by row, that of vi.PerDraw, whose draws are functions of x, and the dropouts'.
// Stack.Mean is the network of the mean weights instead, without noise, in one pass;
// Stack.Pruned that of the weights which matter, and Sparsity says how many these
// are.
//
// See the examples Config, a regression that is less sure away from the data,
// VariationalDropout, LogPredictive and Sparsity, in example_test.go.
//
//	config.go           Config; layer.go, Layer, Stack and Dense
//	point.go, gaussian.go, variational.go, sparse.go, dropout.go   the posteriors
//	alpha.go            rates α: who shares one, and their divergence
//	maps.go             what the noise of a weight does to a product
//	mixture.go          a prior of two scales
//	prune.go, predict.go   Pruned, Sparsity; LogPredictive
package bayes
