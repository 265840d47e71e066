package prob_test

import (
	"context"
	"math"
	"reflect"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// tails are the distributions of testdata/tails/cdf.csv, with the number of
// their parameters.
var tails = map[string]struct {
	params int
	new    func(p []node) prob.Dist
}{
	"Normal":              {2, func(p []node) prob.Dist { return prob.Normal{Mean: p[0], LogStd: p[1]} }},
	"LogNormal":           {2, func(p []node) prob.Dist { return prob.LogNormal{Loc: p[0], LogScale: p[1]} }},
	"Logistic":            {2, func(p []node) prob.Dist { return prob.Logistic{Loc: p[0], LogScale: p[1]} }},
	"Cauchy":              {2, func(p []node) prob.Dist { return prob.Cauchy{Loc: p[0], LogScale: p[1]} }},
	"Laplace":             {2, func(p []node) prob.Dist { return prob.Laplace{Loc: p[0], LogScale: p[1]} }},
	"Gumbel":              {2, func(p []node) prob.Dist { return prob.Gumbel{Loc: p[0], LogScale: p[1]} }},
	"HalfNormal":          {1, func(p []node) prob.Dist { return prob.HalfNormal{LogScale: p[0]} }},
	"HalfCauchy":          {1, func(p []node) prob.Dist { return prob.HalfCauchy{LogScale: p[0]} }},
	"Exponential":         {1, func(p []node) prob.Dist { return prob.Exponential{LogRate: p[0]} }},
	"RelaxedBernoulli":    {2, func(p []node) prob.Dist { return prob.RelaxedBernoulli{Logits: p[0], Temperature: p[1]} }},
	"DiscretizedLogistic": {2, func(p []node) prob.Dist { return prob.DiscretizedLogistic{Loc: p[0], LogScale: p[1]} }},
	"Uniform":             {2, func(p []node) prob.Dist { return prob.Uniform{Low: p[0], High: p[1]} }},
	"ContinuousBernoulli": {1, func(p []node) prob.Dist { return prob.ContinuousBernoulli{Logits: p[0]} }},
	"Geometric":           {1, func(p []node) prob.Dist { return prob.Geometric{Logits: p[0]} }},
	"Gamma":               {2, func(p []node) prob.Dist { return prob.Gamma{LogConcentration: p[0], LogRate: p[1]} }},
	"InverseGamma":        {2, func(p []node) prob.Dist { return prob.InverseGamma{LogConcentration: p[0], LogScale: p[1]} }},
	"Beta":                {2, func(p []node) prob.Dist { return prob.Beta{LogA: p[0], LogB: p[1]} }},
	"Poisson":             {1, func(p []node) prob.Dist { return prob.Poisson{LogRate: p[0]} }},
	"Binomial":            {2, func(p []node) prob.Dist { return prob.Binomial{Total: p[0], Logits: p[1]} }},
	"NegativeBinomial":    {2, func(p []node) prob.Dist { return prob.NegativeBinomial{LogTotal: p[0], Logits: p[1]} }},
	"StudentT": {1, func(p []node) prob.Dist {
		return prob.StudentT{LogDF: p[0], Loc: graph.Const(0), LogScale: graph.Const(0)}
	}},
}

// Every distribution function and its derivatives, in both tails and at
// extreme parameters, against a table made by internal/ref/special/cdf.py. The
// arguments are numbers of both dtypes. The relative error is 3·10⁻⁷ in float32,
// and in float64 10⁻¹² or what a few roundings of the arguments do.
func TestTails(t *testing.T) {
	records := readCSV(t, "testdata/tails/cdf.csv")
	rows := map[string][][]float64{}
	for _, r := range records[1:] {
		var v []float64
		for _, s := range r[1:] {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		rows[r[0]] = append(rows[r[0]], v)
	}
	for _, f := range families {
		p := make([]node, 0)
		if _, err := graph.Build(&graph.Params{}, func(s scope) {
			at := 0
			for _, sh := range f.Shapes {
				n := graph.Size(graph.Shape(sh))
				p = append(p, s.Tensor(f.Params[0][at:at+n], sh...))
				at += n
			}
			for range f.Params[0][at:] {
				p = append(p, s.Tensor(f.Params[0][at:at+1], 1))
				at++
			}
			d := f.New(s.In("new"), p)
			name := reflect.TypeOf(d).Name()
			if _, ok := d.(prob.Cumulative); ok && tails[name].new == nil && name != "StdNormal" && name != "ElementMixture" {
				t.Errorf("%s has a CDF and no table", name)
			}
			s.Output("none", s.Const(0))
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range tails {
		if len(rows[name]) < 5 {
			t.Errorf("%s: %d points", name, len(rows[name]))
			continue
		}
		for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
			t.Run(name+"/"+dt.String(), func(t *testing.T) {
				t.Parallel()
				checkTails(t, c.params, c.new, dt, rows[name])
			})
		}
	}
}

func checkTails(t *testing.T, params int, law func(p []node) prob.Dist, dt graph.Dtype, rows [][]float64) {
	n := len(rows)
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) {
		in := []node{s.Input("0", n, 1)}
		for i := range params {
			in = append(in, s.Input(strconv.Itoa(i+1), n, 1))
		}
		y := law(in[1:]).(prob.Cumulative).CDF(in[0])
		s.Output("y0", y)
		for i, g := range graph.Grad(graph.Sum(y), in) {
			s.Output("y"+strconv.Itoa(i+1), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range params + 1 {
		var v []float64
		for _, r := range rows {
			v = append(v, r[i])
		}
		if err := graph.Feed(p, strconv.Itoa(i), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i := range params + 2 {
		got, err := p.Value("y" + strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		for j, r := range rows {
			want, cond := r[3+i], r[len(r)-1]
			tol, smallest := 1e-12+cond*0x1p-50, 0x1p-1022
			if dt == graph.Float32 {
				tol, smallest = 3e-7, 0x1p-126
				if math.Abs(want) > math.MaxFloat32 {
					want = math.Inf(int(math.Copysign(1, want)))
				}
			}
			if got[j] == want || math.Abs(want) < smallest && math.Abs(got[j]) <= smallest {
				continue
			}
			e := math.Abs(got[j]-want) / math.Abs(want)
			worst = max(worst, e)
			if !(e <= tol) {
				t.Errorf("%s at x %v, p %v is %v, want %v (relative error %.2g, condition %.2g)",
					[]string{"F", "dF/dx", "by p0", "by p1"}[i], r[0], r[1:1+params], got[j], want, e, cond)
			}
		}
	}
	t.Logf("%d points, relative error up to %.2g", n, worst)
}
