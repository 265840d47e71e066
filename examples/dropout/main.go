// Command dropout trains a classifier of digits whose weights have a posterior of
// choice, and prints the error and the calibration of its predictions, those of many
// draws of the weights and those of their means, and how many weights matter:
//
//	go run ./examples/dropout
//	go run ./examples/dropout -posterior sparse -hidden 300,100 -data mnist
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

// model is the classifier. Which posterior the weights have is all that differs.
func (o options) model(s *graph.Scope) models.Bayesian {
	return models.NewClassifier(s, o.posterior.Config, 784, 10, o.hidden...)
}

// bound is the ELBO, with a weight of the divergence that rises from 0 in the first
// epochs: a network that knows nothing has no reason to be sure of its weights.
func (o options) bound(s *graph.Scope, d vi.Data, total int) *vi.Estimate {
	beta := s.Input("beta").Scale(o.posterior.Beta)
	return vi.ELBO{Config: vi.Config{Total: total}, Beta: beta}.Estimate(s, o.model(s).Model(), d)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dropout:", err)
		os.Exit(1)
	}
}
