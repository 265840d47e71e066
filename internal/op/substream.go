package op

import (
	"math/bits"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
)

// StreamNoise is how many uniform numbers on the last axis of a noise operand
// key the random numbers of one element, for samplers that need an unknown
// number of them: noise [lead…, StreamNoise·D] for a result [lead…, D].
const StreamNoise = 3

// streamShape returns the shape that noise, [lead…, D] for an operand of
// [lead…, StreamNoise·D], and parameters broadcast to.
func streamShape(in [][]int) ([]int, error) {
	s, err := streamsShape(in[0])
	if err != nil {
		return nil, err
	}
	return Broadcast(append([][]int{s}, in[1:]...)...)
}

// streamsShape is [lead…, D] for noise of shape [lead…, StreamNoise·D].
func streamsShape(noise []int) ([]int, error) {
	if len(noise) == 0 || noise[len(noise)-1]%StreamNoise != 0 {
		return nil, errors.Errorf("noise of shape %v, want the last axis to be a multiple of %d", noise, StreamNoise)
	}
	s := slices.Clone(noise)
	s[len(s)-1] /= StreamNoise
	return s, nil
}

// streams returns where the elements of a shape find their stream in noise, nil
// if each has its own.
func (w *evalScratch) streams(out, noise []int) []int {
	w.shape = append(w.shape[:0], noise...)
	w.shape[len(noise)-1] /= StreamNoise
	return w.operandOffsets(0, out, w.shape)
}

// stream returns the random numbers of element i of the noise. A uniform
// number has 23 random bits in float32, 52 in float64, at the top; three of
// them, turned by a third of a word each, fill the 64 bits of a key.
func stream(noise Array, i int) kernel.Substream {
	var key uint64
	for k := range StreamNoise {
		u := uint64(noise.At(StreamNoise*i+k) * 0x1p53)
		key ^= bits.RotateLeft64(u<<11, -21*k)
	}
	return kernel.Keyed(key)
}
