package layers_test

import (
	"fmt"
	"log"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// An encoder that halves pictures twice and a decoder that goes back to their size,
// which need not be even.
func ExampleNewConv2D() {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		half := func(in, out int) layers.ConvConfig {
			return layers.ConvConfig{Inputs: in, Outputs: out, Window: []int{3}, Stride: []int{2}, Same: true}
		}
		back := func(in, out, size int) layers.ConvConfig {
			c := half(in, out)
			c.Size = []int{size}
			return c
		}
		encoder := layers.Stack{
			layers.NewConv2D(s.In("enc/0"), half(1, 8)), layers.Func(graph.Elu),
			layers.NewConv2D(s.In("enc/1"), half(8, 16)), layers.Func(graph.Elu),
		}
		decoder := layers.Stack{
			layers.NewConvTranspose2D(s.In("dec/0"), back(16, 8, 14)), layers.Func(graph.Elu),
			layers.NewConvTranspose2D(s.In("dec/1"), back(8, 1, 27)),
		}
		x := s.Input("x", 100, 27, 27, 1)
		h := encoder.Apply(x)
		y := decoder.Apply(h)
		s.Output("y", y)
		fmt.Println(h.Shape(), layers.Flatten{}.Apply(h).Shape(), y.Shape())
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: [100 7 7 16] [100 784] [100 27 27 1]
}

// The outputs and the last states of sequences of different lengths, read from
// both ends.
func ExampleBidirectional() {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		c := layers.CellConfig{Inputs: 5, Width: 16}
		net := layers.Bidirectional{Forward: layers.NewGRU(s.In("forward"), c), Backward: layers.NewGRU(s.In("backward"), c)}
		x, lengths := s.Input("x", 32, 20, 5), s.Input("lengths", 32, 1)
		y, forward, backward := net.Run(x, layers.LengthMask(lengths, 20))
		s.Output("y", y)
		fmt.Println(y.Shape(), forward[0].Shape(), backward[0].Shape())
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: [32 20 32] [32 16] [32 16]
}

// Attention in which a place sees those before it alone.
func ExampleNewMultiHead() {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		net := layers.NewMultiHead(s.In("attention"), layers.MultiHeadConfig{Inputs: 64, Heads: 4})
		x := s.Input("x", 8, 10, 64)
		y := net.Attend(x, x, layers.CausalMask(10))
		s.Output("y", y)
		fmt.Println(y.Shape())
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: [8 10 64]
}
