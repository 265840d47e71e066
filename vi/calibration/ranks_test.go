package calibration_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/calibration"
)

// study simulates θ ~ N(0, 1), y ~ N(θ, 1), whose posterior is N(y/2, ½), and takes
// for it one that is shifted and stretched.
func study(t *testing.T, n, k int, shift, stretch float64) *calibration.Ranks {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ranks, err := calibration.Run(context.Background(), n, func(context.Context, int) (calibration.Replication, error) {
		theta := []float64{r.NormFloat64(), r.NormFloat64()}
		d := &vi.Draws{K: k, Shape: []int{2}, Values: make([]float64, 2*k)}
		y := []float64{theta[0] + r.NormFloat64(), theta[1] + r.NormFloat64()}
		for i := range d.Values {
			d.Values[i] = y[i%2]/2 + shift + stretch*math.Sqrt(.5)*r.NormFloat64()
		}
		return calibration.Replication{Truth: map[string][]float64{"theta": theta}, Draws: map[string]*vi.Draws{"theta": d}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ranks
}

// The exact posterior passes both tests, a wrong width the symmetry alone, a wrong
// centre none.
func TestWhatIsFound(t *testing.T) {
	for _, c := range []struct {
		name            string
		shift, stretch  float64
		uniform, centre bool
	}{
		{"exact", 0, 1, true, true}, {"narrow", 0, .5, false, true}, {"wide", 0, 2, false, true}, {"high", .4, 1, false, false}, {"low and narrow", -.3, .6, false, false},
	} {
		r := study(t, 400, 99, c.shift, c.stretch)
		for j, p := range r.Uniformity("theta", 20) {
			if (p > .01) != c.uniform {
				t.Errorf("%s: element %d uniform with probability %v", c.name, j, p)
			}
		}
		for j, s := range r.Symmetry("theta") {
			if (s.P > .01) != c.centre || c.shift != 0 && (s.Mean > .5) != (c.shift > 0) {
				t.Errorf("%s: element %d to a side with %+v", c.name, j, s)
			}
		}
	}
	got, want := study(t, 400, 99, 0, .5).Counts("theta", 0, 10)
	if got[0] < 2*int(want[0]) || got[9] < 2*int(want[9]) {
		t.Errorf("ranks of a narrow posterior %v, want a ∪ over %v", got, want)
	}
}

// Under the exact posterior the probabilities of both tests are not small more
// often than they say.
func TestLevels(t *testing.T) {
	const studies = 300
	r := rand.New(rand.NewPCG(3, 4))
	rejected, oneSided := 0, 0
	for range studies {
		ranks := &calibration.Ranks{}
		for range 100 {
			d := &vi.Draws{K: 19, Shape: []int{1}, Values: make([]float64, 19)}
			for i := range d.Values {
				d.Values[i] = r.Float64()
			}
			if err := ranks.Add(calibration.Replication{Truth: map[string][]float64{"u": {r.Float64()}}, Draws: map[string]*vi.Draws{"u": d}}); err != nil {
				t.Fatal(err)
			}
		}
		if ranks.Uniformity("u", 10)[0] < .1 {
			rejected++
		}
		if ranks.Symmetry("u")[0].P < .1 {
			oneSided++
		}
	}
	for what, n := range map[string]int{"uniformity": rejected, "symmetry": oneSided} {
		if f := float64(n) / studies; f > .15 || f < .03 {
			t.Errorf("%s refuses %v of exact studies at .1", what, f)
		}
	}
}

func TestRanks(t *testing.T) {
	r := &calibration.Ranks{}
	d := &vi.Draws{K: 3, Shape: []int{2}, Values: []float64{1, 7, 2, 7, 3, 7}}
	if err := r.Add(calibration.Replication{Truth: map[string][]float64{"a": {2.5, 7}}, Draws: map[string]*vi.Draws{"a": d, "other": nil}}); err != nil {
		t.Fatal(err)
	}
	if got := r.Of("a"); !slices.Equal(got[0], []int{2}) || !slices.Equal(got[1], []int{1}) || r.Draws() != 3 {
		t.Errorf("ranks %v of %d draws", got, r.Draws())
	}
	truth := func(v ...float64) map[string][]float64 { return map[string][]float64{"a": v} }
	for want, one := range map[string]calibration.Replication{
		"a replication without a true value":    {},
		"true values of [b] after those of [a]": {Truth: map[string][]float64{"b": {1}}},
		"a has a true value and no draws":       {Truth: truth(1, 2)},
		"a has 1 true values and 6 in 3 draws":  {Truth: truth(1), Draws: map[string]*vi.Draws{"a": d}},
		"2 draws of a, 3 before":                {Truth: truth(1, 2), Draws: map[string]*vi.Draws{"a": {K: 2, Values: make([]float64, 4)}}},
		"a is NaN":                              {Truth: truth(1, math.NaN()), Draws: map[string]*vi.Draws{"a": d}},
		"a has 1 elements, 2 before":            {Truth: truth(1), Draws: map[string]*vi.Draws{"a": {K: 3, Values: make([]float64, 3)}}},
	} {
		if err := r.Add(one); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestPredictive(t *testing.T) {
	largest := func(y []float64) float64 { return slices.Max(y) }
	c, err := calibration.Predictive([]float64{1, 5}, &vi.Draws{K: 4, Shape: []int{2}, Values: []float64{1, 2, 5, 0, 6, 1, 4, 4}}, largest)
	if err != nil || c.Observed != 5 || c.P != .5 || !slices.Equal(c.Replicated, []float64{2, 5, 6, 4}) {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := calibration.Predictive([]float64{1}, &vi.Draws{K: 4, Values: make([]float64, 8)}, largest); err == nil {
		t.Error("no error for data of another size")
	}
	for want, y := range map[string][]float64{"of the data is NaN": {math.NaN(), 1}, "of draw 1 is NaN": {1, 5}} {
		d := &vi.Draws{K: 2, Shape: []int{2}, Values: []float64{1, 2, 5, math.NaN()}}
		if _, err := calibration.Predictive(y, d, largest); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if p := study(t, 10, 9, 0, 1).Uniformity("theta", 0)[0]; !math.IsNaN(p) {
		t.Errorf("ranks in no bins are uniform with probability %v", p)
	}
}
