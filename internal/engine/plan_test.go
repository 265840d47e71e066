package engine_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// build makes a world and the outputs of f.
func build(t testing.TB, dt op.Dtype, f func(w *world) []*op.Node) (*world, []*op.Node) {
	t.Helper()
	w := newWorld(dt)
	var outs []*op.Node
	if err := w.Do(func() { outs = f(w) }); err != nil {
		t.Fatal(err)
	}
	return w, outs
}

func compile(t testing.TB, w *world, outs []*op.Node) *engine.Plan {
	t.Helper()
	p, err := engine.Compile(outs, w.leafOf, op.DefaultLimit, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t testing.TB, p *engine.Plan) {
	t.Helper()
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// bits copies the outputs of a plan.
func bits(p *engine.Plan, outs []*op.Node) (all []float64) {
	for _, n := range outs {
		for i := range p.Value(n).Len() {
			all = append(all, p.Value(n).At(i))
		}
	}
	return all
}

func TestSameBitsForAnyProcessors(t *testing.T) {
	for name, f := range models {
		t.Run(name, func(t *testing.T) {
			w, outs := build(t, op.Float32, f)
			var want []float64
			for _, n := range []int{1, 2, 4} {
				func() {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
					p := compile(t, w, outs)
					for range 3 {
						run(t, p)
						if got := bits(p, outs); want == nil {
							want = got
						} else if !slices.Equal(got, want) {
							t.Fatalf("other results on %d processors", n)
						}
					}
				}()
			}
		})
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	for name, f := range models {
		w, outs := build(t, op.Float32, f)
		p := compile(t, w, outs)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if n := testing.AllocsPerRun(20, func() {
			if err := p.Run(ctx); err != nil {
				t.Error(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations a run\n%s", name, n, p.Explain())
		}
	}
}

func TestPlansRunAtOnce(t *testing.T) {
	w, outs := build(t, op.Float32, models["iwae"])
	first := compile(t, w, outs)
	run(t, first)
	want := bits(first, outs)
	var wg sync.WaitGroup
	for range 8 {
		p := compile(t, w, outs)
		wg.Go(func() {
			for range 3 {
				run(t, p)
			}
			if !slices.Equal(bits(p, outs), want) {
				t.Error("other results beside other plans")
			}
		})
	}
	wg.Wait()
}

func TestGarbageCollectionDoesNotWait(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	w, outs := build(t, op.Float32, func(w *world) []*op.Node { return w.vae(100, 784, 500, 20) })
	p := compile(t, w, outs)
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() {
			p.Run(context.Background())
		}
	}()
	var times []time.Duration
	for range 20 {
		start := time.Now()
		runtime.GC()
		times = append(times, time.Since(start))
	}
	stop.Store(true)
	<-done
	slices.Sort(times)
	t.Logf("runtime.GC: median %v, longest %v", times[len(times)/2], times[len(times)-1])
	if times[len(times)/2] > time.Second { // far above any machine's; a loop without a stop takes longer still
		t.Errorf("runtime.GC took %v", times)
	}
}

func TestErrorNamesNode(t *testing.T) {
	w, outs := build(t, op.Float64, func(w *world) []*op.Node {
		at := w.set(w.in("at", 3), func(i int) float64 { return float64(i) * 4 })
		return []*op.Node{graph.Tanh(graph.Gather(w.in("table", 5, 2), at))}
	})
	ref, _ := engine.NewReference(outs, w.leafOf)
	want := ref.Run(context.Background())
	err := compile(t, w, outs).Run(context.Background())
	if err == nil || err.Error() != want.Error() || !strings.Contains(err.Error(), "index 8 at position 2") {
		t.Errorf("error %v, want %v", err, want)
	}
}

func TestContextStopsRun(t *testing.T) {
	w, outs := build(t, op.Float64, func(w *world) []*op.Node { return w.vae(5, 6, 7, 2) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := compile(t, w, outs).Run(ctx); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

// TestOutputs has outputs that nothing computes, that share memory, or that
// others read.
func TestOutputs(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := w.in("x", 4, 6)
		y := graph.Tanh(x)
		flat := graph.Reshape(y, 24)
		return []*op.Node{x, graph.StopGrad(x), graph.Reshape(x, 24), graph.Transpose(x, 1, 0), graph.Cols(x, 1, 3), y, y, flat,
			graph.Reshape(flat, 2, 12), graph.Exp(flat), w.Const(3), graph.BroadcastTo(w.Const(2), 3, 3), w.Const(2).Scale(4),
			w.Tensor([]int{2}, []float64{1, 2}), graph.Sum(y), graph.Sum(y).Square(), graph.BroadcastTo(graph.Sum(y), 2, 2)}
	})
}

// TestOutputOfView has a view that is an output and that another rule wants
// dense as well.
func TestOutputOfView(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := graph.Tanh(graph.CumSum(graph.Exp(w.in("x", 90, 3)), 0))
		part := graph.Slice(x, 0, 2, 4)
		return []*op.Node{graph.Exp(graph.CumSum(part, 0)), part}
	})
}

// A function of a product's elements is computed with the product, unless the
// argument is wanted too or the function takes longer than the product.
func TestActivationWithItsProduct(t *testing.T) {
	for _, c := range []struct {
		k      int
		wanted bool
	}{{40, false}, {40, true}, {4, false}} {
		w, outs := build(t, op.Float32, func(w *world) []*op.Node {
			h := op.Apply(op.MatMul{}, w.in("x", 30, c.k), w.in("w", c.k, 50)).Add(w.in("b", 50))
			outs := []*op.Node{op.Map(op.Tanh, h)}
			if c.wanted {
				outs = append(outs, h)
			}
			return outs
		})
		text := compile(t, w, outs).Explain()
		if got := strings.Contains(text, " + bias, tanh "); got != (c.k == 40 && !c.wanted) {
			t.Errorf("k = %d, the argument is wanted: %v\n%s", c.k, c.wanted, text)
		}
	}
}
