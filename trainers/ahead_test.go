package trainers_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

const aheadWidth = 160

// squareFit is a network x → t with two matrices and a bias, of which a scale of the
// second is a gradient computed element by element.
func squareFit(t *testing.T, dt graph.Dtype, c trainers.UpdateConfig) (*trainers.Updater, *graph.Program) {
	t.Helper()
	params := &graph.Params{Seed: 3, Dtype: dt}
	u := trainers.NewUpdater(params, c)
	const rows, n = 4, aheadWidth
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		h := graph.Tanh(graph.Linear(s.Input("x", rows, n), s.Param("v", graph.Glorot{}, n, n), s.Param("b", graph.Constant(0), n)))
		w := s.Param("w", graph.Glorot{}, n, n).Mul(s.Input("scale", n, n))
		u.Declare(s, vi.Term("fit", graph.Sum(graph.MatMul(h, w).Sub(s.Input("t", rows, n)).Square()).Neg()))
	})
	if err != nil {
		t.Fatal(err)
	}
	return u, p
}

// Where gradients are known finite ahead, steps are those of an Updater that looks at
// all first, bit for bit; and a step whose bound says too little, or that is not
// finite, ends as it does there: with the same error, and the last good parameters.
func TestAhead(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range []trainers.Optimizer{nil, trainers.SGD{Rate: 1e-3}, sgd{1e-3}} {
			huge := 1e25
			if dt == graph.Float64 {
				huge = 1e170
			}
			u, p := squareFit(t, dt, trainers.UpdateConfig{Optimizer: o})
			looking, q := squareFit(t, dt, trainers.UpdateConfig{Optimizer: o, ClipNorm: math.MaxFloat64})
			if text := p.Explain(); strings.Count(text, "square →sum[0 1]") < 2 {
				t.Fatal(text)
			}
			for step, c := range []struct {
				x, scale, t float64
				want        string
			}{
				{1, 1, 1, ""},
				{.5, 1, -1, ""},
				{huge, 1, 1, ""}, // tanh is flat there: no bound, but a gradient of 0
				{1, math.NaN(), 1, "not finite"},
				{1, 1, math.Inf(1), "not finite"},
				{math.NaN(), 1, 1, "not finite"},
				{1, 1, huge, "not finite"},
				{1, huge, 1, "not finite"},
				{1, .9, .1, ""},
			} {
				t.Run(fmt.Sprintf("%v %T step %d", dt, o, step), func(t *testing.T) {
					before := values(t, p.Params())
					err, errLooking := squareStep(t, u, p, step, c.x, c.scale, c.t), squareStep(t, looking, q, step, c.x, c.scale, c.t)
					if fmt.Sprint(err) != fmt.Sprint(errLooking) || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
						t.Fatalf("error %v\nlooking first: %v", err, errLooking)
					}
					if err != nil {
						if after := values(t, p.Params()); !slices.Equal(after, before) {
							t.Error("parameters have changed")
						}
						return
					}
					for match := range strings.FieldsSeq("v w b [vw]") {
						n, err := u.GradNorm(match)
						m, errLooking := looking.GradNorm(match)
						if err != nil || errLooking != nil || n != m || n == 0 && c.x < 2 {
							t.Errorf("norm of %s is %v, %v; looking first: %v, %v", match, n, err, m, errLooking)
						}
					}
					if after := values(t, p.Params()); slices.Equal(after, before) || !slices.Equal(after, values(t, q.Params())) {
						t.Error("parameters are not those of looking first")
					}
				})
			}
			for _, name := range []string{"v/0", "v/1", "w/0"} { // of the product two, of the scaled one its own
				if _, err := p.Value("trainers/ahead/" + name); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// squareStep takes a step with numbers of these sizes.
func squareStep(t *testing.T, u *trainers.Updater, p *graph.Program, step int, sizes ...float64) error {
	t.Helper()
	for i, name := range []string{"x", "scale", "t"} {
		v := make([]float64, []int{4, aheadWidth, 4}[i]*aheadWidth)
		for j := range v {
			v[j] = math.Sin(float64(j))
		}
		if s := sizes[i]; s-s == 0 {
			for j := range v {
				v[j] *= s
			}
		} else {
			v[len(v)/2] = s
		}
		if err := graph.Feed(p, name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{Step: uint32(step)}); err != nil {
		t.Fatal(err)
	}
	return u.Step(p)
}

// values returns all parameters.
func values(t *testing.T, params *graph.Params) (all []float64) {
	t.Helper()
	for _, name := range params.Names() {
		if params.Dtype == graph.Float64 {
			x, err := graph.Values[float64](params, name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, x...)
			continue
		}
		x, err := graph.Values[float32](params, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range x {
			all = append(all, float64(v))
		}
	}
	return all
}
