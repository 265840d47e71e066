package mcmc

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// annealer takes chains of a batch of data, Chains for each, through the laws between
// q and p.
type annealer struct {
	SandwichConfig
	t         *target
	dim       int
	batch     int
	from      int // number of the first datum
	rows      int
	beta      []float64
	steps     [][]float64 // of leapfrogs, of each transition and datum
	first     *graph.Program
	path      *graph.Program
	data      map[string][]float64
	positions []float64 // [lanes, dim]
	velocity  []float64
	logp, gap []float64 // [lanes]
	grad      []float64

	// Of a transition.
	now          [1]float64 // β
	last         []float64
	before, size []float64 // energies and step sizes, [lanes]
	dice         []kernel.Substream
	rate         []float64 // [batch]
}

func newAnnealer(t *target, c SandwichConfig, batch int) (*annealer, error) {
	a := &annealer{SandwichConfig: c, t: t, dim: t.space.Size, batch: batch}
	lanes := batch * c.Chains
	if lanes > maxCount || lanes*a.dim > maxNumbers {
		return nil, errors.Errorf("mcmc: Sandwich of %d chains of %d data at once, of %d reals each, is too many: take a smaller Batch", c.Chains, batch, a.dim)
	}
	var err error
	if a.first, err = t.first(c.Chains, c.Guide); err != nil {
		return nil, err
	}
	if a.path, err = t.path(lanes, c.Guide); err != nil {
		return nil, err
	}
	at := func(i int) float64 { return 1 / (1 + math.Exp(-4*(2*float64(i)/float64(c.Steps)-1))) }
	for i := range c.Steps + 1 {
		a.beta = append(a.beta, (at(i)-at(0))/(at(c.Steps)-at(0)))
		a.steps = append(a.steps, make([]float64, batch))
	}
	a.positions, a.velocity, a.grad = make([]float64, lanes*a.dim), make([]float64, lanes*a.dim), make([]float64, lanes*a.dim)
	a.logp, a.gap, a.before, a.size = make([]float64, lanes), make([]float64, lanes), make([]float64, lanes), make([]float64, lanes)
	a.last, a.dice, a.rate = make([]float64, lanes*a.dim), make([]kernel.Substream, lanes), make([]float64, batch)
	return a, nil
}

// row returns the number of the i-th datum of the batch; the last of all fills it up.
func (a *annealer) row(i int) int { return min(a.from+i, a.rows-1) }

// take goes to the data from one on.
func (a *annealer) take(data map[string][]float64, from, rows int) error {
	a.data, a.from, a.rows = data, from, rows
	own := laneData{}
	for i, name := range a.t.names {
		size := graph.Size(a.t.rows[i])
		for j := range a.batch {
			for range a.Chains {
				own[name] = append(own[name], data[name][a.row(j)*size:(a.row(j)+1)*size]...)
			}
		}
	}
	return errors.WithMessage(own.feed(a.path, 0, a.batch*a.Chains), "mcmc")
}

// bounds goes through the chains of the data that were taken.
func (a *annealer) bounds(ctx context.Context, ends []float64) ([]Bounds, error) {
	if err := a.begin(ctx, 1); err != nil {
		return nil, err
	}
	if _, _, err := a.forward(ctx, true); err != nil {
		return nil, err
	}
	if err := a.begin(ctx, 0); err != nil {
		return nil, err
	}
	forward, accept, err := a.forward(ctx, false)
	if err != nil {
		return nil, err
	}
	var reverse []float64
	if ends != nil {
		for lane := range a.logp {
			row := a.row(lane / a.Chains)
			copy(a.positions[lane*a.dim:(lane+1)*a.dim], ends[row*a.dim:(row+1)*a.dim])
		}
		if reverse, err = a.reverse(ctx); err != nil {
			return nil, err
		}
	}
	out := make([]Bounds, a.batch)
	for i := range out {
		w := forward[i*a.Chains : (i+1)*a.Chains]
		out[i] = Bounds{Lower: logMean(w), Upper: math.NaN(), UpperMixed: math.NaN(), Accept: accept[i] / float64(a.Steps-1)}
		if reverse == nil {
			continue
		}
		back := reverse[i*a.Chains : (i+1)*a.Chains]
		out[i].UpperMixed = logMean(append(append([]float64{}, w[1:]...), back[0]))
		for j := range back {
			back[j] = -back[j]
		}
		out[i].Upper = -logMean(back)
	}
	return out, nil
}

// begin puts the chains at draws of q; of two tries each has noise of its own.
func (a *annealer) begin(ctx context.Context, try int) error {
	for j := range a.batch {
		for i, name := range a.t.names {
			size := graph.Size(a.t.rows[i])
			if err := graph.Feed(a.first, dataInput+name, a.data[name][a.row(j)*size:(a.row(j)+1)*size]); err != nil {
				return errors.WithMessage(err, "mcmc")
			}
		}
		if err := a.first.Run(ctx, graph.Key{Seed: a.Seed, Stream: graph.EvaluationStream, Step: uint32(2*a.row(j) + try)}); err != nil {
			return errors.WithMessage(err, "mcmc")
		}
		if err := graph.Read(a.first, position, a.positions[j*a.Chains*a.dim:(j+1)*a.Chains*a.dim]); err != nil {
			return errors.WithMessage(err, "mcmc")
		}
	}
	return nil
}

