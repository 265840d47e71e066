package kernel

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkConv measures the three products of convolutions on one worker, beside
// the matrix product of as many operations whose rows lie in memory: peak is the
// share of its speed.
func BenchmarkConv(b *testing.B) {
	p := NewPool(1)
	defer p.Close()
	half := func(n int) Window { return Window{In: n, Size: 3, Stride: 2, Dilation: 1, Before: 1, After: 1} }
	same := func(n int) Window { return Window{In: n, Size: 3, Stride: 1, Dilation: 1, Before: 1, After: 1} }
	for _, c := range []Conv[float32]{
		{C: 1, O: 32, H: half(28), W: half(28)},
		{C: 32, O: 64, H: half(14), W: half(14)},
		{C: 32, O: 32, H: same(14), W: same(14)},
		{C: 64, O: 64, H: same(14), W: same(14)},
	} {
		c.N, c.Groups = 100, 1
		c.X, c.Weights = make([]float32, c.N*c.H.In*c.W.In*c.C), make([]float32, c.H.Size*c.W.Size*c.C*c.O)
		c.Y = make([]float32, c.N*c.H.Out()*c.W.Out()*c.O)
		fill := func(x []float32) {
			for i := range x {
				x[i] = float32(i%7) - 3
			}
		}
		fill(c.X)
		fill(c.Weights)
		fill(c.Y)
		for part := ConvResult; part <= ConvWeights; part++ {
			m, n, k := c.N*c.H.Out()*c.W.Out(), c.O, c.C*c.H.Size*c.W.Size
			g := Gemm[float32]{M: m, N: n, K: k}
			switch part {
			case ConvInput:
				g.N, g.K = k, n
			case ConvWeights:
				g.M, g.K, g.TransA = k, m, true
			}
			g.A, g.B, g.C = make([]float32, g.M*g.K), make([]float32, g.K*g.N), make([]float32, g.M*g.N)
			b.Run(fmt.Sprintf("part%d/%d→%d/%d", part, c.C, c.O, c.H.Out()), func(b *testing.B) {
				c := c
				c.Part = part
				parts := c.Prepare(p)
				gp := g.Prepare(p)
				var conv, product int64
				for range b.N {
					conv += elapsed(func() { p.Run(parts, &c); c.Finish() })
					product += elapsed(func() { p.Run(gp, &g) })
				}
				b.ReportMetric(c.FLOPs()*float64(b.N)/float64(conv), "GFLOP/s")
				b.ReportMetric(float64(product)/float64(conv), "peak")
			})
		}
	}
}

// elapsed returns the nanoseconds that f takes.
func elapsed(f func()) int64 {
	start := time.Now()
	f()
	return time.Since(start).Nanoseconds()
}
