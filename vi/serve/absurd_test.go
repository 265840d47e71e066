package serve_test

import (
	"io/fs"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	dir := t.TempDir()
	if err := serve.Write(dir, info, params(t, 4), known); err != nil {
		t.Fatal(err)
	}
	bundle, err := serve.Open(os.DirFS(dir), known)
	if err != nil {
		t.Fatal(err)
	}
	m := start(t, bundle.Spec, bundle.Params, serve.Config{MaxDraws: 3, Draws: 3})
	absurd.Sweep{
		Funcs: map[string]any{"New": serve.New, "Write": serve.Write, "Open": serve.Open, "Load": serve.Load},
		Types: []any{&serve.Model{}, &serve.Reply{}},
		Skip:  map[string]string{"Model.Close": "the model that makes sense is used on; closed ones have tests"},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*serve.Model]():
				return []any{&serve.Model{}, m}
			case reflect.TypeFor[*serve.Bundle]():
				return []any{&serve.Bundle{}, bundle}
			case reflect.TypeFor[serve.Spec]():
				return []any{bundle.Spec, serve.Spec{Model: func(*graph.Scope) vi.Model { return vi.Model{} }}}
			case reflect.TypeFor[serve.Registry]():
				return []any{known, serve.Registry{"vae": nil}}
			case reflect.TypeFor[serve.Info]():
				return []any{info, serve.Info{Architecture: "vae"}}
			case reflect.TypeFor[*graph.Params]():
				return []any{&graph.Params{}, bundle.Params}
			case reflect.TypeFor[fs.FS]():
				return []any{os.DirFS(dir), fstest.MapFS{}}
			case reflect.TypeFor[map[string][]float64]():
				return []any{xs(bits(1, pixels)), map[string][]float64{"z": {1, nan, 0}}}
			case reflect.TypeFor[string]():
				return []any{serve.Encode, serve.Impute}
			case reflect.TypeFor[int]():
				return []any{3}
			}
			return nil
		},
		Calls: 30,
	}.Run(t)
}
