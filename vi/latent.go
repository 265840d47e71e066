package vi

import (
	"fmt"
	"maps"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// wishes are the estimators that a Config asks for.
type wishes struct {
	all   Estimator
	sites map[string]Estimator
}

func newWishes(c Config) wishes {
	w := wishes{c.Estimator, maps.Clone(c.Sites)}
	if w.all != nil {
		w.all = plain("every latent", w.all)
	}
	for name, e := range w.sites {
		if e != nil {
			w.sites[name] = plain(name, e)
		}
	}
	return w
}

// at returns the estimator asked for at a site, which is a product or not; nil
// for the default. What Config asks for at every latent is for the sites that
// it can be for: noise of products at products, others elsewhere.
func (w wishes) at(name string, product bool) Estimator {
	if e, ok := w.sites[name]; ok {
		return e
	}
	if w.all != nil && w.all.describe().needs.has(weight) == product {
		return w.all
	}
	return nil
}

// latent returns the estimator of a latent that is no product, by which it is
// drawn.
func (w wishes) latent(name string) estimator {
	if e := w.at(name, false); e != nil {
		return e.describe()
	}
	return Pathwise{}.describe()
}

// product returns the noise of a product.
func (w wishes) product(name string) estimator {
	if e := w.at(name, true); e != nil {
		return e.describe()
	}
	return Local{}.describe()
}

// latent is a site that was drawn or enumerated, with its estimator.
type latent struct {
	*Site
	estimator
}

type latents []latent

// in returns the same latents as another run has them.
func (ls latents) in(r *Record) latents {
	out := make(latents, len(ls))
	for i, l := range ls {
		out[i] = latent{r.Site(l.Name), l.estimator}
	}
	return out
}

// held returns the values that no gradient may pass.
func (ls latents) held() []*graph.Node {
	var hold []*graph.Node
	for _, l := range ls {
		if l.estimator.held {
			hold = append(hold, l.Value)
		}
	}
	return hold
}

// guideScore returns log q of a guide's site as it stands in a bound: constant
// where the estimator drops its gradient by the parameters.
func (l latent) guideScore() *graph.Node {
	if l.drops {
		return graph.StopGrad(l.LogQ)
	}
	return l.LogQ
}

// guideScore is that of a site; live where it is not among the latents.
func (ls latents) guideScore(s *Site) *graph.Node {
	for _, l := range ls {
		if l.Site == s {
			return l.guideScore()
		}
	}
	return s.LogQ
}

// assign gives every latent of a run its estimator. It refuses what the
// objective does not take, and what an estimator lacks at its site.
func assign(r *Record, o objective) latents {
	asked, ls, wanted := r.of.asked, latents{}, []Estimator{}
	taken := asked.all == nil || asked.all.describe().needs.has(holds)
	for _, s := range r.filter(drawn) {
		wish := asked.at(s.Name, s.product)
		_, own := asked.sites[s.Name]
		e := asked.latent(s.Name)
		switch {
		case s.product:
			e = asked.product(s.Name)
		case s.Enumerated:
			if own && wish != nil && !wish.describe().needs.has(listed) {
				graph.Fail("vi: site %s is enumerated and has the estimator %s: choose one", s.Name, Name(wish))
			}
			if !own || e.list == nil {
				wish, e = nil, Enumerate{}.describe()
			}
		case s.Global && e.needs.has(holds):
			wish, e = nil, Pathwise{}.describe()
		}
		taken = taken || wish != nil && !own
		ls, wanted = append(ls, latent{s, e}), append(wanted, wish)
	}
	if !taken && len(ls) > 0 {
		graph.Fail("vi: no site takes the Estimator %s: Local, Flipout, PerDraw, Single and Separate are of products, others of latents that are neither products nor enumerated nor in Sites; the latents are %v", Name(asked.all), r.names(drawn))
	}
	for i, l := range ls {
		if o.bare {
			l.realised(wanted[i])
			l.complete(r, ls)
			continue
		}
		l.taken(r, o, wanted[i])
		l.complete(r, ls)
		l.trains(r, o)
	}
	if !o.inside {
		manyDraws(r, ls)
	}
	return ls
}

// taken refuses a latent whose estimator, which was wanted or is the default,
// the objective does not take.
func (l latent) taken(r *Record, o objective, wanted Estimator) {
	verdict := support(l.estimator, o, l.kind())
	switch {
	case o.inside && !l.Global && !l.Enumerated:
		graph.Fail("vi: site %s: %s weighs draws of globals, and %s has draws for each datum; enumerate it, or use vi.IWAE", l.Name, o.name, l.Name)
	case !l.passes(l.Site) && (wanted == nil || verdict != refused):
		graph.Fail("vi: site %s is drawn from %s, whose draws have no pathwise derivative: %s takes %s there; or draw it from a reparameterised distribution (prob.Pathwise), or give it as data", l.Name, prob.NameOf(l.law()), o.name, ways(o, l.Site))
	case verdict == refused:
		way := ""
		if _, own := r.of.asked.sites[l.Name]; !own && wanted != nil && !l.needs.has(holds) {
			way = "; the Estimator is of every latent: choose another for " + l.Name + " in Sites"
		}
		graph.Fail("vi: site %s: %s does not take %s at %s site; it takes %s%s", l.Name, o.name, l.name, l.kind(), ways(o, l.Site), way)
	}
}

// realised refuses estimators that a run without an objective cannot realise:
// their gradient is not that of the values in a Record. A latent for which none
// was wanted may be of any law, as no gradient need be taken.
func (l latent) realised(wanted Estimator) {
	switch {
	case wanted == nil:
	case l.needs&(signals|holds) != 0:
		graph.Fail("vi: site %s: %s has costs of its own, which only an objective adds: give it to one, such as vi.ELBO, vi.IWAE or, for terms of your own, vi.Expectation, and take the Record of its Estimate; vi.Run takes vi.Pathwise, GumbelSoftmax, StraightThrough, GappedST, DecoupledST, Enumerate and the noise of products", l.Name, l.name)
	case !l.passes(l.Site) || support(l.estimator, alone, l.kind()) == refused:
		graph.Fail("vi: site %s: %s is not for %s site drawn from %s", l.Name, l.name, l.kind(), prob.NameOf(l.law()))
	}
}

// complete refuses a latent that does not have what its estimator needs of the
// site itself.
func (l latent) complete(r *Record, all latents) {
	if why := l.lacks(r); why != "" {
		graph.Fail("vi: site %s: %s", l.Name, why)
	}
	if l.check != nil {
		l.check(r, all, l)
	}
}

// lacks says what is missing, "" if nothing is.
func (l latent) lacks(r *Record) string {
	_, set := l.law().(setDist)
	_, steps := l.law().(overTime)
	_, gauss := l.law().(prob.Normal)
	switch {
	case l.needs.has(guided) && l.Q == nil:
		return l.name + " drops the score of a guide, and the guide does not have the site; use vi.Pathwise"
	case l.needs.has(listed) && !l.Enumerated:
		return l.name + " as the Estimator of every latent gives the site no axis: choose it for the site in Sites, or for Enumerate name the site in Config.Enumerate"
	case l.needs.has(separable) && !l.Global && r.summedIn(l.Value.Shape()) != "":
		return fmt.Sprintf("%s moves the draws of all values of %s at once, which the joint sums over inside a logarithm; use vi.Score", l.name, r.summedIn(l.Value.Shape()))
	case l.needs.has(density) && steps:
		return l.wants() + ", and it is drawn within a Scan, where that is known at its own value only" + l.instead()
	case l.needs.has(density) && set:
		return l.wants() + ", and the guide Set a value whose density is known there only" + l.instead()
	case l.needs.has(several) && r.K < 2:
		return fmt.Sprintf("%s compares draws with each other and needs K of 2 or more, not %d", l.name, r.K)
	case l.needs.has(normal) && !l.product && !gauss: // Product looks at its own
		return fmt.Sprintf("%s is for prob.Normal, not %s; use vi.Pathwise or vi.Score", l.name, prob.NameOf(l.law()))
	}
	return ""
}

// trains refuses a latent that an objective cannot be trained with.
func (l latent) trains(r *Record, o objective) {
	switch {
	case l.prior && !l.Enumerated:
		graph.Fail("vi: site %s: %s of a model without a guide would draw it from its prior, which is no inference; give the model a guide, or enumerate %s, or estimate log p(x) by vi.Evidence", l.Name, o.name, l.Name)
	case l.Global && r.Total == 0:
		graph.Fail("vi: %s has the global site %s: set Total, the size of the data set, by which its divergence is divided", o.name, l.Name)
	case l.Global && r.Scope.Training() && r.Total < r.Rows:
		graph.Fail("vi: a step on %d rows with a Total of %d: Total is the size of the data set, by which the divergence of the global site %s is divided", r.Rows, r.Total, l.Name)
	}
}

// manyDraws refuses more draws than one where all that is drawn is globals.
func manyDraws(r *Record, ls latents) {
	globals := r.globals()
	if r.K < 2 || len(globals) == 0 {
		return
	}
	way := ""
	for _, l := range ls {
		if l.perRow || l.needs.has(several) || !l.Global && !l.Enumerated {
			return
		}
		if l.product {
			way = "; or use vi.Local or vi.PerDraw, which draw K times"
		}
	}
	graph.Fail("vi: K of %d draws, and all that is drawn is the global %s, once a run: set K to 1%s", r.K, globals[0].Name, way)
}
