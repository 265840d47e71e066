package probtest

import (
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkPathwise(s *subject) error {
	if err := as[prob.Sampler](s, "Sample"); err != nil {
		return err
	}
	switch {
	case !is[prob.Pathwise](s):
		return s.each(s.opaque)
	case s.event == 1:
		return s.each(s.implicit)
	}
	return s.each(s.transport)
}

// moving compiles n draws, each with parameters of its own, and the gradient
// of the sum of f over them by each trained parameter.
func (s *subject) moving(n int, f func(e env, x *graph.Node) *graph.Node) (*program, error) {
	return s.build(graph.Float64, nil, rows(n), func(e env) {
		x := e.d.(prob.Sampler).Sample(e.s.In("draw"), n)
		e.s.Output("draws", x)
		for i, g := range graph.Grad(graph.Sum(f(e, x)), s.trained(e)) {
			e.s.Output("grad"+strconv.Itoa(i), g)
		}
	})
}

func itself(_ env, x *graph.Node) *graph.Node { return x }

// opaque tests that no derivative passes through draws.
func (s *subject) opaque(_ int, params []float64) error {
	p, err := s.moving(20, itself)
	if err != nil {
		return err
	}
	out, err := p.eval(nil, params)
	if err != nil {
		return err
	}
	for i, g := range out[1:] {
		if slices.ContainsFunc(g, func(x float64) bool { return x != 0 }) {
			return errors.Errorf("draws have a derivative by trained parameter %d, %v, yet no marker Pathwise", i, g[0])
		}
	}
	return nil
}

// implicit tests dx/dθ = −(∂F/∂θ)/f, which is F(x;θ) = u differentiated
// (Figurnov, Mohamed and Mnih, arXiv 1805.08498, eq. 5). ∂F/∂θ is by
// differences of CDF, or else the integral of p·∂log p/∂θ.
func (s *subject) implicit(i int, params []float64) error {
	const n = 24
	p, err := s.moving(n, itself)
	if err != nil {
		return err
	}
	out, err := p.eval(nil, params)
	if err != nil {
		return err
	}
	if len(out) == 1 {
		return notApplicable("no parameters")
	}
	x := out[0]
	eval, err := s.evaluator(params, n)
	if err != nil {
		return err
	}
	logp, err := eval(x)
	if err != nil {
		return err
	}
	var slopes [][]float64 // −∂F/∂θ, by trained parameter
	if is[prob.Cumulative](s) {
		slopes, err = s.slopes(params, x)
	} else {
		slopes, err = s.integratedSlopes(i, params, x)
	}
	if err != nil {
		return err
	}
	found := &findings{}
	for k, g := range out[1:] {
		for r, v := range x {
			f := math.Exp(logp[r])
			want := slopes[k][r] / f
			if tol := 2e-4*(1+math.Abs(want)) + 1e-9/f; !(math.Abs(g[r]-want) <= tol) {
				found.add("derivative of the draw %v by trained parameter %d is %v, −∂F/∂θ / f gives %v", v, k, g[r], want)
			}
		}
	}
	return found.err()
}

// slopes differentiates CDF by differences.
func (s *subject) slopes(params, x []float64) ([][]float64, error) {
	p, err := s.build(graph.Float64, rows(len(x)), nil, func(e env) { e.s.Output("cdf", e.d.(prob.Cumulative).CDF(e.x)) })
	if err != nil {
		return nil, err
	}
	var all [][]float64
	width := spread(x, 1)
	for k := range s.shapes {
		if slices.Contains(s.Constant, k) {
			continue
		}
		h := 1e-3 * min(1, width)
		if v := math.Abs(params[k]); v != 0 {
			h = min(h, 1e-3*v)
		}
		moved := slices.Clone(params)
		d, _, err := differences(func(t float64) ([]float64, error) {
			moved[k] = params[k] + t*h
			out, err := p.eval(x, moved)
			if err != nil {
				return nil, err
			}
			return out[0], nil
		}, slices.Repeat([]float64{-h}, len(x)))
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// integratedSlopes integrates −p·∂log p/∂θ up to each of x.
func (s *subject) integratedSlopes(i int, params, x []float64) ([][]float64, error) {
	l, err := s.law(i)
	if err != nil {
		return nil, err
	}
	if l, err = s.line(params, l.chart, x); err != nil {
		return nil, err
	}
	const batch = 4096
	p, err := s.derived(graph.Float64, batch)
	if err != nil {
		return nil, err
	}
	var grads [][]float64
	for part := range slices.Chunk(l.x, batch) {
		out, err := p.eval(part, params)
		if err != nil {
			return nil, err
		}
		for k, g := range out[2:] {
			if len(grads) <= k {
				grads = append(grads, nil)
			}
			grads[k] = append(grads[k], g[:len(part)]...)
		}
	}
	slopes := make([][]float64, len(grads))
	for k, g := range grads {
		for _, v := range x {
			sum := 0.0
			for j, at := range l.x {
				if at > v {
					break
				}
				if m := l.w[j] * math.Exp(l.logp[j]); m > 0 {
					sum -= m * g[j]
				}
			}
			slopes[k] = append(slopes[k], sum)
		}
	}
	return slopes, nil
}

// transport tests that the derivatives of draws move expectations as the score
// function says: E[∇φ(x)·dx/dθ] = E[φ(x)·∂log p(x)/∂θ], for φ of some waves.
func (s *subject) transport(i int, params []float64) error {
	n := min(s.Draws, 20_000)
	d := s.event
	for wave := range 3 {
		freq := make([]float64, d)
		for j := range freq {
			freq[j] = []float64{0.7, -1.1, 0.4, 1.3}[(j*(wave+1)+wave)%4]
		}
		phi := func(e env, x *graph.Node) *graph.Node {
			return graph.Sin(graph.Sum(x.Mul(e.s.Tensor(freq, d)), -1).Shift(0.5 * float64(wave)))
		}
		path, err := s.moving(n, phi)
		if err != nil {
			return err
		}
		out, err := path.eval(nil, params)
		if err != nil {
			return err
		}
		p, err := s.build(graph.Float64, rows(n), rows(n), func(e env) {
			e.s.Output("phi", phi(e, e.x))
			for i, g := range graph.Grad(graph.Sum(e.d.LogProb(e.x)), s.trained(e)) {
				e.s.Output("grad"+strconv.Itoa(i), g)
			}
		})
		if err != nil {
			return err
		}
		score, err := p.eval(out[0], params)
		if err != nil {
			return err
		}
		mean := 0.0
		for _, v := range score[0] {
			mean += v / float64(n)
		}
		for k, g := range out[1:] {
			m := len(g) / n
			for j := range m {
				sum, sq := 0.0, 0.0
				for r := range n {
					t := g[r*m+j] - (score[0][r]-mean)*score[k+1][r*m+j]
					sum, sq = sum+t/float64(n), sq+t*t/float64(n)
				}
				if se := math.Sqrt(max(sq-sum*sum, 0) / float64(n)); !(math.Abs(sum) <= 5*se+1e-9) {
					return errors.Errorf("pathwise and score-function derivative of E[sin(%v·x+%v)] by element %d of trained parameter %d differ by %.3g, with standard error %.2g", freq, 0.5*float64(wave), j, k, sum, se)
				}
			}
		}
	}
	return nil
}
