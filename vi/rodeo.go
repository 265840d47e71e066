package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// RODEO is the score-function estimator with the leave-one-out baseline and two
// control variates by the discrete Stein operator of Gibbs sampling, for a
// prob.Bernoulli or prob.OneHot z,
//
//	(Ah)(z) = 1/D Σ_d E[h(z′) | z′_{−d} = z_{−d}] − h(z),  E[(Ah)(z)] = 0
//	∂E[f]/∂l ≈ 1/K Σ_k (f(z_k) − 1/(K−1) Σ_{j≠k} (f(z_j) + α·(Ah_j)(z_j)))·s(z_k) + β·(Ah̃_k s)(z_k)
//
// with s = ∂log q/∂l, D the number of bits, 1 of a OneHot, and functions of the other
// draws
//
//	(h_k, h̃_k)(y) = 1/(K−1) Σ_{j≠k} H(∂f(z_j)/∂z_j·(y − z_j), f(z_j))
//
// (Shi, Zhou, Hwang, Titsias and Mackey, arXiv 2202.09497). H is a network
// of one layer of leaky rectifiers in the scope "SITE/rodeo/net", α and β are parameters
// "SITE/rodeo/scale" and "SITE/rodeo/score_scale", 0 at first, where it is
// Score{LeaveOneOut}; all are trained to lower the variance of the gradient by l. It
// needs K ≥ 2, no run of the model besides, one backward pass of what depends on the
// site, and K·(K−1)·(D+1) evaluations of H.
//
// With Regress α and β are what minimises the variance by the averages of past training
// steps, as of DoubleCV, in the states "SITE/rodeo/product", "square", "product2",
// "square2" and "mixed", and H alone is trained.
type RODEO struct {
	Hidden  int  // units of H; 0 means 100
	Regress bool // take α and β from averages instead of training them
}

func (e RODEO) describe() estimator {
	return estimator{name: "RODEO", needs: signals | averages | countable | density | separable | several | relaxable, held: true, costs: e.costs, check: e.check}
}

func (e RODEO) check(_ *Record, _ latents, l latent) {
	if e.Hidden < 0 {
		graph.Fail("vi: site %s: RODEO with %d hidden units, want 1 or more, or 0 for 100", l.Name, e.Hidden)
	}
}

func (e RODEO) costs(g *gradient, l latent) []Cost {
	if e.Hidden == 0 {
		e.Hidden = 100
	}
	r := g.r
	scope := r.Scope.In(l.Name).In("rodeo")
	net := layers.Config{Activation: func(x *graph.Node) *graph.Node { return graph.LeakyRelu(x, .3) }}.NewMLP(scope.In("net"), 2, e.Hidden, 2)
	tuned := weightsOf(net)
	z := centre(l)
	f, slope := g.signal(l), g.slope(l)
	scale := float64(r.K * r.Rows) // of nats, in which H works, in signals
	// at returns H at values of z with some lines, [E…, K, B, n], by other draws.
	at := func(line, f *graph.Node) (h, score *graph.Node) {
		f = graph.BroadcastTo(graph.ExpandDims(f, -1), line.Shape()...)
		y := net.Apply(graph.Concat(-1, graph.ExpandDims(line, -1), graph.ExpandDims(f, -1)).Scale(scale)).Scale(1 / scale)
		return graph.Squeeze(graph.Cols(y, 0, 1), -1), graph.Squeeze(graph.Cols(y, 1, 2), -1)
	}
	var hs, cvs []*graph.Node
	for n := 1; n < r.K; n++ {
		zj, gj, fj := r.turned(l.Value, n), r.turned(slope, n), r.turned(f, n)
		var h, cv *graph.Node
		if z.classes {
			value, score := at(gj.Sub(total(gj.Mul(zj))), fj) // at each class
			h = graph.Sum(z.score.Mul(value), -1).Neg()
			mean := total(z.mean.Mul(score))
			cv = z.mean.Mul(score.Sub(mean)).Sub(total(l.Value.Mul(score)).Mul(z.score))
		} else {
			here := total(gj.Mul(l.Value.Sub(zj)))
			turn := l.Value.Scale(-2).Shift(1) // what turning a bit over adds to it
			value, score := at(here, fj)
			flipped, flippedScore := at(here.Add(gj.Mul(turn)), fj)
			chance := graph.Where(l.Value, z.mean.Neg().Shift(1), z.mean) // of a bit to turn over
			over := 1 / float64(eventOf(l.Value))
			h = graph.Sum(chance.Mul(flipped.Sub(value)), -1).Scale(over)
			cv = total(chance.Mul(flippedScore.Sub(score))).Mul(z.score).Add(chance.Mul(flippedScore).Mul(turn)).Scale(over)
		}
		hs, cvs = append(hs, h), append(cvs, cv)
	}
	over := 1 / float64(r.K-1)
	by := func(f *graph.Node) *graph.Node { return graph.ExpandDims(f, -1).Mul(z.score) }
	plain := by(f.Sub(r.otherDraws(f)))
	line := by(r.otherDraws(graph.AddN(hs...).Scale(over))).Neg()
	cv := graph.AddN(cvs...).Scale(over)
	var alpha, beta *graph.Node
	if e.Regress {
		c := g.regressed(l, scope, []float64{0, 0}, plain, line, cv)
		alpha, beta = c[0], c[1]
	} else {
		alpha, beta = scope.Param("scale", graph.Constant(0)), scope.Param("score_scale", graph.Constant(0))
		tuned = append(tuned, alpha, beta)
	}
	d := plain.Add(alpha.Mul(line)).Add(beta.Mul(cv))
	return []Cost{
		g.toward(l, "rodeo", d, z.logits),
		g.learn(l, "rodeo variance", g.square(l, d), tuned),
	}
}
