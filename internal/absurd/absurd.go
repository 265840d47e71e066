// Package absurd calls every exported function and method of a package with
// arguments that make no sense: nil, zero values, sizes that are negative or
// huge, NaN. Whatever comes of it must be said in the package's own words; an
// error of the Go runtime, such as a nil dereference, is a fault.
//
// The list of what there is to call comes from the package's source, so that a
// new function without an entry fails the test.
package absurd

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Sweep is a package under test.
type Sweep struct {
	Funcs map[string]any // exported functions by name; of a generic one an instance
	Types []any          // a zero value of each exported type that has methods, or a pointer to it

	// Within runs a call of a function where it can be made, such as in a build,
	// and returns its error; nil calls it directly.
	Within func(name string, call func()) error
	// Values gives values of a type besides those that are made here: senseless
	// ones, and some that make sense, so that the others are reached. It is
	// called within.
	Values func(t reflect.Type) []any
	// Skip names what is not called, with the reason.
	Skip map[string]string
	// Bare names functions whose errors need not begin with the package's name,
	// since whoever calls them says where.
	Bare []string

	Calls int // of each function; 0 means 60, or ten times as many with LATENT_SWEEP=1
}

// said is how a message begins that a package of this module wrote.
var said = regexp.MustCompile(`^(in [^\n]*: )?(graph|layers|prob|probtest|vi|trainers|data|bench|gradcheck|absurd): ?`)

// Run sweeps the package whose source is in the working directory.
func (w Sweep) Run(t *testing.T) {
	exported := listed(t)
	t.Chdir(t.TempDir()) // for what is written
	calls := map[string]reflect.Value{}
	for name, f := range w.Funcs {
		calls[name] = reflect.ValueOf(f)
	}
	for _, v := range w.Types {
		typ := reflect.TypeOf(v)
		if typ.Kind() != reflect.Pointer {
			typ = reflect.PointerTo(typ)
		}
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			if of, ok := typ.Elem().MethodByName(m.Name); ok { // of a value: Go itself speaks of a nil pointer to it
				m = of
			}
			calls[base(typ)+"."+m.Name] = m.Func
		}
	}
	for _, name := range exported {
		if _, ok := calls[name]; !ok && w.Skip[name] == "" {
			t.Errorf("%s is exported and has no entry in the sweep", name)
		}
	}
	for name := range w.Funcs {
		if !slices.Contains(exported, name) {
			t.Errorf("%s has an entry and is not exported", name)
		}
	}
	for _, name := range slices.Sorted(keys(calls)) {
		if w.Skip[name] == "" {
			w.sweep(t, name, calls[name])
		}
	}
}

