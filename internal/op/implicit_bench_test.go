package op

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/kernel"
)

// One operation is 1,000 draws or derivatives.
func BenchmarkImplicit(b *testing.B) {
	const n = 1000
	noise := NewArray(tensor.Float32, tensor.Shape{StreamNoise * n})
	kernel.Uniform(noise.F32, kernel.Noise{Key: 7}, 0, 0, 0)
	for _, law := range []struct {
		Implicit
		params []float64
	}{
		{Implicit{LogGamma}, []float64{0.01}}, {Implicit{LogGamma}, []float64{0.5}}, {Implicit{LogGamma}, []float64{3}},
		{Implicit{LogGamma}, []float64{20}}, {Implicit{LogGamma}, []float64{100}}, {Implicit{LogGamma}, []float64{1e4}},
		{Implicit{LogitBeta}, []float64{0.5, 0.5}}, {Implicit{LogitBeta}, []float64{2, 5}}, {Implicit{LogitBeta}, []float64{50, 30}},
		{Implicit{Student}, []float64{4}},
	} {
		in := []Array{noise}
		for _, p := range law.params {
			a := NewArray(tensor.Float32, tensor.Shape{n})
			for i := range n {
				a.Set(i, p)
			}
			in = append(in, a)
		}
		y, dy := NewArray(tensor.Float32, tensor.Shape{n}), NewArray(tensor.Float32, tensor.Shape{n})
		b.Run(fmt.Sprint(law, "/draw"), func(b *testing.B) {
			for b.Loop() {
				if err := law.Eval(y, in); err != nil {
					b.Fatal(err)
				}
			}
		})
		slope := Special{[...]SpecialFn{GammaSlope, BetaSlope, StudentSlope}[law.Law]}
		b.Run(fmt.Sprint(law, "/slope"), func(b *testing.B) {
			for b.Loop() {
				if err := slope.Eval(dy, append(in[1:len(in):len(in)], y)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
