package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// page prints thesis.md from the results in a folder.
func page(w io.Writer, dir string) error {
	var b strings.Builder
	b.WriteString("# The thesis's tables\n\nWhat the published experiments give here, written by `go run ./bench/thesis -page docs` from the files in bench/thesis/results. Published figures stand beside ours, in italics; ± is a standard error, over seeds where there are several.\n")
	for _, t := range tables {
		rows, err := t.wholeResults(dir)
		if err != nil {
			return err
		}
		t.markdown(&b, rows)
	}
	_, err := io.WriteString(w, b.String())
	return errors.Wrap(err, "output")
}

func (t *table) markdown(b *strings.Builder, rows []row) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", t.title, strings.TrimSpace(t.about))
	if len(rows) == 0 {
		fmt.Fprintf(b, "Not run yet: `go run ./bench/thesis -data %s %s`\n", cmp.Or(t.folder, "mnist"), t.name)
		return
	}
	head, lines := t.grid(rows, t.published)
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, l := range lines {
		fmt.Fprintf(b, "| %s |\n", strings.Join(l, " | "))
	}
	t.compare(b, rows)
	if t.picture != nil {
		fmt.Fprintf(b, "\n![%s by %s](thesis/%s.png)\n", t.picture.y, t.picture.x, t.name)
	}
	for _, note := range t.found {
		fmt.Fprintf(b, "\n%s\n", note)
	}
	seconds := 0.0
	for _, r := range rows {
		seconds += r.Seconds
	}
	all := func(of func(r row) string) string {
		var s []string
		for _, r := range rows {
			s = append(s, of(r))
		}
		slices.Sort(s)
		return strings.TrimPrefix(strings.Join(slices.Compact(s), ", "), ", ")
	}
	fmt.Fprintf(b, "\n`go run ./bench/thesis -data %s %s`: %.0f minutes in all on %s, at %s. Published: %s.\n",
		cmp.Or(t.folder, "mnist"), t.name, seconds/60, all(func(r row) string { return r.Machine }), all(func(r row) string { return r.Commit }), t.source)
	if notes := all(func(r row) string { return r.Note }); notes != "" {
		fmt.Fprintf(b, "\n%s\n", notes)
	}
}

// compare prints the difference of the paired rows, seed by seed, with the
// standard error over the blocks of pictures.
func (t *table) compare(b *strings.Builder, rows []row) {
	of := func(name string, seed uint64) []float64 {
		for _, r := range rows {
			if r.Labels[t.rows] == name && r.Seed == seed {
				return r.Blocks
			}
		}
		return nil
	}
	var differences []string
	for _, r := range rows {
		other := of(t.paired[1], r.Seed)
		if r.Labels[t.rows] != t.paired[0] || len(r.Blocks) == 0 || len(other) != len(r.Blocks) {
			continue
		}
		difference := slices.Clone(r.Blocks)
		floats.Sub(difference, other)
		mean, std := stat.MeanStdDev(difference, nil)
		differences = append(differences, figure{mean, stat.StdErr(std, float64(len(difference)))}.String())
	}
	if len(differences) > 0 {
		fmt.Fprintf(b, "\nlog p, picture by picture: %s − %s = %s nats.\n", t.paired[0], t.paired[1], strings.Join(differences, ", "))
	}
}

// grid arranges the rows: one line for each value of the label t.rows, one
// column for each figure and value of the label t.columns, ours before the
// published.
func (t *table) grid(ours, published []row) (head []string, lines [][]string) {
	var names, columns []string
	add := func(list *[]string, v string) {
		if !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
	for _, r := range slices.Concat(ours, published) {
		add(&names, r.Labels[t.rows])
		add(&columns, r.Labels[t.columns])
	}
	head = []string{t.rows}
	for _, c := range columns {
		for _, f := range t.shown {
			head = append(head, strings.TrimSpace(c+" "+f))
		}
	}
	for _, n := range names {
		line := []string{n}
		for _, c := range columns {
			for _, f := range t.shown {
				at := func(rows []row) []row {
					return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
						_, has := r.Figures[f]
						return !has || r.Labels[t.rows] != n || r.Labels[t.columns] != c
					})
				}
				text := over(at(ours), f)
				if p := at(published); len(p) > 0 {
					text = strings.TrimSpace(text + " *" + over(p, f) + "*")
				}
				line = append(line, text)
			}
		}
		lines = append(lines, line)
	}
	return head, lines
}

// over prints the mean of a figure over the seeds, with its standard error if
// there are several, else with that of the figure itself.
func over(rows []row, name string) string {
	switch len(rows) {
	case 0:
		return ""
	case 1:
		return rows[0].Figures[name].String()
	}
	var values []float64
	for _, r := range rows {
		values = append(values, r.Figures[name].Value)
	}
	return meanOf(values).String()
}
