package prob

import "github.com/latentgo/latent/graph"

// NewGaussianMixture declares a mixture of k normal laws of d elements, with the
// parameters "logits" [k], "mean" [k, d], which starts at draws of a standard
// normal, and "log_std" [k, d]. It is Mixture with Normal components.
func NewGaussianMixture(s *graph.Scope, k, d int) Mixture {
	if k < 1 || d < 1 {
		graph.Fail("prob: NewGaussianMixture: %d components of %d elements, want 1 or more", k, d)
	}
	return Mixture{
		Logits:     s.Param("logits", graph.Constant(0), k),
		Components: Normal{Mean: s.Param("mean", graph.Gaussian{Std: 1}, k, d), LogStd: s.Param("log_std", graph.Constant(0), k, d)},
	}
}

// NewVampPrior declares k pseudo-inputs u, the parameter "pseudo" [k, inputs],
// and returns the mixture of a guide's laws at them,
//
//	p(z) = 1/k Σ_j q(z|u_j)
//
// Guide is q(z|x) for rows x […, inputs], with parameters […, D]: what the model's
// guide draws z from too, so that both train the encoder. Pseudo-inputs in the
// range of the data are the guide's to make, such as by a graph.Sigmoid of u; init
// is where they start, nil means graph.Gaussian{Std: 1}. Tomczak and Welling, VAE
// with a VampPrior, arXiv 1705.07120.
func NewVampPrior(s *graph.Scope, k, inputs int, init graph.Init, guide func(x *graph.Node) Dist) Mixture {
	if k < 1 || inputs < 1 {
		graph.Fail("prob: NewVampPrior: %d pseudo-inputs of %d numbers, want 1 or more", k, inputs)
	}
	if guide == nil {
		graph.Fail("prob: NewVampPrior: the guide is nil")
	}
	if init == nil {
		init = graph.Gaussian{Std: 1}
	}
	q := guide(s.Param("pseudo", init, k, inputs))
	present("NewVampPrior: the guide's law", q)
	return Mixture{Logits: graph.BroadcastTo(graph.Const(0), k), Components: q}
}
