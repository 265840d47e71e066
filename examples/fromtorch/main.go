// Command fromtorch makes a bundle of a VAE that a PyTorch script, train.py,
// trained, and serves it by the Open Inference Protocol:
//
//	go run ./examples/fromtorch [FOLDER OF THE BUNDLE]
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

//go:embed vae.safetensors
var weights []byte

// names has the script's modules: every other one of a Sequential is an activation.
var names = []graph.Rename{
	{From: "*.0.bias", To: "*/0/b"}, {From: "*.2.bias", To: "*/1/b"}, {From: "*.4.bias", To: "*/2/b"}, {From: "*.bias", To: "*/b"},
	{From: "*.0.weight", To: "*/0/w", Perm: []int{1, 0}}, {From: "*.2.weight", To: "*/1/w", Perm: []int{1, 0}},
	{From: "*.4.weight", To: "*/2/w", Perm: []int{1, 0}}, {From: "*.weight", To: "*/w", Perm: []int{1, 0}},
}

func newVAE(s *graph.Scope) vi.Model {
	relu := layers.Config{Activation: graph.Relu}
	enc, dec := relu.NewMLP(s.In("encoder"), 64, 96, 64), relu.NewMLP(s.In("decoder"), 8, 64, 96, 64)
	mean, logvar := layers.NewDense(s.In("mean"), 64, 8), layers.NewDense(s.In("logvar"), 64, 8)
	return vi.Model{
		Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(8)))}) },
		Guide: func(t *vi.Trace) {
			h := graph.Relu(enc.Apply(t.Given("x")))
			t.Draw("z", prob.Normal{Mean: mean.Apply(h), LogStd: logvar.Apply(h).Scale(.5)})
		},
	}
}

// load writes the bundle and opens it.
func load(dir string) (*serve.Model, error) {
	params := &graph.Params{}
	if _, err := (graph.Mapping{Names: names}).Read(params, bytes.NewReader(weights), int64(len(weights))); err != nil {
		return nil, err
	}
	known := serve.Registry{"torch-vae": func(json.RawMessage) (serve.Spec, error) { return serve.Spec{Model: newVAE}, nil }}
	pixels := serve.Array{Name: "x", Shape: []int{64}, About: "8×8 pixels, 0 or 1"}
	if err := serve.Write(dir, serve.Info{Architecture: "torch-vae", Arrays: []serve.Array{pixels}, Training: serve.Training{Data: "drawn by train.py"}}, params, known); err != nil {
		return nil, err
	}
	return serve.Load(os.DirFS(dir), known, serve.Config{})
}

func main() {
	m, err := load(append(os.Args, "out/fromtorch")[1])
	if err != nil {
		log.Fatal("fromtorch: ", err)
	}
	h, err := oip.New(m, oip.Config{Name: "digits"})
	if err != nil {
		log.Fatal("fromtorch: ", err)
	}
	log.Fatal("fromtorch: ", http.ListenAndServe("localhost:8000", h))
}
