package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchShapes are m, k, n by transposition: the layers of a 784-500-500-20
// autoencoder with 100 rows (forward NN, input gradients NT, weight gradients
// TN), squares, and skinny products.
var benchShapes = map[string][][3]int{
	"NN": {{100, 784, 500}, {100, 500, 500}, {100, 500, 40}, {100, 20, 500}, {100, 500, 784}, {512, 512, 512},
		{1024, 1024, 1024}, {1, 500, 500}, {500, 500, 1}, {8, 500, 500}, {32, 784, 10}, {32, 50, 10}, {4, 64, 64}},
	"NT": {{100, 500, 784}, {100, 500, 500}, {100, 40, 500}, {100, 500, 20}, {100, 784, 500}, {512, 512, 512},
		{1, 500, 500}, {8, 500, 500}, {32, 500, 500}},
	"TN": {{784, 100, 500}, {500, 100, 500}, {500, 100, 40}, {20, 100, 500}, {500, 100, 784}, {512, 512, 512},
		{784, 32, 50}, {500, 500, 1}},
}

func BenchmarkGemm(b *testing.B) {
	for _, workers := range []int{1, 2} {
		for _, trans := range []string{"NN", "NT", "TN"} {
			for _, s := range benchShapes[trans] {
				name := fmt.Sprintf("workers=%d/%s/%dx%dx%d", workers, trans, s[0], s[1], s[2])
				c := caseOf{m: s[0], k: s[1], n: s[2], transA: trans[0] == 'T', transB: trans[1] == 'T'}
				b.Run(name+"/float32", func(b *testing.B) { benchGemm[float32](b, workers, c) })
				b.Run(name+"/float64", func(b *testing.B) { benchGemm[float64](b, workers, c) })
			}
		}
	}
}

func benchGemm[T Float](b *testing.B, workers int, c caseOf) {
	p := NewPool(workers)
	defer p.Close()
	g, _ := product[T](rand.New(rand.NewPCG(1, 1)), c)
	for b.Loop() {
		g.Run(p)
	}
	flops := 2 * float64(c.m) * float64(c.n) * float64(c.k)
	b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// BenchmarkPool is the cost of one phase of two parts that do nothing.
func BenchmarkPool(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			p := NewPool(workers)
			defer p.Close()
			t := taskFunc(func(part, worker int) {})
			for b.Loop() {
				p.Run(2, t)
			}
		})
	}
}
