package vi

import "github.com/latentgo/latent/graph"

// particleParts are the parts of such a bound by sites: every draw is judged by
// the whole of its row.
type particleParts struct {
	particles
	r      *Record
	shared []term
}

func (p particleParts) part(r *Record, s *Site) *graph.Node {
	powers := p.powers(r, s)
	if s.Global {
		x := r.Scope.Const(0)
		if powers != nil {
			x = graph.Mean(p.mean(powers))
		}
		for _, t := range p.shared {
			if r.dependence().On(t.node, s.Value) {
				x = x.Sub(t.node)
			}
		}
		return x
	}
	return p.spread(s, p.mean(powers))
}

// spread gives every draw of a site its [K or 1, B], over the number of rows.
func (p particleParts) spread(s *Site, x *graph.Node) *graph.Node {
	x = graph.Reshape(x, append(ones(len(p.r.enum)), x.Shape()...)...)
	return graph.BroadcastTo(x.Scale(1/float64(p.r.Rows)), p.r.scored(s)...)
}

func (p particleParts) share(s *Site) (*graph.Node, float64) {
	if s.Global {
		return p.r.Scope.Const(1), 1
	}
	x := p.spread(s, p.r.Scope.Tensor([]float64{1}, 1, 1))
	return x, float64(graph.Size(x.Shape())) / float64(p.r.Rows)
}

func (p particleParts) own(s *Site) *graph.Node {
	if !s.Global {
		if s.Q == nil {
			return nil
		}
		return p.r.drawShare(s)
	}
	for _, t := range p.shared {
		if t.draw == s {
			return p.r.Scope.Const(1 / float64(p.r.Total))
		}
	}
	return nil
}

func (p particleParts) without(s *Site) *graph.Node {
	l := p.mean(others(p.powers(p.r, s))) // [K, 1, B]
	l = graph.Reshape(l, p.r.K, p.r.Rows)
	// Where no other draw has a weight there is no baseline.
	return p.spread(s, graph.Where(graph.IsFinite(l), l, graph.Const(0)))
}

func (p particleParts) scores(global bool) *graph.Node {
	r := p.r
	var sum []*graph.Node
	for _, s := range r.latents() {
		switch {
		case !s.sticky() || s.Global != global:
		case s.Global:
			sum = append(sum, s.LogQ.Scale(1/float64(r.Total)))
		default:
			w := graph.StopGrad(p.normalised(r))
			sum = append(sum, graph.Sum(w.Mul(s.LogQ)).Scale(1/float64(r.Rows)))
		}
	}
	return graph.AddN(sum...)
}

// guide returns Σ ∂L/∂log q · log q over the draws and the enumerated values of
// the guide, with the derivatives constant: −w̃ of a draw, w̃·(1−β)/β of a value.
func (p particleParts) guide() *graph.Node {
	r := p.r
	w := graph.StopGrad(p.normalised(r))
	sum := r.Scope.Const(0)
	for _, s := range r.latents() {
		c := -1.
		switch {
		case s.Global || s.Q == nil || s.sticky():
			continue
		case s.Enumerated:
			c = (1 - p.beta) / p.beta
		}
		sum = sum.Add(graph.Sum(expect(w, s.LogQ)).Scale(c / float64(r.Rows)))
	}
	return sum
}

// others replaces draw k of [K, B] by the mean of the other draws, for every k:
// [K, K, B], with k first. It subtracts nothing, so that a draw of −Inf stays
// among its own.
func others(x *graph.Node) *graph.Node {
	k, rows := x.Shape()[0], x.Shape()[1]
	if k < 2 {
		graph.Fail("vi: a baseline from the other draws needs K of 2 or more, not %d", k)
	}
	eye := make([]float64, k*k)
	for i := range k {
		eye[i*k+i] = 1
	}
	own := graph.BroadcastTo(graph.Tensor(eye, k, k, 1), k, k, rows)
	all := graph.BroadcastTo(graph.ExpandDims(x, 0), k, k, rows)
	mean := graph.Sum(graph.Where(own, graph.Const(0), all), 1).Scale(1 / float64(k-1))
	return graph.Where(own, graph.BroadcastTo(graph.ExpandDims(mean, 1), k, k, rows), all)
}
