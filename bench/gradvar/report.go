package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/internal/atomicfile"
)

// report is a page of HTML in one file: of each problem its table, the variances below
// one another, and the variances over the cost with the Pareto front, group by group;
// and of a folder of -study the variance and the bound along training.
type report struct {
	Sections []section
}

type section struct {
	Title, About string
	Figures      []template.URL
	Head         []string
	Rows         [][]string
}

// add adds the rows of a problem.
func (r *report) add(p problem, at point, rows []bench.Row) error {
	s := section{Title: p.name + ", " + at.name, About: p.about, Head: tableHead}
	for _, row := range rows {
		s.Rows = append(s.Rows, tableRow(row))
	}
	if err := s.figure(bench.Figure{}, rows); err != nil {
		return err
	}
	var groups []string
	for _, row := range rows {
		if !slices.Contains(groups, row.Group) {
			groups = append(groups, row.Group)
		}
	}
	for _, g := range groups {
		of := slices.DeleteFunc(slices.Clone(rows), func(r bench.Row) bool { return r.Group != g })
		f := bench.Figure{Title: "variance of " + g + " against cost", X: func(r bench.Row) float64 { return r.Ms }, XLabel: "ms a gradient", Front: true}
		if err := s.figure(f, of); err != nil {
			return err
		}
	}
	r.Sections = append(r.Sections, s)
	return nil
}

func (s *section) figure(f bench.Figure, rows []bench.Row) error {
	var b bytes.Buffer
	if err := f.PNG(&b, rows); err != nil {
		return err
	}
	s.Figures = append(s.Figures, template.URL("data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes())))
	return nil
}

// studies adds what the trainings in a folder came to.
func (r *report) studies(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return errors.Wrap(err, "-study")
	}
	by := map[string][]studied{}
	for _, path := range paths {
		c := course{}
		if err := c.readFile(path); err != nil {
			return err
		}
		for _, row := range c.rows {
			key := fmt.Sprintf("%s, %d evaluations", row.Problem, row.Evaluations)
			by[key] = append(by[key], row)
		}
	}
	for _, key := range sortedKeys(by) {
		s := section{Title: "trainings of " + key, About: "by each estimator for itself; the variance of the guide's gradient along them, and the test bound after steps and after seconds of training", Head: []string{"estimator", "seed", "steps", "seconds", "test ELBO", "bound of 100 draws", "test ELBO at the same seconds", "variance [95%]"}}
		ends := last(by[key])
		budget := slices.MinFunc(ends, func(a, b studied) int { return cmp.Compare(a.Seconds, b.Seconds) }).Seconds
		var rows []bench.Row
		for _, x := range by[key] {
			rows = append(rows, bench.Row{Estimator: x.Estimator, Var: x.Var, VarLo: x.VarLo, VarHi: x.VarHi, Step: x.Steps})
		}
		for _, x := range ends {
			bound, soon := "-", "-"
			if x.Bound != 0 {
				bound = fmt.Sprintf("%.2f", x.Bound)
			}
			if then := within(by[key], x, budget); then.Steps > 0 {
				soon = fmt.Sprintf("%.2f at %.0f", then.ELBO, budget)
			}
			s.Rows = append(s.Rows, []string{x.Estimator, fmt.Sprint(x.Seed), fmt.Sprint(x.Steps), fmt.Sprintf("%.0f", x.Seconds), fmt.Sprintf("%.2f", x.ELBO), bound,
				soon, fmt.Sprintf("%.4g [%.4g, %.4g]", x.Var, x.VarLo, x.VarHi)})
		}
		if err := s.figure(bench.Figure{Title: "variance along training", X: func(r bench.Row) float64 { return float64(r.Step) }, XLabel: "steps", Lines: rows}, rows); err != nil {
			return err
		}
		r.Sections = append(r.Sections, s)
	}
	return nil
}

// kept shows what the trainings in a folder came to, as -report and as -markdown.
func (r *report) kept(o options, w io.Writer) error {
	if err := r.studies(o.study); err != nil {
		return err
	}
	if len(r.Sections) == 0 {
		return errors.Errorf("-study %s: no results in it", o.study)
	}
	if o.markdown {
		for _, s := range r.Sections {
			if err := markdown(w, s.Title, s.About, append([][]string{s.Head}, s.Rows...)); err != nil {
				return err
			}
		}
	}
	if o.report == "" {
		return nil
	}
	return r.write(o.report)
}

func sortedKeys(m map[string][]studied) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// last are the last rows of each training.
func last(rows []studied) (ends []studied) {
	for _, r := range rows {
		if i := slices.IndexFunc(ends, r.same); i < 0 {
			ends = append(ends, r)
		} else if ends[i].Steps < r.Steps {
			ends[i] = r
		}
	}
	return ends
}

func (r studied) same(o studied) bool {
	return r.Problem == o.Problem && r.Evaluations == o.Evaluations && r.Estimator == o.Estimator && r.Seed == o.Seed
}

// within is the last row of a training within some seconds, of no Steps if none is.
func within(rows []studied, of studied, seconds float64) (best studied) {
	for _, r := range rows {
		if r.same(of) && r.Seconds <= seconds && r.Steps > best.Steps {
			best = r
		}
	}
	return best
}

func (c *course) readFile(path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &c.rows)
	}
	return errors.Wrapf(err, "results %s", path)
}

// write writes the page.
func (r *report) write(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error { return errors.Wrap(reportPage.Execute(w, r), "-report") })
}

var reportPage = template.Must(template.New("report").Funcs(template.FuncMap{"id": func(s string) string { return strings.ReplaceAll(s, " ", "-") }}).Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Gradient estimators, measured</title>
<style>body{font:15px sans-serif;margin:2em;max-width:80em}table{border-collapse:collapse}td,th{padding:.15em .6em;text-align:left;border-bottom:1px solid #ddd}img{max-width:100%}</style>
<h1>Gradient estimators, measured</h1>
<p>Intervals are of 95%. What the columns mean is in the comment of package bench. Rings mark the Pareto front: no other estimator has less of both variance and cost.</p>
<ul>{{range .Sections}}<li><a href="#{{id .Title}}">{{.Title}}</a></li>{{end}}</ul>
{{range .Sections}}<h2 id="{{id .Title}}">{{.Title}}</h2><p>{{.About}}.</p>
{{range .Figures}}<p><img src="{{.}}"></p>{{end}}
<table><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>
{{end}}</html>
`))
