package oip_test

import (
	"io"
	"reflect"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	m, _ := start(t, graph.Float32, oip.Config{})
	h, err := oip.New(m, oip.Config{})
	if err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{"New": oip.New},
		Types: []any{&oip.Handler{}, &oip.Metrics{}},
		Skip: map[string]string{
			"Handler.ServeHTTP": "net/http gives it all arguments", "Metrics.ServeHTTP": "net/http gives it all arguments",
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*serve.Model]():
				return []any{&serve.Model{}, m}
			case reflect.TypeFor[*oip.Handler]():
				return []any{&oip.Handler{}, h}
			case reflect.TypeFor[error]():
				return []any{io.EOF}
			}
			return nil
		},
	}.Run(t)
}
