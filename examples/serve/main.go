// Command serve trains a model of digits that it draws itself, if there is none
// yet, and serves it: the Open Inference Protocol at /v2, metrics at /metrics and,
// at /, a page on which to move through the latents and to draw a digit.
//
//	go run ./examples/serve
//	go run ./examples/serve -bundle out/serve -addr localhost:8000
//	LATENT_TOKEN=SECRET go run ./examples/serve -addr :8000
//
// It listens on this machine alone unless told otherwise. With a token every
// request but the health checks has to carry it, as "Authorization: Bearer SECRET"
// or in the cookie that the page sets when it is opened as /?token=SECRET. The
// bundle is looked at every few seconds, and one that was written anew is served
// without a break.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}
