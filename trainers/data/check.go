package data

import "reflect"

// notNil panics unless there is a set to read.
func (s *Set) notNil() {
	if s == nil {
		panic("data: the Set is nil, want one that New or Load returned without an error")
	}
}

// notNil panics unless batches are of a set.
func (b *Batches) notNil() {
	if b == nil || b.set == nil {
		panic("data: the Batches are nil or zero, want those of NewBatches")
	}
}

// isNil tells whether an interface holds nothing, or a nil pointer.
func isNil(v any) bool {
	x := reflect.ValueOf(v)
	return !x.IsValid() || x.Kind() == reflect.Pointer && x.IsNil()
}
