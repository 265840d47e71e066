// Package mcmc draws from the posterior of the latent variables of a joint by
// Hamiltonian Monte Carlo: the same vi.Func that is trained with a guide, with no
// guide. Guides are fast and biased; chains are slow and, given time, exact. So chains
// are for models of up to some thousands of latents, for what a guide gets wrong, and
// to find out how wrong that is.
//
//	p, err := mcmc.Sample(ctx, nil, func(s *graph.Scope) (vi.Model, vi.Data) {
//		return vi.Model{Joint: joint}, vi.Data{"y": s.Tensor(y, len(y), 1)}
//	}, mcmc.Config{Seed: 1})
//	fmt.Print(p.Summary(), p.Warnings())
//
// See the examples Sample, Posterior, of draws that diverge and what to do,
// EStep, which trains a model by Monte Carlo EM, and Sandwich, which bounds log p(x), in
// example_test.go.
//
// # What is sampled
//
// All latents of the joint that are continuous: globals, and the local ones of all
// data at once. Each is a constrained function z(u) of reals u, by prob.Constrain of
// the support of its law, and the density sampled is
//
//	log p(x, z(u)) + log |det ∂z/∂u|
//
// so that draws are of z whatever the constraint. Discrete latents of single data are
// summed out, as Config.Enumerate of package vi does, and not drawn; others are
// refused, by name, as is whatever else has no such density: laws without draws or of
// unknown support, dropout, values that are not finite where a chain begins. A joint
// that is improper for want of data is not found out, except that chains wander off.
// Sample takes parameters as they are: what is to be inferred is drawn.
//
// # How
//
// The joint is built once, for one point. Package internal/lanes then repeats its
// graph and that of its gradient over K chains, each operation by one with an axis of
// K in front, and that is the one program which runs. Each chain is a coroutine that
// asks for the gradient at a point and goes on when it has it, so that chains in
// different draws, of trees of different depths, take their leapfrog steps together;
// none waits for another until all have ended. A step allocates nothing.
//
// NUTS needs no choice of length: a trajectory is doubled until it turns. HMC takes
// trajectories of one length, which is cheaper where that is known. The warm-up of
// either is Stan's: step sizes by dual averaging, to a mean acceptance of .8, and a
// mass matrix from windows of draws, which are kept out of the result.
//
// Every random number is a function of the seed, the chain, the draw and its place
// there, so draws are the same on any number of processors.
//
// # Whether to believe it
//
// Warnings says what speaks against the draws. R̂ above 1.01 means that chains, each
// begun elsewhere, do not agree. An effective number of draws below 100 a chain means
// that the other diagnostics know too little. Divergences mean that there is a place
// into which the sampler does not get, mostly the neck of a funnel: where a scale is
// a latent, draw standard latents and multiply. A small E-BFMI means heavy tails.
// Package plots, below this one, draws traces and pairs.
//
// # Where things stand
//
//	mcmc.go        Config and Sample; start.go, where chains begin
//	target.go      the density that is sampled, and its programs
//	sampler.go     all chains on one program; chain.go, one of them
//	nuts.go, tree.go, hmc.go   kernels
//	adapt.go, mass.go   the warm-up
//	posterior.go   the draws; diagnostics.go, ess.go, summary.go, what they say
//	estep.go       Monte Carlo EM, a chain for each datum; evidence.go, log p(x) by
//	               such chains
//	sandwich.go    bounds on log p(x) from both sides; anneal.go, their chains
package mcmc
