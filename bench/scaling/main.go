// Command scaling measures how a training step grows, and how compiling does:
//
//	go run ./bench/scaling                  tables
//	go run ./bench/scaling -page docs       and docs/scaling.md with its picture
//
// A step is forward, backward and Adam of a variational autoencoder in float32, of
// which one size at a time is changed: the batch, the width and the number of the
// hidden layers, the draws K of an importance-weighted bound. It is timed with one
// processor and with two. Compiling is timed on chains of nodes with their gradient.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

type options struct {
	page, only string
	seconds    float64
	most       int
	rounds     int
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "scaling:", err)
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("scaling", flag.ContinueOnError)
	f.StringVar(&o.page, "page", "", "`folder` for scaling.md and scaling.png")
	f.StringVar(&o.only, "only", "", "this `sweep` only: batch, width, depth, draws or nodes")
	f.Float64Var(&o.seconds, "seconds", .1, "of each measurement, which has eight steps or more")
	f.IntVar(&o.rounds, "rounds", 3, "turns each size takes")
	f.IntVar(&o.most, "most", 1<<30, "the largest `size` to measure")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	names := make([]string, len(sweeps))
	for i, s := range sweeps {
		names[i] = s.name
	}
	switch {
	case f.NArg() > 0:
		return o, errors.Errorf("unexpected argument %q", f.Arg(0))
	case o.only != "" && !slices.Contains(names, o.only):
		return o, errors.Errorf("-only %s: there are %s", o.only, strings.Join(names, ", "))
	case o.page != "" && o.only != "":
		return o, errors.New("-page wants all sweeps: leave out -only")
	case o.rounds < 1:
		return o, errors.Errorf("-rounds %d: want 1 or more", o.rounds)
	case !(o.seconds > 0):
		return o, errors.Errorf("-seconds %v: want more than 0", o.seconds)
	}
	return o, nil
}

func run(args []string, w io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	var all []measured
	for _, s := range sweeps {
		if o.only != "" && o.only != s.name {
			continue
		}
		m, err := s.run(o)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "\n%s\n", m.table()); err != nil {
			return errors.Wrap(err, "output")
		}
		all = append(all, m)
	}
	if o.page == "" {
		return nil
	}
	return writePage(o.page, all)
}
