// Package op holds the operations that Latent's graphs are made of.
//
// An operation is a Rule: its shape, a plain reference evaluation and its
// adjoint written with other operations, so that a gradient is a graph again.
// Apply makes the Node of a Rule and its operands and merges equal expressions.
//
// Every graph is a Gorgonia graph too: Gorgonia shows a node as one of
// Gorgonia's, whose operation is an Op, and Import takes one of Gorgonia's in.
// What nobody asks for is not made: Gorgonia's graphs get slower with their
// size and keep nodes apart by 32-bit hashes.
//
// Building functions return no errors. A mistake aborts the build with a
// private panic, which Builder.Do alone turns into an error.
//
// # Files
//
// The graph: node.go has Node and Rule, array.go the values; builder.go makes
// nodes, identity.go tells when two are equal, constant.go makes constants and
// provenance.go remembers where each node was made. gorgonia.go shows nodes to
// Gorgonia and foreign.go takes in Gorgonia's; nil.go finds nil arguments.
//
// Element by element: unary.go, binary.go and between.go; broadcast.go has what
// broadcasting needs and arithmetic.go the methods of a node. require.go stops a
// run, and custom.go has a derivative that the caller gives.
//
// Over axes: shape.go moves elements, index.go picks them by position, reduce.go
// adds and compares, matrix.go multiplies and attention.go attends; conv.go and
// pooling.go slide windows over pictures; cholesky.go and ridge.go solve.
//
// Loops: scan.go has the operation, body.go what is within it; scan_diff.go makes
// the loop of its derivative, scan_sum.go what adds up there and scan_keep.go what is
// kept for it. pull.go continues derivatives through nodes.
//
// Draws: substream.go hands out random numbers; count.go and multinomial.go draw
// counts and variate.go continuous numbers, which implicit.go differentiates.
//
// Laws: cumulative*.go are distribution functions, density.go and
// gamma_density.go log densities, terms*.go the terms of entropies and
// divergences, each with its derivatives.
//
// Special functions: special_*.go make operations of them. They stand in
// special.go (ψ and its derivatives) and digamma.go (its differences), stirling.go
// (log Γ), gammainc.go and temme.go (the incomplete gamma function), betainc.go,
// betapoint.go, betaseries.go and betaquad.go (the incomplete beta function),
// student.go (Student's law), ndtr.go (the normal one), dawson.go and sinhc.go
// (the continuous Bernoulli law).
package op
