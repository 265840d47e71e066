package guide

import (
	"cmp"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Family is a kind of law for the globals of a joint; the set is closed. Latents
// of single rows are Normal under each, and Delta under Delta.
type Family interface {
	// globals draws all globals.
	globals(g *making, all []*site)
	// law is that of one latent by itself.
	law(g *making, l *site) prob.Dist
}

// Delta is one value for each latent, θ = f(u): the bound is the log of the joint
// density at it, so that training finds the maximum a posteriori, of the density
// of θ itself, without the Jacobian of f.
type Delta struct{}

func (Delta) law(g *making, l *site) prob.Dist {
	return prob.Delta{Value: l.f.Forward(g.mean(l))}
}

func (d Delta) globals(g *making, all []*site) { eachGlobal(d, g, all) }

// Normal is a mean-field normal guide: all numbers are independent,
//
//	q(θ) = Π_i N(u_i; μ_i, σ_i²) / |det ∂f/∂u|,  θ = f(u)
//
// with f by prob.Constrain. It has one law for each site, so that divergences
// which have a closed form are taken in it.
type Normal struct{}

func (Normal) law(g *making, l *site) prob.Dist {
	return l.push(prob.Normal{Mean: g.mean(l), LogStd: g.logStd(l)})
}

func (n Normal) globals(g *making, all []*site) { eachGlobal(n, g, all) }

func eachGlobal(f Family, g *making, all []*site) {
	for _, l := range all {
		g.t.Global(l.Name, f.law(g, l), l.lead()...)
	}
}

// push returns the law of f(u).
func (l *site) push(u prob.Pathwise) prob.Dist {
	if l.f == (prob.Identity{}) {
		return u
	}
	return prob.Transformed{Base: u, Bijector: l.f}
}

// FullRank is a normal guide of all globals at once, u ~ N(μ, L·Lᵀ) with
// D(D+1)/2 numbers in L for D globals.
type FullRank struct{ rowsNormal }

func (FullRank) globals(g *making, all []*site) {
	_, mean, d := g.means(all)
	l := g.s.In(g.Name).Param("cholesky", triangle(math.Log(g.Scale)), d*(d+1)/2)
	g.block(prob.MultivariateNormal{Mean: mean, Cholesky: prob.CholeskyFactor(l)}, all)
}

// LowRank is a normal guide of all globals at once with D·(Rank+1) numbers for a
// covariance,
//
//	u ~ N(μ, diag(σ²) + F·Fᵀ),  F [D, Rank]
//
// which starts with half of its variance in F.
type LowRank struct {
	Rank int // of F; 0 means √D, rounded up
	rowsNormal
}

func (f LowRank) globals(g *making, all []*site) {
	_, mean, d := g.means(all)
	rank := cmp.Or(f.Rank, int(math.Ceil(math.Sqrt(float64(d)))))
	if rank < 1 || rank > d {
		graph.Fail("guide: LowRank of rank %d for %d numbers, want from 1 to %d", rank, d, d)
	}
	at, half := g.s.In(g.Name), g.Scale*math.Sqrt(.5)
	g.block(prob.LowRankNormal{
		Mean:   mean,
		LogStd: at.Param("log_std", graph.Constant(math.Log(half)), d),
		Factor: at.Param("factor", graph.Gaussian{Std: half / math.Sqrt(float64(rank))}, d, rank),
	}, all)
}

// Flow is a guide of all globals at once by a normalising flow (Rezende and
// Mohamed, arXiv 1505.05770),
//
//	u = μ + σ·h(ε),  ε ~ N(0, I)
type Flow struct {
	New func(s *graph.Scope, d int) prob.Bijector // declares h for d numbers; nil means two inverse autoregressive flows
	rowsNormal
}

func (f Flow) globals(g *making, all []*site) {
	_, mean, d := g.means(all)
	declare := f.New
	if declare == nil {
		declare = twoIAFs
	}
	h := declare(g.s.In(g.Name), d)
	if h == nil {
		graph.Fail("guide: Flow.New returned no bijector")
	}
	logStd := g.s.In(g.Name).Param("log_std", graph.Constant(math.Log(g.Scale)), d)
	g.block(flat{prob.Transformed{Base: prob.StdNormal(d), Bijector: prob.Chain(h, prob.Affine{Shift: mean, LogScale: logStd})}}, all)
}

// rowsNormal says that latents of single rows are Normal.
type rowsNormal struct{}

func (rowsNormal) law(g *making, l *site) prob.Dist { return Normal{}.law(g, l) }

// means declares the means of all globals, and the mean of u, which is one after
// the other.
func (g *making) means(all []*site) (each []*graph.Node, mean *graph.Node, d int) {
	var flat []*graph.Node
	for _, l := range all {
		each = append(each, g.mean(l))
		flat = append(flat, graph.Reshape(each[len(each)-1], -1))
		d += graph.Size(l.shape)
	}
	return each, graph.Concat(0, flat...), d
}

// block draws u for all globals.
func (g *making) block(law prob.Dist, all []*site) {
	var parts []vi.Part
	for _, l := range all {
		parts = append(parts, vi.Part{Site: l.Name, Shape: l.shape, Bijector: l.f})
	}
	g.t.Block(g.Name, law, parts...)
}

// triangle starts the rows of a triangle, for prob.CholeskyFactor, with a diagonal
// of one logarithm and zeros beside it.
type triangle float64

// Fill implements graph.Init.
func (d triangle) Fill(dst []float64, _ graph.Shape, _ graph.Random) error {
	clear(dst)
	for i, at := 1, 0; at < len(dst); i++ {
		dst[at] = float64(d)
		at += i + 1
	}
	return nil
}
