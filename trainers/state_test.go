package trainers_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// loop is a training loop of a user's own.
type loop struct {
	params  *graph.Params
	updater *trainers.Updater
	program *graph.Program
	batches data.Batches
	step    int
}

// newLoop begins with the parameters in a file, "" for new ones.
func newLoop(t *testing.T, dt graph.Dtype, o trainers.Optimizer, clip float64, from string) *loop {
	t.Helper()
	return newLoopBy(t, dt, trainers.UpdateConfig{Optimizer: o, ClipNorm: clip}, from)
}

func newLoopBy(t *testing.T, dt graph.Dtype, c trainers.UpdateConfig, from string) *loop {
	t.Helper()
	x, _ := ppcaData(t, 60, 4)
	l := &loop{params: &graph.Params{Seed: 1, Dtype: dt}, batches: x.Batches(data.BatchConfig{Size: 20, Seed: 2})}
	l.updater = trainers.NewUpdater(l.params, c)
	model := ppcaModel(4, 2, vi.Auto)
	var err error
	if l.program, err = graph.BuildTraining(l.params, func(s *graph.Scope) {
		l.updater.Declare(s, model(s, vi.Data{"x": s.Input("x", 20, 4)}))
	}); err != nil {
		t.Fatal(err)
	}
	if from != "" {
		if err := l.params.Load(from); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func (l *loop) epoch(t *testing.T, epoch int) {
	t.Helper()
	l.each(t, epoch, func() error { return l.updater.Step(l.program) })
}

// each runs the program on each batch of an epoch.
func (l *loop) each(t *testing.T, epoch int, do func() error) {
	t.Helper()
	if err := l.batches.Seek(epoch, 0); err != nil {
		t.Fatal(err)
	}
	for ; l.batches.Next(); l.step++ {
		x := make([]float64, 80)
		if err := l.batches.Fill("x", 0, graph.Array{F64: x}); err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(l.program, "x", x); err != nil {
			t.Fatal(err)
		}
		if err := l.program.Run(context.Background(), graph.Key{Seed: 3, Step: uint32(l.step)}); err != nil {
			t.Fatal(err)
		}
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
}

func (l *loop) values() string {
	out := ""
	for _, name := range l.params.Names() {
		out += fmt.Sprintln(name, l.params.Tensor(name).Data())
	}
	return out
}

// Two epochs, a file and the updater's state, a new program and two epochs more
// are four epochs, bit for bit, whatever the rule.
func TestRestoredStateGoesOn(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range []trainers.Optimizer{trainers.Adam{}, trainers.Adam{AMSGrad: true}, trainers.AdaMax{}, trainers.Adagrad{}, trainers.RMSProp{}, trainers.Momentum{}, trainers.SGD{}, &lion{}} {
			whole := newLoop(t, dt, o, .5, "")
			for e := range 4 {
				whole.epoch(t, e)
			}
			half := newLoop(t, dt, o, .5, "")
			half.epoch(t, 0)
			half.epoch(t, 1)
			path := t.TempDir() + "/model"
			if err := half.params.Save(path); err != nil {
				t.Fatal(err)
			}
			state, err := half.updater.State()
			if err != nil {
				t.Fatal(err)
			}
			half.epoch(t, 2) // what goes on does not change what was taken
			rest := newLoop(t, dt, o, .5, path)
			rest.step = half.step - 3
			if err := rest.updater.Restore(state); err != nil {
				t.Fatal(err)
			}
			again, err := rest.updater.State()
			if err != nil || state.Step != 6 || cmp.Diff(state, again) != "" {
				t.Errorf("%T: state after %d steps, want 6; restored: %s, error %v", o, state.Step, cmp.Diff(state, again), err)
			}
			rest.epoch(t, 2)
			rest.epoch(t, 3)
			if d := cmp.Diff(whole.values(), rest.values()); d != "" {
				t.Errorf("%T, %v: the second half differs: %s", o, dt, d)
			}
			if o.Slots() > 0 { // else nothing is lost
				lost := newLoop(t, dt, o, .5, path)
				lost.step = rest.step - 6
				lost.epoch(t, 2)
				lost.epoch(t, 3)
				if whole.values() == lost.values() {
					t.Errorf("%T: the state makes no difference", o)
				}
			}
		}
	}
}

// Slots that no training leaves are refused, as a rule's update may have no bound
// with them; those that its slots come to at the ends of what they can be are not.
func TestRestoreRefusesSlotsOfNoTraining(t *testing.T) {
	never := "nothing"
	for _, c := range []struct {
		o     trainers.Optimizer
		slots []float64
		want  string
	}{
		{trainers.Adam{}, []float64{1e9, -1e-9}, "v ≥ 0"},
		{trainers.Adam{}, []float64{1e9, 0}, never},
		{trainers.Adam{AMSGrad: true}, []float64{1, 2, 1.5}, "its largest v ≥ v ≥ 0"},
		{trainers.Adam{AMSGrad: true}, []float64{1, 2, 2}, never},
		{trainers.Adagrad{}, []float64{-1e-9}, "v ≥ 0"},
		{&trainers.RMSProp{}, []float64{-1e-9}, "v ≥ 0"},
		{trainers.RMSProp{}, []float64{0}, never},
		{trainers.AdaMax{}, []float64{0, -1}, "u ≥ 0 and |m| ≤ 40.4·u"},
		{trainers.AdaMax{}, []float64{1, 1e-9}, "u ≥ 0 and |m| ≤ 40.4·u"},
		{&trainers.AdaMax{}, []float64{-1, 0}, "u ≥ 0 and |m| ≤ 40.4·u"},
		{trainers.AdaMax{}, []float64{-1, 1}, never},
		{trainers.AdaMax{}, []float64{0, 0}, never},
		{trainers.AdaMax{Beta1: .9, Beta2: .5}, []float64{1, 1e-9}, never}, // m/u has no bound
		{trainers.Momentum{}, []float64{-3}, never},
	} {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			l := newLoop(t, dt, c.o, 0, "")
			l.epoch(t, 0)
			s, err := l.updater.State()
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range c.slots {
				s.Slots["enc/w"][k].Set(3, v)
			}
			want := "trainers: restore: element 3 of parameter enc/w has the slots ["
			switch err := l.updater.Restore(s); {
			case c.want == never && err != nil:
				t.Errorf("%T, slots %v: error %v", c.o, c.slots, err)
			case c.want != never && (err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), fmt.Sprintf("], and %T keeps %s", c.o, c.want))):
				t.Errorf("%T, slots %v: error %v, want %s… %s", c.o, c.slots, err, want, c.want)
			}
		}
	}
}

