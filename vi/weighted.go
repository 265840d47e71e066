package vi

import "github.com/latentgo/latent/graph"

// weighted is a bound of importance weights inside of a logarithm: every draw
// is judged by the whole of its row. The divergences of globals stand outside.
type weighted struct {
	particles
	r       *Record
	latents latents
	shared  []term
}

func (w weighted) signal(r *Record, s *Site) *graph.Node {
	powers := w.powers(r, w.latents.in(r), s)
	if s.Global {
		x := r.Scope.Const(0)
		if powers != nil {
			x = graph.Mean(w.mean(powers))
		}
		shared := w.shared
		if r != w.r {
			shared = r.shared(w.latents.in(r), Auto)
		}
		for _, t := range shared {
			if r.dependence().On(t.node, s.Value) {
				x = t.addTo(x, nil)
			}
		}
		return x
	}
	return w.spread(s, w.mean(powers))
}

// spread gives every draw of a site its [K or 1, B], over the number of rows.
func (w weighted) spread(s *Site, x *graph.Node) *graph.Node {
	return graph.BroadcastTo(w.r.ofRows(x).Scale(1/float64(w.r.Rows)), w.r.scored(s.logq().Shape())...)
}

func (w weighted) share(s *Site) (*graph.Node, float64) {
	if s.Global {
		return w.r.Scope.Const(1), 1
	}
	x := w.spread(s, w.r.Scope.Tensor([]float64{1}, 1, 1))
	return x, float64(graph.Size(x.Shape())) / float64(w.r.Rows)
}

func (w weighted) own(l latent) *graph.Node {
	if !l.Global {
		if l.Q == nil {
			return nil
		}
		return w.r.drawShare(l.Site, nil)
	}
	for _, t := range w.shared {
		if t.draw == l.Site {
			return w.r.Scope.Const(1 / float64(w.r.Total))
		}
	}
	return nil
}

func (w weighted) without(s *Site) *graph.Node {
	l := logMeanOthers(w.powers(w.r, w.latents, s)).Shift(-logOf(w.r.K)).Scale(1 / w.beta)
	// Where no other draw has a weight there is no baseline.
	return w.spread(s, graph.Where(graph.IsFinite(l), l, graph.Const(0)))
}

func (w weighted) dropped(global bool) *graph.Node {
	var sum []*graph.Node
	for _, l := range w.latents {
		switch {
		case !l.drops || l.Global != global:
		case l.Global:
			sum = append(sum, l.LogQ.Scale(1/float64(w.r.Total)))
		default:
			sum = append(sum, graph.Sum(w.shares().Mul(l.LogQ)).Scale(1/float64(w.r.Rows)))
		}
	}
	return graph.AddN(sum...)
}

// shares returns the normalised weights w̃, constant: [E…, K, B].
func (w weighted) shares() *graph.Node { return graph.StopGrad(w.normalised(w.r, w.latents)) }

// scale is (1−β) + β·w̃.
func (w weighted) scale() *graph.Node {
	return w.shares().Scale(w.beta).Shift(1 - w.beta)
}

// guide returns Σ ∂L/∂log q · log q over the draws and the enumerated values of
// the guide, with the derivatives constant: −w̃ of a draw, w̃·(1−β)/β of a value.
func (w weighted) guide() *graph.Node {
	share, sum := w.shares(), w.r.Scope.Const(0)
	for _, l := range w.latents {
		c := -1.
		switch {
		case l.Global || l.Q == nil || l.drops:
			continue
		case l.Enumerated:
			c = (1 - w.beta) / w.beta
		}
		sum = sum.Add(graph.Sum(expect(share, l.LogQ)).Scale(c / float64(w.r.Rows)))
	}
	return sum
}
