package graph_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

func one(s *scope) { s.Output("one", s.Const(1)) }

// A Build within a Build is an error, and builds go on after it: in the same
// function, after it, and in other goroutines.
func TestBuildWithinBuild(t *testing.T) {
	params := &graph.Params{}
	for _, build := range []func(*graph.Params, func(*scope)) (*graph.Program, error){graph.Build, graph.BuildTraining} {
		for _, inner := range []*graph.Params{params, {}} {
			_, err := graph.Build(params, func(s *scope) {
				_, err := build(inner, one)
				if want := "graph: Build within the function of another Build, which must return first"; err == nil || err.Error() != want {
					t.Errorf("inner error %v, want %s", err, want)
				}
				one(s)
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := graph.Build(params, one); err != nil {
				t.Error(err)
			}
		}
	}
	func() {
		defer func() { recover() }()
		graph.Build(params, func(*scope) { panic("a bug of the model's") })
	}()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := graph.Build(&graph.Params{}, one); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// gate is a task that waits inside a program, so that it is busy for sure.
type gate struct{ in, out chan struct{} }

func (g gate) Do(int, int) { close(g.in); <-g.out }

// nothing is a task without parts.
type nothing struct{}

func (nothing) Do(int, int) {}

func TestBusyProgramIsAnError(t *testing.T) {
	p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) { s.Output("y", s.Input("x", 2).Shift(1)) })
	feed := func() error { return graph.Feed(p, "x", []float64{1, 2}) }
	if err := feed(); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	uses := map[string]func() error{
		"run":             func() error { return p.Run(context.Background(), graph.Key{}) },
		"feed x":          feed,
		"commit":          p.Commit,
		"parallel":        func() error { return door.Parallel(p, 0, nothing{}) },
		"read y":          func() error { return graph.Read(p, "y", make([]float64, 2)) },
		"view y":          func() error { _, err := graph.View[float64](p, "y"); return err },
		"look into a run": func() error { return p.NonFinite("y") },
	}
	g := gate{make(chan struct{}), make(chan struct{})}
	done := make(chan error)
	go func() { done <- door.Parallel(p, 1, g) }()
	<-g.in
	for what, use := range uses {
		if err, want := use(), "graph: "+what+": this Program is running in another goroutine"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	close(g.out)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for what, use := range uses {
		if err := use(); err != nil {
			t.Errorf("%s after the task: %v", what, err)
		}
	}
}

// Within an Update the program is busy too, but for Parallel and for what reads
// its outputs, and it is idle afterwards.
func TestUseWithinUpdate(t *testing.T) {
	p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) { s.Output("y", s.Input("x", 2).Shift(1)) })
	uses := map[string]func() error{
		"run":             func() error { return p.Run(context.Background(), graph.Key{}) },
		"feed x":          func() error { return graph.Feed(p, "x", []float64{1, 2}) },
		"commit":          p.Commit,
		"look into a run": func() error { return p.NonFinite("y") },
	}
	for _, first := range []string{"feed x", "run"} {
		if err := uses[first](); err != nil {
			t.Fatal(err)
		}
	}
	err := p.Update(func() error {
		for what, use := range uses {
			if err, want := use(), "graph: "+what+": this Program is running in another goroutine"; err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		}
		if err := door.Parallel(p, 1, nothing{}); err != nil {
			t.Error(err)
		}
		return graph.Read(p, "y", make([]float64, 2))
	})
	if err != nil {
		t.Error(err)
	}
	for what, use := range uses {
		if err := use(); err != nil {
			t.Errorf("%s after the update: %v", what, err)
		}
	}
}

// Goroutines that run one program at will get errors, never a panic.
func TestProgramOfManyGoroutines(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		w := s.Param("w", graph.Gaussian{Std: .1}, 200, 200)
		s.Output("y", graph.Sum(graph.Tanh(graph.MatMul(s.Noise("e", graph.GaussianNoise, 200, 200), w)), -1))
	})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if err := p.Run(context.Background(), graph.Key{}); err != nil && !strings.HasSuffix(err.Error(), "in another goroutine") {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// Everything that reads parameters may do so while a program trains, and sees
// all of a step or nothing of it: elements of w are equal between two steps.
// The race detector watches.
func TestReadersDuringTraining(t *testing.T) {
	params := &graph.Params{}
	model := func(s *scope) {
		w, c := s.Param("w", graph.Constant(0), 3000), s.State("c", graph.Constant(0), 1)
		s.Output("y", graph.Sum(w, 0).Add(c))
		s.Assign(c, c.Shift(1))
	}
	train, err := graph.BuildTraining(params, model)
	if err != nil {
		t.Fatal(err)
	}
	stop, wg := make(chan struct{}), sync.WaitGroup{}
	equal := func(w []float32) {
		for _, v := range w {
			if v != w[0] {
				t.Error("read half of a step")
				return
			}
		}
	}
	path := filepath.Join(t.TempDir(), "p")
	file := func() error {
		q := &graph.Params{}
		if err := params.Save(path); err != nil {
			return err
		}
		if err := q.Load(path); err != nil {
			return err
		}
		w, err := graph.Values[float32](q, "w")
		equal(w)
		return err
	}
	reader := build(t, params, model)
	for _, read := range []func() error{
		file,
		func() error { w, err := graph.Values[float32](params, "w"); equal(w); return err },
		func() error { equal(params.Tensor("w").Data().([]float32)); return nil },
		func() error { return reader.Run(context.Background(), graph.Key{}) },
		func() error { params.Names(); _, err := graph.Build(params, model); return err },
	} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
				if err := read(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 200 {
		if err := train.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		err := train.Update(func() error {
			w, err := graph.Memory[float32](params, "w")
			for i := range w {
				w[i]++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond / 2)
	}
	close(stop)
	wg.Wait()
}

func TestStateThatIsNotFiniteIsNotWritten(t *testing.T) {
	params := &graph.Params{}
	p, err := graph.BuildTraining(params, func(s *scope) {
		good, bad := s.State("good", graph.Constant(0), 1), s.State("bad", graph.Constant(0), 1)
		s.Assign(good, good.Shift(1))
		s.Assign(bad, graph.Log(bad))
		s.Output("y", good)
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	called := false
	err = p.Update(func() error { called = true; return nil })
	if want := "graph: commit: the value for bad is not finite"; err == nil || err.Error() != want || called {
		t.Errorf("error %v (parameters updated: %v), want %s", err, called, want)
	}
	if v := values(t, params, "good"); v[0] != 0 {
		t.Errorf("state good is %v, want 0 as before", v)
	}
}
