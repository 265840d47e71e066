package prob_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// widths are laws of an event of 3 beside those that families make.
var widths = map[string]func() prob.Dist{
	"StdNormal":             func() prob.Dist { return prob.StdNormal(3) },
	"Normal of many rows":   func() prob.Dist { return prob.Normal{Mean: zeros(1, 4, 3), LogStd: zeros(1)} },
	"Normal of many scales": func() prob.Dist { return prob.Normal{Mean: zeros(1), LogStd: zeros(4, 3)} },
	"Independent":           func() prob.Dist { return prob.Independent(prob.Normal{Mean: zeros(3), LogStd: zeros(3)}, 4) },
	"ElementMixture": func() prob.Dist {
		return prob.ElementMixture{Logits: zeros(3, 2), Components: prob.Normal{Mean: zeros(2, 3), LogStd: zeros(2, 3)}}
	},
	"ElementMixture of one weight for all": func() prob.Dist {
		return prob.ElementMixture{Logits: zeros(1, 2), Components: prob.Normal{Mean: zeros(2, 3), LogStd: zeros(2, 1)}}
	},
	"Transformed by a shift": func() prob.Dist {
		return prob.Transformed{Base: prob.StdNormal(3), Bijector: prob.Affine{Shift: zeros(3)}}
	},
	"Transformed by a scale": func() prob.Dist {
		return prob.Transformed{Base: prob.StdNormal(3), Bijector: prob.Affine{LogScale: zeros(3)}}
	},
}

func zeros(shape ...int) *graph.Node { return graph.BroadcastTo(graph.Const(0), shape...) }

// wide returns a law of the family's for events of a size, which is 1 if it
// has none for more.
func (f family) wide(s scope) (d prob.Dist, event int) {
	ps, at := make([]node, len(f.Shapes)), 0
	for i, sh := range f.Shapes {
		n := graph.Size(graph.Shape(sh))
		ps[i], at = s.Tensor(f.Params[0][at:at+n], sh...), at+n
	}
	if f.Shapes != nil {
		return f.New(s, ps), f.Event
	}
	for _, v := range f.Params[0] {
		ps = append(ps, s.Tensor([]float64{v, v, v}, 3))
	}
	return f.New(s, ps), min(3*len(ps), 3)
}

// TestAnotherWidthIsRefused gives every law values of another width than its
// parameters and of lower, the same and higher rank: neither may stretch to the
// other.
func TestAnotherWidthIsRefused(t *testing.T) {
	seen := []string{"LogUniform"} // which has no parameters
	refused := func(name string, law func(s scope) (prob.Dist, int)) {
		for _, shape := range [][]int{{1}, {2}, {4}, {4, 1}, {4, 2}, {4, 5}, {1, 4, 1}} {
			right := false
			_, err := graph.Build(&graph.Params{}, func(s scope) {
				s.Output("none", s.Const(0))
				d, event := law(s)
				if right = event < 2 || shape[len(shape)-1] == event; right {
					return
				}
				seen = append(seen, reflect.TypeOf(d).Name())
				s.Output("y", d.LogProb(s.Input("x", shape...)))
			})
			if !right && (err == nil || !strings.HasPrefix(err.Error(), "prob: ") || !strings.Contains(err.Error(), ": value of shape [")) {
				t.Errorf("%s: a value %v: error %v", name, shape, err)
			}
		}
	}
	for _, f := range families {
		refused(f.name, f.wide)
	}
	for name, law := range widths {
		refused(name, func(scope) (prob.Dist, int) { return law(), 3 })
	}
	for _, name := range exportedDists(t) {
		if !slices.Contains(seen, name) {
			t.Errorf("%s has no case with an event of more than one element", name)
		}
	}
}

func TestNilParametersAreNamed(t *testing.T) {
	refuses(t, "prob: Normal: LogStd is nil", func(*graph.Scope) *graph.Node {
		return prob.Normal{Mean: nums(0)}.LogProb(nums(1))
	})
	refuses(t, "prob: Bernoulli: Logits is nil", func(*graph.Scope) *graph.Node {
		return prob.Bernoulli{}.LogProb(nums(1))
	})
}
