package prob

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// Independent returns base over extra event axes of the given sizes, before
// its own: values are […, extra…, D] and LogProb is […]. An image of rows that
// base scores one by one is Independent(base, rows). What it returns is a
// Sampler, Pathwise or Moments if base is.
//
// In a scope that does not name the row axis of its noise (graph.Scope.RowAxis;
// package vi does), a batch run in parts does not repeat the draws of the whole.
func Independent(base Dist, extra ...int) Dist {
	d := independent{base, append([]int(nil), extra...)}
	_, moments := base.(Moments)
	switch base.(type) {
	case Pathwise:
		if moments {
			return pathMeansIndependent{pathIndependent{drawIndependent{d}}}
		}
		return pathIndependent{drawIndependent{d}}
	case Sampler:
		if moments {
			return drawMeansIndependent{drawIndependent{d}}
		}
		return drawIndependent{d}
	}
	if moments {
		return meansIndependent{d}
	}
	return d
}

type independent struct {
	base  Dist
	extra []int
}

// LogProb sums that of base over the extra axes.
func (d independent) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	eventSize("Independent", x)
	sh := x.Shape()
	if n := len(sh) - 1 - len(d.extra); n < 0 || !slices.Equal([]int(sh[n:len(sh)-1]), d.extra) {
		graph.Fail("prob: Independent: value of shape %v, want extra event axes %v before the last", sh, d.extra)
	}
	return d.sum(d.base.LogProb(x))
}

// sum adds over the extra axes, which are last.
func (d independent) sum(l *graph.Node) *graph.Node {
	for range d.extra {
		l = total(l)
	}
	return l
}

func (d independent) unwrap() independent { return d }

type drawIndependent struct{ independent }

// Sample implements Sampler.
func (d drawIndependent) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d.independent)
	all := append(append([]int(nil), lead...), d.extra...)
	return d.base.(Sampler).Sample(s, all...)
}

type pathIndependent struct{ drawIndependent }

// Pathwise marks Sample as reparameterised.
func (pathIndependent) Pathwise() {}

// moments returns those of base, which has them.
func (d independent) moments() (mean, variance *graph.Node) {
	complete(d)
	return d.base.(Moments).Moments()
}

// What is Moments besides.
type (
	meansIndependent     struct{ independent }
	drawMeansIndependent struct{ drawIndependent }
	pathMeansIndependent struct{ pathIndependent }
)

// Moments implements the interface of that name.
func (d meansIndependent) Moments() (mean, variance *graph.Node) { return d.moments() }

// Moments implements the interface of that name.
func (d drawMeansIndependent) Moments() (mean, variance *graph.Node) { return d.moments() }

// Moments implements the interface of that name.
func (d pathMeansIndependent) Moments() (mean, variance *graph.Node) { return d.moments() }

// wrapsIndependent is every type that Independent returns.
type wrapsIndependent interface {
	Dist
	unwrap() independent
}

func init() { registerKLWhen(klIndependent, sameExtra) }

func sameExtra(q, p wrapsIndependent) bool {
	a, b := q.unwrap(), p.unwrap()
	return slices.Equal(a.extra, b.extra) && HasKL(a.base, b.base)
}

// klIndependent is that of the bases, summed.
func klIndependent(q, p wrapsIndependent) *graph.Node {
	a, b := q.unwrap(), p.unwrap()
	kl := KL(a.base, b.base)
	// parameters may have size 1 on an extra axis, or not have it
	missing := max(len(a.extra)-len(kl.Shape()), 0)
	shape := append(slices.Repeat([]int{1}, missing), kl.Shape()...)
	copy(shape[len(shape)-len(a.extra):], a.extra)
	return graph.ExpandDims(a.sum(graph.BroadcastTo(kl, shape...)), -1)
}
