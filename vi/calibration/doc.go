// Package calibration asks whether an inference did its work, of any sampler of a
// posterior: a guide, a Markov chain, a rule of one's own.
//
// Simulated data tell most. If parameters come from the prior and data from the
// model with them, then the rank of the parameters among draws of the exact
// posterior is uniform (Cook, Gelman and Rubin, 2006; Talts, Betancourt, Simpson,
// Vehtari and Gelman, arXiv 1804.06788). Run does such a study; Ranks.Uniformity
// tests it, and Ranks.Counts shows how it fails: a ∪ is a posterior that is too
// narrow, a ∩ one that is too wide, a slope one that is off to a side.
//
// A variational posterior is known to be too narrow, and the question is whether
// its centre can be trusted: Ranks.Symmetry (variational simulation-based
// calibration, Yao, Vehtari, Simpson and Gelman, arXiv 1802.02538, section 3.2).
//
//	ranks, err := calibration.Run(ctx, 200, func(ctx context.Context, i int) (calibration.Replication, error) {
//		truth, data := simulate(i) // by trainers.Draw of a model without a guide and Seed i
//		draws := posterior(data)   // a Fit and a Draw, or a chain
//		return calibration.Replication{Truth: truth, Draws: draws}, nil
//	})
//	for _, name := range ranks.Names() {
//		fmt.Println(name, ranks.Uniformity(name, 20), ranks.Symmetry(name))
//	}
//
// Real data tell whether the model fits: Predictive compares a statistic of the
// data with that of draws from the posterior predictive distribution. Of the
// importance weights of a guide vi.ParetoShape says whether they can be trusted;
// trainers.Evidence has them, and their shape, for a model with globals.
//
// See the examples Run and Predictive, in example_test.go.
package calibration
