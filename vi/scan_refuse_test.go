package vi_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// What a step cannot do is refused by name.
func TestScanRefusals(t *testing.T) {
	within := func(f func(t *vi.Trace, z *graph.Node)) vi.Func {
		return func(t *vi.Trace) {
			t.Scan(graph.Loop{Steps: 3}, zero(), nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
				f(t, z[0])
				return z, nil
			})
		}
	}
	draw := func(d func(z *graph.Node) prob.Dist) vi.Func {
		return within(func(t *vi.Trace, z *graph.Node) { t.Draw("z", d(z)) })
	}
	unit := func(z *graph.Node) prob.Dist { return gaussianOf(z, 1) }
	bit := func(z *graph.Node) prob.Dist { return prob.Bernoulli{Logits: z} }
	steps := func(t *vi.Trace, z, _ nodes) (next, outs nodes) { return z, nil }
	for _, c := range []struct {
		joint vi.Func
		c     vi.Config
		d     []int // the shape of z, if it is given
		want  string
	}{
		{draw(unit), vi.Config{Estimator: vi.Score{}}, nil, "site z: Score is not for a latent that is drawn within a Scan, which takes vi.Pathwise"},
		{draw(bit), vi.Config{Enumerate: []string{"z"}}, nil, "z is enumerated and drawn within a Scan"},
		{within(func(t *vi.Trace, z *graph.Node) { t.Draw("z", unit(z)); t.Draw("z", unit(z)) }), vi.Config{}, nil, "z is drawn twice"},
		{within(func(t *vi.Trace, z *graph.Node) { t.Global("w", unit(z)) }), vi.Config{}, nil, "Global of w within a Scan"},
		{within(func(t *vi.Trace, z *graph.Node) { t.Scan(graph.Loop{Steps: 2}, nil, nil, steps) }), vi.Config{}, nil, "Scan within a Scan"},
		{func(t *vi.Trace) { t.Scan(graph.Loop{}, nil, nil, nil) }, vi.Config{}, nil, "Scan: the step is nil"},
		{func(t *vi.Trace) { t.Scan(graph.Loop{}, nil, nodes{graph.Const(1)}, steps) }, vi.Config{}, nil, "Scan: sequence 0 of shape [], want [1 2 T event…]"},
		{func(t *vi.Trace) {
			graph.Scan(graph.Loop{Steps: 2}, nil, nil, func(_, _ nodes) (next, outs nodes) { return nil, nodes{t.Draw("z", gaussianOf(graph.Const(0), 1))} })
		}, vi.Config{}, nil, "z is drawn within a graph.Scan that is not the Trace's"},
		{draw(unit), vi.Config{}, []int{2, 4, 1}, "z is drawn at 3 steps of a Scan and has a value of shape [1 2 4 1], want [1 2 T event…] with T = 3"},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			c.c.Rows = 2
			d := vi.Data{}
			if c.d != nil {
				d["z"] = s.Input("z", c.d...)
			}
			s.Output("n", vi.Run(s, vi.Model{Joint: c.joint}, d, c.c).Site("z").LogP)
		})
		if err == nil || !strings.Contains(err.Error(), "vi: "+c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		m := vi.Model{Joint: aWalk.joint, Guide: aWalk.posterior(s.Param("w", graph.Constant(0), 1))}
		o := vi.ELBO{KL: vi.ClosedForm}
		s.Output("e", o.Estimate(s, m, vi.Data{"x": s.Input("x", 2, aWalk.steps, 1)}).Value)
	})
	if want := "vi: closed-form KL at z: it has none for these distributions"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
