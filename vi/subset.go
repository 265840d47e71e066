package vi

import (
	"math/bits"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// UnorderedSet goes, instead of through every value of a discrete latent, through n
// that are drawn without replacement, S = {s}, with weights whose sum is 1 and by which
// every expectation is unbiased,
//
//	E[f] ≈ Σ_s p(s)·R(S,s)·f(s),  R(S,s) = P^{D∖s}(S∖s)/P^D(S)
//	∂E[f] ≈ Σ_s ∂p(s)·R(S,s)·(f(s) − Σ_{s′} p(s′)·R^{D∖s}(S,s′)·f(s′))
//
// where P^D(S) is the chance to draw the set S, in any order, from the values D, and
// R^{D∖s}(S,s) is 1 (Kool, van Hoof and Welling, arXiv 2002.06043: the estimator
// of leave-one-out draws without replacement, averaged over their orders, with its
// built-in baseline). The law is prob.Finite, of at most 4096 values in all, all of
// whose probabilities are computed; the model is run at n of them, along an axis of
// their own as Enumerate has it. The chances take 3ⁿ sums, so n is at most 8.
type UnorderedSet struct {
	Size int // n, from 2 to 8 and below the number of values; 0 means 2
}

// Marginalised goes through the n likeliest values C of a discrete latent and one, v,
// drawn from the rest,
//
//	E[f] ≈ Σ_{c∈C} q(c)·f(c) + (1 − q(C))·f(v)
//
// with the gradient of both parts, and a baseline b = Σ_C q(c)·f(c)/q(C) that v has no
// part in (Liu, Regier, Tripuraneni, Jordan and McAuliffe, arXiv 1810.04777). The
// law is prob.Finite, as of UnorderedSet; the model is run at n+1 of its values.
type Marginalised struct {
	Size int // n, from 1 to 64 and below the number of values less one; 0 means 1
}

// subset is the values of an enumerated site that are some of all.
type subset struct {
	weight   []*graph.Node // of each, constants [E…, K, B] with 1 at its axis
	baseline func(signals []*graph.Node) []*graph.Node
}

func (e UnorderedSet) describe() estimator { return some("UnorderedSet", e.list) }
func (e Marginalised) describe() estimator { return some("Marginalised", e.list) }

func some(name string, list func(v *values) *subset) estimator {
	return estimator{
		name: name, needs: signals | sums | averages | countable | listed, list: list, costs: subsetCosts,
		check: func(_ *Record, _ latents, l latent) {
			if l.Q == nil {
				graph.Fail("vi: site %s: %s draws values of a guide, and the guide does not have the site; use vi.Enumerate", l.Name, name)
			}
		},
	}
}

// values draws some of the values of a law, one after the other.
type values struct {
	r      *Record
	site   string
	axis   int         // of the site
	logp   *graph.Node // of all values, constants [E…, K, B, N] with 1 at the axis
	table  *graph.Node // [N, event]
	taken  *graph.Node // those chosen so far, 0 or 1; nil for none
	chosen []*graph.Node
	picked []*graph.Node // their probabilities
}

// number is N.
func (v *values) number() int { return v.table.Shape()[0] }

// size refuses a number of values that there are not.
func (v *values) size(name string, n, least, most, spare int) {
	if n < least || n > most || n > v.number()-spare {
		graph.Fail("vi: site %s: %s of %d of the %d values, want %d to %d and at most %d; use vi.Enumerate for all", v.site, name, n, v.number(), least, most, v.number()-spare)
	}
}

// gumbel returns noise by which the largest of log p + g is a draw.
func (v *values) gumbel() *graph.Node {
	u := v.r.again(v.site, "set", graph.UniformNoise, v.number())
	return gumbel(u)
}

// pick takes the largest by a score, [E…, K, B, N], of those that are left.
func (v *values) pick(score *graph.Node) {
	if v.taken != nil {
		score = graph.Where(v.taken, graph.Const(-1e30), score)
	}
	one := graph.StopGrad(graph.OneHot(graph.ArgMax(score, -1), v.number()))
	if v.taken == nil {
		v.taken = one
	} else {
		v.taken = v.taken.Add(one)
	}
	v.chosen = append(v.chosen, graph.MatMul(one, v.table))
	v.picked = append(v.picked, graph.Exp(graph.Sum(one.Mul(graph.Max(v.logp, graph.Const(-1e30))), -1)))
}

// rest is the probability of those that are left.
func (v *values) rest() *graph.Node {
	return graph.Sum(graph.Where(v.taken, graph.Const(0), graph.Exp(v.logp)), -1)
}

func (e UnorderedSet) list(v *values) *subset {
	n := e.Size
	if n == 0 {
		n = 2
	}
	v.size("UnorderedSet", n, 2, 8, 1)
	score := v.logp.Add(v.gumbel())
	for range n {
		v.pick(score)
	}
	c := chances{p: v.picked, rest: v.rest(), known: map[[2]int]*graph.Node{}}
	all := 1<<n - 1
	out := &subset{}
	for s := range n {
		out.weight = append(out.weight, v.picked[s].Mul(c.of(1<<s, all&^(1<<s))).Div(c.of(0, all)))
	}
	// Of what each value's derivative is multiplied by, p(s)·R(S,s)·f(s), that of the
	// baseline is p(s)·Σ_{s′} R^{D∖s′}(S,s)·[p(s′)·R(S,s′)·f(s′)].
	out.baseline = func(f []*graph.Node) (b []*graph.Node) {
		for s := range n {
			sum := f[s]
			for t := range n {
				if t != s {
					sum = sum.Add(f[t].Mul(c.of(1<<s|1<<t, all&^(1<<s|1<<t)).Div(c.of(1<<t, all&^(1<<t)))))
				}
			}
			b = append(b, v.picked[s].Mul(sum))
		}
		return b
	}
	return out
}

// chances are those to draw some of the values without replacement from all but
// some others, sets as bits.
type chances struct {
	p     []*graph.Node
	rest  *graph.Node // of the values that were not drawn
	known map[[2]int]*graph.Node
}

// of returns the chance that the first draws, without those that are out, are the set,
// in any order: the sum over which is the last of it.
func (c chances) of(out, set int) *graph.Node {
	if set == 0 {
		return graph.Const(1)
	}
	if p := c.known[[2]int{out, set}]; p != nil {
		return p
	}
	var sum []*graph.Node
	for i := range c.p {
		if set>>i&1 == 0 {
			continue
		}
		left := c.rest // when the last is drawn: all but what is out and the earlier ones
		for j := range c.p {
			if out>>j&1 == 0 && (set&^(1<<i))>>j&1 == 0 {
				left = left.Add(c.p[j])
			}
		}
		part := c.p[i].Div(left)
		if bits.OnesCount(uint(set)) > 1 {
			part = part.Mul(c.of(out, set&^(1<<i)))
		}
		sum = append(sum, part)
	}
	p := graph.AddN(sum...)
	c.known[[2]int{out, set}] = p
	return p
}

func (e Marginalised) list(v *values) *subset {
	n := e.Size
	if n == 0 {
		n = 1
	}
	v.size("Marginalised", n, 1, 64, 2)
	for range n {
		v.pick(v.logp)
	}
	mass := graph.AddN(v.picked...)
	out := &subset{weight: append(slices.Clone(v.picked), v.rest())}
	v.pick(v.logp.Add(v.gumbel()))
	out.baseline = func(f []*graph.Node) (b []*graph.Node) {
		level := graph.AddN(f[:n]...).Div(mass)
		for _, w := range out.weight {
			b = append(b, w.Mul(level))
		}
		return b
	}
	return out
}

// choose gives an enumerated site some of its values.
func (r *run) choose(s *Site, at int, d prob.Dist, table *graph.Node, list func(v *values) *subset) {
	n, event := table.Shape()[at], eventOf(table)
	last := func(x *graph.Node) *graph.Node { // the axis of the values behind the rows, and 1 in its place
		perm := first(r.eventAxis() + 1)
		perm[at], perm[r.eventAxis()] = r.eventAxis(), at
		return graph.Transpose(graph.ExpandDims(x, -1), perm...)
	}
	logp := last(r.padded(d.LogProb(table), 0))
	sh := logp.Shape()
	sh[r.drawAxis()], sh[r.rowAxis()] = r.k, r.b
	logp = graph.StopGrad(graph.BroadcastTo(logp, sh...))
	v := &values{r: r.Record, site: s.Name, axis: at, logp: logp, table: graph.Reshape(table, n, event)}
	s.subset = list(v)
	s.Value = graph.StopGrad(graph.Concat(at, v.chosen...))
	s.logWeight = graph.StopGrad(graph.Log(graph.Concat(at, s.subset.weight...)))
	r.enum[at].size = len(v.chosen)
}

// subsetCosts takes the baseline out of the gradient by the weights.
func subsetCosts(g *gradient, l latent) []Cost {
	b, ok := g.bound.(averaged)
	if !ok {
		graph.Fail("vi: site %s: %s under a bound of importance weights", l.Name, l.name)
	}
	at := g.r.axisOf(l.Name)
	whole := graph.StopGrad(b.whole(l.Site))
	var f []*graph.Node
	for i := range l.subset.weight {
		f = append(f, graph.Slice(whole, at, i, i+1))
	}
	base := graph.StopGrad(graph.Concat(at, l.subset.baseline(f)...))
	return []Cost{{Name: "subset/" + l.Name, Node: g.down(graph.Sum(base.Mul(l.LogQ)).Neg())}}
}
