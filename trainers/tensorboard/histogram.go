package tensorboard

import (
	"math"
	"slices"
	"sort"

	"github.com/pkg/errors"
)

// bins is the number of parts of a histogram, as many as TensorBoard shows.
const bins = 30

// newHistogram counts numbers in equal parts between the least and the largest. A
// number that is not finite is an error, as are none.
func newHistogram(x []float64) (*Histogram, error) {
	if len(x) == 0 {
		return nil, errors.New("a histogram of no numbers")
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.Errorf("a histogram of numbers of which element %d is %v", i, v)
		}
	}
	h := &Histogram{Min: slices.Min(x), Max: slices.Max(x), Count: float64(len(x))}
	n := bins
	if h.Min == h.Max {
		n = 1
	}
	h.Limits, h.Counts = make([]float64, n), make([]float64, n)
	below := h.Min
	for i := range n {
		at := float64(i+1) / float64(n)
		below = max(below, min((1-at)*h.Min+at*h.Max, h.Max)) // whatever rounding does
		h.Limits[i] = below
	}
	h.Limits[n-1] = h.Max
	for _, v := range x {
		h.Sum += v
		h.SumSquares += v * v
		h.Counts[min(sort.SearchFloat64s(h.Limits, v), n-1)]++
	}
	return h, nil
}
