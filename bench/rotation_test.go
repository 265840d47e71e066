package bench

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of a long vector each draw shows a part, in turn: the mean of every number and the
// variance are as without, and the interval of the mean's norm holds it.
func TestLongVectorsAreSeenInTurn(t *testing.T) {
	const size, every, draws = long + 5*block/2, 4, 80
	r := rand.New(rand.NewPCG(1, 2))
	m := newRotating(size, every)
	m.single = make([]float64, size)
	x := make([]float32, size)
	for range draws {
		common := r.NormFloat64()
		for i := range x {
			x[i] = float32(.01 + .02*common + .1*r.NormFloat64())
		}
		m.begin()
		part(m, 0, x[:size/3], nil) // as from several parameters
		part(m, size/3, x[size/3:], nil)
		m.add()
	}
	s, truth := m.sum(), size*(.02*.02+.1*.1)
	v, lo, hi := s.variance()
	if math.Abs(v/truth-1) > .05 || lo > truth || hi < truth {
		t.Errorf("variance %v [%v, %v], want %v", v, lo, hi, truth)
	}
	norm := .01 * math.Sqrt(size)
	if _, lo, hi := s.distance(nil, .05); lo > norm || hi < norm {
		t.Errorf("norm of the mean in [%v, %v], want %v", lo, hi, norm)
	}
	row := Row{sum: s}
	mean, total, worst := row.Vector(), 0., 0.
	for i, v := range row.Singles() {
		total += v
		worst = max(worst, math.Abs(mean[i]-.01))
	}
	if math.Abs(total/truth-1) > .05 || worst > 6*.102/math.Sqrt(draws/every) {
		t.Errorf("single variances add up to %v, want %v; a mean is off by %v", total, truth, worst)
	}
}
