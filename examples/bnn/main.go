// Command bnn fits a network with latent weights to a regression set and says how well
// it predicts: by default to points around a curve, of which it draws what it believes
// in between, or to one of the UCI sets:
//
//	go run ./examples/bnn
//	go run ./examples/bnn -data FOLDER -set boston -split 3
//
// FOLDER has the sets as data.LoadUCI reads them.
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

// model is the regression. Which posterior the weights have is all that differs.
func (o options) model(s *graph.Scope, inputs int) models.Bayesian {
	return models.NewRegression(s, o.posterior.Config, inputs, o.hidden...)
}

// bound is the ELBO, with a weight of the divergence that rises from 0 in the first
// epochs.
func (o options) bound(s *graph.Scope, d vi.Data, inputs, total int) *vi.Estimate {
	beta := s.Input("beta").Scale(o.posterior.Beta)
	return vi.ELBO{Config: vi.Config{Total: total}, Beta: beta}.Estimate(s, o.model(s, inputs).Model(), d)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bnn:", err)
		os.Exit(1)
	}
}
