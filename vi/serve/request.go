package serve

import "github.com/pkg/errors"

// Request is what one call asks for: rows of values by name, each flat, one row
// after the other, with as many numbers to a row as the shape of the name says
// (Model.Inputs). The model rounds them to its own dtype.
//
// A request and its Seed determine the noise of every row: row i draws what row i
// of trainers.Predict draws with that seed, whichever requests share the run. Two
// rows of one request draw different numbers; two requests that are to draw
// different numbers need different seeds.
type Request struct {
	Values map[string][]float64
	Rows   int    // 0: as many as Values have
	Draws  int    // of what is drawn for each row; 0: the default of the operation
	Seed   uint64 // of the noise
}

// Reply is the answer to a request. Do overwrites one, and uses its memory.
type Reply struct {
	Version string // of the model that answered, the hash that Model.Version tells
	Outputs []Output
}

// Output is a result by name: of each row an entry, in row-major order.
type Output struct {
	Name   string
	Shape  []int // rows first
	Values []float64
}

// Get returns the values of an output, nil if there is none of the name.
func (r *Reply) Get(name string) []float64 {
	if r != nil {
		for _, o := range r.Outputs {
			if o.Name == name {
				return o.Values
			}
		}
	}
	return nil
}

// What a caller may branch on, found by errors.Is in what Do returns. A context
// that is done gives the context's own error.
var (
	ErrRequest   = errors.New("serve: the request cannot be answered")        // its own fault: names, shapes, values
	ErrOperation = errors.New("serve: the model has no such operation")       // of that name, or for this model
	ErrFull      = errors.New("serve: too many rows are waiting")             // Config.Queue of them: try again later
	ErrClosed    = errors.New("serve: the model is closed")                   // after Close
	ErrBundle    = errors.New("serve: the bundle does not hold what it says") // it, or a model to be swapped in, was refused
)
