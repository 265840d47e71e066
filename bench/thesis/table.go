package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// table is a published experiment.
type table struct {
	name, title string
	folder      string   // of the data; empty: that of MNIST
	source      string   // of the published figures
	about       string   // paragraphs of the page: the set-up, and what differs from the published one
	rows        string   // the label that the page's rows are of
	columns     string   // the label that its columns are of; empty: one column a figure
	shown       []string // the figures that the page shows, in order
	cells       func(l *lab) []cell
	published   []row     // what was published, as rows of ours
	paired      [2]string // two values of the label rows whose log p the page compares picture by picture
	picture     *picture  // nil: none
	found       []string  // paragraphs under the table: where a figure is not the published one, what was tried and why
}

// cell is one run of a table.
type cell struct {
	labels labels
	seed   uint64
	run    func(ctx context.Context, l *lab) (result, error)
}

// labels say which cell it is, such as latents=20 method=AEVB.
type labels map[string]string

func (l labels) String() string {
	var s []string
	for _, k := range slices.Sorted(maps.Keys(l)) {
		s = append(s, k+"="+l[k])
	}
	return strings.Join(s, " ")
}

// result is what a cell found.
type result struct {
	Figures map[string]figure `json:"figures"`
	Epochs  int               `json:"epochs,omitempty"`
	Curve   []point           `json:"curve,omitempty"` // the first figure after some of the epochs

	// Blocks are the means of log p over the test pictures in a hundred blocks, in
	// their order, so that cells can be compared picture by picture.
	Blocks []float64 `json:"blocks,omitempty"`
}

const blocks = 100

// figure is a number with its standard error, 0 where it has none.
type figure struct {
	Value  float64 `json:"value"`
	StdErr float64 `json:"stderr,omitempty"`
}

type point struct {
	Epoch int     `json:"epoch"`
	Value float64 `json:"value"`
}

func (c cell) name(t *table) string { return fmt.Sprintf("%s %v seed=%d", t.name, c.labels, c.seed) }

// tables are all there are, in the order of the chapters.
var tables = []*table{&aevb, &mcem, &semisupervised, &ladder, &flows, &conv, &discrete, &noise, &dropout, &sparse, &uci, &adam, &words, &correction}

func named(name string) *table {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	return nil
}

func names() (all []string) {
	for _, t := range tables {
		all = append(all, t.name)
	}
	return all
}

// run runs the cells that are missing, one after the other.
func (t *table) run(ctx context.Context, l *lab, stdout io.Writer) error {
	done, err := readResults(l.out, t.name)
	if err != nil {
		return err
	}
	ran := 0
	for _, c := range t.cells(l) {
		name := c.name(t)
		if !strings.Contains(name, l.only) {
			continue
		}
		ran++
		if i := slices.IndexFunc(done, func(r row) bool { return r.is(c, l.quick) }); i >= 0 {
			if err := done[i].print(stdout, name+" (kept)"); err != nil {
				return err
			}
			continue
		}
		l.say("%s", name)
		start := time.Now()
		res, err := c.run(ctx, l)
		if err != nil {
			return errors.WithMessage(err, name)
		}
		r := row{Labels: c.labels, Seed: c.seed, result: res, Seconds: time.Since(start).Seconds(), Commit: l.commit, Machine: machine(), Quick: l.quick}
		done = append(done, r)
		if err := writeResults(l.out, t.name, done); err != nil {
			return err
		}
		if err := r.print(stdout, name); err != nil {
			return err
		}
	}
	if ran == 0 && l.table == t {
		return errors.Errorf("table %s has no cell with %q in its name", t.name, l.only)
	}
	return nil
}

// print prints the figures of a cell.
func (r row) print(w io.Writer, name string) error {
	var s []string
	for _, k := range slices.Sorted(maps.Keys(r.Figures)) {
		s = append(s, fmt.Sprintf("%s %v", k, r.Figures[k]))
	}
	_, err := fmt.Fprintf(w, "%s: %s (%d epochs, %.0f s)\n", name, strings.Join(s, ", "), r.Epochs, r.Seconds)
	return errors.Wrap(err, "output")
}

func (f figure) String() string {
	if f.StdErr == 0 {
		return decimals(f.Value)
	}
	return fmt.Sprintf("%s ± %s", decimals(f.Value), decimals(f.StdErr))
}

// decimals prints a number to a hundredth, a small one to two digits.
func decimals(v float64) string {
	if a := math.Abs(v); a > 0 && a < .1 {
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
