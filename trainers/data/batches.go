package data

import "github.com/latentgo/latent/graph"

// Batches is what training takes its data from: batch by batch and epoch by
// epoch, named arrays with a row for each datum. Set.Batches makes them of a set
// in memory, Join of several; a stream of one's own implements it.
//
//	for err = b.Seek(epoch, 0); err == nil && b.Next(); {
//		n := len(b.Index("x"))
//		err = b.Fill("x", 0, graph.Array{F32: x[:n*cols]})
//	}
//	if err == nil {
//		err = b.Err()
//	}
//
// It is for one goroutine at a time, but that several may call Fill between one
// Next and another.
type Batches interface {
	// Arrays returns the names of the arrays and the shapes of their rows, the
	// same for all batches. The rows of the first are those that count: means
	// over an epoch are weighted by their number.
	Arrays() []Spec

	// Count is the number of batches in an epoch, -1 if that is not known.
	Count() int

	// Seek moves before the given batch of the given epoch, both from 0, so that
	// Next delivers it; batch Count() is the end of the epoch. What is delivered
	// depends on epoch and batch alone, not on what was delivered before, so that
	// training can be resumed. After an error only another Seek is of use.
	Seek(epoch, batch int) error

	// Next moves to the next batch. It is false at the end of the epoch, and
	// where a batch cannot be had, of which Err says why.
	Next() bool

	// Err is the error that ended Next, nil at the end of an epoch.
	Err() error

	// Index returns the numbers that the batch's rows of an array have in their
	// data set, in the order of the batch; none before the first Next. A stream
	// counts rows as they come. The slice is not to be changed, nor used after
	// the next Next or Seek.
	Index(name string) []int

	// Fill writes rows of an array, beginning with row from of the batch, as
	// many as dst, in either of its dtypes, has room for. The shape of dst means
	// nothing.
	Fill(name string, from int, dst graph.Array) error
}

// Spec is an array of batches: its name and the shape of a row.
type Spec struct {
	Name  string
	Shape []int
}
