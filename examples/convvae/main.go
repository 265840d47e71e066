// Command convvae trains the ResNet VAE of chapter 5 of the thesis on pictures, with
// a normal posterior or one that inverse autoregressive flows make richer:
//
//	go run ./examples/convvae
//	go run ./examples/convvae -flows 2 -data mnist
//	go run ./examples/convvae -grey -data FOLDER
//
// By default the digits are drawn by the program. With -grey the likelihood is that
// of grey values, and bits per dimension are printed.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// model is models.NewVAE with residual networks of pictures.
func model(s *graph.Scope, o options, height, width int) vi.Model {
	p := models.Pictures{Height: height, Width: width, Filters: o.filters, Hidden: o.hidden}
	c := models.VAEConfig{
		Input: height * width, Latent: o.latents, Encoder: p.Encoder, Decoder: p.Decoder(o.latents),
		Likelihood: likelihood(s.In("x"), o.grey, height*width),
	}
	if o.flows > 0 {
		c = c.WithFlow(s.In("flow"), 32, models.InverseAutoregressive(o.flows, 320))
	}
	return models.NewVAE(s, c)
}

// likelihood is the law of the pixels by the decoder's output: of black and white
// ones, or of 256 grey values with a scale that is learnt for each pixel.
func likelihood(s *graph.Scope, grey bool, pixels int) func(h *graph.Node) prob.Dist {
	if !grey {
		return func(h *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} }
	}
	const least = .1 / 255 // of a scale; finer ones would measure the rounding of grey values
	raw := s.Param("scale", graph.Constant(math.Log(math.Expm1(math.Log(.1/least)))), pixels)
	logScale := graph.Softplus(raw).Shift(math.Log(least))
	return func(h *graph.Node) prob.Dist {
		return prob.DiscretizedLogistic{Loc: graph.Sigmoid(h), LogScale: logScale}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "convvae:", err)
		os.Exit(1)
	}
}
