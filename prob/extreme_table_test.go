package prob_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
)

// extremeRow is a row of testdata/extremes: a number f of inputs, its gradient
// and the condition of each, as internal/ref/dist/extremes.py says.
type extremeRow struct {
	q, p      string
	in        [2][]float64 // the parameters and the event, or those of q and of p
	want      []float64    // the value, then the gradient
	ask       []bool       // whether there is a gradient
	condition []float64    // as want; that of a gradient not asked for is 0
}

// readExtremes reads a table with names columns before the two of inputs.
func readExtremes(t *testing.T, file string, names, inputs int) []extremeRow {
	t.Helper()
	records := readCSV(t, "testdata/extremes/"+file+".csv")
	numbers := func(s string) []float64 {
		var v []float64
		for _, w := range strings.Fields(s) {
			x, err := math.NaN(), error(nil) // "-" and "?"
			if w != "-" && w != "?" {
				if x, err = strconv.ParseFloat(w, 64); err != nil && !math.IsInf(x, 0) {
					t.Fatal(err)
				}
			}
			v = append(v, x)
		}
		return v
	}
	var rows []extremeRow
	for _, r := range records[1:] {
		row := extremeRow{q: r[0], p: r[names-1]}
		for i := range inputs {
			row.in[i] = numbers(r[names+i])
		}
		r = r[names+inputs:]
		row.want = append(numbers(r[0]), numbers(r[1])...)
		condition := numbers(r[2])
		row.ask = []bool{true}
		for _, w := range strings.Fields(r[1]) {
			row.ask = append(row.ask, w != "-")
		}
		for _, ask := range row.ask {
			c := 0.0
			if ask {
				c, condition = condition[0], condition[1:]
			}
			row.condition = append(row.condition, c)
		}
		rows = append(rows, row)
	}
	return rows
}

// extremeTolerance is N of |error| ≤ N·ε·(|f| + condition): the error of a
// formula that changes its result as N roundings of its inputs and of itself.
var extremeTolerance = map[graph.Dtype]float64{graph.Float64: 1024, graph.Float32: 32}

// absolute lists numbers whose error is relative to a size beside their own:
// by table, law and whether it is the value or the gradient. Log densities are
// all relative to 1, an error of the density itself.
var absolute = map[string]struct {
	size float64
	why  string
}{
	"density Categorical gradient":          {1, "a probability of nearly 1 is taken from 1"},
	"density OneHot gradient":               {1, "a probability of nearly 1 is taken from 1"},
	"density Multinomial gradient":          {6, "a mean count is taken from a count"},
	"density Mixture gradient":              {1, "a weight of nearly 1 is taken from 1"},
	"density ElementMixture gradient":       {1, "a weight of nearly 1 is taken from 1"},
	"density ZeroInflated gradient":         {1, "a weight of nearly 1 is taken from 1"},
	"density Geometric gradient":            {1, "a probability of nearly ½ is taken from another"},
	"density Binomial gradient":             {1 << 24, "a mean count is taken from a count"},
	"density Dirichlet gradient":            {1e6, "terms of the sum of the concentrations are added and taken away again"},
	"kl Categorical value":                  {1, "log probabilities are of size 1"},
	"kl OneHot value":                       {1, "log probabilities are of size 1"},
	"kl Categorical gradient":               {1, "log probabilities are of size 1"},
	"kl OneHot gradient":                    {1, "log probabilities are of size 1"},
	"kl Dirichlet value":                    {1, "the divergence of the sums is taken from those of the parts"},
	"kl Dirichlet gradient":                 {1, "the divergence of the sums is taken from those of the parts"},
	"kl Gumbel value":                       {1, "terms of size 1 cancel between laws that are nearly the same"},
	"kl Gumbel gradient":                    {1, "terms of size 1 cancel between laws that are nearly the same"},
	"kl LowRankNormal value":                {1, "a trace, the dimension and log determinants cancel"},
	"kl LowRankNormal gradient":             {1, "a trace, the dimension and log determinants cancel"},
	"kl LowRankNormal of two value":         {1, "a trace, the dimension and log determinants cancel"},
	"kl LowRankNormal of two gradient":      {1, "a trace, the dimension and log determinants cancel"},
	"kl MultivariateNormal value":           {1, "a trace, the dimension and log determinants cancel"},
	"kl MultivariateNormal gradient":        {1e5, "what a factor takes out of a trace of 1e6 is not left to the deviations"},
	"density LowRankNormal gradient":        {1, "what is left of a variance beside a factor is 1 less nearly 1"},
	"density LowRankNormal of two gradient": {16, "what is left of a variance beside a factor is 1 less nearly 1"},
	"entropy Categorical gradient":          {1, "information is taken from its mean"},
	"entropy OneHot gradient":               {1, "information is taken from its mean"},
	"entropy Dirichlet gradient":            {1, "the entropy of the sum is taken from those of its parts"},
	"entropy LowRankNormal gradient":        {1, "what is left of a variance beside a factor is 1 less nearly 1"},
	"entropy LowRankNormal of two gradient": {1, "what is left of a variance beside a factor is 1 less nearly 1"},
}

// agrees tells whether got is want as far as the dtype can say it: what is
// beyond its range may be infinite, what is below its normal numbers 0.
func (r extremeRow) agrees(table string, i int, got float64, dt graph.Dtype) bool {
	want := r.want[i]
	eps, least, most := 0x1p-52, 0x1p-1022, math.MaxFloat64
	if dt == graph.Float32 {
		eps, least, most = 0x1p-23, 0x1p-126, math.MaxFloat32
	}
	size, what := math.Abs(want)+r.condition[i], " gradient"
	if i == 0 {
		what = " value"
	}
	size += absolute[table+" "+r.q+what].size
	switch {
	case i > 0:
	case table == "density":
		size++
	case table == "kl": // whose parameters are rounded beside 1
		for j, g := range r.want[1:] {
			if r.ask[j+1] && !math.IsNaN(g) {
				size += math.Abs(g)
			}
		}
	}
	slack := extremeTolerance[dt] * eps * size
	switch {
	case math.IsNaN(got):
		return false
	case math.IsNaN(want), got == want: // all that is asked for
		return true
	case i > 0 && math.Abs(r.want[0]) > most: // what is as good as infinite has no gradient, or an infinite one
		if got == 0 || math.IsInf(got, 0) && math.Signbit(got) == math.Signbit(want) {
			return true
		}
	case math.Abs(want)+slack > most/16 && math.Abs(got) > most/16 && math.Signbit(got) == math.Signbit(want):
		return true
	}
	return math.Abs(got-want) <= slack+4*least
}
