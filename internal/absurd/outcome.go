package absurd

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// said is how a message begins that a package of this module wrote.
var said = regexp.MustCompile(`^(in [^\n]*: )?(graph|layers|prob|bayes|probtest|flow|flowtest|vitest|vi|calibration|guide|mcmc|plots|lanes|latents|trainers|tensorboard|report|data|bench|gradcheck|absurd|serve|oip|checkpoint): ?`)

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
