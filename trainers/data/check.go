package data

import "reflect"

// notNil panics unless there is a set to read.
func (s *Set) notNil() {
	if s == nil {
		panic("data: the Set is nil, want one that New or Load returned without an error")
	}
}

// isNil tells whether an interface holds nothing, or a nil pointer.
func isNil(v any) bool {
	x := reflect.ValueOf(v)
	return !x.IsValid() || x.Kind() == reflect.Pointer && x.IsNil()
}
