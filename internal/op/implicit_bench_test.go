package op

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/internal/kernel"
)

// One operation is 1,000 draws or derivatives.
func BenchmarkImplicit(b *testing.B) {
	const n = 1000
	noise := NewArray(Float32, []int{StreamNoise * n})
	kernel.Uniform(noise.F32, kernel.Noise{Key: 7}, 0, 0, 0)
	for _, law := range []struct {
		Variate
		params []float64
	}{
		{Variate{LogGamma}, []float64{0.01}}, {Variate{LogGamma}, []float64{0.5}}, {Variate{LogGamma}, []float64{3}},
		{Variate{LogGamma}, []float64{20}}, {Variate{LogGamma}, []float64{100}}, {Variate{LogGamma}, []float64{1e4}},
		{Variate{LogitBeta}, []float64{0.5, 0.5}}, {Variate{LogitBeta}, []float64{2, 5}}, {Variate{LogitBeta}, []float64{50, 30}},
		{Variate{Student}, []float64{4}},
	} {
		in, logs := []Array{noise}, []Array{}
		for _, p := range law.params {
			a := NewArray(Float32, []int{n})
			for i := range n {
				a.Set(i, p)
			}
			in = append(in, a)
			log := NewArray(Float32, []int{n})
			for i := range n {
				log.Set(i, math.Log(p))
			}
			logs = append(logs, log)
		}
		y, dy := NewArray(Float32, []int{n}), NewArray(Float32, []int{n})
		b.Run(fmt.Sprint(law, "/draw"), func(b *testing.B) {
			for b.Loop() {
				if err := law.Eval(y, in); err != nil {
					b.Fatal(err)
				}
			}
		})
		slope := logSlope{[...]SpecialFn{GammaSlope, BetaSlope, StudentSlope}[law.Law]}
		b.Run(fmt.Sprint(law, "/slope"), func(b *testing.B) {
			for b.Loop() {
				if err := slope.Eval(dy, append(logs[:len(logs):len(logs)], y)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
