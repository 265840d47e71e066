package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func fill(m *moments, n int, draw func(x []float64)) {
	x := make([]float64, len(m.mean))
	for range n {
		draw(x)
		m.begin()
		part(m, 0, x, nil)
		m.add()
	}
}

// The moments agree with gonum's of all draws kept.
func TestMomentsAreThoseOfTheDraws(t *testing.T) {
	const n, size = 60000, 3
	r := rand.New(rand.NewPCG(1, 2))
	var all []float64
	m := newMoments(size)
	fill(m, n, func(x []float64) {
		a, b := r.NormFloat64(), r.ExpFloat64()
		x[0], x[1], x[2] = 5+a, -a+2*b, .5*b
		all = append(all, x...)
	})
	var cov mat.SymDense
	draws := mat.NewDense(n, size, all)
	stat.CovarianceMatrix(&cov, draws, nil)
	for i := range size {
		if want := stat.Mean(mat.Col(nil, i, draws), nil); math.Abs(m.mean[i]-want) > 1e-10 {
			t.Errorf("mean %d: %v, want %v", i, m.mean[i], want)
		}
	}
	if want := mat.Trace(&cov); math.Abs(m.total.mean-want) > 1e-9 {
		t.Errorf("variance %v, want %v", m.total.mean, want)
	}
	var two, three mat.Dense
	two.Mul(&cov, &cov)
	three.Mul(&two, &cov)
	for _, c := range []struct {
		name string
		got  running
		want float64
	}{{"tr Σ²", m.squared, mat.Trace(&two)}, {"tr Σ³", m.cubed, mat.Trace(&three)}} {
		if math.Abs(c.got.mean-c.want) > 5*c.got.stderr() || c.got.stderr() > .1*c.want {
			t.Errorf("%s: %v ± %v, want %v", c.name, c.got.mean, c.got.stderr(), c.want)
		}
	}
}

// The intervals hold as often as they say, for vectors of equal and of unequal
// variances and for skewed draws.
func TestIntervalsHoldAsOftenAsTheySay(t *testing.T) {
	const draws, rounds = 300, 400
	dominated := append([]float64{1}, slices.Repeat([]float64{.3}, 20)...)
	normal := func(r *rand.Rand) float64 { return r.NormFloat64() }
	skewed := func(r *rand.Rand) float64 { return r.ExpFloat64() - 1 }
	for _, c := range []struct {
		name string
		std  []float64
		of   func(r *rand.Rand) float64
		tail float64 // for what the normal approximation of the mean leaves
	}{
		{"one", []float64{2}, normal, 1},
		{"equal", slices.Repeat([]float64{.5}, 10), normal, 1},
		{"dominated", dominated, normal, 1},
		{"dominated and skewed", dominated, skewed, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			truth, centre := 0., make([]float64, len(c.std))
			for i, s := range c.std {
				truth, centre[i] = truth+s*s, float64(i)-1
			}
			missed := map[float64]int{.05: 0, .001: 0}
			varMissed := 0
			for range rounds {
				m := newMoments(len(c.std))
				fill(m, draws, func(x []float64) {
					for i, s := range c.std {
						x[i] = centre[i] + s*c.of(r)
					}
				})
				s := m.sum()
				for p := range missed {
					if _, lo, hi := s.distance(centre, p); lo > 0 || hi < 0 {
						missed[p]++
					}
				}
				if _, lo, hi := s.variance(); truth < lo || truth > hi {
					varMissed++
				}
			}
			for p, n := range missed {
				// within five standard deviations of a count of p·rounds
				if want := p * rounds; math.Abs(float64(n)-want) > 5*math.Sqrt(want)*c.tail {
					t.Errorf("radius of probability %v exceeded %d times of %d", p, n, rounds)
				}
			}
			if frac := float64(varMissed) / rounds; frac > .05*(1+c.tail*.7) {
				t.Errorf("variance outside its interval %.1f%% of the time", 100*frac)
			}
			t.Log(missed, fmt.Sprintf("variance %.3f", float64(varMissed)/rounds))
		})
	}
}

// A bias is found at its size, whatever its direction.
func TestDistanceOfABiasedMean(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, bias := range [][]float64{{.5, 0, 0}, {0, 0, -.5}, {.3, .4, 0}} {
		m := newMoments(3)
		fill(m, 4000, func(x []float64) {
			for i := range x {
				x[i] = 2 + bias[i] + r.NormFloat64()*float64(i+1)
			}
		})
		d, lo, hi := m.sum().distance([]float64{2, 2, 2}, .05)
		if math.Abs(d-.5) > .15 || lo <= 0 || lo > .5 || hi < .5 {
			t.Errorf("bias %v: distance %v in [%v, %v], want .5", bias, d, lo, hi)
		}
	}
}

func TestDrawsWithoutVariance(t *testing.T) {
	m := newMoments(2)
	fill(m, 20, func(x []float64) { x[0], x[1] = 3, 4 })
	if d, lo, hi := m.sum().distance(nil, .05); d != 5 || lo != 5 || hi != 5 {
		t.Errorf("mean %v in [%v, %v], want 5", d, lo, hi)
	}
	if v, lo, hi := m.sum().variance(); v != 0 || lo != 0 || hi != 0 {
		t.Errorf("variance %v in [%v, %v], want 0", v, lo, hi)
	}
}