// forward goes from q to p and returns log w of each chain, and the acceptance of each
// datum, summed over the transitions. In a pilot it tunes the step sizes.
func (a *annealer) forward(ctx context.Context, pilot bool) (logw, accept []float64, err error) {
	logw, accept = make([]float64, len(a.logp)), make([]float64, a.batch)
	number := 0
	if pilot {
		number = 2 * a.Steps
		for i := range a.batch {
			a.steps[0][i] = a.StepSize
		}
	}
	for t := 1; t <= a.Steps; t++ {
		if err := a.at(ctx, a.beta[t]); err != nil {
			return nil, nil, err
		}
		floats.AddScaled(logw, a.beta[t]-a.beta[t-1], a.gap)
		if t == a.Steps {
			break
		}
		if pilot {
			copy(a.steps[t], a.steps[t-1])
		}
		if err := a.move(ctx, t, number+t); err != nil {
			return nil, nil, err
		}
		floats.Add(accept, a.rate)
		if pilot {
			for i, r := range a.rate {
				a.steps[t][i] *= math.Exp((r - a.Accept) / 5)
			}
		}
	}
	return logw, accept, nil
}

// reverse goes from p to q the way that forward came, and returns log w of each chain.
func (a *annealer) reverse(ctx context.Context) ([]float64, error) {
	logw := make([]float64, len(a.logp))
	for t := a.Steps; t >= 1; t-- {
		if t < a.Steps {
			if err := a.at(ctx, a.beta[t]); err != nil {
				return nil, err
			}
			if err := a.move(ctx, t, a.Steps+t); err != nil {
				return nil, err
			}
		}
		if err := a.at(ctx, a.beta[t]); err != nil {
			return nil, err
		}
		floats.AddScaled(logw, a.beta[t]-a.beta[t-1], a.gap)
	}
	return logw, nil
}

// at computes density, gradient and gap at the positions.
func (a *annealer) at(ctx context.Context, beta float64) error {
	a.now[0] = beta
	err := graph.Feed(a.path, "mcmc/beta", a.now[:])
	if err == nil {
		err = graph.Feed(a.path, position, a.positions)
	}
	if err == nil {
		err = a.path.Run(ctx, graph.Key{})
	}
	if err == nil {
		err = graph.Read(a.path, logp, a.logp)
	}
	if err == nil {
		err = graph.Read(a.path, gap, a.gap)
	}
	if err == nil {
		err = graph.Read(a.path, gradient, a.grad)
	}
	return errors.WithMessage(err, "mcmc")
}

// lane returns what a chain has of the numbers of all.
func (a *annealer) lane(x []float64, i int) []float64 { return x[i*a.dim : (i+1)*a.dim] }

func (a *annealer) energy(i int) float64 {
	v := a.lane(a.velocity, i)
	return floats.Dot(v, v)/2 - a.logp[i]
}

// jitter is by how much of itself a step size varies, so that no trajectory goes around
// the same orbit for ever.
const jitter = .2

// move makes a transition of HMC from where at was called, with the step sizes of t and
// the noise of a number, and leaves the mean acceptance of each datum in rate.
func (a *annealer) move(ctx context.Context, t, number int) error {
	copy(a.last, a.positions)
	for i := range a.logp {
		n := newNoise(a.Seed, a.row(i/a.Chains)*a.Chains+i%a.Chains)
		n.momenta(a.lane(a.velocity, i), number, 0)
		a.before[i], a.dice[i] = a.energy(i), n.dice(number)
		a.size[i] = a.steps[t][i/a.Chains] * (1 + jitter*(2*a.dice[i].Uniform()-1))
	}
	for range a.Leapfrogs {
		for i, size := range a.size {
			floats.AddScaled(a.lane(a.velocity, i), size/2, a.lane(a.grad, i))
			floats.AddScaled(a.lane(a.positions, i), size, a.lane(a.velocity, i))
		}
		if err := a.at(ctx, a.beta[t]); err != nil {
			return err
		}
		for i, size := range a.size {
			floats.AddScaled(a.lane(a.velocity, i), size/2, a.lane(a.grad, i))
		}
	}
	clear(a.rate)
	for i := range a.logp {
		accept := min(1, math.Exp(a.before[i]-a.energy(i)))
		if !(accept >= 0) || !finite(a.lane(a.positions, i)) {
			accept = 0
		}
		a.rate[i/a.Chains] += accept / float64(a.Chains)
		if !(a.dice[i].Uniform() < accept) {
			copy(a.lane(a.positions, i), a.lane(a.last, i))
		}
	}
	return nil
}
