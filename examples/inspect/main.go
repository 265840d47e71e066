// Command inspect shows what is in a safetensors file, or in a folder of them with
// JSON beside, such as a bundle, a checkpoint or the output of a training run: of
// each tensor its dtype, shape, norm, range and what of it is not finite; of each
// file its SHA-256; of JSON its numbers and texts, such as the step and the bound.
// Given two, it tells where they differ.
//
//	go run ./examples/inspect out/vae
//	go run ./examples/inspect -match '^enc/' out/vae/model.safetensors
//	go run ./examples/inspect before/model.safetensors after/model.safetensors
//
// As of diff, the exit status is 0, or 1 if two differ, or 2 if there is trouble.
package main

import (
	"fmt"
	"os"

	"github.com/pkg/errors"
)

func main() {
	switch err := run(os.Args[1:], os.Stdout); {
	case errors.Is(err, errDiffer):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "inspect:", err)
		os.Exit(2)
	}
}
