// Command ladder trains a model with five layers of latents, with a guide that
// goes up from the data or with a ladder that comes down with the model, and says
// what each layer carries:
//
//	go run ./examples/ladder
//	go run ./examples/ladder -guide plain -data mnist
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

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// model is models.Ladder with five layers next to networks of two layers with
// batch normalisation.
func model(s *graph.Scope, plain bool) vi.Model {
	return models.NewLadder(s, models.LadderConfig{
		Input: 784, Latents: []int{64, 32, 16, 8, 4}, Hidden: []int{256, 128, 64, 32, 32}, Plain: plain,
		Network: models.Normalised,
	}).Model()
}

// bound is the ELBO. Training takes the divergences at a weight that rises from 0
// to 1, and leaves each layer some nats for nothing: without pressure on what it
// does not use yet, an upper layer has the time to become of use.
func bound(s *graph.Scope, o options) vi.Objective {
	switch {
	case !s.Training():
		return vi.ELBO{}
	case o.free > 0:
		return vi.FreeBits{Lambda: o.free, Group: -1}
	}
	return vi.ELBO{Beta: s.Input("beta")}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "ladder:", err)
		os.Exit(1)
	}
}
