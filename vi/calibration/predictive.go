package calibration

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/vi"
)

// Check is a statistic of data beside that of replicated data.
type Check struct {
	Observed   float64
	Replicated []float64 // by draw
	P          float64   // fraction of the replicated that are not below the observed
}

// Predictive compares a statistic T of data with that of each draw of the posterior
// predictive distribution, in which y is as in the data: row by row (Gelman, Meng
// and Stern, Statistica Sinica 6, 1996). P near 0 or 1 says that the model does not
// make data like these in this respect; the data were used to fit it, so that P of
// a true model lies nearer to ½ than uniform numbers do.
func Predictive(data []float64, replicated *vi.Draws, statistic func(y []float64) float64) (Check, error) {
	switch {
	case statistic == nil:
		return Check{}, errors.New("calibration: no statistic to compare by")
	case replicated == nil || replicated.K < 1 || len(data) == 0 || len(replicated.Values) != replicated.K*len(data):
		return Check{}, errors.Errorf("calibration: %d data beside draws %+v, want draws of as many", len(data), replicated)
	}
	c := Check{Observed: statistic(data)}
	if math.IsNaN(c.Observed) {
		return Check{}, errors.New("calibration: the statistic of the data is NaN")
	}
	for k := range replicated.K {
		v := statistic(replicated.Values[k*len(data) : (k+1)*len(data)])
		if math.IsNaN(v) {
			return Check{}, errors.Errorf("calibration: the statistic of draw %d is NaN", k)
		}
		c.Replicated = append(c.Replicated, v)
		if v >= c.Observed {
			c.P += 1 / float64(replicated.K)
		}
	}
	return c, nil
}
