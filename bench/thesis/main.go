// Command thesis runs the published experiments of Kingma's thesis, Variational
// Inference and Deep Learning, at the size of a small machine, and keeps what
// comes out beside what was published.
//
//	go run ./bench/thesis                         the tables there are
//	go run ./bench/thesis -data FOLDER aevb       one of them, on MNIST's files or those it names
//	go run ./bench/thesis -quick                  all of them, small and short, on digits drawn by the program
//	go run ./bench/thesis -page docs              writes docs/thesis.md, and pictures, of them
//
// A table is made of cells, such as one model with one number of latents. Every
// cell that is done stands in results/TABLE.json, with its seed, seconds, machine
// and commit; a run that was stopped goes on with the cells that are missing.
//
//	table.go     tables, cells and the figures that come of them
//	results.go   the files
//	markdown.go  the page
//	plot.go      its pictures
//	main.go      the flags
//	fit.go       training and evaluation of models of pictures
//	classify.go  the same of classifiers with latent weights
//	aevb.go, mcem.go, semisupervised.go, ladder.go, flows.go, conv.go, discrete.go,
//	noise.go, dropout.go, sparse.go, uci.go, adam.go, correction.go   the tables
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/pkg/errors"
)

// options are the flags.
type options struct {
	data, out, only, page string
	quick                 bool
	table                 *table
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "thesis:", err)
		os.Exit(1)
	}
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("thesis", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of MNIST's IDX files, or mnist, downloaded once, or of the table's own data; needed without -quick")
	f.StringVar(&o.out, "out", "", "`folder` of the results; empty: bench/thesis/results, with -quick none")
	f.StringVar(&o.only, "only", "", "run the cells whose `name` has this in it")
	f.BoolVar(&o.quick, "quick", false, "small and short, on drawn digits; without a table: all")
	f.StringVar(&o.page, "page", "", "write the page of the results and its pictures into this `folder`")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	if o.out == "" && !o.quick {
		o.out = filepath.Join("bench", "thesis", "results")
	}
	switch {
	case o.quick && o.data != "":
		return o, errors.New("-quick draws its digits: it takes no -data")
	case f.NArg() > 1:
		return o, errors.Errorf("unexpected argument %q: one table at a time, and flags before it", f.Arg(1))
	case f.NArg() == 1 && o.page != "":
		return o, errors.New("-page is of all tables")
	case f.NArg() == 1:
		if o.table = named(f.Arg(0)); o.table == nil {
			return o, errors.Errorf("no table %q, want one of %s", f.Arg(0), strings.Join(names(), ", "))
		}
		if !o.quick && o.data == "" {
			return o, errors.Errorf("table %s wants -data, a folder of MNIST's files, or -quick", o.table.name)
		}
	case o.quick && o.page != "":
		return o, errors.New("-page is of results, and -quick leaves none")
	case !o.quick && (o.data != "" || o.only != ""):
		return o, errors.Errorf("-data and -only are of a table: name one of %s", strings.Join(names(), ", "))
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	switch {
	case err != nil:
		return err
	case o.page != "":
		return writePage(o.page, o.out)
	case o.table == nil && !o.quick:
		for _, t := range tables {
			if _, err := fmt.Fprintf(stdout, "%-16s %s\n", t.name, t.title); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		return nil
	}
	lab, err := newLab(ctx, o, stderr)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if o.table == nil || o.table == t {
			if err := t.run(ctx, lab, stdout); err != nil {
				return err
			}
		}
	}
	return nil
}
