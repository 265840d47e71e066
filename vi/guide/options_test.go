package guide_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has no
// entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	joint := func(t *vi.Trace) {
		w := t.Global("w", prob.StdNormal(2))
		t.Draw("y", unit(t.Draw("z", prob.StdNormal(1)).Add(graph.Slice(w, 0, 0, 1))))
	}
	of := func(c guide.Config) string {
		params := &graph.Params{Dtype: graph.Float64}
		p, err := graph.Build(params, func(s *graph.Scope) {
			e := vi.ELBO{Config: vi.Config{Total: 9}}.Estimate(s, vi.Model{Joint: joint, Guide: func(t *vi.Trace) {
				guide.New(s.In("q"), joint, c)(t)
				if c.Sites != nil {
					t.Given("row")
					t.Draw("z", prob.StdNormal(1))
				}
			}}, vi.Data{"y": s.Tensor([]float64{1, 2}, 2, 1), "row": s.Tensor([]float64{1, 2}, 2, 1)})
			s.Output("bound", e.Value)
		})
		if err != nil {
			return "error " + err.Error()
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			return "error " + err.Error()
		}
		v, _ := p.Value("bound")
		return fmt.Sprint(v, params.Names(), params.Tensor("q/z/mean"), params.Tensor("q/w/mean"))
	}
	plain := guide.Config{Index: "row", Rows: 4}
	with := func(f func(c *guide.Config)) string {
		c := plain
		f(&c)
		return of(c)
	}
	family := func(f guide.Family) string { return with(func(c *guide.Config) { c.Family = f }) }
	init := func(i guide.Init) string { return with(func(c *guide.Config) { c.Init = i }) }
	base := of(plain)
	exported.Effects(t, map[string][][]string{
		"Config.Family":  {{base, family(guide.FullRank{})}},
		"Config.Sites":   {{base, with(func(c *guide.Config) { c.Sites = []string{"w"} })}},
		"Config.Init":    {{base, init(guide.Zero{})}},
		"Config.Scale":   {{base, with(func(c *guide.Config) { c.Scale = 2 })}},
		"Config.Index":   {{base, with(func(c *guide.Config) { c.Index = "v" }), "the data have no array v"}},
		"Config.Rows":    {{base, with(func(c *guide.Config) { c.Rows = 8 })}},
		"Config.Name":    {{family(guide.FullRank{}), with(func(c *guide.Config) { c.Family, c.Name = guide.FullRank{}, "all" })}},
		"LowRank.Rank":   {{family(guide.LowRank{}), family(guide.LowRank{Rank: 1})}},
		"Flow.New":       {{family(guide.Flow{}), family(guide.Flow{New: func(s *graph.Scope, d int) prob.Bijector { return flow.NewPlanar(s, d, flow.Config{}) }})}},
		"Uniform.Radius": {{init(guide.Uniform{}), init(guide.Uniform{Radius: 1})}},
		"Median.Draws":   {{init(guide.Median{}), init(guide.Median{Draws: 3})}},
		"Values.Of":      {{init(guide.Values{}), init(guide.Values{Of: map[string][]float64{"w": {1, 2}}})}},
		"Values.Else":    {{init(guide.Values{}), init(guide.Values{Else: guide.Zero{}})}},
	})
}
