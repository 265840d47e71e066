package trainers_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// ends tells a watcher of epochs from one on, until it ends the fit: the epoch in
// which it does, or 0.
func ends(t *testing.T, w trainers.Watcher, from int, bounds []float64, name string) int {
	t.Helper()
	for e := from; e <= len(bounds); e++ {
		switch err := w.OnEpoch(trainers.Epoch{Epoch: e, Test: map[string]float64{name: bounds[e-1]}, Train: map[string]float64{name: bounds[e-1]}}); {
		case errors.Is(err, trainers.Stop) || errors.Is(err, trainers.ErrCliff):
			return e
		case err != nil:
			t.Fatal(err)
		}
	}
	return 0
}

// An early stop is where PyTorch's ReduceLROnPlateau would lower the rate for the
// first time: testdata/plateau.csv, by internal/ref/optimizers/plateau.py.
func TestEarlyStoppingAgainstPyTorch(t *testing.T) {
	for name, s := range map[string]trainers.EarlyStopping{
		"default": {}, "impatient": {Patience: -1}, "threshold": {Patience: 2, Threshold: 1.5}, "lower": {Lower: true, Patience: 3, Metric: "error"},
	} {
		var bounds []float64
		want, metric, best := 0, "bound", 0
		if s.Metric != "" {
			metric = s.Metric
		}
		for i, row := range table(t, "plateau.csv")[name] {
			bounds = append(bounds, row[1])
			gain := row[1] - bounds[best]
			if s.Lower {
				gain = -gain
			}
			if want == 0 && row[2] < 1 {
				want = i + 1
			} else if want == 0 && gain > s.Threshold {
				best = i
			}
		}
		for range 2 { // once more from the start
			got := ends(t, &s, 1, bounds, metric)
			if at, v := s.Best(); got != want || !s.Stopped() || at != best+1 || v != bounds[best] {
				t.Errorf("%s: stopped in epoch %d, the best is %d with %v; want %d and %d", name, got, at, v, want, best+1)
			}
		}
	}
}

// A fit that is watched by a restored watcher ends where the first would have,
// wherever it is restored.
func TestWatchersGoOnFromTheirState(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	watchers := map[string]func() trainers.Watcher{
		"early stopping": func() trainers.Watcher { return &trainers.EarlyStopping{Patience: 3, Threshold: .1} },
		"lower":          func() trainers.Watcher { return &trainers.EarlyStopping{Patience: 4, Lower: true} },
		"cliff":          func() trainers.Watcher { return &trainers.Cliff{Fall: 2.5} },
		"convergence":    func() trainers.Watcher { return &trainers.Convergence{Window: 4, Tolerance: .001} },
	}
	ended := map[string]int{}
	for range 30 {
		bounds := make([]float64, 60)
		for i := range bounds {
			bounds[i] = -100 - 10/float64(1+i) + r.NormFloat64()
		}
		for name, make := range watchers {
			want := ends(t, make(), 1, bounds, "bound")
			if want > 0 {
				ended[name]++
			}
			for _, at := range []int{0, 1, 3, want - 1, want} {
				if at < 0 || want > 0 && at > want {
					continue
				}
				first := make()
				ends(t, first, 1, bounds[:at], "bound")
				state, err := first.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				second := make()
				if err := second.UnmarshalBinary(state); err != nil {
					t.Fatal(err)
				}
				if again, err := second.MarshalBinary(); err != nil || !bytes.Equal(state, again) {
					t.Errorf("%s: state %s, restored %s, error %v", name, state, again, err)
				}
				if at == want {
					continue
				}
				if got := ends(t, second, at+1, bounds, "bound"); got != want {
					t.Errorf("%s restored after epoch %d ends in epoch %d, want %d", name, at, got, want)
				}
			}
		}
	}
	for name := range watchers {
		if ended[name] < 5 {
			t.Errorf("%s ended %d of 30 fits", name, ended[name])
		}
	}
}

