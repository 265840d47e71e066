// Command semisupervised learns to classify digits of which few have labels, by
// the models of Kingma, Rezende, Mohamed and Welling (arXiv 1406.5298):
//
//	go run ./examples/semisupervised                          digits drawn by the program
//	go run ./examples/semisupervised -data mnist -labels 100 -model m2
//	go run ./examples/semisupervised -data mnist -model m1m2
//
// It prints the error on the test pictures and draws analogies: the style of a
// test picture in the first column, written as all ten digits.
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
		fmt.Fprintln(os.Stderr, "semisupervised:", err)
		os.Exit(1)
	}
}
