package mcmc

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/latents"
	"github.com/latentgo/latent/vi"
)

// Start says where chains begin. The zero value is uniform numbers from −2 to 2 for
// the reals that stand for the latents, as Stan has them, tried up to 100 times
// until the log density and its gradient are finite.
type Start struct {
	Radius float64              // of the uniform numbers; 0 means 2
	Values map[string][]float64 // by site: of one chain, for all of them, or of each, one after the other; latents that are not named begin uniformly
	Guide  bool                 // each chain begins at a draw of the model's guide
}

// start goes to the first point of a chain.
func (c *chain) start() bool {
	from := c.plan.starts[c.id]
	const tries = 100
	for try := range tries {
		n := kernel.Noise{Key: c.noise.origin, Step: uint32(try)}.Substream(c.noise.chain, 0, 0)
		fixed := true
		for i := range c.z.q {
			if c.z.q[i] = from[i]; math.IsNaN(from[i]) {
				c.z.q[i], fixed = c.plan.radius*(2*n.Uniform()-1), false
			}
		}
		if !c.gradient() {
			return false
		}
		if finite(c.z.g) && !math.IsNaN(c.z.logp) && !math.IsInf(c.z.logp, 0) {
			c.now.take(&c.z, 0)
			return true
		}
		if fixed {
			break
		}
	}
	c.err = errors.Errorf("mcmc: chain %d has no start", c.id)
	c.plan.lost = slices.Clone(c.z.q)
	return false
}

// starts returns the reals at which each chain begins, [chains][D]; NaN stands for
// a uniform number.
func (t *target) starts(ctx context.Context, st Start, chains int, seed uint64) ([][]float64, error) {
	out := make([][]float64, chains)
	for i := range out {
		out[i] = slices.Repeat([]float64{math.NaN()}, t.space.Size)
	}
	values, err := t.given(ctx, st, chains, seed)
	if err != nil || len(values) == 0 {
		return out, err
	}
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		in := make([]*graph.Node, len(t.space.Sites))
		for i, site := range t.space.Sites {
			in[i] = s.In("mcmc/value").Input(site.Name, site.Shape...)
		}
		for i, u := range t.space.Free(in) {
			s.Output("mcmc/free/"+t.space.Sites[i].Name, u)
		}
	})
	if err != nil {
		return nil, errors.WithMessage(err, "mcmc: start")
	}
	for c := range out {
		for _, site := range t.space.Sites {
			v := slices.Repeat([]float64{.5}, graph.Size(site.Shape)) // of sites that are not given, not to be read
			if all, ok := values[site.Name]; ok {
				v = all[c%(len(all)/len(v))*len(v):][:len(v)]
			}
			if err := graph.Feed(p, "mcmc/value/"+site.Name, v); err != nil {
				return nil, errors.WithMessage(err, "mcmc: start")
			}
		}
		if err := p.Run(ctx, graph.Key{}); err != nil {
			return nil, errors.WithMessage(err, "mcmc: start")
		}
		for _, site := range t.space.Sites {
			if _, ok := values[site.Name]; !ok {
				continue
			}
			u := out[c][site.From : site.From+site.Size()]
			if err := graph.Read(p, "mcmc/free/"+site.Name, u); err != nil {
				return nil, errors.WithMessage(err, "mcmc: start")
			}
			if !finite(u) {
				return nil, errors.Errorf("mcmc: chain %d starts with a value of %s outside of its support, %v", c, site.Name, site.Support)
			}
		}
	}
	return out, nil
}

