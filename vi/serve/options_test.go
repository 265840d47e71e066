package serve_test

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// asked is what a new model answers, as text.
func asked(t *testing.T, spec serve.Spec, c serve.Config, op string, q serve.Request) string {
	t.Helper()
	m, err := serve.New(spec, &graph.Params{Seed: 3}, c)
	if err != nil {
		return "error " + err.Error()
	}
	defer m.Close()
	return answer(m, op, q)
}

func answer(m *serve.Model, op string, q serve.Request) string {
	var r serve.Reply
	if err := m.Do(context.Background(), op, q, &r); err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(r)
}

// listed is what a new model says of its operations.
func listed(t *testing.T, spec serve.Spec) string {
	m := start(t, spec, &graph.Params{}, serve.Config{Runs: 1})
	return fmt.Sprint(m.Operations())
}

// tape is a Meter that writes down the runs. The first run of it waits until as many
// rows wait as hold says.
type tape struct {
	mu       sync.Mutex
	text     string
	hold     int
	began    bool
	waiting  int
	requests int
}

func (m *tape) Request(op string, rows int, _ time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
}

func (m *tape) Run(op string, requests, rows, size int, _ time.Duration) {
	for {
		m.mu.Lock()
		if m.began = true; m.waiting >= m.hold {
			m.hold = 0
			m.text += fmt.Sprint(op, requests, rows, size, ";")
			m.mu.Unlock()
			return
		}
		m.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func (m *tape) Waiting(rows int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = rows
}

// runs is what a model tells of the runs for three requests, two of which come
// during the first.
func runs(t *testing.T, c serve.Config) string {
	t.Helper()
	meter := &tape{hold: 4}
	c.Meter, c.Runs = meter, 1
	m := start(t, vaeSpec, &graph.Params{}, c)
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() { answer(m, serve.Encode, serve.Request{Values: xs(bits(1, 2*pixels))}) })
		for began := false; i == 0 && !began; time.Sleep(time.Millisecond) {
			meter.mu.Lock()
			began = meter.began
			meter.mu.Unlock()
		}
	}
	all.Wait()
	return meter.text
}

// goroutines is how many a model has after a request.
func goroutines(t *testing.T, c serve.Config) string {
	t.Helper()
	large := serve.Spec{Model: func(s *graph.Scope) vi.Model {
		w := s.Param("w", graph.Glorot{}, 400, 900)
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(400))
			t.Draw("x", prob.Normal{Mean: graph.MatMul(z, w), LogStd: graph.Const(0)})
		}}
	}, Arrays: []serve.Array{{Name: "x", Shape: []int{900}}}}
	settled := func() (n int) {
		for i := 0; i < 20; i++ { // those of other models end
			if is := runtime.NumGoroutine(); is != n {
				n, i = is, 0
			}
			time.Sleep(time.Millisecond)
		}
		return n
	}
	runtime.GC()
	before := settled()
	m := start(t, large, &graph.Params{}, c)
	if text := answer(m, serve.Sample, serve.Request{Rows: 2}); strings.HasPrefix(text, "error") {
		return text
	}
	defer m.Close()
	return fmt.Sprint(settled() - before)
}

// delayed tells whether a lone request waits for others.
func delayed(t *testing.T, c serve.Config) string {
	t.Helper()
	m := start(t, vaeSpec, &graph.Params{}, c)
	best := time.Hour
	for range 3 {
		before := time.Now()
		answer(m, serve.Encode, serve.Request{Values: xs(bits(1, pixels))})
		best = min(best, time.Since(before))
	}
	return fmt.Sprint(best > 100*time.Millisecond)
}

// builds is how often a model is built for requests of two kinds that take turns.
func builds(t *testing.T, c serve.Config) string {
	t.Helper()
	spec, n := vaeSpec, 0
	spec.Model = func(s *graph.Scope) vi.Model { n++; return vae(s) }
	c.Runs = 1
	m := start(t, spec, &graph.Params{}, c)
	for range 3 {
		answer(m, serve.Encode, serve.Request{Values: xs(bits(1, 9*pixels))})
		answer(m, serve.ELBO, serve.Request{Values: xs(bits(1, 9*pixels))})
	}
	return fmt.Sprint(n)
}

