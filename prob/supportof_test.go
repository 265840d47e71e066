package prob_test

import (
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// What is said of a law that is moved, and nothing where it is not known: a chain
// that goes on after it has reached a part of the reals reaches another.
func TestSupportOfTransformed(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		rate := prob.Exponential{LogRate: graph.Const(0)}
		shift := prob.Affine{Shift: graph.Const(2), LogScale: graph.Const(1)}
		reals, positive := prob.Support{}, rate.Support()
		for _, c := range []struct {
			name  string
			base  prob.Pathwise
			by    prob.Bijector
			want  prob.Support
			known bool
		}{
			{"moved normal", prob.StdNormal(2), shift, reals, true},
			{"log normal", prob.StdNormal(2), prob.Exp{}, positive, true},
			{"moved, then exp", prob.StdNormal(2), prob.Chain(shift, prob.Exp{}), positive, true},
			{"exp, then moved", prob.StdNormal(2), prob.Chain(prob.Exp{}, shift), reals, false},
			{"exp, one way, then moved", prob.StdNormal(2), prob.Chain(prob.Exp{}, oneWay{}, prob.Reflect{}), reals, false},
			{"two moves", prob.StdNormal(2), prob.Chain(prob.Reflect{}, prob.Identity{}, prob.Reflect{}), reals, true},
			{"moved exponential", rate, prob.Reflect{}, reals, false},
			{"nothing done", rate, prob.Identity{}, positive, true},
		} {
			d := prob.Transformed{Base: c.base, Bijector: c.by}
			for _, law := range []prob.Dist{d, prob.Independent(d)} {
				if got, known := prob.SupportOf(law); known != c.known || known && got != c.want {
					t.Errorf("%s, %T: %v, %v, want %v, %v", c.name, law, got, known, c.want, c.known)
				}
			}
		}
		s.Output("none", s.Const(0))
	})
	if err != nil {
		t.Error(err)
	}
}

// A law of other laws says what they say: nothing where they do not.
func TestSupportOfCombined(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		half := s.Tensor([]float64{0, 0}, 2)
		fixed, moving := prob.Uniform{Low: graph.Const(1), High: graph.Const(3)}, prob.Uniform{Low: graph.Const(1), High: s.Param("high", graph.Constant(3), 1)}
		positive := prob.Transformed{Base: prob.Normal{Mean: graph.Const(0), LogStd: half}, Bijector: prob.Exp{}}
		for _, c := range []struct {
			name  string
			of    prob.Dist
			want  prob.Support
			known bool
		}{
			{"fixed ends", fixed, fixed.Support(), true},
			{"moving ends", moving, prob.Support{}, false},
			{"ends by element", prob.Uniform{Low: half, High: half.Shift(1)}, prob.Support{}, false},
			{"moving ends, mapped", prob.Transformed{Base: moving, Bijector: prob.Reflect{}}, prob.Support{}, false},
			{"positive", positive, prob.Exponential{}.Support(), true},
			{"point", prob.Delta{Value: half}, prob.Support{}, false},
		} {
			for _, law := range []prob.Dist{c.of, prob.Independent(c.of), prob.Mixture{Logits: half, Components: c.of}} {
				if got, known := prob.SupportOf(law); known != c.known || known && got != c.want {
					t.Errorf("%s, %s: %v, %v, want %v, %v", c.name, prob.NameOf(law), got, known, c.want, c.known)
				}
			}
			if of, ok := c.of.(prob.Factored); ok {
				law := prob.ElementMixture{Logits: half, Components: of}
				if got, known := prob.SupportOf(law); known != c.known || known && got != c.want {
					t.Errorf("%s, %s: %v, %v, want %v, %v", c.name, prob.NameOf(law), got, known, c.want, c.known)
				}
			}
		}
		s.Output("none", s.Const(0))
	})
	if err != nil {
		t.Error(err)
	}
}
