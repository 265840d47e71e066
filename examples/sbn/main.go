// Command sbn trains a sigmoid belief net, a VAE whose latents are bits, by an
// estimator of choice, and prints the ELBO with hard samples:
//
//	go run ./examples/sbn -estimator vimco
//	go run ./examples/sbn -estimator disarm -data mnist
//
// By default the digits are drawn by the program.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// SBN is p(z) = Bernoulli(b), p(x|z) = Bernoulli(dec(z)) and the guide
// q(z|x) = Bernoulli(enc(x)), with affine enc and dec (Neal, 1992; Mnih and
// Gregor, arXiv 1402.0030).
type SBN struct {
	enc, dec layers.Dense
	prior    *graph.Node
}

// NewSBN declares the networks.
func NewSBN(s *graph.Scope, pixels, bits int) vi.Model {
	m := SBN{layers.NewDense(s.In("enc"), pixels, bits), layers.NewDense(s.In("dec"), bits, pixels), s.Param("prior", graph.Constant(0), bits)}
	return vi.Model{Joint: m.joint, Guide: m.guide}
}

func (m SBN) guide(t *vi.Trace) {
	t.Draw("z", prob.Bernoulli{Logits: m.enc.Apply(t.Given("x"))})
}

func (m SBN) joint(t *vi.Trace) {
	z := t.Draw("z", prob.Bernoulli{Logits: m.prior})
	t.Draw("x", prob.Bernoulli{Logits: m.dec.Apply(z)})
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sbn:", err)
		os.Exit(1)
	}
}
