package op

import (
	"fmt"
	"math"
	"reflect"
)

// key identifies an expression: a comparable rule or its printed form, and the
// operands.
type key struct {
	rule any
	in   [3]int32
	more string
}

// Identity returns what tells a rule from others as the key of a map: itself,
// or its type and printed form where == does not compare it, or takes −0 for 0.
func Identity(r Rule) any {
	v := reflect.ValueOf(r)
	if v.Comparable() && !negativeZero(v) {
		return r
	}
	return printed{v.Type(), fmt.Sprint(r)}
}

type printed struct {
	of   reflect.Type
	text string
}

// negativeZero tells whether a number in v is −0.
func negativeZero(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return v.Float() == 0 && math.Signbit(v.Float())
	case reflect.Struct:
		for i := range v.NumField() {
			if negativeZero(v.Field(i)) {
				return true
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if negativeZero(v.Index(i)) {
				return true
			}
		}
	case reflect.Interface:
		return negativeZero(v.Elem())
	}
	return false
}
