package graph

import "github.com/pkg/errors"

// What a caller may branch on is found by errors.Is in an error, whatever else
// that says.
var (
	ErrMissingInput = errors.New("graph: missing input") // an input of a program was not fed
	ErrWrongFile    = errors.New("graph: wrong file")    // a file could be read, and is not one of these Params or of their format
)
