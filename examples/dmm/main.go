// Command dmm trains a deep Markov model on music for several voices, which the program
// writes itself, and has it play: states go on by a gated network, what sounds is drawn
// from each, and the guide combines the state before with what is still to come.
//
//	go run ./examples/dmm -out pictures
//	go run ./examples/dmm -flows 2
//
// Krishnan, Shalit and Sontag, Structured Inference Networks for Nonlinear State Space
// Models, arXiv 1609.09869.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dmm:", err)
		os.Exit(1)
	}
}
