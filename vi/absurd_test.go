package vi_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var (
		scope    *graph.Scope
		trace    *vi.Trace
		record   *vi.Record
		estimate *vi.Estimate
		at       *vi.At
		data     vi.Data
	)
	normal := func(n *graph.Node) prob.Normal { return prob.Normal{Mean: n, LogStd: n} }
	program, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { s.Output("y", s.Const(1)) })
	if err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{
			"Run": vi.Run, "Sum": vi.Sum, "Term": vi.Term, "EffectiveSampleSize": vi.EffectiveSampleSize, "ParetoShape": vi.ParetoShape,
			"Name": vi.Name, "EvidenceInterval": vi.EvidenceInterval, "SupportMatrix": vi.SupportMatrix, "Predict": vi.Predict,
		},
		Types: []any{
			vi.Activity{}, vi.ELBO{}, vi.Evidence{}, vi.FreeBits{}, vi.IWAE{}, vi.IWVI{}, vi.Renyi{}, vi.Chi{}, vi.Expectation{}, vi.WakeSleep{}, vi.TVO{},
			vi.ReweightedWakeSleep{}, vi.Record{}, vi.Trace{}, vi.Estimate{}, vi.Outside{}, vi.MatMul{}, vi.Draws{}, vi.Site{}, vi.At{},
		},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				x := graph.Tensor([]float64{1, 0}, 2, 1)
				data = vi.Data{"x": x}
				m := s.Param("m", graph.Constant(0), 1)
				model := vi.Model{
					Guide: func(t *vi.Trace) {
						t.Draw("z", normal(m))
						t.Global("w", normal(m))
					},
					Joint: func(t *vi.Trace) {
						t.Global("w", normal(s.Const(0)))
						t.Draw("x", normal(t.Draw("z", normal(s.Const(0)))))
						trace = t
					},
				}
				own := vi.Own{Name: "own", Gradient: func(a *vi.At) { at = a }}
				estimate = vi.ELBO{Config: vi.Config{K: 2, Total: 9, Sites: choice{"z": own}}}.Estimate(s.In("a"), model, data)
				record = estimate.Record
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			n := graph.Tensor([]float64{1, 0}, 2, 1)
			switch t {
			case reflect.TypeFor[*graph.Node]():
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), n, graph.Tensor(make([]float64, 4), 2, 2, 1)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope, scope.In("b")}
			case reflect.TypeFor[*graph.Program]():
				return []any{&graph.Program{}, program}
			case reflect.TypeFor[*vi.Trace]():
				return []any{&vi.Trace{}, trace}
			case reflect.TypeFor[*vi.Record]():
				return []any{&vi.Record{}, record}
			case reflect.TypeFor[*vi.Site]():
				return []any{&vi.Site{}, &vi.Site{P: (*prob.Normal)(nil)}, &vi.Site{P: prob.Uniform{}}, &vi.Site{P: prob.Transformed{}}, record.Site("z")}
			case reflect.TypeFor[*vi.Estimate]():
				return []any{&vi.Estimate{}, estimate}
			case reflect.TypeFor[*vi.At]():
				return []any{&vi.At{}, at}
			case reflect.TypeFor[vi.Data]():
				return []any{vi.Data{}, data, vi.Data{"x": nil}, vi.Data{"x": n, "y": n}}
			case reflect.TypeFor[vi.Func]():
				return []any{
					vi.Func(func(t *vi.Trace) {}),
					vi.Func(func(t *vi.Trace) { t.Draw("x", normal(n)) }),
					vi.Func(func(t *vi.Trace) { t.Draw("x", normal(t.Draw("z", normal(n)))) }),
					vi.Func(func(t *vi.Trace) { t.Draw("z", normal(n)) }),
					vi.Func(func(t *vi.Trace) { t.Draw("z", (*prob.Normal)(nil)) }),
					vi.Func(func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: n}) }),
				}
			case reflect.TypeFor[func(*vi.Record) []*graph.Node]():
				return []any{
					func(*vi.Record) []*graph.Node { return nil },
					func(*vi.Record) []*graph.Node { return []*graph.Node{nil} },
					func(*vi.Record) []*graph.Node { return []*graph.Node{n, new(graph.Node)} },
					func(r *vi.Record) []*graph.Node { return []*graph.Node{r.LogWeights()} },
					func(r *vi.Record) []*graph.Node { return []*graph.Node{r.Site("z").LogQ.Square()} },
				}
			case reflect.TypeFor[prob.Dist]():
				return []any{normal(n), prob.Normal{Mean: n}, (*prob.Normal)(nil), prob.Transformed{}, prob.Bernoulli{Logits: n}, prob.Mixture{}}
			case reflect.TypeFor[vi.Estimator]():
				return []any{
					vi.Pathwise{}, (*vi.Pathwise)(nil), vi.STL{}, vi.DReG{}, vi.DReG{Prior: true}, vi.Score{}, (*vi.Score)(nil), vi.Score{Baseline: (*vi.NVIL)(nil)}, vi.Own{}, vi.Own{Name: "own", Gradient: func(a *vi.At) { a.Score(a.OtherDraws(a.Signal())) }}, vi.VIMCO{},
					vi.Enumerate{}, vi.UnorderedSet{}, vi.Marginalised{}, vi.Marginalised{Size: -1}, vi.GumbelSoftmax{}, vi.StraightThrough{}, vi.GappedST{}, vi.DecoupledST{}, vi.ARM{}, vi.DisARM{}, vi.ARMS{}, vi.ARMS{Group: 7}, vi.ARMS{Gaussian: true}, vi.DoubleCV{}, vi.RODEO{}, vi.RODEO{Hidden: -1}, vi.REBAR{}, vi.RELAX{}, vi.MeasureValued{}, vi.Local{}, vi.Flipout{}, vi.PerDraw{}, vi.Separate{},
				}
			case reflect.TypeFor[vi.Baseline]():
				return []any{vi.MovingAverage{}, vi.LeaveOneOut{}, vi.NVIL{}, vi.NVIL{Hidden: -1}, (*vi.NVIL)(nil), vi.OwnBaseline{}, vi.OwnBaseline{Name: "own", Of: func(a *vi.At, f *graph.Node) *graph.Node { return nil }}}
			}
			return nil
		},
		Calls: 40,
	}.Run(t)
}
