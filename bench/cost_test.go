package bench

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// wide is a model of about so many parameters.
func wide(numbers int) (func(s *graph.Scope) vi.Model, *data.Set) {
	const hidden = 64
	in := numbers / (2 * hidden)
	x := make([]float32, in)
	for i := range x {
		x[i] = float32(i%7+1) / 8
	}
	d, err := data.New(data.FromFlat("x", x, in))
	if err != nil {
		panic(err)
	}
	return func(s *graph.Scope) vi.Model {
		enc, dec := layers.NewMLP(s.In("enc"), in, hidden, 4), layers.NewMLP(s.In("dec"), 2, hidden, in)
		return vi.Model{
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)})
			},
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(2)))})
			},
		}
	}, d
}

// What is kept of a case is less than 16 bytes a parameter.
func TestMemoryOfMoments(t *testing.T) {
	const size = 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m := newMoments(size)
	runtime.ReadMemStats(&after)
	if each := float64(after.TotalAlloc-before.TotalAlloc) / size; each >= 16 {
		t.Errorf("%v bytes a parameter", each)
	}
	runtime.KeepAlive(m)
}

// BenchmarkDraw says what the statistics of a draw take beside its gradient, of one
// row, where that is shortest.
func BenchmarkDraw(b *testing.B) {
	for _, numbers := range []int{1000, 98624, 10000000} {
		b.Run(fmt.Sprint(numbers), func(b *testing.B) {
			m, d := wide(numbers)
			var start time.Time
			clock := func() time.Time {
				now := time.Now()
				if start.IsZero() { // the programs are made
					start = now
				}
				return now
			}
			n := max(b.N, 1000)
			rows, err := GradientVariance(context.Background(), m, d, []Case{{Bound: vi.ELBO{}}}, Config{Draws: n, Most: n, Clock: clock, Group: func(string) string { return "all" }})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(rows[0].Ms, "gradient-ms")
			b.ReportMetric(time.Since(start).Seconds()*1e3/float64(n), "draw-ms")
		})
	}
}
