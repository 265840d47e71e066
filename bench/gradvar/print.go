package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
)

// printer writes what was measured.
type printer struct {
	options
	w io.Writer
}

var columns = []string{"problem", "estimator", "objective", "group", "mean", "bias", "bias_lo", "bias_hi", "var", "var_lo", "var_hi", "snr", "ms", "var_ms"}

func (p printer) begin() error {
	if !p.csv {
		return nil
	}
	w := csv.NewWriter(p.w)
	w.Write(columns)
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
			line := []string{r.Problem, r.Estimator, r.Objective, r.Group}
			for _, v := range []float64{r.Mean, r.Bias, r.BiasLo, r.BiasHi, r.Var, r.VarLo, r.VarHi, r.SNR, r.Ms, r.VarMs} {
				line = append(line, cell(v))
			}
			w.Write(line)
		}
		w.Flush()
		return errors.Wrap(w.Error(), "output")
	}
	return table(p.w, of, at, rows)
}

// cell is a number of a CSV file, empty if it is not finite.
func cell(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func table(w io.Writer, of problem, at point, rows []bench.Row) error {
	fmt.Fprintf(w, "%s, %s: %s\n", of.name, at.name, of.about)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "objective\testimator\tgroup\tmean\tbias [95%]\tvariance [95%]\tsnr\tms\tvar·ms")
	for _, r := range rows {
		bias := "-"
		if !math.IsNaN(r.Bias) {
			bias = fmt.Sprintf("%.2g [%.2g, %.2g]", r.Bias, r.BiasLo, r.BiasHi)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.3g ±%.1g\t%s\t%.3g [%.3g, %.3g]\t%.2g\t%.3g\t%.2g\n", r.Objective, r.Estimator, r.Group,
			r.Mean, (r.MeanHi-r.MeanLo)/2, bias, r.Var, r.VarLo, r.VarHi, r.SNR, r.Ms, r.VarMs)
	}
	if err := t.Flush(); err != nil {
		return errors.Wrap(err, "output")
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
		case f.Failed:
			failed++
			verdict = "BIASED"
		case f.Declared && f.RelativeLo > 0:
			verdict = "biased, as declared"
		case f.Declared:
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