func TestRestoreErrors(t *testing.T) {
	undeclared := trainers.NewUpdater(&graph.Params{}, trainers.UpdateConfig{Optimizer: trainers.Adam{}})
	_, err := undeclared.State()
	for _, err := range []error{err, undeclared.Restore(trainers.State{})} {
		if want := "trainers: the Updater has no parameters yet"; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	l := newLoop(t, graph.Float32, trainers.Adam{}, 0, "")
	l.epoch(t, 0)
	good, err := l.updater.State()
	if err != nil {
		t.Fatal(err)
	}
	name := slices.Sorted(maps.Keys(good.Slots))[0]
	for want, change := range map[string]func(s *trainers.State){
		"Step -1": func(s *trainers.State) { s.Step = -1 },
		"the state is of a parameter more, those trained are [":                  func(s *trainers.State) { s.Slots["more"] = nil },
		"the state has nothing of parameter " + name:                             func(s *trainers.State) { delete(s.Slots, name) },
		"parameter " + name + " has 1 slots in the state, trainers.Adam keeps 2": func(s *trainers.State) { s.Slots[name] = s.Slots[name][:1] },
		"slot 1 of parameter " + name + " is float64, want float32": func(s *trainers.State) {
			a := s.Slots[name][1]
			s.Slots[name][1] = graph.Array{Shape: a.Shape, F64: make([]float64, a.Len())}
		},
		"slot 0 of parameter " + name + " has shape [1 1]":                func(s *trainers.State) { s.Slots[name][0] = graph.Array{Shape: []int{1, 1}, F32: []float32{1}} },
		"slot 0 of parameter " + name + " has a value that is not finite": func(s *trainers.State) { s.Slots[name][0].Set(0, math.Inf(1)) },
	} {
		s := trainers.State{Step: good.Step, Slots: map[string][]graph.Array{}}
		for n, kept := range good.Slots {
			for _, a := range kept {
				s.Slots[n] = append(s.Slots[n], graph.Array{Shape: a.Shape, F32: slices.Clone(a.F32)})
			}
		}
		change(&s)
		if err := l.updater.Restore(s); err == nil || !strings.HasPrefix(err.Error(), "trainers: restore: "+want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if now, err := l.updater.State(); err != nil || cmp.Diff(good, now) != "" {
			t.Errorf("%s: the state changed", want)
		}
	}
}
