package prob

import "reflect"

// KLPairs returns the pairs of types with a registered closed form.
func KLPairs() [][2]reflect.Type {
	var pairs [][2]reflect.Type
	for p := range klRules {
		pairs = append(pairs, p)
	}
	return pairs
}
