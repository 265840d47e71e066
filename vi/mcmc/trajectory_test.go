package mcmc

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// alone is a chain whose density is computed where it asks for it.
func alone(c Config, dim int, density func(q, g []float64) float64) *chain {
	p, err := c.plan()
	if err != nil {
		panic(err)
	}
	p.dim, p.starts = dim, [][]float64{slices.Repeat([]float64{math.NaN()}, dim)}
	ch := newChain(0, p)
	ch.alive = true
	ch.yield = func(struct{}) bool {
		ch.z.logp = density(ch.z.q, ch.z.g)
		return true
	}
	return ch
}

// quartic is a law whose trajectories are no ellipses.
func quartic(q, g []float64) float64 {
	l := 0.
	for i, x := range q {
		next := q[(i+1)%len(q)]
		l -= x*x*x*x/4 + x*next/4 + x*x/2
		g[i] = -x*x*x - x
	}
	for i := range q {
		g[i] -= (q[(i+1)%len(q)] + q[(i+len(q)-1)%len(q)]) / 4
	}
	return l
}

// A trajectory followed back ends where it began, and keeps volume in phase space.
func TestLeapfrogIsReversible(t *testing.T) {
	for _, m := range []Mass{Diagonal, Dense} {
		c := alone(Config{Mass: m}, 3, quartic)
		w := newMoments(m, 3)
		for i := range 40 {
			w.add([]float64{math.Sin(float64(i)), math.Cos(2 * float64(i)), math.Sin(float64(i)) + math.Sin(3*float64(i))})
		}
		c.metric.set(&w)
		copy(c.z.q, []float64{.3, -1, .7})
		copy(c.z.p, []float64{1, .5, -2})
		c.metric.velocity(c.z.v, c.z.p)
		c.gradient()
		q, p := slices.Clone(c.z.q), slices.Clone(c.z.p)
		for range 50 {
			c.leapfrog(.1)
		}
		if floats.Distance(c.z.q, q, 2) < .1 {
			t.Errorf("%v: the trajectory does not move", m)
		}
		for range 50 {
			c.leapfrog(-.1)
		}
		if d := floats.Distance(c.z.q, q, 2) + floats.Distance(c.z.p, p, 2); d > 1e-12 {
			t.Errorf("%v: comes back %.3g from where it began", m, d)
		}
	}
}

// The energy error of a trajectory of fixed length is of second order in the step.
func TestLeapfrogKeepsEnergy(t *testing.T) {
	off := func(step float64) float64 {
		c := alone(Config{}, 3, quartic)
		copy(c.z.q, []float64{.3, -1, .7})
		copy(c.z.p, []float64{1, .5, -2})
		copy(c.z.v, c.z.p)
		c.gradient()
		h, worst := c.energy(), 0.
		for range int(math.Round(3 / step)) {
			c.leapfrog(step)
			worst = max(worst, math.Abs(c.energy()-h))
		}
		return worst
	}
	for _, step := range []float64{.1, .05, .025} {
		if r := off(step) / off(step/2); r < 3.8 || r > 4.2 {
			t.Errorf("a step of %v has %.3f times the energy error of half of it, want 4", step, r)
		}
	}
}

// NUTS as its paper has it, by recursion, from the same random numbers: the tree
// without recursion makes the same draws.
func TestTreeWithoutRecursion(t *testing.T) {
	k := NUTS{MaxDepth: 6}
	a := alone(Config{Kernel: k, Fixed: true, StepSize: .35}, 4, quartic)
	b := alone(Config{Kernel: recursive{k}, Fixed: true, StepSize: .35}, 4, quartic)
	b.trees = newTrees(6, 4)
	depths := map[int]int{}
	for _, c := range []*chain{a, b} {
		if !c.start() {
			t.Fatal("no start")
		}
	}
	for i := range 300 {
		a.transition(i)
		b.transition(i)
		depths[a.stats.Depth]++
		if !slices.Equal(a.now.q, b.now.q) || a.stats.Steps != b.stats.Steps || a.stats.Depth != b.stats.Depth {
			t.Fatalf("draw %d: %v in %d steps, by recursion %v in %d", i, a.now.q, a.stats.Steps, b.now.q, b.stats.Steps)
		}
	}
	if len(depths) < 3 {
		t.Errorf("depths %v", depths)
	}
}

// recursive is NUTS with a recursive tree.
type recursive struct{ NUTS }

