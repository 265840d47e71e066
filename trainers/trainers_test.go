package trainers_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// mean is a model of one parameter: x ~ N(m, 1), maximum likelihood.
func mean(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := s.Param("m", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)})
	}}, d)
}

func set(t testing.TB, x ...float64) *data.Set {
	t.Helper()
	s, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShortLastBatchCountsByItsRows(t *testing.T) {
	params := &graph.Params{}
	rows := 0
	r, err := trainers.Fit(context.Background(), mean, set(t, 0, 0, 0, 0, 3).Batches(data.BatchConfig{Size: 2}), trainers.Config{
		Params: params, Epochs: 1, Optimizer: trainers.Adam{Rate: 1e-12},
		OnStep: func(trainers.Step) error { rows++; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows != 3 || r.Steps != 3 {
		t.Errorf("%d steps, want 3", rows)
	}
	want := -.5*math.Log(2*math.Pi) - .5*9/5
	if got := r.Epochs[0].Train["bound"]; math.Abs(got-want) > 1e-6 {
		t.Errorf("mean bound %v, want %v", got, want)
	}
}

func TestSameSeedSameResultOnAnyProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	x, _ := ppcaData(t, 130, 4)
	fit := func(procs int, seed uint64) (string, []trainers.Epoch) {
		runtime.GOMAXPROCS(procs)
		params := &graph.Params{Seed: seed}
		r, err := trainers.Fit(context.Background(), ppcaModel(4, 2, vi.Auto), x.Batches(data.BatchConfig{Size: 50, Seed: seed}), trainers.Config{
			Params: params, Epochs: 3, Seed: seed, Test: x.Batches(data.BatchConfig{Size: 50, Seed: seed, Evaluation: true}),
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Epochs {
			r.Epochs[i].Seconds, r.Epochs[i].ExamplesPerSecond = 0, 0
		}
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := params.Save(path); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), r.Epochs
	}
	model, epochs := fit(1, 1)
	again, epochsAgain := fit(2, 1)
	if model != again || !cmp.Equal(epochs, epochsAgain) {
		t.Errorf("two fits of one seed differ: %s", cmp.Diff(epochs, epochsAgain))
	}
	other, _ := fit(2, 2)
	if other == model {
		t.Error("another seed gives the same parameters")
	}
}

func TestFrozenParametersStay(t *testing.T) {
	params := &graph.Params{}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		a, b := s.In("a").Frozen().Param("m", graph.Constant(0), 1), s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: a.Add(b), LogStd: s.Const(0)})
		}}, d)
	}
	if _, err := trainers.Fit(context.Background(), model, set(t, 3).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 5}); err != nil {
		t.Fatal(err)
	}
	a, _ := graph.Values[float32](params, "a/m")
	b, _ := graph.Values[float32](params, "m")
	if a[0] != 0 || b[0] == 0 {
		t.Errorf("frozen %v, trained %v", a[0], b[0])
	}
}

func TestClipNorm(t *testing.T) {
	// The first step of Adam is α·sign(g) whatever the norm; the second shows
	// the clipping, since the moments of a clipped gradient are equal.
	params := &graph.Params{Dtype: graph.Float64}
	if _, err := trainers.Fit(context.Background(), mean, set(t, 1000).Batches(data.BatchConfig{}), trainers.Config{
		Params: params, Epochs: 1, ClipNorm: 1e-9, Optimizer: trainers.Adam{Rate: 1, Epsilon: 1e-9},
	}); err != nil {
		t.Fatal(err)
	}
	m, _ := graph.Values[float64](params, "m")
	if math.Abs(m[0]-.5) > 1e-6 { // g = 1e-9 = ε: α·g/(g+ε)
		t.Errorf("clipped step %v, want .5", m[0])
	}
}
