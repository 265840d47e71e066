package op

import (
	"math/bits"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/kernel"
)

// StreamNoise is how many uniform numbers on the last axis of a noise operand
// key the random numbers of one element, for samplers that need an unknown
// number of them: noise [lead…, StreamNoise·D] for a result [lead…, D].
const StreamNoise = 3

// streamShape returns [lead…, D] for a noise operand of [lead…, StreamNoise·D]
// after checking that the parameters broadcast to it.
func streamShape(in []tensor.Shape) (tensor.Shape, error) {
	s := in[0]
	if len(s) == 0 || s[len(s)-1]%StreamNoise != 0 {
		return nil, errors.Errorf("noise of shape %v, want the last axis to be a multiple of %d", s, StreamNoise)
	}
	out := s.Clone()
	out[len(out)-1] /= StreamNoise
	for _, p := range in[1:] {
		if _, err := (BroadcastTo{out}).Shape([]tensor.Shape{p}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stream returns the random numbers of element i of the result. A uniform
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