func (k recursive) transition(c *chain, h0 float64) bool {
	t := c.trees
	t.whole.leaf(&c.z, h0, h0)
	t.outer[0].copy(&c.z)
	t.outer[1].copy(&c.z)
	for c.stats.Depth < k.depth() {
		side := 0
		if c.dice.Uniform() < .5 {
			side = 1
		}
		c.z.copy(&t.outer[side])
		half, ok := k.build(c, c.stats.Depth, c.step*float64(2*side-1), h0)
		if !ok {
			break
		}
		t.outer[side].copy(&c.z)
		t.whole.choose(&half, half.weight-t.whole.weight, c.dice.Uniform())
		c.stats.Depth++
		if t.whole.join(&half, side) {
			break
		}
	}
	c.now, t.whole.pick = t.whole.pick, c.now
	return true
}

func (k recursive) build(c *chain, depth int, step, h0 float64) (tree, bool) {
	if depth == 0 {
		t := newTree(len(c.z.q))
		c.leapfrog(step)
		h := c.energy()
		if c.visit(h0, h) {
			return t, false
		}
		t.leaf(&c.z, h0, h)
		return t, true
	}
	first, ok := k.build(c, depth-1, step, h0)
	if !ok {
		return first, false
	}
	second, ok := k.build(c, depth-1, step, h0)
	if !ok {
		return second, false
	}
	first.choose(&second, second.weight-logAdd(first.weight, second.weight), c.dice.Uniform())
	return first, !first.join(&second, 1)
}

// Momenta have the covariance of the mass matrix.
func TestMomenta(t *testing.T) {
	const d, n = 3, 20000
	c := alone(Config{Mass: Dense}, d, quartic)
	w := newMoments(Dense, d)
	for i := range 50 {
		x := math.Sin(float64(i))
		w.add([]float64{x, x + .5*math.Cos(7*float64(i)), math.Sin(3*float64(i)) - x})
	}
	c.metric.set(&w)
	off := newMoments(Dense, d) // of M⁻¹p, whose covariance is M⁻¹
	p, v := make([]float64, d), make([]float64, d)
	for i := range n {
		c.noise.momenta(p, i, 0)
		c.metric.momentum(p)
		c.metric.velocity(v, p)
		off.add(v)
	}
	for i := range d {
		for j := range i + 1 {
			got, want := off.sum[i*d+j]/(n-1), c.metric.inverse[i*d+j]
			if scale := math.Sqrt(c.metric.inverse[i*d+i] * c.metric.inverse[j*d+j]); math.Abs(got-want) > .03*scale {
				t.Errorf("covariance %d %d of velocities %.4f, want %.4f", i, j, got, want)
			}
		}
	}
}

// The windows of a warm-up are Stan's.
func TestWindows(t *testing.T) {
	for _, of := range []struct {
		warmup   int
		from, to int
		ends     []int
	}{
		{1000, 75, 950, []int{99, 149, 249, 449, 949}},
		{150, 75, 100, []int{99}},
		{200, 75, 150, []int{99, 149}},
		{160, 75, 110, []int{109}}, // where Stan has a window of 10 draws besides
		{100, 15, 90, []int{89}},
		{10, 0, 0, nil},
	} {
		w := newWindows(of.warmup, Diagonal)
		from, to := w.from, w.to
		var ends []int
		for i := range of.warmup {
			if w.ends(i) {
				ends = append(ends, i)
			}
		}
		if from != of.from || to != of.to || !slices.Equal(ends, of.ends) {
			t.Errorf("%d: draws %d to %d, windows end with %v; want %d to %d and %v", of.warmup, from, to, ends, of.from, of.to, of.ends)
		}
	}
}

// The warm-up finds a step size of the acceptance asked for, and the scales.
func TestAdaptation(t *testing.T) {
	scales := []float64{.01, 1, 30}
	law := func(q, g []float64) float64 {
		l := 0.
		for i, s := range scales {
			l -= q[i] * q[i] / (2 * s * s)
			g[i] = -q[i] / (s * s)
		}
		return l
	}
	for _, accept := range []float64{.6, .8, .95} {
		c := alone(Config{Accept: accept, Warmup: 600, Draws: 400}, 3, law)
		c.run(c.yield)
		if c.err != nil || len(c.trace) != 400 {
			t.Fatalf("%d draws, %v", len(c.trace), c.err)
		}
		var got []float64
		for _, tr := range c.trace {
			got = append(got, tr.Accept)
		}
		if m := stat.Mean(got, nil); m < accept-.05 || m > accept+.12 {
			t.Errorf("acceptance %.3f, want %.3f or somewhat more", m, accept)
		}
		for i, s := range scales {
			if r := c.metric.inverse[i] / (s * s); r < .5 || r > 2 {
				t.Errorf("variance of %d is taken as %.3g times what it is", i, r)
			}
		}
	}
}
