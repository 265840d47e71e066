// Command gradvar measures the bias, the variance and the cost of gradient
// estimators on built-in problems:
//
//	go run ./bench/gradvar                 a table of each problem
//	go run ./bench/gradvar -region         at several places in the space of parameters
//	go run ./bench/gradvar -check          test for bias; exit status 1 if there is some, or nothing to test
//	go run ./bench/gradvar -markdown       the same tables for a page
//	go run ./bench/gradvar -json           a JSON object a row, for programs
//	go run ./bench/gradvar -png out        and a figure of each problem in the folder out
//	go run ./bench/gradvar -report FILE    and a page of HTML, with the variance against the cost
//
// Belief nets of pictures, as Shi et al. (arXiv 2202.09497) compared estimators on, are
// measured when they are asked for; -data names the pictures:
//
//	go run ./bench/gradvar -problem nonlinear784 -data mnist
//	go run ./bench/gradvar -problem nonlinear784 -data mnist -study FOLDER -evaluations 2
//	go run ./bench/gradvar -study FOLDER -report FILE
//	go run ./bench/gradvar -study FOLDER -markdown
//
// The second trains by each estimator, 100,000 steps by default, and goes on where it
// was stopped, or to more -steps than before; the others show what came out.
//
// Package bench says what the numbers are; bench.GradientVariance measures
// models of your own.
//
//	problem.go   what is measured: linear.go, sbn.go, mixed.go, logistic.go, classes.go,
//	             hierarchy.go, vae.go, bayes.go and pictures.go have the problems,
//	             exact.go quadratures
//	print.go     tables and other output; figure.go, pictures; report.go, the page
//	study.go     trainings by each estimator
//	main.go      the flags
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
)

type options struct {
	region, check, json, csv, markdown, quick bool
	only, png, data, study, estimator, report string
	evaluations, steps, every                 int
	draws                                     float64
	seed                                      uint64
}

// errBiased is the failure of -check.
var errBiased = errors.New("an estimator that is declared unbiased is not")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "gradvar:", err)
		os.Exit(1)
	}
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("gradvar", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.BoolVar(&o.region, "region", false, "at all points of each problem, not the first only")
	f.BoolVar(&o.check, "check", false, "test the bias where the exact gradient is known, all rows at once at the level of 1%")
	f.BoolVar(&o.json, "json", false, "print one JSON object a row")
	f.BoolVar(&o.csv, "csv", false, "print comma-separated values")
	f.BoolVar(&o.markdown, "markdown", false, "print tables of Markdown")
	f.StringVar(&o.only, "problem", "", "this `name` only: "+names())
	f.StringVar(&o.png, "png", "", "`folder` for a figure of each problem")
	f.StringVar(&o.data, "data", "", "for problems on pictures, `folder` of IDX files named as MNIST's, or mnist or fashion-mnist, downloaded once; empty: digits drawn by the program")
	f.BoolVar(&o.quick, "quick", false, "problems on pictures small and short, on few drawn digits")
	f.StringVar(&o.report, "report", "", "`file` for a page of HTML with tables and figures, variance against cost with the Pareto front; with -study and no -problem, of the trainings in that folder")
	f.StringVar(&o.study, "study", "", "train the -problem on pictures by each of its estimators, with the variance of its gradient on the way, and keep the results in this `folder`, from which a run that was stopped goes on")
	f.IntVar(&o.evaluations, "evaluations", 0, "on pictures, estimators of this many evaluations of the model; 0: of 2, 3 and 4")
	f.StringVar(&o.estimator, "estimator", "", "those with one of these in their `names`, with commas between them")
	f.IntVar(&o.steps, "steps", 100000, "with -study: of training")
	f.IntVar(&o.every, "every", 0, "with -study: `steps` from one measurement to the next; 0: a twentieth of all")
	f.Float64Var(&o.draws, "draws", 1, "times the usual number of gradients")
	f.Uint64Var(&o.seed, "seed", 1, "of the noise")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	known := o.only == ""
	for _, p := range problems {
		known = known || p.name == o.only
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case !known:
		err = errors.Errorf("-problem %s: want %s", o.only, names())
	case o.evaluations != 0 && (o.evaluations < 2 || o.evaluations > 4):
		err = errors.Errorf("-evaluations %d: want 2, 3 or 4", o.evaluations)
	case o.steps < 1:
		err = errors.Errorf("-steps %d: want 1 or more", o.steps)
	case o.every < 0:
		err = errors.Errorf("-every %d: want 1 or more, or 0", o.every)
	case !(o.draws > 0 && o.draws <= 1000):
		err = errors.Errorf("-draws %v: want a number up to 1000", o.draws)
	case o.check && o.png != "" || count(o.check, o.json, o.csv, o.markdown) > 1:
		err = errors.New("-check, -json, -csv and -markdown are different outputs: choose one, and -png without -check")
	}
	return o, err
}

// wants tells whether an estimator is asked for.
func (o options) wants(estimator string) bool {
	return slices.ContainsFunc(strings.Split(o.estimator, ","), func(name string) bool { return strings.Contains(estimator, name) })
}

func count(flags ...bool) (n int) {
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

func run(ctx context.Context, args []string, w io.Writer) error {
	o, err := parse(args, w)
	if err != nil {
		return err
	}
	page := &report{}
	if o.study != "" && o.only == "" && (o.report != "" || o.markdown) {
		return page.kept(o, w)
	}
	if o.study != "" {
		return studies(ctx, o, w, os.Stderr)
	}
	out := printer{options: o, w: w}
	if err := out.begin(); err != nil {
		return err
	}
	var all []bench.Row
	for _, made := range problems {
		if o.only != made.name && (o.only != "" || made.asked) {
			continue
		}
		p, err := made.make(o)
		if err != nil {
			return err
		}
		if o.check && !p.known() {
			continue
		}
		p.cases = slices.DeleteFunc(p.cases, func(c bench.Case) bool { return !o.wants(c.Estimator) })
		if len(p.cases) == 0 {
			return errors.Errorf("-estimator %s: problem %s has none", o.estimator, p.name)
		}
		points := p.points
		if !o.region {
			points = points[:1]
		}
		for _, at := range points {
			rows, err := p.measure(ctx, at, o)
			if err != nil {
				return err
			}
			if err := out.print(p, at, rows); err != nil {
				return err
			}
			if o.report != "" {
				if err := page.add(p, at, rows); err != nil {
					return err
				}
			}
			all = append(all, rows...)
		}
	}
	if o.report != "" {
		if err := page.write(o.report); err != nil {
			return err
		}
	}
	if o.check && len(all) == 0 {
		return errors.Errorf("-check of %s: nothing to test, the exact gradient is not known", o.only)
	}
	if o.check {
		return out.findings(bench.Check(all, .01))
	}
	return nil
}
