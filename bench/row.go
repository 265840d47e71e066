package bench

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Row is what was measured of one case and group. The package comment defines
// the numbers; Lo and Hi are the ends of 95 % intervals.
type Row struct {
	Problem, Estimator, Objective, Group string

	Mean, MeanLo, MeanHi float64
	Bias, BiasLo, BiasHi float64 // NaN without an exact gradient and a Case.Reference
	Against              string  // the estimator that the bias is a difference from; "" for the exact gradient
	Var, VarLo, VarHi    float64

	// Noise is the part of Var that draws have at one batch, the rest is of the choice
	// of batches; NaN without Config.Parts.
	Noise, NoiseLo, NoiseHi float64

	// SingleMax, Single95 and SingleMedian are the largest of the variances of the
	// group's parameters, each by itself, and quantiles of them; NaN without
	// Config.Single.
	SingleMax, Single95, SingleMedian float64

	// Kurtosis is E D²/(E D)² of the squared distances D from the mean, of a single
	// number its kurtosis; Shape is k̂ of their generalised Pareto tail, NaN where there
	// is none: from ½ on the variance of the variance is infinite, from 1 on the
	// variance.
	Kurtosis, Shape float64

	SNR   float64 // NaN if mean and variance are 0
	Ms    float64 // milliseconds to compute the whole gradient, the median
	VarMs float64 // Var·Ms: what a unit of precision costs

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
	Settled         bool   // by the rule of Config.Warmup 0
	State           string // the single numbers among them, such as c, η and τ: "SITE/doublecv/scale=.93 …"

	Step int // of the training, in the rows of Series

	sum   summary
	exact []float64
}

// Columns are the names of what Values returns, in their order.
var Columns = strings.Fields(`problem estimator objective group mean mean_lo mean_hi bias bias_lo bias_hi against
	var var_lo var_hi noise noise_lo noise_hi single_max single_95 single_median kurtosis shape snr ms var_ms no_interval draws size exact biased
	learned warmup settled state step`)

// Values returns the fields of a row in the order of Columns: strings, float64,
// int and bool.
func (r Row) Values() []any {
	return []any{r.Problem, r.Estimator, r.Objective, r.Group, r.Mean, r.MeanLo, r.MeanHi, r.Bias, r.BiasLo, r.BiasHi, r.Against,
		r.Var, r.VarLo, r.VarHi, r.Noise, r.NoiseLo, r.NoiseHi, r.SingleMax, r.Single95, r.SingleMedian, r.Kurtosis, r.Shape, r.SNR, r.Ms, r.VarMs,
		r.NoInterval, r.Draws, r.Size, r.Exact, r.Biased, r.Learned, r.Warmup, r.Settled, r.State, r.Step}
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
func (g *gradient) row(c Config, q *group) Row {
	s, nan := q.m.sum(), math.NaN()
	r := Row{
		Problem: c.Problem, Estimator: g.of.Estimator, Objective: g.of.Objective, Group: q.name, Ms: g.times[len(g.times)/2],
		Draws: q.m.n, Size: q.size, Exact: nan, Biased: g.of.Biased, Learned: g.learned, Warmup: g.warmup, Settled: g.settled, State: g.state(),
		Bias: nan, BiasLo: nan, BiasHi: nan, Noise: nan, NoiseLo: nan, NoiseHi: nan, SingleMax: nan, Single95: nan, SingleMedian: nan,
		Kurtosis: nan, Shape: s.shape, sum: s, exact: q.m.exact,
	}
	r.Mean, r.MeanLo, r.MeanHi = s.distance(nil, .05)
	if r.exact != nil {
		r.Bias, r.BiasLo, r.BiasHi = s.distance(r.exact, .05)
	} else if q.versus != nil {
		r.Against = g.against.of.Estimator
		r.Bias, r.BiasLo, r.BiasHi = q.versus.sum().distance(nil, .05)
	}
	r.Var, r.VarLo, r.VarHi = s.variance()
	if math.IsNaN(r.VarLo) {
		r.NoInterval = "variance"
	}
	if math.IsNaN(r.MeanLo) {
		r.NoInterval = "all"
	}
	if q.noise != nil {
		r.Noise = stat.Mean(q.noise, nil)
		if p := meanOf(q.noise); !math.IsInf(p.hi, 1) {
			r.NoiseLo, r.NoiseHi = p.lo, p.hi
		}
	}
	if v := r.Singles(); v != nil {
		slices.Sort(v)
		r.SingleMax, r.Single95, r.SingleMedian = v[len(v)-1], stat.Quantile(.95, stat.Empirical, v, nil), stat.Quantile(.5, stat.Empirical, v, nil)
	}
	if r.Var > 0 {
		all, squares := q.m.distances(), 0.
		for _, d := range all {
			squares += d * d
		}
		r.Kurtosis = squares / float64(len(all)) / (r.Var * r.Var)
	}
	r.SNR = math.Abs(r.Mean) / math.Sqrt(r.Var)
	r.VarMs = r.Var * r.Ms
	return r
}

// Vector returns the mean of the group's gradient, parameter after parameter; nil if
// the row is not of GradientVariance.
func (r Row) Vector() []float64 {
	if r.sum.m == nil {
		return nil
	}
	return slices.Clone(r.sum.m.mean)
}

// Singles returns the variance of each number of the group's gradient in the order of
// Vector; nil without Config.Single.
func (r Row) Singles() []float64 {
	if r.sum.m == nil || r.sum.m.single == nil {
		return nil
	}
	v := slices.Clone(r.sum.m.single)
	for i := range v {
		v[i] /= max(r.sum.m.seen()-1, 1)
	}
	return v
}
