package mcmc

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/latentgo/latent/internal/kernel"
)

// chain is one Markov chain. It is a coroutine: run goes through all transitions
// as if it were alone, and wherever the log joint and its gradient are needed it
// yields until they are there. So one batch of gradients serves the next leapfrog
// step of every chain, whatever draw each is in.
type chain struct {
	id    int
	first int // number of its first transition
	yield func(struct{}) bool
	noise noise
	plan  *plan

	z      phase  // where the trajectory is
	now    state  // the last draw
	metric metric // and step size, as they are at present
	step   float64
	adapt  *adaptation

	dice  kernel.Substream // of this transition
	stats stats            // likewise
	trees *trees           // of NUTS
	alive bool             // false once the run has been stopped
	err   error

	positions []float64 // of all draws, [draws, dim]
	trace     []stats   // of all draws, and
	warm      []stats   // of the warm-up
}

// phase is a point of phase space.
type phase struct {
	q, p, v []float64 // position, momentum, velocity M⁻¹p
	g       []float64 // gradient of the log density at q
	logp    float64   // log density at q
}

// state is what is kept of a point.
type state struct {
	q, g         []float64
	logp, energy float64
}

func newState(dim int) state { return state{q: make([]float64, dim), g: make([]float64, dim)} }

func (s *state) take(z *phase, energy float64) {
	copy(s.q, z.q)
	copy(s.g, z.g)
	s.logp, s.energy = z.logp, energy
}

func newChain(id int, p *plan) *chain {
	d := p.dim
	c := &chain{id: id, plan: p, noise: newNoise(p.Seed, id), now: newState(d), metric: newMetric(p.Mass, d), step: p.StepSize}
	c.z = phase{q: make([]float64, d), p: make([]float64, d), v: make([]float64, d), g: make([]float64, d)}
	c.positions = make([]float64, p.Draws*d)
	c.trace, c.warm = make([]stats, 0, p.Draws), make([]stats, 0, p.Warmup)
	if k, ok := p.Kernel.(NUTS); ok {
		c.trees = newTrees(k.depth(), d)
	}
	return c
}

// run is the coroutine.
func (c *chain) run(yield func(struct{}) bool) {
	c.yield, c.alive = yield, true
	if !c.start() {
		return
	}
	c.adapt = newAdaptation(c)
	if c.plan.Warmup > 0 && c.step == 0 && !c.findStep() {
		return
	}
	c.adapt.restart(c.step)
	for i := range c.plan.Warmup + c.plan.Draws {
		if !c.transition(i) {
			return
		}
		if i >= c.plan.Warmup {
			copy(c.positions[len(c.trace)*c.plan.dim:], c.now.q)
			c.trace = append(c.trace, c.stats)
			continue
		}
		c.warm = append(c.warm, c.stats)
		if !c.adapt.after(i) {
			return
		}
	}
}

// transition makes draw i, warm-up included, and tells whether the chain is to go
// on.
func (c *chain) transition(i int) bool {
	c.stats = stats{StepSize: c.step}
	i += c.first
	c.dice = c.noise.dice(i)
	c.noise.momenta(c.z.p, i, 0)
	c.enter()
	h := c.energy()
	ok := c.plan.Kernel.transition(c, h)
	c.stats.LogP, c.stats.Energy = c.now.logp, c.now.energy
	if c.stats.Steps > 0 {
		c.stats.Accept /= float64(c.stats.Steps)
	}
	return ok
}

// enter goes to the last draw with the momentum made of the standard normal
// numbers in z.p.
func (c *chain) enter() {
	copy(c.z.q, c.now.q)
	copy(c.z.g, c.now.g)
	c.z.logp = c.now.logp
	c.metric.momentum(c.z.p)
	c.metric.velocity(c.z.v, c.z.p)
}

// energy is the Hamiltonian H = −log p(q) + ½·pᵀM⁻¹p; +Inf where it is none.
func (c *chain) energy() float64 {
	h := floats.Dot(c.z.p, c.z.v)/2 - c.z.logp
	if math.IsNaN(h) {
		return math.Inf(1)
	}
	return h
}

// leapfrog moves the trajectory by a step, back in time if it is negative, and
// tells whether the chain is to go on.
func (c *chain) leapfrog(step float64) bool {
	z := &c.z
	floats.AddScaled(z.p, step/2, z.g)
	c.metric.velocity(z.v, z.p)
	floats.AddScaled(z.q, step, z.v)
	if !c.gradient() {
		return false
	}
	floats.AddScaled(z.p, step/2, z.g)
	c.metric.velocity(z.v, z.p)
	return true
}

// visit counts a step of a trajectory from energy h0 that has come to h, and tells
// whether it diverges there.
func (c *chain) visit(h0, h float64) bool {
	c.stats.Steps++
	c.stats.Accept += min(1, math.Exp(h0-h))
	c.stats.Divergent = c.stats.Divergent || h-h0 > maxEnergyError
	return h-h0 > maxEnergyError
}

// maxEnergyError is by how much the energy may rise in a trajectory before the
// step size is found to be too large for where it is.
const maxEnergyError = 1000

// gradient waits for the log density and its gradient at z.q. Beyond the numbers
// the density is 0.
func (c *chain) gradient() bool {
	if !finite(c.z.q) {
		c.z.logp = math.Inf(-1)
		return c.alive
	}
	c.alive = c.alive && c.yield(struct{}{})
	return c.alive
}

// noise is where a chain has its random numbers from: each is a function of the
// seed, the chain, the number of the transition and its place there.
type noise struct {
	chain                    uint32
	momentum, choice, origin uint64 // keys
}

func newNoise(seed uint64, chain int) noise {
	key := func(name string) uint64 { return kernel.SiteKey(seed, 0, "mcmc/"+name) }
	return noise{uint32(chain), key("momentum"), key("choice"), key("start")}
}

// momenta fills p with standard normal numbers; try counts those of a transition.
func (n noise) momenta(p []float64, transition, try int) {
	kernel.Normal(p, kernel.Noise{Key: n.momentum, Step: uint32(transition)}, n.chain, uint32(try), 0)
}

func (n noise) dice(transition int) kernel.Substream {
	return kernel.Noise{Key: n.choice, Step: uint32(transition)}.Substream(n.chain, 0, 0)
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
