// Package vi is variational inference over models written as two functions:
// the joint p(x,z), and the guide q(z|x) that approximates its posterior.
//
// Both functions run against a Trace and name their random variables. One
// rule gives them meaning: a site that has a value (data, or the guide's draw)
// is scored, one that has none is drawn. Training, dreaming, decoding and
// labelled rows are then one model with different data.
//
// Run traces a model and returns its Record. An Objective, such as ELBO or
// IWAE, runs the model and returns an Estimate: the bound, its terms in nats
// per datum, and the costs whose gradients train it. An Estimator says, site by
// site, how the gradient passes the draw of a latent; Config.Estimator and
// Config.Sites choose it, so that a model never changes with its objective.
//
// Package guide makes guides for globals and for rows from a joint; Predict draws
// what the data leave out under draws of a guide, and package calibration asks
// whether they can be trusted.
//
// Values have the shape [E…, K, B, event]: one axis for each enumerated site in
// the order of Config.Enumerate, K draws, B data; an axis a site does not
// depend on has size 1. Scores have the same axes without the event.
//
//	m := vi.Model{Joint: joint, Guide: guide}
//	e := vi.IWAE{Config: vi.Config{K: 50, Estimator: vi.DReG{}}}.Estimate(s, m, vi.Data{"x": x})
//	e.Grad(s.Trainable()...)
//
// See the examples IWAE and Score, in example_test.go; Expectation, an objective
// that the library does not have, in example_expectation_test.go; Run, predictions
// for known and for new groups, in example_run_test.go; and Sum, semi-supervised
// learning with labelled and unlabelled rows, in m2_test.go.
//
// Package vi/bayes has networks whose weights are latent.
//
// Estimators that compare values of a latent, which are Score, VIMCO, ARM, DisARM,
// ARMS, DoubleCV, RODEO, REBAR, RELAX and MeasureValued, and DReG judge a draw by the
// bound of its own datum. A layer that mixes the rows of a batch, as batch normalisation does in
// training, makes them biased, which nothing refuses; Pathwise is not affected.
//
// # What goes with what
//
// SupportMatrix prints which estimator an objective takes at which kind of
// site. "unbiased" is for the gradient of the expected value of the estimate, of
// Chi by the guide; "biased" estimators are so by design; "-" is refused when the
// graph is built.
//
//	estimator             site              ELBO     Capacity FreeBits IWAE     Renyi    Chi      IWVI     Expectation WakeSleep ReweightedWakeSleep TVO
//	Pathwise              reparameterised   unbiased unbiased unbiased unbiased unbiased unbiased -        unbiased    -         -                   -
//	Pathwise              global            unbiased unbiased unbiased unbiased unbiased -        unbiased unbiased    -         -                   -
//	STL                   reparameterised   unbiased -        -        biased   biased   biased   -        unbiased    -         -                   -
//	STL                   global            unbiased -        -        unbiased unbiased -        biased   unbiased    -         -                   -
//	DReG                  reparameterised   unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	DReG                  global            -        -        -        -        -        -        unbiased -           -         -                   -
//	DReG{Prior}           reparameterised   -        -        -        unbiased unbiased -        -        -           -         -                   -
//	Score                 reparameterised   unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score                 discrete          unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score                 global            unbiased -        -        unbiased unbiased -        unbiased unbiased    -         -                   -
//	Score{MovingAverage}  reparameterised   unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score{MovingAverage}  discrete          unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score{MovingAverage}  global            unbiased -        -        unbiased unbiased -        unbiased unbiased    -         -                   -
//	Score{LeaveOneOut}    reparameterised   unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	Score{LeaveOneOut}    discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	Score{LeaveOneOut}    global            unbiased -        -        unbiased unbiased -        -        unbiased    -         -                   -
//	Score{NVIL}           reparameterised   unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score{NVIL}           discrete          unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	Score{NVIL}           global            unbiased -        -        unbiased unbiased -        unbiased unbiased    -         -                   -
//	VIMCO                 reparameterised   unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	VIMCO                 discrete          unbiased -        -        unbiased unbiased unbiased -        unbiased    -         -                   -
//	VIMCO                 global            -        -        -        -        -        -        unbiased -           -         -                   -
//	Enumerate             discrete          unbiased -        -        unbiased unbiased unbiased unbiased unbiased    -         biased              biased
//	UnorderedSet          discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	Marginalised          discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	GumbelSoftmax         discrete          biased   biased   biased   biased   biased   biased   -        biased      -         -                   -
//	StraightThrough       discrete          biased   biased   biased   biased   biased   biased   -        biased      -         -                   -
//	GappedST              discrete          biased   biased   biased   biased   biased   biased   -        biased      -         -                   -
//	DecoupledST           discrete          biased   biased   biased   biased   biased   biased   -        biased      -         -                   -
//	ARM                   discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	DisARM                discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	ARMS                  discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	DoubleCV              discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	RODEO                 discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	REBAR                 discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	RELAX                 discrete          unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	MeasureValued         reparameterised   unbiased -        -        -        -        -        -        unbiased    -         -                   -
//	MeasureValued         global            unbiased -        -        unbiased unbiased -        -        unbiased    -         -                   -
//	Local                 product           unbiased unbiased unbiased -        -        -        -        unbiased    -         -                   -
//	Flipout               product           unbiased unbiased unbiased unbiased unbiased -        -        unbiased    -         -                   -
//	PerDraw               product           unbiased unbiased unbiased -        -        -        -        unbiased    -         -                   -
//	Single                product           unbiased unbiased unbiased unbiased unbiased -        -        unbiased    -         -                   -
//	Separate              product           unbiased unbiased unbiased unbiased unbiased -        -        unbiased    -         -                   -
//	(none)                reparameterised   -        -        -        -        -        -        -        -           unbiased  biased              biased
//	(none)                discrete          -        -        -        -        -        -        -        -           unbiased  biased              biased
//
// # Where things stand
//
// What a run found is apart from how a gradient is taken, and both from where
// axes lie:
//
//	vi.go         Model, Config and Run; check.go, arguments that are nil
//	axes.go       the layout of values and scores, known there alone; drawaxis.go,
//	              sums over draws
//	run.go, trace.go   a run under way; scan.go, sites with a time axis; global.go, block.go, product.go, flipout.go,
//	              perdraw.go, enumerate.go, subset.go, sites of other kinds;
//	              latents.go, what is left to draw
//	predict.go, draws.go   what the data leave out, drawn, and statistics of draws
//	record.go     what a run found; replay.go, the same run with other values
//	facts.go      what estimators need, objectives and sites offer; support.go, the
//	              matrix
//	estimator.go  the one description of an estimator, and those that differentiate
//	              draws, dreg.go with them; score.go, baseline.go, disarm.go, arms.go,
//	              doublecv.go, rodeo.go, rebar.go, relax.go, straightthrough.go,
//	              measure.go, the others; repeated.go, K draws of a global; copula.go, decisions.go and coefficients.go,
//	              coupled draws, classes as bits and the coefficients of least variance;
//	              own.go, those of one's own
//	latent.go     the choice of estimators, and every refusal of one
//	gradient.go   the costs of a value and of its latents
//	bound.go      what estimators ask of a value: averaged.go, of means over draws,
//	              and weighted.go, of importance weights inside of a logarithm
//	weights.go, divergence.go   terms of bounds
//	elbo.go, freebits.go, iwae.go, iwvi.go, expectation.go, wakesleep.go, tvo.go, evidence.go
//	              objectives; particles.go, what those of importance weights share;
//	              estimate.go, what they return
//	diagnostics.go, pareto.go, outside.go   looks at a run, and at values that no
//	              law can take
package vi

