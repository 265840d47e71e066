package graph_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
)

func encoder(rows int) func(s *graph.Scope) {
	return func(s *graph.Scope) {
		x := s.Input("x", rows, 784)
		sizes := []int{784, 500, 500, 40}
		for i := 1; i < len(sizes); i++ {
			in := s.In(fmt.Sprint(i))
			w, b := in.Param("w", graph.Glorot{}, sizes[i-1], sizes[i]), in.Param("b", graph.Gaussian{Std: .1}, sizes[i])
			if x = graph.Linear(x, w, b); i < 3 {
				x = graph.Tanh(x)
			}
		}
		s.Output("y", x)
	}
}

func BenchmarkEncoder(b *testing.B) {
	params := &graph.Params{}
	for _, rows := range []int{1, 8, 32, 128} {
		plain, err := graph.Build(params, encoder(rows))
		if err != nil {
			b.Fatal(err)
		}
		programs := map[string]*graph.Program{"plain": plain}
		for name, o := range map[string]graph.Freezing{"frozen": {}, "half": {Half: true}} {
			f, err := graph.Freeze(params, o)
			if err != nil {
				b.Fatal(err)
			}
			if programs[name], err = f.Build(encoder(rows)); err != nil {
				b.Fatal(err)
			}
		}
		x := make([]float32, rows*784)
		for i := range x {
			x[i] = float32(i%255) / 255
		}
		for _, name := range []string{"plain", "frozen", "half"} {
			p := programs[name]
			b.Run(fmt.Sprint(name, "/", rows), func(b *testing.B) {
				for b.Loop() {
					if err := graph.Feed(p, "x", x); err != nil {
						b.Fatal(err)
					}
					if err := p.Run(context.Background(), graph.Key{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
