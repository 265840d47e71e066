package trainers

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
)

// Arrays are of one dtype or the other; what follows is the same for both.

// part returns the elements from, …, to-1, sharing memory.
func part(a graph.Array, from, to int) graph.Array {
	if a.F64 != nil {
		return graph.Array{F64: a.F64[from:to:to]}
	}
	return graph.Array{F32: a.F32[from:to:to]}
}

// zeros returns as many zeros of the same dtype.
func zeros(a graph.Array) graph.Array {
	if a.F64 != nil {
		return graph.Array{F64: make([]float64, len(a.F64))}
	}
	return graph.Array{F32: make([]float32, len(a.F32))}
}

// times multiplies every element by k.
func times(a graph.Array, k float64) {
	if a.F64 != nil {
		kernel.Affine(a.F64, a.F64, k, 0)
	} else {
		kernel.Affine(a.F32, a.F32, float32(k), 0)
	}
}

func sumSquares(a graph.Array) float64 {
	if a.F64 != nil {
		return kernel.SumSquares(a.F64)
	}
	return kernel.SumSquares(a.F32)
}

func allFinite(a graph.Array) bool { return kernel.AllFinite(a.F32) && kernel.AllFinite(a.F64) }

// memory returns the elements of a parameter.
func memory(params *graph.Params, name string) (a graph.Array, err error) {
	if params.Dtype == graph.Float64 {
		a.F64, err = graph.Memory[float64](params, name)
	} else {
		a.F32, err = graph.Memory[float32](params, name)
	}
	return a, err
}

// view returns the elements of an output.
func view(p *graph.Program, name string, wide bool) (a graph.Array, err error) {
	if wide {
		a.F64, err = graph.View[float64](p, name)
	} else {
		a.F32, err = graph.View[float32](p, name)
	}
	return a, err
}
