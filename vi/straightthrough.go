package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// GappedST draws a hard value and passes derivatives as if it were softmax(l′/τ),
// where the logits l′ are moved, by constants, just so far that they agree with the
// draw: that of the value drawn up to the largest one, those of the others down to
// where they leave a gap below it (Fan, Chi, Rudnicky and Ramadge, arXiv 2206.07235,
// 2022). Of less variance than StraightThrough, as it has no noise given the
// draw; biased.
type GappedST struct {
	Temperature *graph.Node // τ, a scalar, which may be an input; nil means 2/3
	Gap         float64     // in logits; 0 means 1
}

// DecoupledST draws a hard value from softmax(l/τ_f) and passes derivatives as if it
// were softmax(l/τ_b) (Shah, Yan, Mozer and Liu, arXiv 2410.13331): the first is for
// exploring, the second for how far a gradient reaches. The draws are those of the law
// at τ_f = 1 alone; elsewhere the bound itself is another one. Biased.
type DecoupledST struct {
	Forward  *graph.Node // τ_f, a scalar, which may be an input; nil means 1
	Backward *graph.Node // τ_b, likewise; nil means 1
}

func (e GappedST) describe() estimator {
	return estimator{name: "GappedST", needs: derivatives | countable | relaxable, biased: true, soft: true, draw: e.draw, check: e.check}
}

func (e DecoupledST) describe() estimator {
	return estimator{name: "DecoupledST", needs: derivatives | countable | relaxable, biased: true, soft: true, draw: e.draw}
}

func (e GappedST) check(_ *Record, _ latents, l latent) {
	if !(e.Gap >= 0) || math.IsInf(e.Gap, 1) {
		graph.Fail("vi: site %s: GappedST with a Gap of %v, want a finite number not below 0", l.Name, e.Gap)
	}
}

func (e GappedST) draw(r *Record, site string, d prob.Dist) *graph.Node {
	if e.Gap == 0 {
		e.Gap = 1
	}
	t := scalarTemperature(r, site, "GappedST", e.Temperature, 2./3)
	_, hard := relaxed(r, site, d, "GappedST", nil)
	hard = graph.StopGrad(hard)
	if b, ok := d.(prob.Bernoulli); ok { // logits l and 0
		l := graph.BroadcastTo(b.Logits, hard.Shape()...)
		top := graph.Relu(l)
		below := func(x *graph.Node) *graph.Node { return graph.Min(x, top.Shift(-e.Gap)) }
		moved := graph.Where(hard, top.Sub(below(l.Scale(0))), below(l).Sub(top))
		return through(hard, graph.Sigmoid(l.Add(graph.StopGrad(moved.Sub(l))).Div(t)))
	}
	l := graph.BroadcastTo(d.(prob.OneHot).Logits, hard.Shape()...)
	top := graph.BroadcastTo(graph.ExpandDims(graph.MaxOver(l, -1), -1), hard.Shape()...)
	moved := graph.Where(hard, top, graph.Min(l, top.Shift(-e.Gap)))
	return through(hard, graph.Softmax(l.Add(graph.StopGrad(moved.Sub(l))).Div(t)))
}

func (e DecoupledST) draw(r *Record, site string, d prob.Dist) *graph.Node {
	forward := scalarTemperature(r, site, "DecoupledST", e.Forward, 1)
	backward := scalarTemperature(r, site, "DecoupledST", e.Backward, 1)
	if b, ok := d.(prob.Bernoulli); ok {
		_, hard := relaxed(r, site, prob.Bernoulli{Logits: b.Logits.Div(forward)}, "DecoupledST", nil)
		return through(hard, graph.Sigmoid(graph.BroadcastTo(b.Logits, hard.Shape()...).Div(backward)))
	}
	logits := d.(prob.OneHot).Logits
	_, hard := relaxed(r, site, prob.OneHot{Logits: logits.Div(forward)}, "DecoupledST", nil)
	return through(hard, graph.Softmax(graph.BroadcastTo(logits, hard.Shape()...).Div(backward)))
}

// through is a hard value with the derivative of a soft one.
func through(hard, soft *graph.Node) *graph.Node {
	return graph.StopGrad(hard).Add(soft.Sub(graph.StopGrad(soft))) // the difference is 0 exactly
}

// scalarTemperature returns a temperature, or what nil means.
func scalarTemperature(r *Record, site, name string, t *graph.Node, otherwise float64) *graph.Node {
	if t == nil {
		return r.Scope.Const(otherwise)
	}
	if len(t.Shape()) != 0 {
		graph.Fail("vi: site %s: %s with a temperature of shape %v, want a scalar", site, name, t.Shape())
	}
	return t
}
