package vi_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// A training step has no more rows than the data set; what evaluates a trained
// model, on data of any number, keeps the Total of the training set.
func TestTotalBelowTheRowsOfAStep(t *testing.T) {
	for name, o := range map[string]vi.Objective{
		"ELBO": vi.ELBO{Config: vi.Config{Total: 2}}, "FreeBits": vi.FreeBits{Config: vi.Config{Total: 2}, Lambda: .1}, "IWAE": vi.IWAE{Config: vi.Config{K: 2, Total: 2}}, "Renyi": vi.Renyi{Config: vi.Config{K: 2, Total: 2}},
	} {
		f := func(s *graph.Scope) {
			q := prob.Normal{Mean: s.Param("mean", graph.Constant(0), 1), LogStd: s.Param("log_std", graph.Constant(0), 1)}
			e := o.Estimate(s, vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.StdNormal(1))
					t.Draw("x", prob.Normal{Mean: z.Add(t.Global("w", prob.StdNormal(1))), LogStd: graph.Const(0)})
				},
				Guide: func(t *vi.Trace) { t.Draw("z", q); t.Global("w", q) },
			}, vi.Data{"x": s.Input("x", 3, 1)})
			s.Output("bound", e.Value)
		}
		if _, err := graph.Build(&graph.Params{}, f); err != nil {
			t.Errorf("%s: evaluation: %v", name, err)
		}
		want := "vi: a step on 3 rows with a Total of 2: Total is the size of the data set, by which the divergence of the global site w is divided"
		if _, err := graph.BuildTraining(&graph.Params{}, f); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: training: error %v, want %s", name, err, want)
		}
	}
}
