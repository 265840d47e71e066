// Command vae trains a variational autoencoder on pictures of digits: by
// default on digits it draws itself, or on MNIST or any IDX files with -data.
//
//	go run ./examples/vae
//	go run ./examples/vae -data mnist -epochs 35
//	go run ./examples/vae -likelihood normal -data FOLDER -hidden 200 -latent 10 -epochs 90 -batch 20
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// VAE is p(z) = N(0,I), p(x|z) = Bernoulli(dec(z)) or another likelihood, and
// the guide q(z|x) = N(enc(x)) (Kingma and Welling, arXiv 1312.6114).
type VAE struct {
	enc, dec   layers.Stack
	likelihood func(h *graph.Node) prob.Dist
	latent     int
}

// NewVAE declares the networks and what the likelihood learns.
func NewVAE(s *graph.Scope, l likelihood, pixels, latent int, hidden ...int) vi.Model {
	enc := append([]int{pixels}, append(hidden, 2*latent)...)
	dec := append([]int{latent}, append(hidden, pixels)...)
	m := VAE{layers.NewMLP(s.In("enc"), enc...), layers.NewMLP(s.In("dec"), dec...), l.declare(s.In("x"), pixels), latent}
	return vi.Model{Joint: m.joint, Guide: m.guide}
}

func (m VAE) guide(t *vi.Trace) {
	h := m.enc.Apply(t.Given("x"))
	t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, m.latent), LogStd: graph.Cols(h, m.latent, 2*m.latent)})
}

func (m VAE) joint(t *vi.Trace) {
	z := t.Draw("z", prob.StdNormal(m.latent))
	t.Draw("x", m.likelihood(m.dec.Apply(z)))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "vae:", err)
		os.Exit(1)
	}
}