// TestEveryOptionHasAnEffect: answers that differ, or a second that is an error which
// holds the third. A new field has no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	x := xs(bits(1, 2*pixels))
	holes := maps.Clone(x)
	holes["x"] = slices.Clone(x["x"])
	holes["x"][3] = nan
	by := func(c serve.Config) string {
		return asked(t, vaeSpec, c, serve.LogLikelihood, serve.Request{Values: x})
	}
	of := func(change func(*serve.Spec), op string, q serve.Request) string {
		s := vaeSpec
		s.Arrays = slices.Clone(s.Arrays)
		change(&s)
		return asked(t, s, serve.Config{}, op, q)
	}
	same := func(*serve.Spec) {}
	request := func(q serve.Request) string { return asked(t, vaeSpec, serve.Config{}, serve.Encode, q) }
	imputed := func(c serve.Config) string {
		return asked(t, vaeSpec, c, serve.Impute, serve.Request{Values: holes, Draws: 4})
	}
	metered := func(c serve.Config) string {
		m := &tape{}
		c.Meter = m
		by(c)
		return fmt.Sprint(m.requests)
	}
	one := 0.5
	min1 := func(s *serve.Spec) { s.Arrays[0].Min = &one }
	max1 := func(s *serve.Spec) { s.Arrays[0].Max = &one }
	array := func(change func(*serve.Array)) string {
		s := vaeSpec
		s.Arrays = slices.Clone(s.Arrays)
		change(&s.Arrays[0])
		return listed(t, s)
	}
	labelled := func(enumerate []string) string {
		s := serve.Spec{Model: classes, Arrays: []serve.Array{{Name: "x", Shape: []int{4}}}, Enumerate: enumerate}
		return asked(t, s, serve.Config{}, serve.LogLikelihood, serve.Request{Values: xs([]float64{1, 0, 1, 1}), Draws: 8})
	}
	optional := func(is bool) string {
		return listed(t, serve.Spec{Model: classes, Arrays: []serve.Array{{Name: "x", Shape: []int{4}}, {Name: "y", Shape: []int{1}, Optional: is}}})
	}
	plain := by(serve.Config{})
	all := map[string][][]string{
		"Spec.Model":     {{request(serve.Request{Values: x}), asked(t, serve.Spec{Arrays: vaeSpec.Arrays}, serve.Config{}, serve.Encode, serve.Request{}), "no Model"}},
		"Spec.Arrays":    {{plain, of(func(s *serve.Spec) { s.Arrays = nil }, serve.Encode, serve.Request{}), "x"}},
		"Spec.Enumerate": {{labelled(nil), labelled([]string{"y"})}},
		"Spec.Objective": {{of(same, serve.ELBO, serve.Request{Values: x}), of(func(s *serve.Spec) { s.Objective = vi.IWAE{Config: vi.Config{K: 5}} }, serve.ELBO, serve.Request{Values: x})}},
		"Spec.Calls": {{listed(t, vaeSpec), func() string {
			s := vaeSpec
			s.Calls = map[string]serve.Call{"own": func(_ *graph.Scope, _ vi.Model, d vi.Data) map[string]*graph.Node {
				return map[string]*graph.Node{"twice": d["x"].Scale(2)}
			}}
			return listed(t, s)
		}()}},
		"Array.Name":     {{array(func(*serve.Array) {}), of(func(s *serve.Spec) { s.Arrays[0].Name = "y" }, serve.Encode, serve.Request{Values: x}), "x"}},
		"Array.Shape":    {{plain, of(func(s *serve.Spec) { s.Arrays[0].Shape = []int{pixels - 1} }, serve.Encode, serve.Request{Values: x}), "29"}},
		"Array.Optional": {{optional(false), optional(true)}},
		"Array.Min":      {{plain, of(min1, serve.Encode, serve.Request{Values: x}), "outside of"}},
		"Array.Max":      {{plain, of(max1, serve.Encode, serve.Request{Values: x}), "outside of"}},
		"Array.About":    {{array(func(*serve.Array) {}), array(func(a *serve.Array) { a.About = "ink" })}},

		"Config.Batch":    {{runs(t, serve.Config{}), runs(t, serve.Config{Batch: 2})}},
		"Config.Delay":    {{delayed(t, serve.Config{}), delayed(t, serve.Config{Delay: 101 * time.Millisecond})}},
		"Config.Alone":    {{runs(t, serve.Config{}), runs(t, serve.Config{Alone: true})}},
		"Config.Runs":     {{goroutines(t, serve.Config{Runs: 1}), goroutines(t, serve.Config{Runs: 4})}},
		"Config.Workers":  {{goroutines(t, serve.Config{Runs: 1}), goroutines(t, serve.Config{Runs: 1, Workers: 3})}},
		"Config.Queue":    {{plain, by(serve.Config{Queue: 1}), "at most 1"}},
		"Config.Rows":     {{plain, by(serve.Config{Rows: 1}), "at most 1"}},
		"Config.Draws":    {{plain, by(serve.Config{Draws: 50})}},
		"Config.MaxDraws": {{plain, asked(t, vaeSpec, serve.Config{Draws: 10, MaxDraws: 20}, serve.LogLikelihood, serve.Request{Values: x, Draws: 21}), "at most 20"}},
		"Config.Steps":    {{imputed(serve.Config{Steps: 1}), imputed(serve.Config{Steps: 3})}},
		"Config.Memory":   {{builds(t, serve.Config{}), builds(t, serve.Config{Memory: 1})}},
		"Config.Half":     {{plain, by(serve.Config{Half: true})}},
		"Config.Meter":    {{fmt.Sprint(0), metered(serve.Config{})}},
		"Config.Version":  {{plain, by(serve.Config{Version: "7"})}},

		"Request.Values": {{request(serve.Request{Values: x}), request(serve.Request{Values: xs(bits(2, 2*pixels))})}},
		"Request.Rows":   {{request(serve.Request{Values: x}), request(serve.Request{Values: x, Rows: 3}), "Rows says 3"}},
		"Request.Draws":  {{request(serve.Request{Values: x}), request(serve.Request{Values: x, Draws: 2})}},
		"Request.Seed":   {{request(serve.Request{Values: x}), request(serve.Request{Values: x, Seed: 1})}},
	}
	maps.Copy(all, bundleOptions(t))
	exported.Effects(t, all, "Bundle", "Operation", "Output", "Reply")
}