func TestWatchersRefuseStates(t *testing.T) {
	for _, c := range []struct {
		w     trainers.Watcher
		state string
		want  string
	}{
		{&trainers.EarlyStopping{}, `{`, "trainers: the state of EarlyStopping: "},
		{&trainers.EarlyStopping{}, ``, "trainers: the state of EarlyStopping: "},
		{&trainers.EarlyStopping{}, `{"Epochs":1,"At":1}{}`, "which it never is"},
		{&trainers.EarlyStopping{}, `{"Epochs":-1,"At":1}`, `trainers: the state of EarlyStopping is {"Epochs":-1,"At":1}, which it never is`},
		{&trainers.EarlyStopping{}, `{"Epochs":2,"At":0}`, "never is"},
		{&trainers.EarlyStopping{}, `{"last":[]}`, `unknown field "last"`},
		{&trainers.EarlyStopping{Threshold: -1}, `{}`, "EarlyStopping with a Threshold of -1"},
		{&trainers.Cliff{Fall: 1}, `{"At":-1}`, "never is"},
		{&trainers.Cliff{Fall: 1}, `{"At":0,"Best":1}`, "never is"},
		{&trainers.Cliff{Fall: 1}, `{"At":3,"Best":1,"Falls":[{"Epoch":2,"Back":2}]}`, "never is"},
		{&trainers.Cliff{Fall: 1}, `{"At":3,"Best":1,"Falls":[{"Epoch":4,"Back":2},{"Epoch":3,"Back":2}]}`, "never is"},
		{&trainers.Cliff{}, `{}`, "Cliff with a Fall of 0"},
		{&trainers.Cliff{Fall: 1}, `{"At":3,"Best":1,"Kept":{"Params":"AAAA"}}`, "trainers: the state of Cliff: graph: "},
		{&trainers.Convergence{Window: 1}, `{"last":[1,2,3]}`, "never is"},
		{(*trainers.EarlyStopping)(nil), `{}`, "the EarlyStopping is nil"},
		{(*trainers.Cliff)(nil), `{}`, "the Cliff is nil"},
		{(*trainers.Convergence)(nil), `{}`, "the Convergence is nil"},
	} {
		before, _ := c.w.MarshalBinary()
		err := c.w.UnmarshalBinary([]byte(c.state))
		after, _ := c.w.MarshalBinary()
		if err == nil || !strings.HasPrefix(err.Error(), "trainers: ") || !strings.Contains(err.Error(), c.want) || !bytes.Equal(before, after) {
			t.Errorf("%T, state %s: error %v, want %s", c.w, c.state, err, c.want)
		}
	}
}

// The best parameters are kept, and those at the end are others.
func TestEarlyStoppingKeepsTheBest(t *testing.T) {
	best := &trainers.EarlyStopping{Patience: 2, Params: &graph.Params{Dtype: graph.Float64}}
	params := &graph.Params{Dtype: graph.Float64}
	r, err := trainers.Fit(context.Background(), mean, set(t, 4).Batches(data.BatchConfig{}), trainers.Config{
		Params: params, Epochs: 50, Optimizer: trainers.SGD{Rate: .25}, Test: set(t, 2).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{best},
	})
	if err != nil {
		t.Fatal(err)
	}
	// m = 4(1 − .75ᵗ): 1, 1.75, 2.31, 2.73, 3.05; the held-out number is 2
	if at, v := best.Best(); at != 2 || len(r.Epochs) != 5 || math.Abs(v+.5*.0625+.5*math.Log(2*math.Pi)) > 1e-12 {
		t.Errorf("best %d, %v of %d epochs", at, v, len(r.Epochs))
	}
	state, err := best.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	again := &trainers.EarlyStopping{Patience: 2, Params: &graph.Params{}}
	if err := again.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	if m := elements(t, again.Params, "m")[0]; m != 1.75 {
		t.Errorf("the state that was written has the parameter %v", m)
	}
	if m, n := elements(t, best.Params, "m")[0], elements(t, params, "m")[0]; m != 1.75 || math.Abs(n-4*(1-math.Pow(.75, 5))) > 1e-12 {
		t.Errorf("kept %v, at the end %v", m, n)
	}
}

func TestWatchThatIsRefused(t *testing.T) {
	params := &graph.Params{}
	nan := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		e := mean(s, d)
		e.Terms["odd"] = graph.Log(s.Const(-1))
		return e
	}
	for want, w := range map[string]trainers.Watcher{
		"trainers: Watch[0] is a nil *trainers.EarlyStopping":                                   (*trainers.EarlyStopping)(nil),
		"trainers: Watch[0] is a nil <nil>":                                                     nil,
		"trainers: EarlyStopping with a Threshold of NaN":                                       &trainers.EarlyStopping{Threshold: math.NaN()},
		"trainers: EarlyStopping with a Threshold of 0 from epoch -1":                           &trainers.EarlyStopping{From: -1},
		"trainers: EarlyStopping.Params are those that are trained":                             &trainers.EarlyStopping{Params: params},
		"trainers: EarlyStopping of elbos, which Epoch.Train does not have: it has [bound elbo": &trainers.EarlyStopping{Metric: "elbos"},
		"trainers: EarlyStopping of odd, which is NaN":                                          &trainers.EarlyStopping{Metric: "odd"},
		"trainers: Convergence of odd, which is NaN":                                            &trainers.Convergence{Term: "odd"},
		"trainers: epoch 1: odd is NaN":                                                         &trainers.Cliff{Fall: 1, Metric: "odd"},
		"trainers: Cliff of v, which Epoch.Train does not have":                                 &trainers.Cliff{Fall: 1, Metric: "v"},
		"trainers: Cliff with a Fall of 0, 0 Retries":                                           &trainers.Cliff{},
		"trainers: Cliff with a Fall of 1, -1 Retries":                                          &trainers.Cliff{Fall: 1, Retries: -1},
		"trainers: Cliff with a Fall of 1, 0 Retries, a Factor of 1":                            &trainers.Cliff{Fall: 1, Factor: 1},
		"trainers: a Cliff with Retries without a Test set":                                     &trainers.Cliff{Fall: 1, Retries: 1},
	} {
		_, err := trainers.Fit(context.Background(), nan, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 1, Watch: []trainers.Watcher{w}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
