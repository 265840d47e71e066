package gradcheck

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
)

// recorder is a test that only notes its failures.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestWrongGradientsAreFound(t *testing.T) {
	x := Between(.5, 2, 2, 2)
	for _, c := range []struct {
		name          string
		f             func(x *graph.Node) *graph.Node
		first, second int // failures of Check and CheckSecond
	}{
		{"right", (*graph.Node).Square, 0, 0},
		{"stopped", func(x *graph.Node) *graph.Node { return x.Mul(graph.StopGrad(x)) }, 4, 4},
		{"stopped in the derivative", func(x *graph.Node) *graph.Node {
			// x² with the derivative 2x, which is taken for constant
			return graph.StopGrad(x.Square()).Add(graph.StopGrad(x.Scale(2)).Mul(x.Sub(graph.StopGrad(x))))
		}, 0, 4},
	} {
		f := func(_ *graph.Scope, in []*graph.Node) *graph.Node { return c.f(in[0]) }
		r := &recorder{TB: t}
		Check(r, f, x)
		if len(r.failures) != c.first {
			t.Errorf("%s: failures of Check: %q", c.name, r.failures)
		}
		for _, s := range r.failures {
			if !strings.HasPrefix(s, "gradient by element") {
				t.Error(s)
			}
		}
		r.failures = nil
		CheckSecond(r, f, x)
		if len(r.failures) != c.second {
			t.Errorf("%s: failures of CheckSecond: %q", c.name, r.failures)
		}
	}
}

func TestInputs(t *testing.T) {
	if in := Between(-1, 1, 2, 3); len(in.Values) != 6 || fmt.Sprint(in.Shape) != "[2 3]" {
		t.Errorf("%v", in)
	}
	for _, v := range Between(3, 4, 1000).Values {
		if !(v >= 3 && v < 4) {
			t.Errorf("%v not in [3,4)", v)
		}
	}
	Check(t, func(_ *graph.Scope, in []*graph.Node) *graph.Node { return in[0].Mul(in[1]) }, At(nil, 2), At([]int{2}, 3, 4))
}
