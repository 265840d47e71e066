package main

import (
	"context"
	"os"

	"github.com/pkg/errors"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/latentgo/latent/trainers/data"
)

// dataSets draws, reads or downloads the pictures.
func (a *app) dataSets(ctx context.Context) (data.Sets, error) {
	sets, err := data.Open(ctx, a.data, data.Fetcher{Progress: a.downloading()}, data.LoadConfig{Seed: a.seed})
	return sets, errors.WithMessage(err, "-data")
}

// downloading returns a progress bar for a terminal, else nil.
func (a *app) downloading() func(file string, done, total int64) {
	f, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	bars := map[string]*progressbar.ProgressBar{}
	return func(file string, done, total int64) {
		if bars[file] == nil {
			bars[file] = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f),
				progressbar.OptionShowBytes(true), progressbar.OptionSetDescription(file), progressbar.OptionClearOnFinish())
		}
		bars[file].Set64(done)
	}
}
