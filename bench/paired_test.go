package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The interval of a ratio of variances holds it as often as it says, whether noise is
// common or not and for skewed gradients, and is sharper where noise is common.
func TestIntervalsOfRatiosCover(t *testing.T) {
	const rounds, draws = 100, 600
	normal := func(r *rand.Rand) float64 { return r.NormFloat64() }
	skewed := func(r *rand.Rand) float64 { u := r.Float64(); return (u*u - 1./3) / math.Sqrt(4./45) }
	var width [3]float64
	for i, c := range []struct {
		name   string
		of     func(r *rand.Rand) float64
		common float64 // of a's noise in b
	}{{"independent", normal, 0}, {"common", normal, 1}, {"skewed", skewed, 1}} {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		held, offered := 0, 0
		for range rounds {
			a, b := newMoments(1), newMoments(1)
			for range draws {
				e := c.of(r)
				a.begin()
				part(a, 0, []float64{e}, nil)
				a.add()
				b.begin()
				part(b, 0, []float64{c.common*e + math.Sqrt(1.25-c.common*c.common)*c.of(r)}, nil)
				b.add()
			}
			d, err := Compare(Row{Size: 1, sum: a.sum()}, Row{Size: 1, sum: b.sum()})
			if err != nil {
				t.Fatal(err)
			}
			if math.IsNaN(d.Lo) {
				continue
			}
			offered++
			if d.Lo <= .8 && .8 <= d.Hi {
				held++
			}
			width[i] += (d.Hi - d.Lo) / rounds
		}
		if covers := float64(held) / float64(offered); offered < rounds*8/10 || covers < chance(.94, rounds, -2.5) {
			t.Errorf("%s: offered %d times of %d, covers %.3f", c.name, offered, rounds, covers)
		}
	}
	if !(width[1] < .75*width[0]) {
		t.Errorf("on common noise the interval is %v wide, and %v on other", width[1], width[0])
	}
}
