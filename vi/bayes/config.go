package bayes

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
)

// Config says how layers with latent weights are made. Of the embedded
// layers.Config, Weights initialises the means of the weights and Biases the
// biases, which are parameters unless LatentBiases says otherwise; WeightNorm is
// refused.
type Config struct {
	layers.Config

	Posterior Posterior // nil means Gaussian{}
	Input     Posterior // of the first layer of an MLP; nil means Posterior

	// Prior is that of each weight of a Gaussian posterior, of event size 1 or the
	// layer's width; nil means standard normal. The divergence is in closed form
	// where prob has one, else by Monte Carlo. Other posteriors have their own, and
	// refuse one.
	Prior prob.Dist

	LatentBiases bool // the biases are latent too; of a Gaussian posterior alone
}

// Posterior is the law of a layer's weights under the guide. The set is closed:
// Point, Gaussian, VariationalDropout, SparseDropout, BinaryDropout and
// GaussianDropout.
type Posterior interface {
	// declare adds the parameters of a layer, its latents and what it does.
	declare(c Config, d *Dense)
}

// NewDense declares a dense layer. Its biases are the parameter "b"; the
// parameters of its weights stand with each posterior. Its latents are sites
// named by the path of the scope, such as net/0/w.
func (c Config) NewDense(s *graph.Scope, in, out int) Dense {
	c.check(s)
	if c.Activation != nil {
		graph.Fail("bayes: dense %s: a dense layer has no Activation; put one behind it in a Stack", s.Path())
	}
	if c.Input != nil {
		graph.Fail("bayes: dense %s: Input is of the first layer of an MLP; use Posterior", s.Path())
	}
	return c.dense(s, in, out)
}

// NewMLP declares a multilayer perceptron, linear at its end; its dense layers
// live in the scopes 0, 1, ….
func (c Config) NewMLP(s *graph.Scope, sizes ...int) Stack {
	c.check(s)
	if len(sizes) < 2 {
		graph.Fail("bayes: MLP %s: widths %v, want an input and an output at least", s.Path(), sizes)
	}
	act := c.Activation
	if act == nil {
		act = graph.Tanh
	}
	var l Stack
	for i := 1; i < len(sizes); i++ {
		at := c
		if i > 1 {
			l = append(l, Fixed{act})
		} else if c.Input != nil {
			at.Posterior = c.Input
		}
		l = append(l, at.dense(s.In(fmt.Sprint(i-1)), sizes[i-1], sizes[i]))
	}
	return l
}

func (c Config) check(s *graph.Scope) {
	switch {
	case c.WeightNorm:
		graph.Fail("bayes: %s: WeightNorm of latent weights", s.Path())
	case c.NoBias && (c.Biases != nil || c.LatentBiases):
		graph.Fail("bayes: %s: NoBias beside Biases or LatentBiases: choose one", s.Path())
	}
}

func (c Config) dense(s *graph.Scope, in, out int) Dense {
	if in < 1 || out < 1 {
		graph.Fail("bayes: dense %s: widths %d and %d, want 1 or more", s.Path(), in, out)
	}
	defer s.Enter()()
	d := Dense{s: s, in: in, out: out}
	if c.Weights == nil {
		c.Weights = graph.Glorot{}
	}
	if c.Biases == nil {
		c.Biases = graph.Constant(0)
	}
	q := c.Posterior
	if op.Nil(q) {
		q = Gaussian{}
	}
	q.declare(c, &d)
	if !d.priors && (!op.Nil(c.Prior) || c.LatentBiases) {
		graph.Fail("bayes: dense %s: Prior and LatentBiases are of a Gaussian posterior, not %T", s.Path(), q)
	}
	if d.b == nil && !c.NoBias {
		d.b = s.Param("b", c.Biases, out)
	}
	return d
}
