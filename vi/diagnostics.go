package vi

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Divergences returns KL(q ‖ p) of each event element of a latent, averaged
// over draws and rows: [D], or [1] where it does not split. It takes the closed
// form where that is legal, and else log q − log p of the draws. What the guide
// enumerates counts by its probability.
func (r *Record) Divergences(name string) *graph.Node {
	s := r.Site(name)
	if s.Observed || s.Q == nil || s.Global || s.Enumerated {
		graph.Fail("vi: divergences of %s, which is no latent that the guide draws for each datum", name)
	}
	kls, _ := Auto.elements(r, latent{Site: s})
	kls = r.padded(kls, 1)
	if y := r.summedIn(kls.Shape()); y != "" {
		graph.Fail("vi: divergences of %s, which depends on %s, and only the joint enumerates that", s.Name, y)
	}
	if w := r.weight(); w != nil {
		kls = expect(graph.ExpandDims(w, -1), kls)
	}
	return meanOver(r.sumValues(kls))
}

// meanOver averages over all axes but the last.
func meanOver(x *graph.Node) *graph.Node {
	if len(x.Shape()) == 1 {
		return x
	}
	return graph.Mean(x, first(len(x.Shape())-1)...)
}

// PosteriorMeans returns the mean of a latent under the guide for every row,
// [B, event…]: the law's own where it has one and that is the same for all draws,
// else the mean of the draws.
func (r *Record) PosteriorMeans(name string) *graph.Node {
	s := r.Site(name)
	switch {
	case s.Observed || s.Global:
		graph.Fail("vi: posterior means of %s: want a latent drawn for each datum", name)
	case r.enum != nil:
		graph.Fail("vi: posterior means of %s: the run enumerates %v; run the model without Enumerate", name, r.names(func(s *Site) bool { return s.Enumerated }))
	}
	x, event := s.Value, s.Value.Shape()[r.eventAxis():]
	if m, ok := s.law().(prob.Moments); ok {
		mean, _ := m.Moments()
		if mean = r.padded(mean, len(event)); !r.varies(mean.Shape()) {
			x = mean
		}
	}
	return graph.BroadcastTo(graph.Mean(x, r.drawAxis()), append([]int{r.Rows}, event...)...)
}

// Activity measures how much each unit of a latent says about the data: the
// variance over the data of its posterior mean, Cov_x(E_q(u|x)[u]) (Burda,
// Grosse and Salakhutdinov, arXiv 1509.00519). The zero value is
// empty.
type Activity struct {
	n    float64
	mean []float64
	m2   []float64 // sums of squares around the mean (Welford, 1962)
}

// Add takes posterior means [rows, units]. It panics if units is below 1 or not
// what it was before, or if the last row is not whole.
func (a *Activity) Add(means []float64, units int) {
	a.alive()
	switch {
	case len(means) == 0 && units > 0:
		return
	case units < 1 || len(means)%units != 0:
		panic(fmt.Sprintf("vi: Activity: %d means are not rows of %d units", len(means), units))
	case a.mean == nil:
		a.mean, a.m2 = make([]float64, units), make([]float64, units)
	case units != len(a.mean):
		panic(fmt.Sprintf("vi: Activity: %d units after rows of %d", units, len(a.mean)))
	}
	for i := 0; i < len(means); i += units {
		a.n++
		for j := range units {
			d := means[i+j] - a.mean[j]
			a.mean[j] += d / a.n
			a.m2[j] += d * (means[i+j] - a.mean[j])
		}
	}
}

// Variances returns the activity of each unit.
func (a *Activity) Variances() []float64 {
	a.alive()
	v := make([]float64, len(a.m2))
	for i, m := range a.m2 {
		v[i] = m / a.n
	}
	return v
}

// Active counts the units whose activity is above .01, the paper's threshold.
func (a *Activity) Active() int {
	n := 0
	for _, v := range a.Variances() {
		if v > .01 {
			n++
		}
	}
	return n
}
