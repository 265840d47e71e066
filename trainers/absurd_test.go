package trainers_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	model := observing(1, func(m *graph.Node) prob.Dist { return prob.Normal{Mean: m, LogStd: m} })
	rows := set(t, 1, 2, 3)
	var scope *graph.Scope
	var estimate *vi.Estimate
	updater := func() *trainers.Updater {
		return trainers.NewUpdater(&graph.Params{}, trainers.UpdateConfig{Optimizer: trainers.Adam{}})
	}
	u := updater()
	params := &graph.Params{}
	program, err := graph.BuildTraining(params, func(s *graph.Scope) {
		u.Declare(s, model(s, vi.Data{"x": graph.Tensor([]float64{1}, 1, 1)}))
		s.Output("y", s.Const(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{"Fit": trainers.Fit, "Evaluate": trainers.Evaluate, "Predict": trainers.Predict, "Draw": trainers.Draw, "Laplace": trainers.Laplace, "Evidence": trainers.Evidence, "Part": trainers.Part, "NewUpdater": trainers.NewUpdater},
		Types: []any{
			trainers.Adam{}, trainers.AdaMax{}, trainers.Adagrad{}, trainers.RMSProp{}, trainers.Momentum{}, trainers.SGD{}, trainers.LBFGS{}, trainers.Updater{}, trainers.NotFinite{}, trainers.Convergence{}, trainers.EarlyStopping{}, trainers.Cliff{}, trainers.Step{},
			trainers.Constant(0), trainers.WarmUp{}, trainers.StepDecay{}, trainers.Cosine{}, trainers.InverseRoot{}, trainers.ScheduleFunc(nil),
		},
		Within: func(name string, call func()) error {
			if name != "Updater.Declare" && name != "Part" {
				call()
				return nil
			}
			_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				estimate = model(s, vi.Data{"x": graph.Tensor([]float64{1}, 1, 1)})
				call()
			})
			scope, estimate = nil, nil
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope}
			case reflect.TypeFor[*vi.Estimate]():
				return []any{&vi.Estimate{}, estimate}
			case reflect.TypeFor[*graph.Program]():
				return []any{&graph.Program{}, program}
			case reflect.TypeFor[*graph.Params]():
				return []any{&graph.Params{}}
			case reflect.TypeFor[data.Batches]():
				return []any{(&data.Set{}).Batches(data.BatchConfig{}), rows.Batches(data.BatchConfig{}), &data.Join{}}
			case reflect.TypeFor[trainers.Bound]():
				return []any{model, trainers.Bound(func(*graph.Scope, vi.Data) *vi.Estimate { return &vi.Estimate{} })}
			case reflect.TypeFor[*trainers.Updater]():
				return []any{&trainers.Updater{}, updater(), u}
			case reflect.TypeFor[trainers.Optimizer]():
				return []any{trainers.Adam{}, (*trainers.Adam)(nil), trainers.Momentum{Rate: -1}, trainers.AdaMax{}}
			case reflect.TypeFor[trainers.Schedule]():
				return []any{trainers.Constant(1), trainers.WarmUp{}, (*trainers.Cosine)(nil), trainers.ScheduleFunc(nil)}
			case reflect.TypeFor[trainers.Watcher]():
				return []any{&trainers.Convergence{}, (*trainers.Cliff)(nil), &trainers.Cliff{Fall: 1, Retries: 2}, &trainers.EarlyStopping{Params: params}}
			case reflect.TypeFor[[]byte]():
				return []any{[]byte("{}"), []byte(`{"At":-1}`), []byte("["), []byte(`{"At":1,"Kept":{}}`)}
			case reflect.TypeFor[int]():
				return []any{3} // few epochs
			}
			return nil
		},
	}.Run(t)
}