func keys(m map[string]reflect.Value) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func base(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// listed returns the exported functions, and methods of exported types, of the
// package in the working directory.
func listed(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				typ := f.Recv.List[0].Type
				if p, ok := typ.(*ast.StarExpr); ok {
					typ = p.X
				}
				if x, ok := typ.(*ast.IndexExpr); ok {
					typ = x.X
				}
				id, ok := typ.(*ast.Ident)
				if !ok || !id.IsExported() {
					continue
				}
				name = id.Name + "." + name
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sweep calls one function: first with the most senseless argument everywhere,
// then with random ones. Each fault is told once.
func (w Sweep) sweep(t *testing.T, name string, f reflect.Value) {
	told := map[string]bool{}
	r := rand.New(rand.NewPCG(1, uint64(len(name))))
	n := w.Calls
	if n == 0 {
		n = 60
	}
	if os.Getenv("LATENT_SWEEP") != "" {
		n *= 10
	}
	for i := range n {
		var args string
		fault := w.outcome(name, func() {
			in := w.arguments(f.Type(), i, r)
			args = show(in)
			for _, out := range f.Call(in) {
				if err, ok := out.Interface().(error); ok && err != nil && !slices.Contains(w.Bare, name) {
					panic(err)
				}
			}
		})
		if fault != "" && !told[fault] && len(told) < 3 {
			told[fault] = true
			t.Errorf("%s(%s): %s", name, args, fault)
		}
	}
}

func (w Sweep) arguments(t reflect.Type, i int, r *rand.Rand) []reflect.Value {
	var in []reflect.Value
	for k := range t.NumIn() {
		typ, times := t.In(k), 1
		if t.IsVariadic() && k == t.NumIn()-1 {
			typ, times = typ.Elem(), r.IntN(4)
		}
		for range times {
			pool := w.pool(typ, r)
			at := r.IntN(len(pool))
			if i == 0 {
				at = 0
			}
			in = append(in, pool[at])
		}
	}
	return in
}

// pool returns values of a type, the zero value first.
func (w Sweep) pool(t reflect.Type, r *rand.Rand) []reflect.Value {
	pool := []reflect.Value{reflect.Zero(t)}
	var given []any
	if w.Values != nil {
		given = w.Values(t)
	}
	for _, v := range given {
		x := reflect.New(t).Elem()
		x.Set(reflect.ValueOf(v))
		pool = append(pool, x)
	}
	some := func(vs ...any) {
		for _, v := range vs {
			pool = append(pool, reflect.ValueOf(v).Convert(t))
		}
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		some(-1, 1, 2)
		if t != reflect.TypeFor[time.Duration]() { // nobody waits that long
			some(int64(1) << min(40, bits.UintSize-2))
		}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		some(1, 200)
	case reflect.Float32, reflect.Float64:
		some(math.NaN(), math.Inf(1), -1., 1.)
	case reflect.String:
		some("x", "a b", "w")
	case reflect.Bool:
		some(true)
	case reflect.Slice:
		pool = append(pool, reflect.MakeSlice(t, 0, 0))
		x := reflect.MakeSlice(t, 2, 2)
		for i := range 2 {
			p := w.pool(t.Elem(), r)
			x.Index(i).Set(p[r.IntN(len(p))])
		}
		pool = append(pool, x)
	case reflect.Map:
		x := reflect.MakeMap(t)
		k, v := w.pool(t.Key(), r), w.pool(t.Elem(), r)
		x.SetMapIndex(k[r.IntN(len(k))], v[r.IntN(len(v))])
		pool = append(pool, x)
	case reflect.Pointer:
		if len(given) == 0 {
			p := w.pool(t.Elem(), r)
			x := reflect.New(t.Elem())
			if t.Elem().Kind() == reflect.Struct || t.Elem().Kind() == reflect.Slice {
				pool = append(pool, x)
				if v := p[r.IntN(len(p))]; !locked(t.Elem()) {
					y := reflect.New(t.Elem())
					y.Elem().Set(v)
					pool = append(pool, y)
				}
			}
		}
	case reflect.Struct:
		for range 4 {
			if locked(t) {
				break
			}
			x := reflect.New(t).Elem()
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() && r.IntN(4) > 0 {
					p := w.pool(f.Type, r)
					x.Field(i).Set(p[r.IntN(len(p))])
				}
			}
			pool = append(pool, x)
		}
	case reflect.Func:
		pool = append(pool, reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
			var out []reflect.Value
			for i := range t.NumOut() {
				out = append(out, reflect.Zero(t.Out(i)))
			}
			return out
		}))
	case reflect.Interface:
		if t == reflect.TypeFor[context.Context]() {
			x := reflect.New(t).Elem()
			x.Set(reflect.ValueOf(context.Background()))
			pool = append(pool, x)
		}
	}
	return pool
}

// locked tells whether values of a struct are not to be copied.
func locked(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i).Type; f.PkgPath() == "sync" || locked(f) {
			return true
		}
	}
	return false
}

// outcome runs a call and returns what is wrong with how it ended; "" if it
// returned or said what is wrong.
func (w Sweep) outcome(name string, call func()) (fault string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			fault = fmt.Sprintf("runtime error: %v at %s", r, place())
		case error:
			fault = judge(r.Error())
		default:
			fault = judge(fmt.Sprint(r))
		}
	}()
	if w.Within == nil {
		call()
		return ""
	}
	if err := w.Within(name, call); err != nil {
		return judge(err.Error())
	}
	return ""
}

func judge(message string) string {
	if said.MatchString(message) && !strings.Contains(message, "runtime error") {
		return ""
	}
	return fmt.Sprintf("message %q does not begin with the name of its package", message)
}

// place returns the functions of this module nearest to a panic.
func place() string {
	pc := make([]uintptr, 50)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	var at []string
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "latentgo/") && !strings.Contains(f.Function, "internal/absurd") {
			at = append(at, fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line))
		}
		if !more || len(at) == 3 {
			return strings.Join(at, " < ")
		}
	}
}

// show prints arguments, briefly.
func show(in []reflect.Value) string {
	var out []string
	for _, v := range in {
		s := v.Type().String()
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Func, reflect.Map, reflect.Slice:
			if v.IsNil() {
				s = "nil"
			}
		case reflect.Struct:
			if v.IsZero() {
				s += "{}"
			}
		default:
			s = fmt.Sprint(v.Interface())
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}
