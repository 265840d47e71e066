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
package op
