package trainers_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// What an Updater lacks is an error of whatever is asked of it.
func TestUpdaterMistakes(t *testing.T) {
	params := &graph.Params{}
	for want, u := range map[string]*trainers.Updater{
		"the Updater is nil or has no Params": trainers.NewUpdater(nil, trainers.UpdateConfig{Optimizer: trainers.Adam{}}),
		"Optimizer is a nil *trainers.Adam":   trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: (*trainers.Adam)(nil)}),
		"ClipNorm -1, want 0 or more":         trainers.NewUpdater(params, trainers.UpdateConfig{ClipNorm: -1}),
		"ClipNorm NaN, want 0 or more":        trainers.NewUpdater(params, trainers.UpdateConfig{ClipNorm: math.NaN()}),
	} {
		_, declared := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) { u.Declare(s, mean(s, vi.Data{"x": s.Input("x", 2, 1)})) })
		_, state := u.State()
		for _, err := range []error{declared, u.Step(nil), u.Add(nil, 1), u.Apply(), u.Observe(nil), state, u.Restore(trainers.State{})} {
			if err == nil || !strings.Contains(err.Error(), "trainers: "+want) {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	}
}

// A program of other parameters, or one that did not declare the updater, changes
// nothing.
func TestStepOfAnotherProgram(t *testing.T) {
	params, others := &graph.Params{}, &graph.Params{}
	u, v := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.SGD{}}), trainers.NewUpdater(others, trainers.UpdateConfig{Optimizer: trainers.SGD{}})
	build := func(p *graph.Params, declare func(s *graph.Scope, e *vi.Estimate)) *graph.Program {
		prog, err := graph.BuildTraining(p, func(s *graph.Scope) { declare(s, mean(s, vi.Data{"x": s.Tensor([]float64{1}, 1, 1)})) })
		if err != nil {
			t.Fatal(err)
		}
		if err := prog.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		return prog
	}
	build(params, u.Declare)
	for want, p := range map[string]*graph.Program{
		"trainers: the program was built with other Params than the Updater has": build(others, v.Declare),
		"graph: view trainers/grad/m: no such output":                            build(params, func(s *graph.Scope, e *vi.Estimate) { s.Output("value", e.Value) }),
	} {
		if err := u.Step(p); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	for _, p := range []*graph.Params{params, others} {
		if m, err := graph.Values[float32](p, "m"); err != nil || m[0] != 0 {
			t.Errorf("m is %v, error %v", m, err)
		}
	}
}

// A step before Declare is an error that leaves the updater as new.
func TestStepBeforeDeclare(t *testing.T) {
	params := &graph.Params{}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.SGD{}})
	step := func(build func(s *graph.Scope, e *vi.Estimate)) error {
		p, err := graph.BuildTraining(params, func(s *graph.Scope) {
			build(s, mean(s, vi.Data{"x": s.Tensor([]float64{1}, 1, 1)}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		return u.Step(p)
	}
	undeclared := step(func(s *graph.Scope, e *vi.Estimate) { s.Output("value", e.Value) })
	if want := "trainers: the Updater has no parameters yet: build a program that calls Declare first"; undeclared == nil || undeclared.Error() != want {
		t.Errorf("error %v, want %s", undeclared, want)
	}
	before, err := graph.Values[float32](params, "m")
	if err != nil {
		t.Fatal(err)
	}
	if err := step(u.Declare); err != nil {
		t.Fatal(err)
	}
	if after, err := graph.Values[float32](params, "m"); err != nil || after[0] == before[0] {
		t.Errorf("m stays %v, error %v", after, err)
	}
}
