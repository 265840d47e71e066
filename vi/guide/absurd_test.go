package guide_test

import (
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// No function of the package ends in an error of the Go runtime, whatever it is
// given; a guide is run where one is made.
func TestAbsurdArguments(t *testing.T) {
	var scope *graph.Scope
	joint := vi.Func(func(t *vi.Trace) { t.Draw("y", unit(t.Global("w", prob.StdNormal(1)))) })
	made := func(s *graph.Scope, f vi.Func, c guide.Config) *vi.Record {
		if f == nil {
			f = joint
		}
		return vi.Run(scope.In("run"), vi.Model{Joint: f, Guide: guide.New(s, f, c)}, vi.Data{"y": graph.Tensor([]float64{1, 0}, 2, 1)}, vi.Config{})
	}
	absurd.Sweep{
		Funcs: map[string]any{"New": made},
		Types: []any{guide.Uniform{}},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope}
			case reflect.TypeFor[vi.Func]():
				return []any{joint, vi.Func(func(*vi.Trace) {}), vi.Func(func(t *vi.Trace) { t.Draw("y", unit(t.Draw("z", prob.StdNormal(2)))) })}
			case reflect.TypeFor[guide.Family]():
				return []any{guide.Normal{}, guide.Delta{}, guide.FullRank{}, guide.LowRank{}, guide.LowRank{Rank: -1}, guide.Laplace{}, guide.Flow{}, (*guide.Normal)(nil)}
			case reflect.TypeFor[guide.Init]():
				return []any{guide.Zero{}, guide.Uniform{}, guide.Median{}, guide.Values{}, (*guide.Uniform)(nil)}
			}
			return nil
		},
		Bare: []string{"New"},
	}.Run(t)
}
