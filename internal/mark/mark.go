// Package mark lets an error of any text be recognised by errors.Is.
package mark

import "errors"

// Error returns an error with the text of err that errors.Is finds to be what
// err is, and also to be the sentinel; nil if err is nil.
func Error(err, sentinel error) error {
	if err == nil || errors.Is(err, sentinel) {
		return err
	}
	return marked{err, sentinel}
}

type marked struct {
	error
	sentinel error
}

// Unwrap makes errors.Is and errors.As look at both.
func (m marked) Unwrap() []error { return []error{m.error, m.sentinel} }
