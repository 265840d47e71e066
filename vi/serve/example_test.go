package serve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// newScale is z ~ N(0, 1), x ~ N(z, 1), and its exact posterior, z ~ N(x/2, ½).
func newScale(s *graph.Scope) vi.Model {
	return vi.Model{
		Joint: func(t *vi.Trace) { t.Draw("x", normal(t.Draw("z", prob.StdNormal(1)), 1)) },
		Guide: func(t *vi.Trace) { t.Draw("z", normal(t.Given("x").Scale(.5), 0.7071067811865476)) },
	}
}

// A model with one number as its data, asked for the posterior and for the log
// likelihood of three rows.
func ExampleNew() {
	spec := serve.Spec{Model: newScale, Arrays: []serve.Array{{Name: "x", Shape: []int{1}}}}
	m, err := serve.New(spec, &graph.Params{Dtype: graph.Float64}, serve.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	ctx, q := context.Background(), serve.Request{Values: map[string][]float64{"x": {-1, 0, 2}}}
	codes, err := m.Encode(ctx, q)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("posterior means", codes.Get("z/mean"))
	scores, err := m.LogLikelihood(ctx, q)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log p(x) %.4f\n", scores.Get("logp"))
	_, err = m.Encode(ctx, serve.Request{Values: map[string][]float64{"x": {0, nan}}})
	fmt.Println(err)
	// Output:
	// posterior means [-0.5 0 1]
	// log p(x) [-1.5155 -1.2655 -2.2655]
	// serve: x, row 1, element 0: the value is NaN
}

// A bundle, written by the program that trained the model and served by another
// one, which knows the architecture by its name.
func ExampleLoad() {
	known := serve.Registry{"scale": func(json.RawMessage) (serve.Spec, error) { return serve.Spec{Model: newScale}, nil }}
	dir, err := os.MkdirTemp("", "bundle")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	info := serve.Info{
		Architecture: "scale",
		Arrays:       []serve.Array{{Name: "x", Shape: []int{1}, About: "degrees above 20 °C"}},
		Training:     serve.Training{Data: "none: it has no parameters"},
	}
	if err := serve.Write(dir, info, &graph.Params{}, known); err != nil {
		fmt.Println(err)
		return
	}
	m, err := serve.Load(os.DirFS(dir), known, serve.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	r, err := m.Sample(context.Background(), serve.Request{Rows: 2, Seed: 1})
	fmt.Println(len(r.Get("x")), "numbers,", len(r.Version), "digits of a hash,", err)
	// Output:
	// 2 numbers, 64 digits of a hash, <nil>
}
