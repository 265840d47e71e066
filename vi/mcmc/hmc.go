package mcmc

import (
	"cmp"
	"math"

	"github.com/pkg/errors"
)

// HMC is Hamiltonian Monte Carlo with trajectories of one length (Duane, Kennedy,
// Pendleton and Roweth, Physics Letters B 195, 1987; Neal, arXiv 1206.1901): Steps
// leapfrog steps, whose end is accepted with the probability min(1, exp(H₀ − H)).
type HMC struct {
	Steps  int     // 0 means 10
	Jitter float64 // each trajectory takes its step from step size·(1 ± Jitter), uniformly, so that no period of the target is met for ever; 0 means none, below 1
}

func (k HMC) check() error {
	switch {
	case k.Steps < 0:
		return errors.Errorf("mcmc: HMC of %d Steps, want 1 or more, or 0 for 10", k.Steps)
	case !(k.Jitter >= 0 && k.Jitter < 1):
		return errors.Errorf("mcmc: HMC with a Jitter of %v, want 0 or more and below 1", k.Jitter)
	}
	return nil
}

func (k HMC) transition(c *chain, h0 float64) bool {
	step := c.step * (1 + k.Jitter*(2*c.dice.Uniform()-1))
	c.now.energy = h0
	accept, h := 0., h0
	for range cmp.Or(k.Steps, 10) {
		if !c.leapfrog(step) {
			return false
		}
		h = c.energy()
		accept = min(1, math.Exp(h0-h))
		if c.visit(h0, h) {
			break
		}
	}
	c.stats.StepSize = step
	c.stats.Accept = accept * float64(c.stats.Steps) // of the end alone
	if !c.stats.Divergent && c.dice.Uniform() < accept {
		c.now.take(&c.z, h)
	}
	return true
}
