package mcmc

import (
	"math"

	"github.com/pkg/errors"
)

// adaptation tunes a chain during its warm-up as Stan does: the step size by dual
// averaging all along, the mass matrix by the draws of windows that double in
// length, with buffers before the first and behind the last.
type adaptation struct {
	c      *chain
	dual   dual
	moment moments
	window windows
}

func newAdaptation(c *chain) *adaptation {
	p := c.plan
	return &adaptation{c: c, dual: dual{target: p.Accept}, moment: newMoments(p.Mass, p.dim), window: newWindows(p.Warmup, p.Mass)}
}

// restart begins the search for a step size at one.
func (a *adaptation) restart(step float64) { a.dual.restart(step) }

// after takes in transition i of the warm-up and tells whether the chain is to go
// on.
func (a *adaptation) after(i int) bool {
	c := a.c
	c.step = a.dual.next(c.stats.Accept)
	if a.window.has(i) {
		a.moment.add(c.now.q)
	}
	if a.window.ends(i) {
		c.metric.set(&a.moment)
		a.moment.reset()
		if !c.findStep() {
			return false
		}
		a.restart(c.step)
	}
	if i == c.plan.Warmup-1 {
		c.step = a.dual.last()
	}
	return true
}

// dual is dual averaging of the log of a step size (Nesterov's, as in Hoffman and
// Gelman, arXiv 1111.4246, section 3.2.1): x is moved against the mean error of the
// acceptance so far, away from μ = log 10ε₀, and x̄ is a weighted mean of the x.
type dual struct {
	target, mu, err, mean float64
	n                     int
}

func (d *dual) restart(step float64) { *d = dual{target: d.target, mu: math.Log(10 * step)} }

// next returns the step size after a transition with an acceptance.
func (d *dual) next(accept float64) float64 {
	const gamma, t0, kappa = .05, 10, .75
	d.n++
	n := float64(d.n)
	d.err += (d.target - accept - d.err) / (n + t0)
	x := d.mu - math.Sqrt(n)/gamma*d.err
	d.mean += math.Pow(n, -kappa) * (x - d.mean)
	return math.Exp(x)
}

// last is the step size to stay with.
func (d *dual) last() float64 { return math.Exp(d.mean) }

// windows says which draws of a warm-up a mass matrix is estimated from.
type windows struct{ from, to, end, size int }

// newWindows divides a warm-up into a buffer of 75 draws, windows of 25, 50, 100 …,
// the last as long as fits, and a buffer of 50; a short one by 15, 75 and 10 per
// cent with one window, and one below 20 has none.
func newWindows(warmup int, m Mass) windows {
	first, size, last := 75, 25, 50
	switch {
	case m == Unit || warmup < 20:
		return windows{end: -1}
	case warmup < first+size+last:
		first, last = warmup*15/100, warmup/10
		size = warmup - first - last
	}
	w := windows{first, warmup - last, first + size - 1, size}
	w.stretch()
	return w
}

// stretch lets a window run on to the last draw if the next would not fit.
func (w *windows) stretch() {
	if w.end+2*w.size >= w.to {
		w.end = w.to - 1
	}
}

func (w *windows) has(i int) bool { return w.from <= i && i < w.to }

// ends tells whether a window ends with draw i, and goes on to the next.
func (w *windows) ends(i int) bool {
	if i != w.end {
		return false
	}
	w.size *= 2
	w.end += w.size
	w.stretch()
	return true
}

// findStep looks for a step size with which the energy after one leapfrog step
// has risen by about log 1/.8, by doublings or halvings, and tells whether the chain
// is to go on.
func (c *chain) findStep() bool {
	if c.step == 0 {
		c.step = 1
	}
	const most = 100
	up := 0.
	for try := range most {
		c.noise.momenta(c.z.p, len(c.warm), try+1)
		c.enter()
		h0 := c.energy()
		if !c.leapfrog(c.step) {
			return false
		}
		gain := h0 - c.energy()
		if math.IsNaN(gain) {
			gain = math.Inf(-1)
		}
		smaller := gain < math.Log(.8)
		switch {
		case up == 0 && smaller:
			up = .5
		case up == 0:
			up = 2
		case smaller != (up < 1):
			return true
		}
		c.step *= up
	}
	c.err = errors.Errorf("mcmc: chain %d finds no step size: after %d halvings or doublings to %.3g the log density still changes too much or too little in a step; is it constant in a latent, or the joint improper?", c.id, most, c.step)
	return false
}