// given returns the values that chains start with by site, of one chain or of all.
func (t *target) given(ctx context.Context, st Start, chains int, seed uint64) (map[string][]float64, error) {
	if st.Guide {
		return t.guided(ctx, chains, seed)
	}
	for _, name := range sorted(st.Values) {
		at := slices.IndexFunc(t.space.Sites, func(s latents.Site) bool { return s.Name == name })
		if at < 0 {
			return nil, errors.Errorf("mcmc: Start.Values has %s, which is no continuous latent; they are %v", name, t.siteNames())
		}
		if n, one := len(st.Values[name]), graph.Size(t.space.Sites[at].Shape); n != one && n != one*chains {
			return nil, errors.Errorf("mcmc: Start.Values has %d numbers for %s, want %d of shape %v, or as many for each of %d chains", n, name, one, t.space.Sites[at].Shape, chains)
		}
	}
	return st.Values, nil
}

func (t *target) siteNames() []string {
	var names []string
	for _, s := range t.space.Sites {
		names = append(names, s.Name)
	}
	return names
}

// guided draws starts from the guide, a run each.
func (t *target) guided(ctx context.Context, chains int, seed uint64) (map[string][]float64, error) {
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		m, d := t.model(s, 0, nil)
		if m.Guide == nil {
			graph.Fail("mcmc: Start.Guide, and the model has no guide")
		}
		r := vi.Run(s.In("mcmc"), m, d, vi.Config{Rows: t.space.Rows, Enumerate: t.space.Enumerated})
		for _, site := range t.space.Sites {
			v := r.Site(site.Name).Value
			if v == nil {
				graph.Fail("mcmc: the guide has no value of %s, whose noise is Local", site.Name)
			}
			s.Output("mcmc/start/"+site.Name, v)
		}
	})
	if err != nil {
		return nil, errors.WithMessage(err, "mcmc: start")
	}
	values := map[string][]float64{}
	for c := range chains {
		if err := p.Run(ctx, graph.Key{Seed: seed, Stream: graph.EvaluationStream, Step: uint32(c)}); err != nil {
			return nil, errors.WithMessage(err, "mcmc: start")
		}
		for _, site := range t.space.Sites {
			v, err := p.Value("mcmc/start/" + site.Name)
			if err != nil {
				return nil, errors.WithMessage(err, "mcmc: start")
			}
			values[site.Name] = append(values[site.Name], v...)
		}
	}
	return values, nil
}

// explain says which part of the log density, or of its gradient, is not finite at
// a point.
func (t *target) explain(ctx context.Context, q []float64, own laneData, lane int) string {
	var parts []string
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		pt := t.at(s, 1)
		parts = nil
		add := func(what string, n *graph.Node) {
			s.Output(fmt.Sprintf("mcmc/part/%d", len(parts)), pt.over(n)[0])
			parts = append(parts, what)
		}
		for _, site := range pt.Record.Sites() {
			if len(t.space.Enumerated) == 0 || site.Global {
				what := "the log density of site " + site.Name
				if !site.Observed {
					what += ", a latent,"
				}
				add(what, graph.Sum(site.LogP))
			}
		}
		l := pt.LogJoint.Add(pt.LogDet)
		add("the log density", l)
		for i, g := range graph.Grad(l, pt.u) {
			add("the derivative by "+t.space.Sites[i].Name, graph.Sum(g))
		}
	})
	if err == nil {
		err = graph.Feed(p, position, q)
	}
	if err == nil {
		err = own.feed(p, lane, 1)
	}
	if err == nil {
		err = p.Run(ctx, graph.Key{})
	}
	for i, what := range parts {
		if err != nil {
			break
		}
		var v []float64
		if v, err = p.Value(fmt.Sprintf("mcmc/part/%d", i)); err == nil && !finite(v) {
			return fmt.Sprintf("%s is %v", what, v[0])
		}
	}
	return "the log density or its gradient is not finite"
}

func (st Start) check(chains int) error {
	switch {
	case !(st.Radius >= 0) || math.IsInf(st.Radius, 1):
		return errors.Errorf("mcmc: Start.Radius %v, want a number above 0, or 0 for 2", st.Radius)
	case st.Guide && len(st.Values) > 0:
		return errors.New("mcmc: Start has both Guide and Values: choose one")
	}
	return nil
}

func (st Start) radius() float64 { return cmp.Or(st.Radius, 2) }
