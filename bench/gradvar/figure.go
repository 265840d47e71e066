package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/internal/atomicfile"
)

// figure writes the picture of a problem into -png.
func figure(dir string, of problem, at point, rows []bench.Row) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.Wrap(err, "-png")
	}
	return picture(filepath.Join(dir, strings.ReplaceAll(of.name+" "+at.name, " ", "-")+".png"), bench.Figure{Title: of.name + ", " + at.name}, rows)
}

func picture(path string, f bench.Figure, rows []bench.Row) error {
	return atomicfile.Write(path, func(w io.Writer) error { return f.PNG(w, rows) })
}
