package trainers_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// rates is a rule that notes the factors of its rate.
type rates struct{ saw *[]float64 }

func (rates) Slots() int { return 0 }

func (r rates) Step(p trainers.Tensor) { *r.saw = append(*r.saw, p.Rate) }

// TestPlateauAgainstPyTorch compares the factors of the rate with
// testdata/plateau.csv, made by internal/ref/optimizers/plateau.py.
func TestPlateauAgainstPyTorch(t *testing.T) {
	all := table(t, "plateau.csv")
	for name, c := range map[string]trainers.Plateau{
		"default": {}, "impatient": {Patience: -1, Factor: .5}, "threshold": {Patience: 2, Factor: .8, Threshold: 1.5, Floor: .3},
		"lower": {Lower: true, Patience: 3, Factor: .9, Metric: "error"},
	} {
		var saw []float64
		u, p := twoParts(t, graph.Float64, trainers.UpdateConfig{Optimizer: rates{&saw}, Plateau: &c})
		for _, row := range all[name] {
			metric := "bound"
			if c.Metric != "" {
				metric = c.Metric
			}
			if err := u.Observe(map[string]float64{metric: row[1], "other": 0}); err != nil {
				t.Fatal(err)
			}
			saw = nil
			if err := u.Step(p); err != nil {
				t.Fatal(err)
			}
			if math.Abs(saw[0]-row[2]) > 1e-14 || saw[1] != saw[0] {
				t.Errorf("%s, epoch %v: factors %v, want %v", name, row[0], saw, row[2])
			}
		}
		if len(all[name]) != 60 {
			t.Errorf("%s: %d epochs, want 60", name, len(all[name]))
		}
	}
}

// In a fit it observes the test set, or the training without one, and what is
// wrong with its metric is an error.
func TestPlateauInAFit(t *testing.T) {
	x := set(t, 1, 2, 3)
	fit := func(metric string, test bool) (string, []float64) {
		var saw []float64
		c := trainers.Config{
			Epochs: 3, Optimizer: rates{&saw}, Plateau: &trainers.Plateau{Patience: -1, Metric: metric}, Params: &graph.Params{Dtype: graph.Float64},
		}
		if test {
			c.Test = x.Batches(data.BatchConfig{Evaluation: true})
		}
		if _, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{}), c); err != nil {
			return err.Error(), saw
		}
		return "", saw
	}
	for _, test := range []bool{false, true} {
		if err, saw := fit("", test); err != "" || len(saw) != 3 || saw[0] != 1 || saw[1] != 1 || math.Abs(saw[2]-.1) > 1e-15 {
			t.Errorf("factors %v, error %v", saw, err)
		}
		if err, _ := fit("accuracy", test); !strings.HasPrefix(err, "trainers: the Plateau's Metric accuracy is none of [bound") {
			t.Errorf("error %v", err)
		}
	}
	u, _ := twoParts(t, graph.Float64, trainers.UpdateConfig{Plateau: &trainers.Plateau{}})
	if err := u.Observe(map[string]float64{"bound": math.NaN()}); err == nil || err.Error() != "trainers: the Plateau's Metric bound is NaN" {
		t.Errorf("error %v", err)
	}
	u, _ = twoParts(t, graph.Float64, trainers.UpdateConfig{})
	if err := u.Observe(map[string]float64{"bound": 1}); err == nil || err.Error() != "trainers: observe: the Updater has no Plateau to tell it" {
		t.Errorf("error %v", err)
	}
}
