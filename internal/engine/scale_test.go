package engine_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// BenchmarkCompileChain shows that compile time is linear in the nodes.
func BenchmarkCompileChain(b *testing.B) {
	defer engine.Unchecked()()
	for _, c := range []struct {
		name string
		next func(x *op.Node) *op.Node
		per  int // nodes a link
	}{
		{"tanh", graph.Tanh, 1},
		{"log-softmax", graph.LogSoftmax, 3},
		{"matmul", func(x *op.Node) *op.Node { return graph.MatMul(graph.Tanh(x), x) }, 2},
	} {
		for _, nodes := range []int{4000, 16000, 64000} {
			b.Run(fmt.Sprintf("%s/nodes=%d", c.name, nodes), func(b *testing.B) {
				w := newWorld(op.Float32)
				var out *op.Node
				if err := w.Do(func() {
					out = w.in("x", 10, 10)
					for range nodes / c.per {
						out = c.next(out)
					}
				}); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := engine.Compile([]*op.Node{out}, w.leafOf, op.DefaultLimit, 0, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(nodes), "ns/node")
			})
		}
	}
}
