package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
)

// printer writes what was measured.
type printer struct {
	options
	w io.Writer
}

func (p printer) begin() error {
	if !p.csv {
		return nil
	}
	w := csv.NewWriter(p.w)
	w.Write(bench.Columns)
	w.Flush()
	return errors.Wrap(w.Error(), "output")
}

// print writes the rows of a problem at a point.
func (p printer) print(of problem, at point, rows []bench.Row) error {
	if p.png != "" {
		if err := figure(p.png, of, at, rows); err != nil {
			return err
		}
	}
	switch {
	case p.check:
		return nil
	case p.json:
		e := json.NewEncoder(p.w)
		for _, r := range rows {
			if err := e.Encode(r); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		return nil
	case p.csv:
		w := csv.NewWriter(p.w)
		for _, r := range rows {
			var line []string
			for _, v := range r.Values() {
				line = append(line, cell(v))
			}
			w.Write(line)
		}
		w.Flush()
		return errors.Wrap(w.Error(), "output")
	}
	return p.table(of, at, rows)
}

// cell is a field of a CSV file, empty for a number that is not finite.
func cell(v any) string {
	f, ok := v.(float64)
	switch {
	case !ok:
		return fmt.Sprint(v)
	case math.IsNaN(f) || math.IsInf(f, 0):
		return ""
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

var tableHead = []string{"objective", "estimator", "group", "size", "draws", "trained", "mean [95%]", "bias [95%]", "variance [95%]", "snr", "ms", "var·ms"}

// tableRow is what a table shows of a row, the times last but for what is made
// of them.
func tableRow(r bench.Row) []string {
	trained, bias := "-", "-"
	switch {
	case r.Learned > 0 && r.Warmup == 0:
		trained = "no"
	case r.Learned > 0:
		trained = fmt.Sprintf("%d steps", r.Warmup)
	}
	if !math.IsNaN(r.Bias) {
		bias = between(r.Bias, r.BiasLo, r.BiasHi, 2)
		if r.Biased {
			bias += " by design"
		}
	}
	return []string{r.Objective, r.Estimator, r.Group, strconv.Itoa(r.Size), strconv.Itoa(r.Draws), trained,
		between(r.Mean, r.MeanLo, r.MeanHi, 3), bias, between(r.Var, r.VarLo, r.VarHi, 3),
		fmt.Sprintf("%.2g", r.SNR), fmt.Sprintf("%.2g", r.Ms), fmt.Sprintf("%.2g", r.VarMs)}
}

// between is a number with its interval, or a word that there is none.
func between(v, lo, hi float64, digits int) string {
	if math.IsNaN(lo) {
		return fmt.Sprintf("%.*g [no interval]", digits, v)
	}
	return fmt.Sprintf("%.*g [%.*g, %.*g]", digits, v, digits, lo, digits, hi)
}

// table writes rows as text, or as a table of Markdown.
func (p printer) table(of problem, at point, rows []bench.Row) error {
	lines := [][]string{tableHead}
	for _, r := range rows {
		lines = append(lines, tableRow(r))
	}
	if p.markdown {
		return markdown(p.w, of.name+", "+at.name, of.about, lines)
	}
	fmt.Fprintf(p.w, "%s, %s: %s\n", of.name, at.name, of.about)
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	if err := t.Flush(); err != nil {
		return errors.Wrap(err, "output")
	}
	_, err := fmt.Fprintln(p.w)
	return errors.Wrap(err, "output")
}

// markdown writes a table with a heading.
func markdown(w io.Writer, title, about string, lines [][]string) error {
	fmt.Fprintf(w, "### %s\n\n%s.\n\n", title, about)
	for i, line := range lines {
		fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | "))
		if i == 0 {
			fmt.Fprintln(w, "|"+strings.Repeat(" --- |", len(line)))
		}
	}
	_, err := fmt.Fprintln(w)
	return errors.Wrap(err, "output")
}

// findings writes the tests of bias; it is an error if one failed.
func (p printer) findings(fs []bench.Finding) error {
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "problem\tobjective\testimator\tgroup\tbias/‖g‖\tinterval of all %d rows\t\n", len(fs))
	failed := 0
	for _, f := range fs {
		verdict := ""
		switch {
		case math.IsNaN(f.RelativeLo):
			verdict = "not tested: tails too heavy for an interval"
		case f.Failed:
			failed++
			verdict = "BIASED"
		case f.Biased && f.RelativeLo > 0:
			verdict = "biased, as declared"
		case f.Biased:
			verdict = "declared biased, not seen here"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.2g\t[%.2g, %.2g]\t%s\n", f.Problem, f.Objective, f.Estimator, f.Group, f.Relative, f.RelativeLo, f.RelativeHi, verdict)
	}
	if err := t.Flush(); err != nil {
		return errors.Wrap(err, "output")
	}
	if failed > 0 {
		return errBiased
	}
	return nil
}