import (
	"maps"
	"slices"

	"github.com/latentgo/latent/graph"
)

// Func is the joint or the guide of a model. An estimate may call it more than
// once, to compare values of a latent: then parameters, noise and states that it
// declares, or that its layers do, are those of the first call.
type Func func(t *Trace)

// Model is a joint distribution and a guide for its latent variables. Without
// a guide the joint draws, or enumerates, every latent itself.
type Model struct {
	Joint Func
	Guide Func
}

// Data gives values to sites and inputs by name, each [B, event…] with one row
// a datum.
type Data map[string]*graph.Node

func (d Data) names() []string { return slices.Sorted(maps.Keys(d)) }

// Config says how a model is run. Objectives embed it.
//
// K is the number of draws of each latent for a datum; 0 means 1. Enumerated
// sites and data are the same in all of them. Above 1 it is refused where only
// globals are drawn, which are drawn once a run, but by LeaveOneOut.
//
// Estimator is of every latent, globals included: where the objective does not
// take it at one, that is an error which names the site, and Sites has the last
// word. Local, Flipout, PerDraw, Single and Separate are the noise of products, and
// an Estimator of those leaves other latents Pathwise, as any other leaves products
// Local. An Estimator that no latent takes is an error too.
type Config struct {
	K         int                  // draws for each datum; 0 means 1
	Rows      int                  // number of data where Data is empty; otherwise 0 or its number
	Total     int                  // size of the data set, which divides the divergences of globals; needed only with them
	Globals   Data                 // values of global sites, [lead…, event], which are then scored and not drawn
	Enumerate []string             // discrete sites to go through value by value, one leading axis each
	Estimator Estimator            // of every latent; nil means Pathwise, and Local of products
	Sites     map[string]Estimator // by site, before Estimator; nil means Pathwise there
}

// Run traces the guide and then the joint in a scope. A second run in one
// build needs a scope of its own (s.In), since noise is named after sites.
//
// It refuses, naming the site: a value used that nobody gave, a joint site
// that neither guide nor data gave a value, a guide site that the joint does
// not have, data that nobody used, a site drawn twice, an enumeration of a site
// that is not there or not finite, and values whose shape is not one score for
// each enumerated value, draw and datum.
//
// Of estimators a Record alone realises those that are a way to draw: Pathwise,
// GumbelSoftmax, StraightThrough, GappedST, DecoupledST, Enumerate and the noise of
// products. The others add costs to an objective, so they are refused; Expectation is the
// objective for terms of one's own.
func Run(s *graph.Scope, m Model, d Data, c Config) *Record {
	r := trace(s, m, d, c)
	assign(r, alone)
	return r
}
