package vi

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
)

// Latents runs a joint on the data of a guide and returns the sites that are
// still to be drawn: those that have no value by data, nor by what the guide has
// drawn so far, and are not enumerated, in the order drawn. Each has its law, P,
// and a draw from it, Value, of the prior where it depends on other sites of the
// list. The run is only looked at: it counts in no bound. It is what guides that
// are made for a joint stand on, and what samplers need to know of one.
//
// A site whose law has no Sample, such as an improper prior, aborts the build.
func (t *Trace) Latents(joint Func) []*Site {
	t.outsideSteps("Latents")
	if joint == nil {
		graph.Fail("vi: the latents of no joint")
	}
	if t.joint {
		graph.Fail("vi: Latents is asked for by a joint, want a guide")
	}
	defer graph.Enter("the latents of the joint")()
	look := *t.r.Record
	t.r.looks++
	look.Scope, look.enum, look.sites, look.below = look.Scope.In(fmt.Sprint("latents", t.r.looks)), slices.Clone(look.enum), nil, nil
	have := map[string]bool{}
	for _, s := range t.r.sites {
		copied := *s
		look.sites, have[s.Name] = append(look.sites, &copied), true
	}
	door.Probe(look.Scope, func() {
		joint(&Trace{r: &run{Record: &look, used: map[string]bool{}}, joint: true})
	})
	return look.filter(func(s *Site) bool { return !have[s.Name] && s.left() })
}

// Latents returns the sites that are latent and not enumerated, in the order drawn:
// what is left to infer after a run of a joint without a guide.
func (r *Record) Latents() []*Site {
	r.alive()
	return r.filter((*Site).left)
}

func (s *Site) left() bool { return !s.Observed && !s.Enumerated && !s.isBlock() }

// Reals returns the support of a latent's law in the joint, to which prob.Constrain
// maps real numbers without bounds. It refuses a law to which none are mapped, and
// says what would do: one that is discrete or a point, or whose support is not known
// when the graph is built.
func (s *Site) Reals() prob.Support {
	if s == nil || s.P == nil {
		graph.Fail("vi: the reals of a site that has no law in the joint")
	}
	p := lawOf(s.P)
	set, says := prob.SupportOf(p)
	_, finite := p.(prob.Finite)
	law := prob.NameOf(p)
	switch {
	case finite || says && set.Discrete():
		way := "sum it out in the joint, as by a prob.Mixture, use a continuous latent in its place"
		switch {
		case s.Global:
			way += ", or take the model once for each of its values (Config.Globals)"
		case finite:
			way = "sum it out, by Config.Enumerate or in the joint by a prob.Mixture"
		}
		graph.Fail("vi: site %s is drawn from %s, which is discrete, and no real numbers stand for it: %s, or draw %s in a guide function of your own", s.Name, law, way, s.Name)
	case says:
		return set
	}
	way := "draw from one whose support is known when the graph is built, give a law of your own a method Support() prob.Support"
	switch law := p.(type) {
	case prob.Delta:
		graph.Fail("vi: site %s has no density, its law is prob.Delta: use its value, or a law with some width", s.Name)
	case prob.Uniform:
		way = "its ends are not constants of one number: draw u from prob.Uniform between 0 and 1 and use low + (high − low)·u"
	case prob.Transformed:
		way = fmt.Sprintf("that of %T on %s is not known: draw from the law itself and apply the bijector to the draw", law.Bijector, prob.NameOf(law.Base))
	}
	graph.Fail("vi: site %s: %s does not say which values it can take: %s, or draw %s in a guide function of your own", s.Name, law, way, s.Name)
	return prob.Support{}
}
