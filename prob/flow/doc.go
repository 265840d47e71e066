// Package flow holds normalising flows: invertible maps with weights, as
// prob.Bijectors. A simple law that passes one becomes a law with correlations,
// skews and several modes, whose draws are still differentiable and whose density
// is known,
//
//	log p(y) = log p(x) − log|det ∂f/∂x|,  y = f(x)
//
// prob.Transformed is that law. A flow needs nothing of a guide, a prior or a
// likelihood that uses it: each of these is one expression.
//
//	prob.Normal{Mean: m, LogStd: s}                                                 // a diagonal guide
//	prob.Transformed{Base: prob.Normal{Mean: m, LogStd: s}, Bijector: f.Given(h)}   // with a flow
//	prob.Transformed{Base: prob.StdNormal(20), Bijector: prob.Chain(f, flow.Reverse(20), g)} // a prior
//
// NewX declares the weights of a flow in a scope, once a build. What it returns
// is the bijector, or where Config.Context is set, Given(context) is: amortised,
// it maps each datum by what an encoder says of it. prob.Chain puts flows one
// after the other, prob.Invert turns one round, Reverse and Shuffle go between
// flows that leave some elements alone.
//
// # Which way is fast
//
// A guide draws and scores its own draws, for which no inverse is needed: what
// SampleScore of prob.Transformed does. A density of data, a prior at a guide's
// draws, and estimators such as vi.STL or wake-sleep score other values, by the
// inverse. Each flow has one direction or both; the columns count matrix products
// and triangular solves, those of a network of one hidden layer among them, for a
// draw with its score and for the score of a value. Forward and LogDet share
// whatever they have in common, as do Inverse and InverseLogDet.
//
//	flow                   type       context  draw  score
//	planar                 Planar     yes      0     —
//	radial                 Radial     yes      0     —
//	triangular Sylvester   Sylvester  yes      2     —
//	Householder Sylvester  Sylvester  yes      2     —
//	linear IAF             LinearIAF  yes      1     1
//	linear                 Linear     —        2     2
//	ActNorm                ActNorm    —        0     0
//	IAF                    IAF        yes      2     2·D
//	affine IAF             IAF        yes      2     2·D
//	spline IAF             IAF        yes      2     2·D
//	MAF                    MAF        yes      2·D   2
//	spline MAF             MAF        yes      2·D   2
//	NICE                   Coupling   yes      2     2
//	RealNVP                Coupling   yes      2     2
//	spline coupling        Coupling   yes      2     2
//
// A — under score says that the type has no inverse, and what needs one refuses
// it by name. The D passes of an autoregressive flow are unrolled, for events of
// up to Config.Longest elements; a MAF under Invert is an IAF and the other way
// round.
//
// See the example of the package, a guide that gets a flow, and the examples of
// priors and of an Element of one's own, in example_test.go.
//
// # What is in which file
//
// base.go has the Config, the context and what all flows share, matrix.go products
// of matrices with vectors; planar.go, radial.go and sylvester.go are the flows
// that bend along a few directions, lineariaf.go and linear.go the linear ones,
// actnorm.go the normalisation. A network sets the numbers of an element by others
// in coupling.go, iaf.go and maf.go, the last two by autoregressive.go; element.go
// and spline.go have the maps of one number that it sets. order.go has
// permutations.
//
// Scales are kept between e⁻³⁰ and e³⁰, so that float32 holds what one pass makes of
// numbers of ordinary size, whatever the weights are; derivatives go on as if there
// were no such end. The slow direction of an autoregressive flow is many passes, and
// with a network that is not bounded, such as one without a hidden layer, numbers
// can grow from one to the next. Package flowtest is the conformance suite for flows of a user's
// own.
package flow
