package bench

import (
	"encoding/json"
	"math"
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

	Size  int     // numbers in the group
	Exact float64 // norm of the exact gradient of all groups together; NaN if unknown

	known bool // biased by design, says the case
	m     *moments
	exact []float64
}

// MarshalJSON implements json.Marshaler. Numbers that are not finite are null.
func (r Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Problem   string `json:"problem"`
		Estimator string `json:"estimator"`
		Objective string `json:"objective"`
		Group     string `json:"group"`
		Mean      number `json:"mean"`
		Bias      number `json:"bias"`
		BiasLo    number `json:"bias_lo"`
		BiasHi    number `json:"bias_hi"`
		Var       number `json:"var"`
		VarLo     number `json:"var_lo"`
		VarHi     number `json:"var_hi"`
		SNR       number `json:"snr"`
		Ms        number `json:"ms"`
		VarMs     number `json:"var_ms"`
	}{
		r.Problem, r.Estimator, r.Objective, r.Group, number(r.Mean), number(r.Bias), number(r.BiasLo), number(r.BiasHi),
		number(r.Var), number(r.VarLo), number(r.VarHi), number(r.SNR), number(r.Ms), number(r.VarMs),
	})
}

type number float64

func (v number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(v))
}

// newRow reads off the moments.
func newRow(problem string, c Case, group string, m *moments, exact []float64, ms float64) Row {
	r := Row{Problem: problem, Estimator: c.Estimator, Objective: c.Objective, Group: group, Size: len(m.mean), Ms: ms, known: c.Biased, m: m, exact: exact}
	r.Mean, r.MeanLo, r.MeanHi = m.distance(nil, .05)
	r.Bias, r.BiasLo, r.BiasHi = math.NaN(), math.NaN(), math.NaN()
	if exact != nil {
		r.Bias, r.BiasLo, r.BiasHi = m.distance(exact, .05)
	}
	r.Var, r.VarLo, r.VarHi = m.variance()
	r.SNR = math.Abs(r.Mean) / math.Sqrt(r.Var)
	r.VarMs = r.Var * ms
	r.Exact = math.NaN()
	return r
}
