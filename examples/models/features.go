package models

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Features are what M1, a VAE that has been trained without labels, says of
// pictures: the mean and the standard deviation of q(z|x), of those latents that
// it uses (arXiv 1406.5298, section 4).
type Features struct {
	Model  VAEConfig
	Params *graph.Params
	Keep   []int // the latents used; nil means those whose mean has a standard deviation of .1 or more over the first set
}

// M1 is the VAE of the paper for pictures of so many pixels: two hidden layers of
// 500 softplus units, 50 latents.
func M1(input int) VAEConfig {
	return VAEConfig{Input: input, Latent: 50, Hidden: []int{500, 500}, Networks: layers.Config{Activation: graph.Softplus}}
}

// Bound is the ELBO of the VAE, for trainers.Fit, with the weight "beta" of its
// divergence.
func (f *Features) Bound(s *graph.Scope, d vi.Data) *vi.Estimate {
	return vi.ELBO{Beta: s.Input("beta")}.Estimate(s, NewVAE(s, f.Model), d)
}

// Config is how trainers.Fit trains M1 in so many epochs of steps each. The weight
// of the divergence rises to 1 over two thirds of them: with the whole weight from
// the start most latents are never used, and what is left of them says less about
// classes (on MNIST, after 30 epochs, 16 of 50 and not 34). The rate of Adam falls
// from 1e-3 to 0 as a cosine.
func (f *Features) Config(epochs, steps int) trainers.Config {
	return trainers.Config{
		Params: f.Params, Epochs: epochs, Optimizer: trainers.Adam{Rate: 1e-3}, Rate: trainers.Cosine{Steps: epochs * steps},
		Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: max(1, 2*epochs*steps/3)}},
	}
}

// Sets returns the features of the pictures for training and for testing.
func (f *Features) Sets(ctx context.Context, pictures data.Sets) (features data.Sets, err error) {
	if features.Train, err = f.Of(ctx, pictures.Train); err == nil {
		features.Test, err = f.Of(ctx, pictures.Test)
	}
	return features, err
}

// Of returns a set with the arrays mean, std and y, the labels of the set given.
func (f *Features) Of(ctx context.Context, s *data.Set) (*data.Set, error) {
	b := s.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 500, Flat: true, Evaluation: true})
	out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		q := vi.Run(s, NewVAE(s, f.Model), d, vi.Config{}).Site("z").Q.(prob.Normal)
		return map[string]*graph.Node{"mean": q.Mean, "log_std": q.LogStd}
	}, f.Params, b, trainers.EvalConfig{})
	if err != nil {
		return nil, err
	}
	n, all := s.Len(), f.Model.Latent
	if f.Keep == nil {
		column := make([]float64, n)
		for j := range all {
			for i := range column {
				column[i] = out["mean"][i*all+j]
			}
			if stat.StdDev(column, nil) >= .1 {
				f.Keep = append(f.Keep, j)
			}
		}
	}
	if len(f.Keep) == 0 {
		return nil, errors.Errorf("models: Features: none of %d latents is used: the mean of each has a standard deviation below .1", all)
	}
	mean, std := make([]float32, 0, n*len(f.Keep)), make([]float32, 0, n*len(f.Keep))
	for i := range n {
		for _, j := range f.Keep {
			mean = append(mean, float32(out["mean"][i*all+j]))
			std = append(std, float32(math.Exp(out["log_std"][i*all+j])))
		}
	}
	return data.New(data.FromFlat("mean", mean, len(f.Keep)), data.FromFlat("std", std, len(f.Keep)), data.FromFlat("y", s.Values("y"), 1))
}

// M2 returns the configuration of M2 on these features, whose likelihood is normal
// (arXiv 1406.5298, section 4). Of must have been called. Weights start small:
// what Glorot's make of features, which are up to 4, are standard deviations of
// e^10 and more, and trainings that diverge in their first steps.
func (f *Features) M2(classes, latent int, hidden ...int) M2Config {
	k := len(f.Keep)
	return M2Config{
		Input: k, Classes: classes, Latent: latent, Hidden: hidden, Output: 2 * k,
		Likelihood: func(h *graph.Node) prob.Dist { return Normal(h, k) },
		Networks:   layers.Config{Weights: graph.Gaussian{Std: .03}},
	}
}
