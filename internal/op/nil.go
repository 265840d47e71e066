package op

import "reflect"

// Nil tells whether a value, often of an interface, is nil or holds a nil
// pointer, function, map or the like.
func Nil(v any) bool {
	switch x := reflect.ValueOf(v); x.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Interface, reflect.Chan, reflect.UnsafePointer:
		return x.IsNil()
	}
	return false
}
