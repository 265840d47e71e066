package trainers

import (
	"io"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/safetensors"
)

// staged is a copy of the arrays of a file, to be written while the training changes
// them. Its memory is used again.
type staged struct {
	file  safetensors.File
	from  []safetensors.Tensor // what is copied
	parts []stagedPart
}

// stagedPart is some elements of a tensor.
type stagedPart struct{ of, from, to int }

// take copies a file. The workers of p, if there is one, share the parts, each of
// which has most of a training step's numbers in its own cache.
func (s *staged) take(p *graph.Program, f safetensors.File) error {
	old := s.file.Tensors
	s.file = safetensors.File{Metadata: f.Metadata}
	s.from, s.parts = f.Tensors, s.parts[:0]
	for i, t := range f.Tensors {
		n := len(t.F32) + len(t.F64)
		var was graph.Array
		if i < len(old) {
			was = graph.Array{F32: old[i].F32, F64: old[i].F64}
		}
		if from := (graph.Array{F32: t.F32, F64: t.F64}); was.Len() != n || (was.F64 == nil) != (t.F64 == nil) {
			was = zeros(from)
		}
		t.F32, t.F64 = was.F32, was.F64
		s.file.Tensors = append(s.file.Tensors, t)
		for at := 0; at < n; at += pieceSize {
			s.parts = append(s.parts, stagedPart{i, at, min(at+pieceSize, n)})
		}
	}
	if p != nil {
		return door.Parallel(p, len(s.parts), s)
	}
	for i := range s.parts {
		s.Do(i, 0)
	}
	return nil
}

// Do implements door.Task.
func (s *staged) Do(part, _ int) {
	c := s.parts[part]
	to, from := &s.file.Tensors[c.of], &s.from[c.of]
	if from.F64 != nil {
		copy(to.F64[c.from:c.to], from.F64[c.from:c.to])
	} else {
		copy(to.F32[c.from:c.to], from.F32[c.from:c.to])
	}
}

func (s *staged) write(w io.Writer) error { return safetensors.Write(w, s.file) }
