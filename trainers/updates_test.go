package trainers_test

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// everyRule has each rule of the package, and a user's.
func everyRule() []trainers.Optimizer {
	return []trainers.Optimizer{
		trainers.Adam{}, trainers.Adam{Uncorrected: true}, trainers.Adam{AMSGrad: true}, trainers.AdaMax{}, trainers.Adagrad{}, trainers.RMSProp{},
		trainers.Momentum{}, trainers.Momentum{Nesterov: true}, trainers.SGD{}, &lion{},
	}
}

// everything is a configuration with all that there is beside the rule, for
// parameters of which some are called w.
func everything(o trainers.Optimizer) trainers.UpdateConfig {
	return trainers.UpdateConfig{
		Optimizer: o, ClipNorm: .5, Rate: trainers.Cosine{Steps: 20, WarmUp: 3, Floor: .1}, Groups: []trainers.Group{{Match: "w$", Rate: .5, Decay: .01}},
		Plateau: &trainers.Plateau{Patience: -1, Factor: .7}, Average: &trainers.Average{Decay: .9, From: 2},
	}
}

// twoParts is the model two with an updater, its program having run.
func twoParts(t *testing.T, dt graph.Dtype, c trainers.UpdateConfig) (*trainers.Updater, *graph.Program) {
	t.Helper()
	params := &graph.Params{Dtype: dt}
	u := trainers.NewUpdater(params, c)
	p, err := stepOf(t, u, params)
	if err != nil {
		t.Fatal(err)
	}
	return u, p
}

// stepOf returns a program of the model two for an updater, which has run.
func stepOf(t *testing.T, u *trainers.Updater, params *graph.Params) (*graph.Program, error) {
	t.Helper()
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		u.Declare(s, two(s, vi.Data{"x": s.Tensor([]float64{1}, 1, 1)}))
	})
	if err != nil {
		return nil, err
	}
	return p, p.Run(context.Background(), graph.Key{})
}

// A step allocates nothing once the slots are there, whatever the rule and
// whatever comes with it.
func TestStepDoesNotAllocate(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range append(everyRule()[:9], sgd{1e-9}) {
			for _, c := range []trainers.UpdateConfig{{Optimizer: o, ClipNorm: 1}, everything(o)} {
				u, p := twoParts(t, dt, c)
				step := func(err error) {
					if err != nil {
						t.Fatal(err)
					}
				}
				for name, f := range map[string]func(){
					"a step":          func() { step(u.Step(p)) },
					"several batches": func() { step(u.Add(p, 1)); step(u.Add(p, 2)); step(u.Apply()) },
				} {
					if n := testing.AllocsPerRun(5, f); n != 0 {
						t.Errorf("%T %v: %v allocations in %s", o, dt, n, name)
					}
				}
			}
		}
	}
}

// Steps and averages are the same bits on any number of processors.
func TestUpdatesAreTheSameOnAnyProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range everyRule() {
			run := func(procs int) string {
				runtime.GOMAXPROCS(procs)
				u, p := twoParts(t, dt, everything(o))
				for range 3 {
					for _, err := range []error{u.Add(p, 1), u.Add(p, 2), u.Apply(), u.Step(p)} {
						if err != nil {
							t.Fatal(err)
						}
					}
				}
				return fmt.Sprint(elements(t, p.Params(), "b/w"), elements(t, u.Average(), "b/w"))
			}
			if run(1) != run(2) {
				t.Errorf("%T%+[1]v, %v: the number of processors makes a difference", o, dt)
			}
		}
	}
}

// Whatever an updater can be told, Fit can be told too, by the same name.
func TestConfigHasWhatUpdateConfigHas(t *testing.T) {
	all := reflect.TypeFor[trainers.Config]()
	for _, f := range reflect.VisibleFields(reflect.TypeFor[trainers.UpdateConfig]()) {
		if g, ok := all.FieldByName(f.Name); !ok || g.Type != f.Type {
			t.Errorf("Config has no %s of type %v", f.Name, f.Type)
		}
	}
}
