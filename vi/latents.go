package vi

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
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
	t.alive()
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
	return look.filter(func(s *Site) bool {
		return !have[s.Name] && !s.Observed && !s.Enumerated
	})
}
