package engine_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// A world holds the leaves of a graph and their memory.
type world struct {
	*op.Builder
	mem map[*op.Node]op.Array
	rnd *rand.Rand

	params []*op.Node
	unit   float64 // size of the terms that may cancel in an output, if not its own
}

func newWorld(dt op.Dtype) *world {
	return &world{Builder: op.NewBuilder(dt, op.DefaultLimit), mem: map[*op.Node]op.Array{}, rnd: rand.New(rand.NewPCG(1, 2))}
}

func (w *world) leafOf(n *op.Node) (op.Array, error) {
	if c, ok := op.Constant(n); ok {
		return c, nil
	}
	return w.mem[n], nil
}

// in declares a leaf of normal numbers.
func (w *world) in(name string, shape ...int) *op.Node {
	n := w.Leaf(name, shape)
	a := op.NewArray(w.Dtype, append([]int{}, shape...))
	for i := range a.Len() {
		a.Set(i, w.rnd.NormFloat64())
	}
	w.mem[n] = a
	return n
}

func (w *world) set(n *op.Node, f func(i int) float64) *op.Node {
	for i := range w.mem[n].Len() {
		w.mem[n].Set(i, f(i))
	}
	return n
}

// failer is a testing.TB or a rapid.T.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// agree fails the test unless compiled and reference values of outs agree.
func (w *world) agree(t failer, tol float64, outs ...*op.Node) *engine.Plan {
	t.Helper()
	ref, err := engine.NewReference(outs, w.leafOf)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := engine.Compile(outs, w.leafOf, op.DefaultLimit, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ref.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for run := range 2 { // the second finds what the first left behind
		if err := plan.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		for k, n := range outs {
			a, b := plan.Value(n), ref.Value(n)
			if a.Len() != b.Len() || op.Size(a.Shape) != op.Size(b.Shape) || len(a.Shape) != len(b.Shape) {
				t.Fatalf("output %d: shape %v, want %v", k, a.Shape, b.Shape)
			}
			scale := w.scale(b)
			for i := range a.Len() {
				x, y := a.At(i), b.At(i)
				if x == y || math.IsNaN(x) && math.IsNaN(y) {
					continue
				}
				if d := math.Abs(x - y); !(d <= tol*(math.Abs(y)+.1*scale)) {
					t.Fatalf("run %d, output %d, %s of shape %v, element %d: %v, want %v\n%s", run, k, n.Name(), n.Shape(), i, x, y, plan.Explain())
				}
			}
		}
	}
	w.sameFixed(t, tol, plan, outs...)
	return plan
}

// scale is the size of the largest element that is finite, or of terms that cancel.
func (w *world) scale(a op.Array) float64 {
	scale := w.unit
	for i := range a.Len() {
		if v := math.Abs(a.At(i)); !math.IsInf(v, 0) && !math.IsNaN(v) {
			scale = max(scale, v)
		}
	}
	return scale
}

// sameFixed fails the test unless plans to which some leaves or all are fixed, one
// that makes what they determine and one that finds it, give the bits of one that has
// run. Sums of a loop from which something was taken may be divided in other places.
func (w *world) sameFixed(t failer, tol float64, plan *engine.Plan, outs ...*op.Node) {
	t.Helper()
	var names []string
	arrays := map[string]op.Array{}
	for n, a := range w.mem {
		names = append(names, n.Name())
		arrays[n.Name()] = a
	}
	slices.Sort(names)
	sums := strings.Contains(plan.Explain(), "→")
	for every := 1; every <= 2; every++ {
		fixed := map[string]op.Array{}
		for i, name := range names {
			if i%every == 0 {
				fixed[name] = arrays[name]
			}
		}
		f := engine.NewFixed(fixed, false)
		for round := range every {
			frozen, err := engine.Compile(outs, w.leafOf, op.DefaultLimit, 0, f)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := frozen.Run(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			for k, n := range outs {
				a, b := frozen.Value(n), plan.Value(n)
				for i := range b.Len() {
					x, y := a.At(i), b.At(i)
					switch {
					case math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y):
					case sums && math.Abs(x-y) <= tol*(math.Abs(y)+.1*w.scale(b)):
					default:
						t.Fatalf("leaves fixed %d of %d, round %d, output %d of shape %v, element %d: %v, not fixed %v\n%s\n%s", len(fixed), len(names), round, k, n.Shape(), i, x, y, frozen.Explain(), plan.Explain())
					}
				}
			}
			frozen.Pool().Close()
		}
	}
}

// both runs a test in float64 and float32. f builds outputs.
func both(t *testing.T, f func(w *world) []*op.Node) {
	t.Helper()
	for _, c := range []struct {
		dt  op.Dtype
		tol float64
	}{{op.Float64, 1e-12}, {op.Float32, 5e-5}} {
		t.Run(c.dt.String(), func(t *testing.T) {
			w := newWorld(c.dt)
			var outs []*op.Node
			if err := w.Do(func() { outs = f(w) }); err != nil {
				t.Fatal(err)
			}
			w.agree(t, c.tol, outs...)
		})
	}
}
