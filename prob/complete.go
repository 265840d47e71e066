package prob

import (
	"reflect"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// complete aborts where a parameter of a distribution or bijector, a field of d
// that is a node or an interface, is nil, unless its tag says `prob:"optional"`.
// Every method that reads parameters calls it first.
func complete(d any) {
	v := reflect.ValueOf(d)
	if v.Kind() == reflect.Pointer && v.IsNil() || !v.IsValid() {
		graph.Fail("prob: the distribution is a nil %T", d)
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if k := f.Kind(); k != reflect.Pointer && k != reflect.Interface || v.Type().Field(i).Tag.Get("prob") == "optional" {
			continue
		}
		if f.IsNil() || f.Kind() == reflect.Interface && f.Elem().Kind() == reflect.Pointer && f.Elem().IsNil() {
			want := "a " + f.Type().String()
			if f.Type() == reflect.TypeFor[*graph.Node]() {
				want = "a node, such as graph.Const(0)"
			}
			graph.Fail("prob: %s: %s is nil, want %s", typeName(v), v.Type().Field(i).Name, want)
		}
	}
}

// present aborts if the law or bijector given to a function is nil.
func present(what string, d any) {
	if op.Nil(d) {
		graph.Fail("prob: %s is nil", what)
	}
}

// eventSize returns the size of a value's event axis, which it must have.
func eventSize(what string, x *graph.Node) int {
	if x == nil {
		graph.Fail("prob: %s: the value is nil", what)
	}
	sh := x.Shape()
	if len(sh) == 0 {
		graph.Fail("prob: %s: the value has rank 0, want an event axis", what)
	}
	return sh[len(sh)-1]
}

// typeName is the name of a law's type, for the unexported ones that of the
// function that makes them.
func typeName(v reflect.Value) string {
	name := v.Type().Name()
	return strings.ToUpper(name[:1]) + name[1:]
}
