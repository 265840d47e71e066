package bench

import (
	"encoding/json"
	"math"
	"strings"
)

// Row is what was measured of one case and group. The package comment defines
// the numbers; Lo and Hi are the ends of 95 % intervals.
type Row struct {
	Problem, Estimator, Objective, Group string

	Mean, MeanLo, MeanHi float64
	Bias, BiasLo, BiasHi float64 // NaN without an exact gradient
	Var, VarLo, VarHi    float64
	SNR                  float64 // NaN if mean and variance are 0
	Ms                   float64 // milliseconds to compute the whole gradient, the median
	VarMs                float64 // Var·Ms: what a unit of precision costs

	// NoInterval says of what the draws allow no honest interval: "" for
	// nothing, "variance", or "all" for mean, bias and variance. Lo and Hi of
	// those are NaN.
	NoInterval string

	Draws  int     // of the gradient
	Size   int     // numbers in the group
	Exact  float64 // norm of the exact gradient of all groups together; NaN if unknown
	Biased bool    // by design, says the case

	// Learned counts the numbers that the estimator has besides the model's,
	// parameters and states of baselines and control variates, and Warmup the
	// steps they were trained for here before they were held: 0 of the first
	// marks an estimator that learns nothing, 0 of the second alone one that was
	// measured as it came, untrained unless Config.Params brought it.
	Learned, Warmup int

	sum   summary
	exact []float64
}

// Columns are the names of what Values returns, in their order.
var Columns = strings.Fields(`problem estimator objective group mean mean_lo mean_hi bias bias_lo bias_hi
	var var_lo var_hi snr ms var_ms no_interval draws size exact biased learned warmup`)

// Values returns the fields of a row in the order of Columns: strings, float64,
// int and bool.
func (r Row) Values() []any {
	return []any{r.Problem, r.Estimator, r.Objective, r.Group, r.Mean, r.MeanLo, r.MeanHi, r.Bias, r.BiasLo, r.BiasHi,
		r.Var, r.VarLo, r.VarHi, r.SNR, r.Ms, r.VarMs, r.NoInterval, r.Draws, r.Size, r.Exact, r.Biased, r.Learned, r.Warmup}
}

// MarshalJSON implements json.Marshaler: an object of Columns in their order.
// Numbers that are not finite are null.
func (r Row) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, v := range r.Values() {
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			v = nil
		}
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(append(out, '"'), Columns[i]...), `":`...), b...)
	}
	return append(out, '}'), nil
}

// row reads off the moments of a group.
func (g *gradient) row(problem string, c Case, q *group) Row {
	s := q.m.sum()
	r := Row{
		Problem: problem, Estimator: c.Estimator, Objective: c.Objective, Group: q.name, Ms: g.times[len(g.times)/2],
		Draws: q.m.n, Size: q.size, Exact: math.NaN(), Biased: c.Biased, Learned: g.learned, Warmup: g.warmup, sum: s, exact: q.m.exact,
	}
	r.Mean, r.MeanLo, r.MeanHi = s.distance(nil, .05)
	r.Bias, r.BiasLo, r.BiasHi = math.NaN(), math.NaN(), math.NaN()
	if r.exact != nil {
		r.Bias, r.BiasLo, r.BiasHi = s.distance(r.exact, .05)
	}
	r.Var, r.VarLo, r.VarHi = s.variance()
	if math.IsNaN(r.VarLo) {
		r.NoInterval = "variance"
	}
	if math.IsNaN(r.MeanLo) {
		r.NoInterval = "all"
	}
	r.SNR = math.Abs(r.Mean) / math.Sqrt(r.Var)
	r.VarMs = r.Var * r.Ms
	return r
}
